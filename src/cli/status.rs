//! `agentctl status`: what every agent is doing, on a page.

use super::failure::Failure;
use super::here::Here;
use super::output;
use crate::protocol::{AgentView, StatusView};

pub(super) async fn status(here: &Here) -> Result<(), Failure> {
    let path = here.at("status").await?;
    let status: StatusView = here.client.get(&path).await?;
    if here.json() {
        return output::json(&status);
    }
    let session = &status.session;
    output::line(&format!("{}  {}", session.name, session.root.display()))?;
    if let Some(trouble) = &session.trouble {
        output::line(&format!("! {trouble}"))?;
    }
    let counts =
        status.totals.by_word().into_iter().filter(|(_, n)| *n > 0).map(|(word, n)| format!("{n} {word}"));
    let counts: Vec<String> = counts.collect();
    output::line(&if counts.is_empty() { "no agents".to_owned() } else { counts.join(" · ") })?;
    if status.agents.is_empty() {
        return Ok(());
    }
    output::line("")?;
    agents(&status.agents)
}

/// Prints agents as a table.
pub(super) fn agents(agents: &[AgentView]) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = agents.iter().map(row).collect();
    output::table(&["agent", "team", "role", "state", "for", "task or reason"], &rows)
}

fn row(agent: &AgentView) -> Vec<String> {
    let state = agent.agent_state();
    let unseen = if agent.unseen { " •" } else { "" };
    let word = match &agent.waiting_for {
        Some(what) => format!("waiting ({what})"),
        None => agent.state.clone(),
    };
    vec![
        agent.name.clone(),
        agent.team.clone().unwrap_or_default(),
        agent.role.clone(),
        format!("{} {word}{unseen}", state.glyph()),
        age(&agent.since),
        agent.task.clone().unwrap_or_else(|| agent.reason.clone()),
    ]
}

/// Returns how long ago an instant was, in the largest unit that says something.
pub(super) fn age(since: &str) -> String {
    let Ok(since) = since.parse::<jiff::Timestamp>() else { return String::new() };
    let seconds = jiff::Timestamp::now().duration_since(since).as_secs().max(0);
    span(u64::try_from(seconds).unwrap_or(0))
}

fn span(seconds: u64) -> String {
    match seconds {
        s if s < 100 => format!("{s}s"),
        s if s < 100 * 60 => format!("{}m", s / 60),
        s if s < 48 * 3600 => format!("{}h", s / 3600),
        s => format!("{}d", s / 86400),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_span_is_told_in_the_unit_that_says_most() {
        assert_eq!(
            [5, 99, 100, 5999, 6000, 200_000].map(super::span),
            ["5s", "99s", "1m", "99m", "1h", "2d"]
        );
    }
}
