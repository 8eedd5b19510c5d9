//! One thing to write: a name, or a message. What is wrong with it is said while it is written.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::{Intent, Overlay, Reply};
use crate::domain::{AgentId, AgentState, ApprovalId, Key, KeyCode, Mods, Name, TeamId, Verdict};
use crate::protocol::{ApprovalCommand, Command, DeliveryCommand, OrgCommand};
use crate::theme::Role;
use crate::tui::model::Model;
use crate::tui::widget::{Field, Look, leaves, pressed, put, wrap};

/// One thing to write.
#[derive(Debug)]
pub(in crate::tui) struct Prompt {
    of: Of,
    field: Field,
    title: String,
    /// What it was before, for a name that is changed.
    before: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    RenameAgent(AgentId),
    RenameTeam(TeamId),
    NewTeam(Option<TeamId>),
    SaveLayout,
    Message(AgentId),
    Deny(ApprovalId),
}

/// What is said below the field.
enum Said {
    Nothing,
    /// It can be done, and this is to be known.
    Note(String),
    /// It cannot be done.
    Wrong(String),
}

impl Prompt {
    /// Asks for another name of an agent.
    pub(in crate::tui) fn rename_agent(model: &Model, agent: AgentId) -> Prompt {
        let before = model.chart.name(agent).to_owned();
        Prompt::of(Of::RenameAgent(agent), format!("rename {before}"), before)
    }

    /// Asks for another name of a team.
    pub(in crate::tui) fn rename_team(model: &Model, team: TeamId) -> Prompt {
        let before = team_name(model, team);
        Prompt::of(Of::RenameTeam(team), format!("rename team {before}"), before)
    }

    /// Asks for the name of a new team in `parent`, or under the executive.
    pub(in crate::tui) fn new_team(model: &Model, parent: Option<TeamId>) -> Prompt {
        let title = match parent {
            Some(parent) => format!("a new team in {}", team_name(model, parent)),
            None => "a new team".to_owned(),
        };
        Prompt::of(Of::NewTeam(parent), title, String::new())
    }

    /// Asks under which name the arrangement is to be saved.
    pub(in crate::tui) fn save_layout(_model: &Model) -> Prompt {
        Prompt::of(Of::SaveLayout, "save the arrangement as".to_owned(), String::new())
    }

    /// Asks for a message to an agent.
    pub(in crate::tui) fn message(model: &Model, agent: AgentId) -> Prompt {
        let title = format!("a message to {}", model.chart.name(agent));
        Prompt { field: Field::of_lines(), ..Prompt::of(Of::Message(agent), title, String::new()) }
    }

    /// Asks why an agent is not allowed to do what it asks for.
    pub(in crate::tui) fn deny(approval: ApprovalId, agent: &str) -> Prompt {
        let title = format!("why {agent} may not");
        Prompt { field: Field::of_lines(), ..Prompt::of(Of::Deny(approval), title, String::new()) }
    }

    fn of(of: Of, title: String, before: String) -> Prompt {
        Prompt { of, field: Field::new(&before), title, before }
    }

    fn name(&self) -> Result<Name, String> {
        Name::new(self.field.text()).map_err(|why| why.to_string())
    }

    fn said(&self, model: &Model) -> Said {
        let org = &model.chart.org;
        let gone = match self.of {
            Of::RenameAgent(agent) | Of::Message(agent) => org.agent(agent).is_none(),
            Of::RenameTeam(team) | Of::NewTeam(Some(team)) => org.team(team).is_none(),
            Of::NewTeam(None) | Of::SaveLayout => false,
            Of::Deny(approval) => !model.approvals.iter().any(|(view, _)| view.id == approval.0),
        };
        if gone {
            let asked = matches!(self.of, Of::Deny(_));
            let why = if asked { "it is settled already" } else { "it is not in the chart any more" };
            return Said::Wrong(why.to_owned());
        }
        if let Of::Deny(_) = self.of {
            return Said::Note("the agent reads this, with the denial or as the next message".to_owned());
        }
        if let Of::Message(agent) = self.of {
            return Said::Note(delivery(model.chart.state(agent)).to_owned());
        }
        if self.field.is_empty() || self.field.text() == self.before {
            return Said::Nothing;
        }
        let name = match self.name() {
            Ok(name) => name,
            Err(why) => return Said::Wrong(why),
        };
        match self.of {
            Of::RenameAgent(_) if org.agent_named(name.as_str()).is_some() => {
                Said::Wrong(format!("there is an agent `{name}` already"))
            }
            Of::RenameTeam(_) | Of::NewTeam(_) if org.team_named(name.as_str()).is_some() => {
                Said::Wrong(format!("there is a team `{name}` already"))
            }
            Of::SaveLayout if model.library.layout(name.as_str()).is_some() => {
                Said::Note(format!("takes the place of the layout `{name}`"))
            }
            _ => Said::Nothing,
        }
    }

    fn enter(&self, model: &Model) -> Reply {
        if let Said::Wrong(_) = self.said(model) {
            return Reply::Stay;
        }
        if let Of::Deny(approval) = self.of {
            let reason = Some(self.field.text().trim().to_owned()).filter(|reason| !reason.is_empty());
            return ask(
                Command::Approval(ApprovalCommand::Answer { approval, verdict: Verdict::Deny { reason } }),
                "it is denied".to_owned(),
            );
        }
        if let Of::Message(agent) = self.of {
            if self.field.text().trim().is_empty() {
                return Reply::Stay;
            }
            let text = self.field.text().to_owned();
            let done = format!("the message to {} is on its way", model.chart.name(agent));
            return ask(
                Command::Delivery(DeliveryCommand::Send {
                    to: agent.into(),
                    text,
                    now: false,
                    expires_for: None,
                }),
                done,
            );
        }
        if !self.before.is_empty() && self.field.text() == self.before {
            return Reply::Close;
        }
        let Ok(name) = self.name() else { return Reply::Stay };
        let done = format!("{} is called {name} now", self.before);
        match self.of {
            Of::RenameAgent(agent) => {
                ask(Command::Org(OrgCommand::RenameAgent { agent: agent.into(), name }), done)
            }
            Of::RenameTeam(team) => {
                ask(Command::Org(OrgCommand::RenameTeam { team: team.into(), name }), done)
            }
            Of::NewTeam(parent) => {
                let done = format!("there is a team {name} now");
                ask(
                    Command::Org(OrgCommand::CreateTeam {
                        name,
                        parent: parent.map(Into::into),
                        color: None,
                    }),
                    done,
                )
            }
            Of::SaveLayout => Reply::Done(vec![Intent::SaveLayout(name)]),
            Of::Message(_) | Of::Deny(_) => Reply::Stay,
        }
    }

    /// Whether it may have several lines.
    fn is_message(&self) -> bool {
        matches!(self.of, Of::Message(_) | Of::Deny(_))
    }
}

impl Overlay for Prompt {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn hint(&self) -> String {
        match self.of {
            Of::Message(_) => "enter sends it · alt-enter breaks the line · esc".to_owned(),
            Of::Deny(_) => "enter denies · alt-enter breaks the line · esc".to_owned(),
            Of::RenameAgent(_) | Of::RenameTeam(_) => "enter renames · esc".to_owned(),
            Of::NewTeam(_) => "enter makes it · esc".to_owned(),
            Of::SaveLayout => "enter saves · esc".to_owned(),
        }
    }

    fn wants(&self, _model: &Model, (columns, rows): (u16, u16)) -> (u16, u16) {
        let wide = columns.min(if self.is_message() { 76 } else { 60 });
        let lines = self.field.height(usize::from(wide.saturating_sub(2)));
        let lines = u16::try_from(lines).unwrap_or(u16::MAX);
        // A message has some lines from the beginning, so that the box does not grow under every word.
        let high = if self.is_message() { lines.clamp(4, 16) } else { 1 };
        (wide, (high + 3).min(rows))
    }

    fn key(&mut self, key: Key, model: &Model) -> Reply {
        let Some((code, mods)) = pressed(key) else { return Reply::Stay };
        if leaves(code, mods) {
            return Reply::Close;
        }
        if (code, mods) == (KeyCode::Enter, Mods::NONE) {
            return self.enter(model);
        }
        self.field.key(code, mods);
        Reply::Stay
    }

    fn paste(&mut self, text: &str, _model: &Model) -> Reply {
        self.field.paste(text);
        Reply::Stay
    }

    fn draw(&self, model: &Model, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = Look::over(&model.theme);
        look.clear(area, buffer);
        let side = u16::from(area.width > 2);
        let inner = Rect { x: area.x + side, width: area.width - 2 * side, ..area };
        // Below the field: a free row, and two rows for what is said of it; they are given up first.
        let below = 3.min(inner.height.saturating_sub(1));
        let field = Rect { height: inner.height - below, ..inner };
        let rest = Rect { y: field.y + field.height, height: below, ..inner };
        let (text, role) = match self.said(model) {
            Said::Nothing => (String::new(), Role::Muted),
            Said::Note(text) => (text, Role::Muted),
            Said::Wrong(text) => (text, Role::Warning),
        };
        say(&text, look.role(role), rest, buffer);
        let asks = match self.of {
            Of::Message(_) => "what is it to do?",
            Of::Deny(_) => "a reason, or nothing",
            _ => "a name",
        };
        self.field.draw_lines(field, look.text(), (asks, look.role(Role::Muted)), buffer)
    }
}

/// Says a text in an area; its first row stays free where there is more than one.
fn say(text: &str, style: Style, area: Rect, buffer: &mut Buffer) {
    let lines = wrap(text, usize::from(area.width));
    for (line, y) in lines.iter().zip(u16::from(area.height > 1)..area.height) {
        put(buffer, area, (0, y), line, style);
    }
}

fn ask(command: Command, done: String) -> Reply {
    Reply::Done(vec![Intent::Ask(command, done)])
}

fn team_name(model: &Model, team: TeamId) -> String {
    model.chart.team(team).map(|team| team.name.to_string()).unwrap_or_default()
}

/// What becomes of a message to an agent in a state.
fn delivery(state: AgentState) -> &'static str {
    match state {
        AgentState::Idle => "it is ready: the message is typed in at once",
        AgentState::Waiting(_) => "it has a dialog open: the message waits until it is ready",
        AgentState::Stopped => "it does not run: the message waits until it does and is ready",
        AgentState::Starting => "it is starting: the message waits until it is ready",
        _ => "it is busy: the message waits until it is ready",
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{agent, keys, model, seen, team, typed};
    use super::*;

    fn written(mut prompt: Prompt, model: &Model, text: &str) -> (String, String) {
        keys(&mut prompt, model, "ctrl-u");
        typed(&mut prompt, model, text);
        let picture = seen(&prompt, model, (80, 24));
        (keys(&mut prompt, model, "enter"), picture)
    }

    #[test]
    fn a_name_is_asked_for_and_asked_of_the_session() {
        let model = model();
        let be = agent(&model, "be-1");
        let (reply, _) = written(Prompt::rename_agent(&model, be), &model, "api");
        assert!(reply.starts_with("done: Ask(Org(RenameAgent"), "{reply}");
        assert!(reply.ends_with("\"be-1 is called api now\")"), "{reply}");
        let (reply, _) = written(Prompt::new_team(&model, Some(team(&model, "backend"))), &model, "cache");
        assert!(reply.starts_with("done: Ask(Org(CreateTeam"), "{reply}");
        let (reply, _) = written(Prompt::rename_team(&model, team(&model, "backend")), &model, "core");
        assert!(reply.starts_with("done: Ask(Org(RenameTeam"), "{reply}");
        let (reply, _) = written(Prompt::save_layout(&model), &model, "mine");
        assert_eq!(reply, "done: SaveLayout(Name(\"mine\"))");
    }

    #[test]
    fn what_is_wrong_with_a_name_is_said_while_it_is_written() {
        let model = model();
        let rename = || Prompt::rename_agent(&model, agent(&model, "be-1"));
        let (reply, picture) = written(rename(), &model, "be 1");
        assert_eq!(reply, "stay");
        assert!(picture.contains("`be 1` holds ' '"), "{picture}");
        let (reply, picture) = written(rename(), &model, "be-2");
        assert_eq!(reply, "stay");
        assert!(picture.contains("there is an agent `be-2` already"), "{picture}");
        let (reply, picture) = written(Prompt::save_layout(&model), &model, "grid");
        assert!(reply.starts_with("done: SaveLayout"));
        assert!(picture.contains("takes the place of the layout `grid`"), "{picture}");
        assert_eq!(written(rename(), &model, "").0, "stay");
        assert_eq!(written(rename(), &model, "be-1").0, "close");
    }

    #[test]
    fn a_message_may_have_lines_and_says_what_becomes_of_it() {
        let model = model();
        let mut prompt = Prompt::message(&model, agent(&model, "db-1"));
        assert_eq!(keys(&mut prompt, &model, "space enter"), "stay");
        keys(&mut prompt, &model, "ctrl-u a alt-enter b ctrl-j c");
        assert!(seen(&prompt, &model, (80, 24)).contains("it does not run"));
        let reply = keys(&mut prompt, &model, "enter");
        assert!(reply.contains("text: \"a\\nb\\nc\", now: false"), "{reply}");
        assert_eq!(keys(&mut Prompt::message(&model, AgentId(3)), &model, "esc"), "close");
    }

    #[test]
    fn an_agent_that_is_gone_is_not_asked_for() {
        let model = model();
        let mut prompt = Prompt::message(&model, AgentId(77));
        assert_eq!(keys(&mut prompt, &model, "a enter"), "stay");
        assert!(seen(&prompt, &model, (80, 24)).contains("not in the chart any more"));
    }
}
