//! The palette: everything there is to do, and everyone there is to go to, found by a few letters.

use super::{Intent, Picking, Reply};
use crate::domain::{AgentId, Scope, TeamId};
use crate::protocol::{Command, LifeCommand};
use crate::tui::chart::Chart;
use crate::tui::key::Action;
use crate::tui::model::Model;
use crate::tui::widget::{Finder, Item, Mark, Pick, agents, place, state_words, teams, width};

/// Everything there is to do; or, to go to an agent, the agents alone.
#[derive(Debug)]
pub(in crate::tui) struct Palette {
    title: &'static str,
    entries: Vec<Entry>,
    finder: Finder,
}

/// What a line of it leads to.
#[derive(Clone, Debug)]
enum Entry {
    Act(Action),
    Focus(AgentId),
    Keys(TeamId),
    Message(AgentId),
    Layout(String),
    Theme(String),
    StartAll,
    StopAll,
}

impl Palette {
    /// Returns everything there is to do, first the agents that need a person.
    pub(in crate::tui) fn new(model: &Model) -> Palette {
        let chart = &model.chart;
        let mut lines: Vec<(Entry, Item)> = Vec::new();
        let go = |agent: AgentId| (Entry::Focus(agent), go_to(chart, agent));
        lines.extend(chart.urgent().into_iter().map(go));
        let actions = Action::ALL.iter().filter(|action| **action != Action::Palette);
        lines.extend(actions.map(|action| (Entry::Act(*action), act(model, *action))));
        let others = chart.org.in_order().into_iter().filter(|agent| !chart.state(*agent).needs_person());
        lines.extend(others.map(go));
        for agent in chart.org.in_order() {
            lines.push((Entry::Message(agent), plain(format!("send a message to {}", chart.name(agent)))));
        }
        for (team, _) in teams(&chart.org) {
            let name = chart.team(team).map(|team| team.name.to_string()).unwrap_or_default();
            lines.push((Entry::Keys(team), plain(format!("keys to team {name} and below"))));
        }
        for (name, description) in model.library.layouts() {
            lines.push((Entry::Layout(name.into()), described(format!("layout: {name}"), description)));
        }
        for (name, description) in model.library.themes() {
            lines.push((Entry::Theme(name.into()), described(format!("theme: {name}"), description)));
        }
        lines.push((Entry::StartAll, plain("start all agents that do not run".into())));
        lines.push((Entry::StopAll, plain("stop all agents".into())));
        Palette::of("everything there is to do", "what is to be done?", lines)
    }

    /// Returns the agents, those that need a person first.
    pub(in crate::tui) fn agents(model: &Model) -> Palette {
        let line = |agent: AgentId| (Entry::Focus(agent), agent_line(&model.chart, agent));
        let lines = agents(&model.chart).into_iter().map(line).collect();
        Palette::of("find an agent", "which agent?", lines)
    }

    fn of(title: &'static str, asks: &'static str, lines: Vec<(Entry, Item)>) -> Palette {
        let (entries, items) = lines.into_iter().unzip();
        Palette { title, entries, finder: Finder::new(items, asks) }
    }
}

impl Picking for Palette {
    fn title(&self) -> String {
        self.title.to_owned()
    }

    fn hint(&self) -> String {
        "type to find · ↑↓ select · enter does it · esc".to_owned()
    }

    fn wants(&self, (columns, rows): (u16, u16)) -> (u16, u16) {
        let (_, lines) = self.finder.wants(0);
        (columns.min(88), lines.min(rows).min(26))
    }

    fn finder(&self) -> &Finder {
        &self.finder
    }

    fn finder_mut(&mut self) -> &mut Finder {
        &mut self.finder
    }

    fn answer(&mut self, pick: Pick, model: &Model) -> Reply {
        match pick {
            Pick::Nothing | Pick::Moved => Reply::Stay,
            Pick::Left => Reply::Close,
            Pick::Picked(n) => {
                self.entries.get(n).map_or(Reply::Stay, |e| Reply::Done(vec![intent(e, model)]))
            }
        }
    }
}

fn intent(entry: &Entry, model: &Model) -> Intent {
    match entry {
        Entry::Act(action) => Intent::Act(*action),
        Entry::Focus(agent) => Intent::Focus(*agent),
        Entry::Keys(team) => Intent::Broadcast { scope: Scope::Team(*team), include_dialogs: false },
        Entry::Message(agent) => Intent::Open(super::message_to(model, *agent)),
        Entry::Layout(name) => Intent::Layout(name.clone()),
        Entry::Theme(name) => Intent::Theme(name.clone()),
        Entry::StartAll => Intent::Ask(Command::Life(LifeCommand::StartAll), "every agent is started".into()),
        Entry::StopAll => Intent::Open(super::stop_all(model)),
    }
}

fn plain(title: String) -> Item {
    Item { title, ..Item::default() }
}

fn described(title: String, detail: &str) -> Item {
    Item { title, detail: detail.to_owned(), ..Item::default() }
}

/// The line of an action. Of many keys, it names as many as there is a place for.
fn act(model: &Model, action: Action) -> Item {
    let keys = model.settings.keys.keys_of(action);
    let all = keys.join(", ");
    let some = if width(&all) <= 20 { all } else { keys.into_iter().next().unwrap_or_default() };
    Item { keys: some, ..described(action.name().replace('-', " "), action.title()) }
}

fn go_to(chart: &Chart, agent: AgentId) -> Item {
    let state = chart.state(agent);
    let detail = format!("{}, {}", place(chart, agent), state_words(state));
    Item { mark: Mark::State(state), ..described(format!("go to {}", chart.name(agent)), &detail) }
}

fn agent_line(chart: &Chart, agent: AgentId) -> Item {
    let state = chart.state(agent);
    let detail = format!("{:<22} {}", state_words(state), place(chart, agent));
    Item { mark: Mark::State(state), title: chart.name(agent).to_owned(), detail, ..Item::default() }
}

#[cfg(test)]
mod tests {
    use super::super::Overlay as _;
    use super::super::sample::{agent, model, said, team, typed};
    use super::*;

    #[test]
    fn everything_there_is_to_do_is_in_it() {
        let model = model();
        let palette = Palette::new(&model);
        for action in Action::ALL.iter().filter(|action| **action != Action::Palette) {
            assert!(palette.entries.iter().any(|entry| matches!(entry, Entry::Act(a) if a == action)));
        }
    }

    #[test]
    fn a_few_letters_find_what_is_meant() {
        let model = model();
        let find = |letters: &str| {
            let mut palette = Palette::new(&model);
            typed(&mut palette, &model, letters);
            said(palette.key("enter".parse().unwrap(), &model))
        };
        assert_eq!(find("zoom"), "done: Act(Zoom)");
        assert_eq!(find("rename ag"), "done: Act(Rename)");
        assert_eq!(find("fills the window"), "done: Act(Zoom)");
        assert_eq!(find("go to be-1"), format!("done: Focus({:?})", agent(&model, "be-1")));
        assert_eq!(find("theme light"), "done: Theme(\"light\")");
        assert_eq!(find("layout grid"), "done: Layout(\"grid\")");
        let keys = format!(
            "done: Broadcast {{ scope: Team({:?}), include_dialogs: false }}",
            team(&model, "backend")
        );
        assert_eq!(find("keys team backend"), keys);
        assert!(find("start all").starts_with("done: Ask(Life(StartAll)"));
        assert!(find("stop all").starts_with("done: Open(Confirm"));
        assert!(find("message to be-2").starts_with("done: Open(Prompt"));
    }

    #[test]
    fn the_agents_that_need_a_person_come_first() {
        let model = model();
        let mut palette = Palette::agents(&model);
        let first = said(palette.key("enter".parse().unwrap(), &model));
        assert_eq!(first, format!("done: Focus({:?})", model.chart.urgent()[0]));
        assert_eq!(said(palette.key("esc".parse().unwrap(), &model)), "close");
    }
}
