//! `agentctl team …`.

use serde_json::Value;

use super::args::Team;
use super::failure::Failure;
use super::here::Here;
use super::output;
use crate::protocol::{Created, Move, Recolor, Rename, TeamDraft, TeamView};

pub(super) async fn run(here: &Here, command: Team) -> Result<(), Failure> {
    match command {
        Team::List => list(here).await,
        Team::Create { name, parent, color } => {
            let path = here.at("teams").await?;
            let made: Created = here.client.post(&path, &TeamDraft { name, parent, color }).await?;
            here.tell(&made, &format!("team {} is made", made.name))
        }
        Team::Disband { name, delete_agents } => {
            let path = here.at(&format!("teams/{name}?delete_agents={delete_agents}")).await?;
            let done: Value = here.client.delete(&path).await?;
            here.tell(&done, &format!("team {name} is disbanded"))
        }
        Team::Rename { name, new } => {
            here.ask(
                &format!("teams/{name}/rename"),
                &Rename { name: new.clone() },
                &format!("team {name} is now {new}"),
            )
            .await
        }
        Team::Move { name, parent } => {
            let text = parent.as_ref().map_or_else(
                || format!("team {name} stands under the executive"),
                |parent| format!("team {name} stands in {parent}"),
            );
            here.ask(&format!("teams/{name}/move"), &Move { team: parent }, &text).await
        }
        Team::Color { name, color } => {
            let text = format!("team {name} is {color}");
            here.ask(&format!("teams/{name}/color"), &Recolor { color }, &text).await
        }
    }
}

async fn list(here: &Here) -> Result<(), Failure> {
    let path = here.at("teams").await?;
    let teams: Vec<TeamView> = here.client.get(&path).await?;
    if here.json() {
        return output::json(&teams);
    }
    if teams.is_empty() {
        return output::line("there are no teams; agentctl team create NAME makes one");
    }
    let rows: Vec<Vec<String>> = teams
        .into_iter()
        .map(|t| vec![t.name, t.parent.unwrap_or_default(), t.lead.unwrap_or_default(), t.color])
        .collect();
    output::table(&["team", "stands in", "lead", "colour"], &rows)
}
