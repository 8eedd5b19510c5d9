//! Chooses a team from the tree of teams, or a colour for one.

use super::{Intent, Picking, Reply};
use crate::domain::{AgentId, Scope, TeamColor, TeamId};
use crate::protocol::{Command, OrgCommand};
use crate::tui::model::Model;
use crate::tui::widget::{Finder, Item, Mark, Pick, count, team_item, teams};

/// Chooses a team, or a colour.
#[derive(Debug)]
pub(in crate::tui) struct Choose {
    of: Of,
    title: String,
    choices: Vec<Choice>,
    finder: Finder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    MoveAgent(AgentId),
    MoveTeam(TeamId),
    Broadcast,
    Recolor(TeamId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Team(TeamId),
    /// No team, or every agent.
    Top,
    Color(TeamColor),
}

impl Choose {
    /// Chooses the team that an agent moves into.
    pub(in crate::tui) fn move_agent(model: &Model, agent: AgentId) -> Choose {
        let title = format!("move {} to", model.chart.name(agent));
        let now = model.chart.team_of(agent);
        let top = Item { level: 1, title: "no team".into(), ..Item::default() };
        Choose::of(Of::MoveAgent(agent), title, tree(model, top, now.map_or(Choice::Top, Choice::Team), None))
    }

    /// Chooses the team that a team moves into; those in it are left out.
    pub(in crate::tui) fn move_team(model: &Model, team: TeamId) -> Choose {
        let title = format!("move team {} into", team_name(model, team));
        let now = model.chart.team(team).and_then(|team| team.parent);
        let top = Item { level: 1, title: "under the executive".into(), ..Item::default() };
        let lines = tree(model, top, now.map_or(Choice::Top, Choice::Team), Some(team));
        Choose::of(Of::MoveTeam(team), title, lines)
    }

    /// Chooses the team that keys go to, the focused agent's selected.
    pub(in crate::tui) fn broadcast(model: &Model) -> Choose {
        let every = count(model.chart.org.agent_count(), "agent");
        let top = Item { level: 1, title: "every agent".into(), detail: every, ..Item::default() };
        let lines = tree(model, top, Choice::Top, None);
        let mut choose = Choose::of(Of::Broadcast, "keys go to".into(), lines);
        let own = model.focus.and_then(|agent| model.chart.team_of(agent)).map(Choice::Team);
        if let Some(n) = choose.choices.iter().position(|choice| Some(*choice) == own) {
            choose.finder.select(n);
        }
        choose
    }

    /// Chooses a colour for a team.
    pub(in crate::tui) fn color(model: &Model, team: TeamId) -> Choose {
        let now = model.chart.team(team).map(|team| team.color);
        let line = |(n, name): (usize, &&str)| {
            let color = TeamColor::nth(n);
            let detail = if Some(color) == now { "as it is" } else { "" };
            let (title, detail) = ((*name).to_owned(), detail.to_owned());
            (Choice::Color(color), Item { mark: Mark::Team(color), title, detail, ..Item::default() })
        };
        let lines: Vec<(Choice, Item)> = TeamColor::NAMES.iter().enumerate().map(line).collect();
        let at = lines.iter().position(|(choice, _)| Some(*choice) == now.map(Choice::Color)).unwrap_or(0);
        Choose::of(Of::Recolor(team), format!("a colour for {}", team_name(model, team)), (lines, at))
    }

    fn of(of: Of, title: String, (lines, at): (Vec<(Choice, Item)>, usize)) -> Choose {
        let (choices, items) = lines.into_iter().unzip();
        let asks = if matches!(of, Of::Recolor(_)) { "which colour?" } else { "which team?" };
        let mut finder = Finder::new(items, asks);
        finder.select(at);
        Choose { of, title, choices, finder }
    }

    fn intent(&self, choice: Choice, model: &Model) -> Intent {
        let to = match choice {
            Choice::Team(team) => Some(team),
            Choice::Top | Choice::Color(_) => None,
        };
        let place = to.map(|team| team_name(model, team));
        match self.of {
            Of::MoveAgent(agent) => {
                let name = model.chart.name(agent);
                let done = match place {
                    Some(place) => format!("{name} is in {place} now"),
                    None => format!("{name} is in no team now"),
                };
                Intent::Ask(
                    Command::Org(OrgCommand::MoveAgent { agent: agent.into(), team: to.map(Into::into) }),
                    done,
                )
            }
            Of::MoveTeam(team) => {
                let name = team_name(model, team);
                let done = match place {
                    Some(place) => format!("team {name} is in {place} now"),
                    None => format!("team {name} is under the executive now"),
                };
                Intent::Ask(
                    Command::Org(OrgCommand::MoveTeam { team: team.into(), parent: to.map(Into::into) }),
                    done,
                )
            }
            Of::Broadcast => {
                Intent::Broadcast { scope: to.map_or(Scope::All, Scope::Team), include_dialogs: false }
            }
            Of::Recolor(team) => {
                let color = if let Choice::Color(color) = choice { color } else { TeamColor::nth(0) };
                let done = format!("team {} is {color} now", team_name(model, team));
                Intent::Ask(Command::Org(OrgCommand::RecolorTeam { team: team.into(), color }), done)
            }
        }
    }
}

impl Picking for Choose {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn hint(&self) -> String {
        "type to find · ↑↓ select · enter takes it · esc".to_owned()
    }

    fn wants(&self, (columns, rows): (u16, u16)) -> (u16, u16) {
        let (wide, high) = self.finder.wants(48);
        (wide.min(columns), high.min(rows).min(22))
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
            Pick::Picked(n) => match self.choices.get(n) {
                Some(choice) => Reply::Done(vec![self.intent(*choice, model)]),
                None => Reply::Stay,
            },
        }
    }
}

/// The tree of teams below `top`, without one team and what is in it; and which line is the present one.
fn tree(model: &Model, top: Item, now: Choice, without: Option<TeamId>) -> (Vec<(Choice, Item)>, usize) {
    let org = &model.chart.org;
    let mut lines = vec![(Choice::Top, top)];
    for (team, level) in teams(org) {
        if without.is_none_or(|without| !org.stands_in(team, without)) {
            lines.push((Choice::Team(team), team_item(&model.chart, team, level)));
        }
    }
    let at = lines.iter().position(|(choice, _)| *choice == now).unwrap_or(0);
    (lines, at)
}

fn team_name(model: &Model, team: TeamId) -> String {
    model.chart.team(team).map(|team| team.name.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{agent, keys, model, seen, team};
    use super::*;

    #[test]
    fn an_agent_is_moved_to_the_team_that_is_chosen() {
        let model = model();
        let mut choose = Choose::move_agent(&model, agent(&model, "be-1"));
        let reply = keys(&mut choose, &model, "f r o n t enter");
        assert!(reply.contains("MoveAgent") && reply.contains("be-1 is in frontend now"), "{reply}");
        let mut choose = Choose::move_agent(&model, agent(&model, "be-1"));
        assert!(keys(&mut choose, &model, "home enter").contains("be-1 is in no team now"));
        assert_eq!(keys(&mut choose, &model, "esc"), "close");
    }

    #[test]
    fn a_team_cannot_be_moved_into_itself() {
        let model = model();
        let choose = Choose::move_team(&model, team(&model, "backend"));
        let lines = seen(&choose, &model, (80, 24));
        assert!(lines.contains("frontend") && !lines.contains("storage"), "{lines}");
    }

    #[test]
    fn keys_go_to_the_focused_team_unless_another_is_chosen() {
        let model = model();
        let broadcast = |pressed: &str| keys(&mut Choose::broadcast(&model), &model, pressed);
        let own = team(&model, "backend");
        assert!(broadcast("enter").contains(&format!("scope: Team({own:?})")));
        assert!(broadcast("home enter").contains("scope: All"));
    }

    #[test]
    fn a_team_gets_the_colour_that_is_chosen() {
        let model = model();
        let mut choose = Choose::color(&model, team(&model, "backend"));
        assert!(keys(&mut choose, &model, "p i n k enter").contains("team backend is pink now"));
    }
}
