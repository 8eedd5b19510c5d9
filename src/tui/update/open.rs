//! What opens an overlay.

use super::Turn;
use crate::protocol::{Command, LifeCommand};

use crate::tui::copy;
use crate::tui::key::Action;
use crate::tui::model::Asked;
use crate::tui::msg::Cmd;
use crate::tui::overlay::{Attention, Choose, Confirm, Help, NewAgentForm, Overlay, Palette, Picker, Prompt};

impl Turn<'_> {
    /// Opens what an action asks for, or says why it cannot be.
    pub(super) fn open(&mut self, action: Action) {
        if let Some(overlay) = self.overlay_for(action) {
            self.open_overlay(overlay);
        }
    }

    fn overlay_for(&mut self, action: Action) -> Option<Box<dyn Overlay>> {
        Some(match action {
            Action::Palette => Box::new(Palette::new(self.model)),
            Action::Help => Box::new(Help::new(self.model, copy::KEYS)),
            Action::Attention => match Attention::of(self.model) {
                Some(waiting) => Box::new(waiting),
                None => {
                    self.say("nothing waits for you");
                    return None;
                }
            },
            Action::Find => Box::new(Palette::agents(self.model)),
            Action::PickLayout => Box::new(Picker::layouts(self.model)),
            Action::PickTheme => Box::new(Picker::themes(self.model)),
            Action::SaveLayout => Box::new(Prompt::save_layout(self.model)),
            Action::BroadcastTo => Box::new(Choose::broadcast(self.model)),
            Action::NewAgent => {
                // A file may have been written since.
                self.cmds.push(Cmd::Blueprints);
                Box::new(NewAgentForm::new(self.model))
            }
            Action::NewTeam => Box::new(Prompt::new_team(self.model, None)),
            Action::RenameTeam | Action::RecolorTeam | Action::MoveTeam | Action::Disband => {
                return self.overlay_for_team(action);
            }
            _ => return self.overlay_for_agent(action),
        })
    }

    fn overlay_for_team(&mut self, action: Action) -> Option<Box<dyn Overlay>> {
        let Some(team) = self.focused_team() else {
            self.complain("the focused agent stands in no team; focus one that does");
            return None;
        };
        Some(match action {
            Action::RenameTeam => Box::new(Prompt::rename_team(self.model, team)),
            Action::RecolorTeam => Box::new(Choose::color(self.model, team)),
            Action::MoveTeam => Box::new(Choose::move_team(self.model, team)),
            _ => Box::new(Confirm::disband(self.model, team)),
        })
    }

    fn overlay_for_agent(&mut self, action: Action) -> Option<Box<dyn Overlay>> {
        let agent = self.focused()?;
        Some(match action {
            Action::Rename => Box::new(Prompt::rename_agent(self.model, agent)),
            Action::Move => Box::new(Choose::move_agent(self.model, agent)),
            Action::Message => Box::new(Prompt::message(self.model, agent)),
            Action::Kill => Box::new(Confirm::kill(self.model, agent)),
            Action::Delete => Box::new(Confirm::delete(self.model, agent)),
            Action::Restart => match Confirm::restart(self.model, agent) {
                Some(question) => Box::new(question),
                None => {
                    let said = format!("{} is being restarted", self.model.chart.name(agent));
                    self.ask(
                        Command::Life(LifeCommand::Restart { agent: agent.into() }),
                        Asked::Something(said),
                    );
                    return None;
                }
            },
            _ => return None,
        })
    }
}
