//! Words that more than one overlay says of agents and teams, and the lines in which they list them.

use super::{Item, Mark, count};
use crate::domain::{AgentId, AgentState, Org, Role, TeamId, TeamNode, WaitFor};
use crate::tui::chart::Chart;

/// One of each state, in the order in which totals are shown.
pub(in crate::tui) const STATES: [AgentState; 8] = [
    AgentState::Waiting(WaitFor::Approval),
    AgentState::Error,
    AgentState::Working,
    AgentState::Thinking,
    AgentState::Recovering,
    AgentState::Starting,
    AgentState::Idle,
    AgentState::Stopped,
];

/// Returns the state of a word, whatever it waits for.
pub(in crate::tui) fn state_of(word: &str) -> Option<AgentState> {
    STATES.into_iter().find(|state| state.word() == word)
}

/// Returns a state in words, with what is waited for.
pub(in crate::tui) fn state_words(state: AgentState) -> String {
    match state {
        AgentState::Waiting(what) => format!("{} for {}", state.word(), what.word()),
        state => state.word().to_owned(),
    }
}

/// Returns where an agent stands: its team's name, or that it stands in none.
pub(in crate::tui) fn place(chart: &Chart, agent: AgentId) -> String {
    match chart.org.agent(agent) {
        Some(own) if own.role == Role::Executive => "executive".to_owned(),
        _ => chart
            .team_of(agent)
            .and_then(|team| chart.team(team))
            .map_or("no team", |t| t.name.as_str())
            .into(),
    }
}

/// Returns a span of milliseconds, roughly: `4 s`, `3 min`, `2 h`.
pub(in crate::tui) fn span(milliseconds: u64) -> String {
    match milliseconds / 1000 {
        0 => "now".to_owned(),
        s if s < 100 => format!("{s} s"),
        s if s < 6000 => format!("{} min", s / 60),
        s if s < 360_000 => format!("{} h", s / 3600),
        s => format!("{} d", s / 86_400),
    }
}

/// Returns the time of day of an instant written as RFC 3339, to the second; all of it if it is not.
pub(in crate::tui) fn time_of_day(instant: &str) -> &str {
    instant.get(11..19).filter(|time| time.as_bytes().get(2) == Some(&b':')).unwrap_or(instant)
}

/// Returns every team with its level, in the order of the chart.
pub(in crate::tui) fn teams(org: &Org) -> Vec<(TeamId, usize)> {
    fn walk(nodes: &[TeamNode], level: usize, out: &mut Vec<(TeamId, usize)>) {
        for node in nodes {
            out.push((node.team, level));
            walk(&node.teams, level + 1, out);
        }
    }
    let mut out = Vec::new();
    walk(&org.forest(), 0, &mut out);
    out
}

/// Returns the line of a team.
pub(in crate::tui) fn team_item(chart: &Chart, team: TeamId, level: usize) -> Item {
    let own = chart.team(team);
    let size = chart.org.within(crate::domain::Scope::Team(team)).len();
    Item {
        mark: own.map_or(Mark::None, |team| Mark::Team(team.color)),
        level,
        title: own.map_or_else(String::new, |team| team.name.to_string()),
        detail: count(size, "agent"),
        keys: String::new(),
    }
}

/// Returns every agent, those that need a person first, then in the order of the chart.
pub(in crate::tui) fn agents(chart: &Chart) -> Vec<AgentId> {
    let mut agents = chart.urgent();
    agents.extend(chart.org.in_order().into_iter().filter(|agent| !chart.state(*agent).needs_person()));
    agents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_said_roughly_and_an_instant_by_its_time() {
        assert_eq!([40, 4_000, 120_000, 7_200_000].map(span), ["now", "4 s", "2 min", "2 h"]);
        assert_eq!(span(900_000_000), "10 d");
        assert_eq!(time_of_day("2026-11-20T12:00:05.250Z"), "12:00:05");
        assert_eq!(time_of_day("soon"), "soon");
    }

    #[test]
    fn every_word_of_a_state_is_known() {
        assert_eq!(STATES.map(AgentState::word), AgentState::WORDS);
        assert_eq!(state_of("waiting").map(state_words), Some("waiting for approval".into()));
        assert_eq!(state_of("asleep"), None);
    }
}
