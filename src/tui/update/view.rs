//! How the chart looks: layout, theme, folds, pins, saved arrangements, and copy mode in a pane.

use super::Turn;
use crate::domain::{AgentId, Name, TeamId};
use crate::protocol::ClientMessage;
use crate::terminal::History;
use crate::tui::copy::Copy;
use crate::tui::library::Library;
use crate::tui::msg::Cmd;

impl Turn<'_> {
    pub(super) fn show_theme(&mut self, name: &str) {
        match self.model.library.theme(name) {
            Some(theme) => {
                self.model.theme = theme;
                self.tell_colors();
                self.redraw();
            }
            None => {
                let why = Library::missing("theme", name, self.model.library.themes());
                self.complain(why);
            }
        }
    }

    /// Tells the daemon which colours programs that ask are to be told.
    pub(super) fn tell_colors(&mut self) {
        if let Some((foreground, background)) = self.model.colors() {
            self.cmds.push(Cmd::Say(ClientMessage::Colors { foreground, background }));
        }
    }

    /// Shows the chart in a layout, as the person left it when it was shown last.
    pub(super) fn show_layout(&mut self, name: &str) {
        let model = &mut *self.model;
        let Some(layout) = model.arranged.get(name).or_else(|| model.library.layout(name)).cloned() else {
            let why = Library::missing("layout", name, self.model.library.layouts());
            return self.complain(why);
        };
        let left = std::mem::replace(&mut model.layout, layout);
        model.arranged.insert(std::mem::replace(&mut model.layout_name, name.to_owned()), left);
        model.zoom = false;
        self.rearrange = true;
    }

    pub(super) fn next_layout(&mut self) {
        let names: Vec<String> = self.model.library.layouts().map(|(name, _)| name.to_owned()).collect();
        let here = names.iter().position(|name| *name == self.model.layout_name);
        let next = here.map_or(0, |at| (at + 1) % names.len().max(1));
        if let Some(name) = names.get(next) {
            self.show_layout(name);
            let about = self.model.layout.description.clone();
            self.say(format!("layout {name}: {about}"));
        }
    }

    pub(super) fn reset_layout(&mut self) {
        let name = self.model.layout_name.clone();
        self.model.pinned.clear();
        self.model.arranged.remove(&name);
        self.show_layout(&name);
        self.model.arranged.remove(&name);
        self.say(format!("the chart is as the layout {name} has it"));
    }

    /// Writes the chart as it is, under a name.
    pub(super) fn save_layout(&mut self, name: &Name) {
        let base = self.model.library.layout(&self.model.layout_name);
        let mut layout = self.model.layout.clone();
        layout.name = name.clone();
        layout.description = format!("an arrangement of {}", self.model.name);
        let builtin = crate::layout::BUILTIN.iter().any(|(known, _)| *known == self.model.layout_name);
        // Only a built-in layout stays what it is: another saved arrangement may be changed or removed.
        let text = match base.filter(|_| builtin && self.model.layout_name != name.as_str()) {
            Some(base) => layout.print_over(base),
            None => layout.print(),
        };
        self.model.library.keep_layout(name.as_str(), layout.clone());
        self.model.arranged.remove(name.as_str());
        self.model.layout = layout;
        self.model.layout_name = name.to_string();
        self.cmds.push(Cmd::Save(name.to_string(), text));
        self.rearrange = true;
    }

    pub(super) fn pin(&mut self) {
        let Some(agent) = self.focused() else { return };
        let name = self.model.chart.name(agent).to_owned();
        let before = self.model.pinned.len();
        self.model.pinned.retain(|pinned| *pinned != agent);
        if self.model.pinned.len() == before {
            self.model.pinned.push(agent);
            self.say(format!("{name} stays live before others"));
        } else {
            self.say(format!("{name} is live where there is room"));
        }
        self.rearrange = true;
    }

    /// Folds a team into its title, or unfolds it.
    pub(super) fn fold(&mut self, team: Option<TeamId>) {
        let Some(name) = team.and_then(|team| self.model.chart.team(team)).map(|team| team.name.clone())
        else {
            return self.say("the focused agent stands in no team");
        };
        if !self.model.layout.collapsed.remove(&name) {
            self.model.layout.collapsed.insert(name);
        }
        self.rearrange = true;
    }

    /// Puts the focused pane into copy mode, scrolled by so many lines.
    pub(super) fn begin_copy(&mut self, lines: i32) {
        if let Some(agent) = self.focused()
            && self.copy_of(agent)
            && let Some(copy) = &mut self.model.copy
        {
            let reply = copy.wheel(lines);
            self.copied(reply);
        }
    }

    pub(super) fn begin_search(&mut self) {
        if let Some(agent) = self.focused()
            && self.copy_of(agent)
            && let Some(copy) = &mut self.model.copy
        {
            copy.begin_search(true);
            self.redraw();
        }
    }

    /// Sees to it that an agent's pane is in copy mode; says so if it cannot be.
    pub(super) fn copy_of(&mut self, agent: AgentId) -> bool {
        if self.model.copy.as_ref().is_some_and(|copy| copy.agent() == agent) {
            return true;
        }
        let model = &mut *self.model;
        let inner = model.arrangement.pane(agent).and_then(crate::layout::Slot::inner);
        let (Some(inner), Some(grid)) = (inner, model.grids.get(&agent)) else {
            self.complain("the agent's terminal is not in view; zoom shows it");
            return false;
        };
        model.copy = Some(Copy::new(agent, grid.lines(), grid.cursor().at, (inner.height, inner.width)));
        self.cmds.push(Cmd::Fetch(agent));
        self.redraw();
        true
    }

    /// What an agent printed has been read back.
    pub(super) fn history(&mut self, agent: AgentId, history: Result<History, String>) {
        let Some(copy) = self.model.copy.as_mut().filter(|copy| copy.agent() == agent) else { return };
        match history {
            Ok(history) => copy.fill(history),
            Err(why) => self.complain(format!("what is above the screen cannot be read: {why}")),
        }
        self.redraw();
    }

    /// The pane in copy mode may have another size now, or be gone.
    pub(super) fn resize_copy(&mut self) {
        let model = &mut *self.model;
        let Some(copy) = &mut model.copy else { return };
        match model.arrangement.pane(copy.agent()).and_then(crate::layout::Slot::inner) {
            Some(inner) => copy.resize((inner.height, inner.width)),
            None => model.copy = None,
        }
    }

    /// Tells the daemon which panes are in view, if that has changed.
    pub(super) fn tell_view(&mut self) {
        if !self.model.ready || self.model.lost.is_some() {
            return;
        }
        let view = self.model.in_view();
        if self.model.told.as_ref() != Some(&view) {
            self.cmds.push(Cmd::Say(view.clone()));
            self.model.told = Some(view);
        }
    }
}
