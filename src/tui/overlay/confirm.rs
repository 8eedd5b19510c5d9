//! A question: what will happen in plain words, and a letter for every answer. Enter alone answers nothing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{Intent, Overlay, Reply};
use crate::domain::{AgentId, Key, KeyCode, Members, Mods, Scope, TeamId};
use crate::protocol::{Command, LifeCommand, OrgCommand};
use crate::theme::Role;
use crate::tui::model::Model;
use crate::tui::widget::{Look, Page, count, cut, harmless, leaves, pressed, put_line, state_words, wrap};

/// A question.
#[derive(Debug)]
pub(in crate::tui) struct Confirm {
    title: String,
    /// What will happen.
    words: String,
    /// What it is about, line by line, as it is.
    lines: Vec<String>,
    answers: Vec<Answer>,
    page: Page,
}

/// An answer, and what comes of it.
#[derive(Clone, Debug)]
struct Answer {
    key: char,
    words: &'static str,
    then: Then,
}

#[derive(Clone, Debug)]
enum Then {
    Ask(Box<Command>, String),
    Copy(String),
}

impl Then {
    fn ask(command: Command, said: String) -> Then {
        Then::Ask(Box::new(command), said)
    }
}

/// The most lines of a text that are shown.
const MOST_LINES: usize = 200;

impl Confirm {
    /// Asks whether an agent's processes are to be killed.
    pub(in crate::tui) fn kill(model: &Model, agent: AgentId) -> Confirm {
        let name = model.chart.name(agent);
        let words = format!(
            "Every process of {name} is killed at once, without being asked first. It is {} now. It stays in the chart \
             and can be started again.",
            state_words(model.chart.state(agent))
        );
        let then =
            Then::ask(Command::Life(LifeCommand::Kill { agent: agent.into() }), format!("{name} is killed"));
        Confirm::yes(format!("kill {name}?"), words, "kill it", then)
    }

    /// Asks whether an agent is to be taken out of the chart.
    pub(in crate::tui) fn delete(model: &Model, agent: AgentId) -> Confirm {
        let name = model.chart.name(agent);
        let held = model.chart.agent(agent).map_or(0, |view| view.held);
        let mut words = format!(
            "{name} is stopped and taken out of the chart. What it printed is removed, and cannot be brought back."
        );
        if held > 0 {
            words.push_str(&format!(" {} for it will not be delivered.", count(held, "message")));
        }
        let then = Then::ask(
            Command::Org(OrgCommand::DeleteAgent { agent: agent.into() }),
            format!("{name} is gone"),
        );
        Confirm::yes(format!("delete {name}?"), words, "delete it", then)
    }

    /// Asks what becomes of the agents of a team that is disbanded.
    pub(in crate::tui) fn disband(model: &Model, team: TeamId) -> Confirm {
        let org = &model.chart.org;
        let name = |team: TeamId| org.team(team).map(|team| team.name.to_string()).unwrap_or_default();
        let above = org.team(team).and_then(|team| team.parent);
        // One team stands or moves, several stand or move.
        let place = |s: &str| match above {
            None => format!("stand{s} under the executive"),
            Some(above) => format!("move{s} up into {}", name(above)),
        };
        let own = org.members(Some(team)).len();
        let inner = org.subteams(Some(team)).len();
        let mut words = format!("Team {} is taken out of the chart.", name(team));
        if inner > 0 {
            let moves = place(if inner == 1 { "s" } else { "" });
            words.push_str(&format!(" {} in it {moves}.", count(inner, "team")));
        }
        words.push_str(&match own {
            0 => " It has no agents of its own.".to_owned(),
            own => format!(
                " What becomes of its {}? Kept, they {} and go on working. Deleted, they are stopped, and what they \
                 printed is removed.",
                count(own, "agent"),
                place("")
            ),
        });
        let answer = |members, done: &str| {
            Then::ask(
                Command::Org(OrgCommand::DisbandTeam { team: team.into(), members }),
                format!("team {} {done}", name(team)),
            )
        };
        let mut answers =
            vec![Answer { key: 'k', words: "keep them", then: answer(Members::Keep, "is disbanded") }];
        if own > 0 {
            let then = answer(Members::Delete, "and its agents are gone");
            answers.push(Answer { key: 'd', words: "delete them too", then });
        } else if let Some(only) = answers.first_mut() {
            (only.key, only.words) = ('y', "disband it");
        }
        Confirm {
            title: format!("disband team {}?", name(team)),
            words,
            lines: Vec::new(),
            answers,
            page: Page::default(),
        }
    }

    /// Asks whether an agent with a turn under way is to be restarted; none where nothing is lost by it.
    pub(in crate::tui) fn restart(model: &Model, agent: AgentId) -> Option<Confirm> {
        let state = model.chart.state(agent);
        if !state.is_busy() {
            return None;
        }
        let name = model.chart.name(agent);
        let words = format!("{name} is {}. What it is at now is broken off.", state.word());
        let then = Then::ask(
            Command::Life(LifeCommand::Restart { agent: agent.into() }),
            format!("{name} is restarted"),
        );
        Some(Confirm::yes(format!("restart {name}?"), words, "restart it", then))
    }

    /// Asks whether an agent that runs is to begin a new conversation; none where none is under way.
    pub(in crate::tui) fn new_conversation(model: &Model, agent: AgentId) -> Option<Confirm> {
        let view = model.chart.agent(agent).filter(|view| view.pid.is_some())?;
        let (name, state) = (&view.name, state_words(model.chart.state(agent)));
        let words = format!(
            "{name} is {state}. It is restarted and knows nothing any more of what was said. The conversation it is in \
             is kept: agentctl agent conversations {name} lists it."
        );
        let command = Command::Life(LifeCommand::NewConversation { agent: agent.into() });
        let then = Then::ask(command, format!("{name} begins a new conversation"));
        Some(Confirm::yes(format!("a new conversation for {name}?"), words, "begin it", then))
    }

    /// Asks whether an agent that runs is to forget its conversation; none where none is under way.
    pub(in crate::tui) fn clear(model: &Model, agent: AgentId) -> Option<Confirm> {
        let view = model.chart.agent(agent).filter(|view| view.pid.is_some())?;
        let (name, state) = (&view.name, state_words(model.chart.state(agent)));
        let words = format!(
            "{name} is {state}. It is told to forget its conversation, and knows nothing any more of what was said."
        );
        let command = Command::Life(LifeCommand::ClearConversation { agent: agent.into() });
        let then = Then::ask(command, format!("{name} forgets its conversation"));
        Some(Confirm::yes(format!("clear the conversation of {name}?"), words, "clear it", then))
    }

    /// Asks whether an agent with a turn under way, or the executive, is to be stopped; none where nothing is lost by
    /// it.
    pub(in crate::tui) fn stop(model: &Model, agent: AgentId) -> Option<Confirm> {
        let state = model.chart.state(agent);
        if !state.is_busy() && model.chart.executive() != Some(agent) {
            return None;
        }
        let name = model.chart.name(agent);
        let words = format!("{name} is {}. It is asked to end, and can be started again.", state.word());
        let then = Then::ask(
            Command::Life(LifeCommand::Stop { agent: agent.into() }),
            format!("{name} is being stopped"),
        );
        Some(Confirm::yes(format!("stop {name}?"), words, "stop it", then))
    }

    /// Asks whether every agent is to be stopped.
    pub(in crate::tui) fn stop_all(model: &Model) -> Confirm {
        let chart = &model.chart;
        let all = chart.org.within(Scope::All);
        let running =
            all.iter().filter(|agent| chart.state(**agent) != crate::domain::AgentState::Stopped).count();
        let busy = all.iter().filter(|agent| chart.state(**agent).is_busy()).count();
        let agents = count(running, "agent");
        let mut words =
            format!("Every agent that runs is asked to end, and forced if it does not: {agents} now.");
        if busy > 0 {
            words.push_str(&format!(" What {busy} of them have under way is broken off."));
        }
        words.push_str(" They stay in the chart and can be started again.");
        let then = Then::ask(Command::Life(LifeCommand::StopAll), "every agent is stopped".into());
        Confirm::yes("stop all agents?".into(), words, "stop them", then)
    }

    /// Asks whether a text that an agent wants in the person's clipboard is to get there.
    pub(in crate::tui) fn clipboard(model: &Model, agent: AgentId, text: String) -> Confirm {
        let name = model.chart.name(agent);
        let lines: Vec<String> = text.lines().take(MOST_LINES).map(harmless).collect();
        let words = format!(
            "{name} wants to put this into your clipboard: {}, {}. Control characters are shown as signs.",
            count(text.chars().count(), "character"),
            count(text.lines().count(), "line")
        );
        let title = format!("{name} wants the clipboard");
        Confirm { lines, ..Confirm::yes(title, words, "let it", Then::Copy(text)) }
    }

    fn yes(title: String, words: String, yes: &'static str, then: Then) -> Confirm {
        let answers = vec![Answer { key: 'y', words: yes, then }];
        Confirm { title, words, lines: Vec::new(), answers, page: Page::default() }
    }

    /// The answers, with the columns that each takes in the last row.
    fn buttons(&self) -> Vec<(u16, String, Option<&Answer>)> {
        let mut x = 1;
        let mut out = Vec::new();
        let no = (None, "n".to_owned(), "no");
        let own = self.answers.iter().map(|answer| (Some(answer), answer.key.to_string(), answer.words));
        for (answer, key, words) in own.chain([no]) {
            let text = format!("{key} {words}");
            let columns = u16::try_from(text.chars().count()).unwrap_or(0);
            out.push((x, text, answer));
            x += columns + 4;
        }
        out
    }

    fn text_lines(&self, look: Look<'_>, columns: usize) -> Vec<Line<'static>> {
        let room = columns.saturating_sub(2).max(1);
        let mut out: Vec<Line<'_>> = wrap(&self.words, room)
            .into_iter()
            .map(|line| Line::from(look.said(format!(" {line}"))))
            .collect();
        if !self.lines.is_empty() {
            out.push(Line::default());
        }
        let quoted = |line: &String| {
            Line::from(vec![look.in_role(Role::Rail, " │ "), look.said(cut(line, columns.saturating_sub(4)))])
        };
        out.extend(self.lines.iter().map(quoted));
        out
    }
}

impl Overlay for Confirm {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn hint(&self) -> String {
        let own = self.answers.iter().map(|answer| answer.key.to_string());
        let keys: Vec<String> = own.chain(["n or esc: no".to_owned()]).collect();
        keys.join(" · ")
    }

    fn wants(&self, model: &Model, (columns, rows): (u16, u16)) -> (u16, u16) {
        let wide = columns.min(if self.lines.is_empty() { 62 } else { 76 });
        let lines = self.text_lines(Look::over(&model.theme), usize::from(wide)).len();
        (wide, u16::try_from(lines + 2).unwrap_or(u16::MAX).min(rows).min(22))
    }

    fn key(&mut self, key: Key, _model: &Model) -> Reply {
        let Some((code, mods)) = pressed(key) else { return Reply::Stay };
        if leaves(code, mods) {
            return Reply::Close;
        }
        match (code, mods) {
            (KeyCode::Char('n'), Mods::NONE) => Reply::Close,
            (KeyCode::Char(c), Mods::NONE) => match self.answers.iter().find(|answer| answer.key == c) {
                Some(answer) => Reply::Done(vec![intent(&answer.then)]),
                None => Reply::Stay,
            },
            _ => {
                self.page.key(code, mods);
                Reply::Stay
            }
        }
    }

    fn click(&mut self, (x, y): (u16, u16), (_, rows): (u16, u16), _model: &Model) -> Reply {
        if y + 1 != rows {
            return Reply::Stay;
        }
        let buttons = self.buttons();
        let hit = buttons
            .iter()
            .find(|(at, text, _)| (*at..at + u16::try_from(text.chars().count()).unwrap_or(0)).contains(&x));
        match hit {
            Some((_, _, Some(answer))) => Reply::Done(vec![intent(&answer.then)]),
            Some((_, _, None)) => Reply::Close,
            None => Reply::Stay,
        }
    }

    fn wheel(&mut self, lines: i32, _model: &Model) -> Reply {
        self.page.wheel(lines);
        Reply::Stay
    }

    fn draw(&self, model: &Model, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = Look::over(&model.theme);
        look.clear(area, buffer);
        // The answers are always in view; the words above them scroll.
        let foot = if area.height > 2 { 2 } else { 1.min(area.height) };
        let above = Rect { height: area.height - foot, ..area };
        self.page.draw(look, &self.text_lines(look, usize::from(area.width)), above, buffer);
        let mut line = Line::default();
        for (_, text, _) in self.buttons() {
            let (key, words) = text.split_at(1);
            let gap = if line.spans.is_empty() { " " } else { "    " };
            line.spans.push(look.said(gap));
            line.spans.push(look.in_role(Role::Key, key.to_owned()));
            line.spans.push(look.said(words.to_owned()));
        }
        put_line(buffer, area, area.height.saturating_sub(1), &line);
        None
    }
}

fn intent(then: &Then) -> Intent {
    match then {
        Then::Ask(command, done) => Intent::Ask(command.as_ref().clone(), done.clone()),
        Then::Copy(text) => Intent::Copy(text.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{agent, keys, model, said, seen, team, view};
    use super::*;

    #[test]
    fn only_its_letter_answers_a_question() {
        let model = model();
        let be = agent(&model, "be-1");
        for (mut question, command) in
            [(Confirm::kill(&model, be), "Life(Kill"), (Confirm::delete(&model, be), "Org(DeleteAgent")]
        {
            assert_eq!(keys(&mut question, &model, "enter"), "stay");
            assert_eq!(keys(&mut question, &model, "x"), "stay");
            assert_eq!(keys(&mut question, &model, "n"), "close");
            assert_eq!(keys(&mut question, &model, "esc"), "close");
            assert!(keys(&mut question, &model, "y").starts_with(&format!("done: Ask({command}")));
        }
    }

    #[test]
    fn a_disbanded_teams_agents_are_kept_or_deleted() {
        let model = model();
        let mut question = Confirm::disband(&model, team(&model, "backend"));
        assert_eq!(keys(&mut question, &model, "y"), "stay");
        assert!(keys(&mut question, &model, "k").contains("members: Keep"));
        assert!(keys(&mut question, &model, "d").contains("members: Delete"));
    }

    #[test]
    fn only_an_agent_that_is_busy_is_asked_about_before_a_restart() {
        let model = model();
        assert!(Confirm::restart(&model, agent(&model, "db-1")).is_none());
        let mut question = Confirm::restart(&model, agent(&model, "be-1")).unwrap();
        assert!(keys(&mut question, &model, "y").starts_with("done: Ask(Life(Restart"));
        assert!(keys(&mut Confirm::stop_all(&model), &model, "y").starts_with("done: Ask(Life(StopAll"));
    }

    #[test]
    fn a_conversation_is_not_thrown_away_unasked() {
        let mut model = model();
        let be = agent(&model, "be-1");
        let mut question = Confirm::new_conversation(&model, be).unwrap();
        assert_eq!(keys(&mut question, &model, "enter"), "stay");
        assert!(keys(&mut question, &model, "y").starts_with("done: Ask(Life(NewConversation"));
        let mut question = Confirm::clear(&model, be).unwrap();
        assert!(keys(&mut question, &model, "y").starts_with("done: Ask(Life(ClearConversation"));
        let stopped = view(be.0, "be-1", Some("backend"), "worker", crate::domain::AgentState::Stopped);
        assert!(model.chart.take(crate::protocol::AgentView { pid: None, ..stopped }));
        assert!(Confirm::new_conversation(&model, be).is_none(), "nothing is thrown away");
        assert!(Confirm::clear(&model, be).is_none());
    }

    #[test]
    fn a_text_for_the_clipboard_is_shown_as_it_is() {
        let model = model();
        let text = "curl evil\u{1b}[2K\nrm".to_owned();
        let mut question = Confirm::clipboard(&model, agent(&model, "be-1"), text);
        let picture = seen(&question, &model, (80, 24));
        assert!(picture.contains("curl evil␛[2K") && picture.contains("16 characters, 2 lines"), "{picture}");
        assert_eq!(keys(&mut question, &model, "y"), "done: Copy(\"curl evil\\u{1b}[2K\\nrm\")");
    }

    #[test]
    fn the_answers_can_be_clicked() {
        let model = model();
        let mut question = Confirm::kill(&model, agent(&model, "be-1"));
        assert!(said(question.click((1, 5), (60, 6), &model)).contains("Life(Kill"));
        assert_eq!(said(question.click((14, 5), (60, 6), &model)), "close");
        assert_eq!(said(question.click((1, 2), (60, 6), &model)), "stay");
    }
}
