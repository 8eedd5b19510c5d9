//! `agentctl send`, `broadcast` and `message …`.

use std::io::Read as _;

use serde_json::Value;

use super::args::Message;
use super::failure::Failure;
use super::here::Here;
use super::output;
use crate::protocol::{AGENT_VARIABLE, BroadcastText, MessageReport, MessageView, SendRequest};

/// `agentctl send NAME TEXT`
pub(super) async fn send(here: &Here, name: &str, text: String, now: bool) -> Result<(), Failure> {
    let text = worded(text)?;
    let path = here.at(&format!("agents/{name}/send")).await?;
    let report: MessageReport = here.client.post(&path, &SendRequest { text, now, from: sender() }).await?;
    if here.json() {
        output::json(&report)?;
    } else {
        output::line(&told(&report))?;
    }
    match report.status.as_str() {
        "refused" => Err(Failure::new(format!("the text did not reach {name}"))),
        _ => Ok(()),
    }
}

/// `agentctl broadcast TEAM TEXT`
pub(super) async fn broadcast(here: &Here, team: &str, text: String, now: bool) -> Result<(), Failure> {
    let text = worded(text)?;
    let team = (team != "all").then(|| team.to_owned());
    let path = here.at("broadcast").await?;
    let body = BroadcastText { team, text, now, from: sender() };
    let reports: Vec<MessageReport> = here.client.post(&path, &body).await?;
    if here.json() {
        return output::json(&reports);
    }
    if reports.is_empty() {
        return output::line("there is nobody to send it to");
    }
    reports.iter().try_for_each(|report| output::line(&told(report)))
}

/// `agentctl message …`
pub(super) async fn run(here: &Here, command: Message) -> Result<(), Failure> {
    match command {
        Message::List => {
            let path = here.at("messages").await?;
            let held: Vec<MessageView> = here.client.get(&path).await?;
            if here.json() {
                return output::json(&held);
            }
            if held.is_empty() {
                return output::line("no message waits");
            }
            let first = |text: &str| crate::domain::clean(text, 60);
            let rows: Vec<Vec<String>> =
                held.into_iter().map(|m| vec![m.id.to_string(), m.from, m.to, first(&m.text)]).collect();
            output::table(&["number", "from", "to", "text"], &rows)
        }
        Message::Cancel { number } => {
            let path = here.at(&format!("messages/{number}")).await?;
            let done: Value = here.client.delete(&path).await?;
            if here.json() {
                output::json(&done)
            } else {
                output::line(&format!("message {number} is taken back"))
            }
        }
    }
}

/// An agent that calls this command from its pane is named as the sender.
fn sender() -> Option<String> {
    std::env::var(AGENT_VARIABLE).ok().filter(|name| !name.is_empty())
}

fn worded(text: String) -> Result<String, Failure> {
    if text != "-" {
        return Ok(text);
    }
    let mut read = String::new();
    std::io::stdin()
        .read_to_string(&mut read)
        .map_err(|e| Failure::new("the text could not be read from standard input").because(&e))?;
    Ok(read.trim_end_matches('\n').to_owned())
}

fn told(report: &MessageReport) -> String {
    let reason = report.reason.as_deref().unwrap_or_default();
    match report.status.as_str() {
        "delivered" => format!("{}: delivered", report.to),
        "typing" => format!("{}: typed, not submitted yet", report.to),
        "held" => {
            let number = report.id.map(|id| format!(" (message {id})")).unwrap_or_default();
            format!("{}: held, {reason}; it goes out by itself{number}", report.to)
        }
        other => format!("{}: {other}, {reason}", report.to),
    }
}
