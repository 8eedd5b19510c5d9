//! The demo: a whole organisation of scripted agents, for a person who has no agent programs or wants to look first.
//!
//! Each agent is a real process in a real terminal; what is played is only what it says. It thinks, works, asks for
//! approval, fails, recovers, writes to colleagues and answers what is typed, and its banner says that it is a script.

mod actor;
mod scene;
mod stage;

use std::path::Path;
use std::process::ExitCode;

use crate::domain::{Launch, Name, NewAgent, Role, TeamColor, TeamRef};
use crate::kernel::org::Command as OrgCommand;

/// The name of the demo's session.
pub const SESSION: &str = "demo";

/// The hidden subcommand that runs one scripted agent.
pub const SUBCOMMAND: &str = "demo-agent";

/// Returns the commands that set the demo up; `program` is this program.
#[must_use]
pub fn plan(program: &Path) -> Vec<OrgCommand> {
    let mut commands = Vec::new();
    for (n, team) in scene::TEAMS.iter().enumerate() {
        commands.push(OrgCommand::CreateTeam {
            name: Name::lenient(team.name, "team"),
            parent: team.parent.map(TeamRef::from),
            color: Some(TeamColor::nth(n)),
        });
    }
    for cast in scene::CAST {
        let command = [&program.display().to_string(), SUBCOMMAND, cast.name].map(str::to_owned).to_vec();
        let role = match (cast.team, cast.leads) {
            (None, _) => Role::Executive,
            (Some(_), true) => Role::Coordinator,
            (Some(_), false) => Role::Worker,
        };
        commands.push(OrgCommand::CreateAgent(NewAgent {
            name: Some(Name::lenient(cast.name, "agent")),
            team: cast.team.map(TeamRef::from),
            role,
            launch: Launch { command, ..Launch::default() },
        }));
    }
    commands
}

/// Plays one scripted agent in this terminal until it is told to end. `pace` is how many times faster than usual.
#[must_use]
pub fn play(name: &str, pace: u32) -> ExitCode {
    stage::play(name, pace.clamp(1, 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_is_a_three_level_organisation_of_at_least_ten() {
        let commands = plan(Path::new("/bin/agentctl"));
        let teams: Vec<_> = commands.iter().filter(|c| matches!(c, OrgCommand::CreateTeam { .. })).collect();
        let nested =
            teams.iter().filter(|c| matches!(c, OrgCommand::CreateTeam { parent: Some(_), .. })).count();
        let agents = commands.iter().filter(|c| matches!(c, OrgCommand::CreateAgent(_))).count();
        assert!(teams.len() >= 4 && nested >= 1 && agents >= 10);
        assert_eq!(scene::CAST.iter().filter(|c| c.team.is_none()).count(), 1);
        for team in scene::TEAMS {
            assert_eq!(
                scene::CAST.iter().filter(|c| c.team == Some(team.name) && c.leads).count(),
                1,
                "{}",
                team.name
            );
        }
    }
}
