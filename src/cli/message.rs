//! `agentctl send`, `broadcast` and `message …`.

use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::args::Message;
use super::failure::Failure;
use super::here::Here;
use super::output;
use crate::domain::{clean, typeable};
use crate::protocol::{
    AGENT_VARIABLE, BroadcastText, Code, MessageReport, MessageView, SendRequest, TurnReport,
};

/// What is sent, and how.
pub(super) struct Sending {
    pub(super) text: String,
    pub(super) now: bool,
    pub(super) expires: Option<Duration>,
    /// How long the end of the turn is waited for, if it is.
    pub(super) wait: Option<Duration>,
}

/// `agentctl send NAME TEXT`
pub(super) async fn send(here: &Here, name: &str, sending: Sending) -> Result<(), Failure> {
    let path = here.at(&format!("agents/{name}/send")).await?;
    let Sending { text, now, expires, wait } = sending;
    let (expires_for, wait_for) = (expires.map(millis), wait.map(millis));
    let body = SendRequest { text, now, from: sender(), expires_for, wait_for };
    let report: MessageReport = here.client.post(&path, &body).await?;
    if here.json() {
        output::json(&report)?;
    } else if let Some(turn) = &report.turn {
        turn_told(&report, turn)?;
    } else {
        output::line(&told(&report))?;
    }
    match (report.status.as_str(), &report.turn) {
        ("refused" | "expired", _) => {
            Err(Failure::new(format!("the text did not reach {name}")).code(Code::Conflict))
        }
        (_, Some(TurnReport { over: false, .. })) => Err(not_over(name, &report)),
        (_, Some(TurnReport { error: Some(error), .. })) => {
            Err(Failure::new(format!("the turn of {name} failed: {}", clean(error, 300)))
                .code(Code::TurnFailed))
        }
        _ => Ok(()),
    }
}

/// What is said where the time was up before the turn was over, or before it could begin.
fn not_over(name: &str, report: &MessageReport) -> Failure {
    let reason = clean(report.reason.as_deref().unwrap_or_default(), 300);
    let failure = match report.status.as_str() {
        "held" | "queued" => {
            let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
            let failure = Failure::new(format!("the text did not reach {name} yet, it is still held{why}"));
            match report.id {
                Some(id) => {
                    failure.hint(format!("it goes out by itself; agentctl message cancel {id} takes it back"))
                }
                None => failure,
            }
        }
        _ => Failure::new(format!("the turn of {name} is not over"))
            .hint(format!("agentctl agent screen {name} shows where it stands")),
    };
    failure.code(Code::Timeout)
}

/// Says what became of a text that has no turn to be waited for.
pub(super) fn submitted(here: &Here, report: &MessageReport) -> Result<(), Failure> {
    here.tell(report, &told(report))?;
    match report.status.as_str() {
        "refused" | "expired" => Err(Failure::new(format!("the text did not reach {}", report.to))),
        _ => Ok(()),
    }
}

/// Prints what an agent said, or what is known where it said nothing.
fn turn_told(report: &MessageReport, turn: &TurnReport) -> Result<(), Failure> {
    if let Some(text) = &turn.text {
        return output::line(&typeable(text));
    }
    let waits = turn.seen.as_deref().filter(|seen| seen.starts_with("it is waiting"));
    if let (false, Some(seen)) = (turn.over, waits) {
        return output::line(&format!("{}; {}", told(report), clean(seen, 160)));
    }
    if !turn.over {
        return output::line(&told(report));
    }
    let seen = turn.seen.as_deref().map(|seen| format!(" ({})", clean(seen, 160))).unwrap_or_default();
    output::line(&format!(
        "{}: its turn is over{seen}; what it said is not told: agentctl agent screen {} shows it",
        report.to, report.to
    ))
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// `agentctl broadcast TEAM TEXT`
pub(super) async fn broadcast(
    here: &Here,
    team: &str,
    text: String,
    now: bool,
    expires: Option<Duration>,
) -> Result<(), Failure> {
    let text = worded(Some(text), None)?;
    let team = (team != "all").then(|| team.to_owned());
    let path = here.at("broadcast").await?;
    let expires_for = expires.map(millis);
    let body = BroadcastText { team, text, now, from: sender(), expires_for };
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
        Message::List { agent, all } => list(here, agent.as_deref(), all).await,
        Message::Show { number } => {
            let path = here.at(&format!("messages/{number}")).await?;
            let message: MessageView = here.client.get(&path).await?;
            here.tell(&message, &shown(&message))
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

async fn list(here: &Here, agent: Option<&str>, all: bool) -> Result<(), Failure> {
    let to = agent.map(|agent| format!("&to={agent}")).unwrap_or_default();
    let path = here.at(&format!("messages?all={all}{to}")).await?;
    let messages: Vec<MessageView> = here.client.get(&path).await?;
    if here.json() {
        return output::json(&messages);
    }
    if messages.is_empty() {
        return output::line("no message waits");
    }
    let rows: Vec<Vec<String>> = messages
        .into_iter()
        .map(|m| {
            let why = m.reason.or(m.by.map(|by| format!("by {by}"))).unwrap_or_default();
            vec![m.id.to_string(), m.from, m.to, m.status, clean(&why, 50), clean(&m.text, 50)]
        })
        .collect();
    output::table(&["number", "from", "to", "status", "why", "text"], &rows)
}

fn shown(m: &MessageView) -> String {
    let why = m.reason.as_deref().map(|reason| format!(", {reason}"));
    let by = m.by.as_deref().map(|by| format!(" by {by}"));
    let more = why.or(by).unwrap_or_default();
    let cut = if m.cut { "\n… (only its beginning is kept)" } else { "" };
    let expires = m.expires_at.as_deref().map(|at| format!("; expires {at}")).unwrap_or_default();
    format!(
        "message {} from {} to {}, {}{expires}\n{}{more}\n\n{}{cut}",
        m.id,
        m.from,
        m.to,
        m.sent_at,
        m.status,
        typeable(&m.text)
    )
}

/// An agent that calls this command from its pane is named as the sender.
pub(super) fn sender() -> Option<String> {
    std::env::var(AGENT_VARIABLE).ok().filter(|name| !name.is_empty())
}

/// Returns the text that is meant: the words themselves, what comes on standard input, or what stands in a file.
pub(super) fn worded(text: Option<String>, file: Option<&Path>) -> Result<String, Failure> {
    let (read, from) = match (text, file) {
        (Some(text), _) if text != "-" => return Ok(text),
        (_, Some(file)) => (std::fs::read_to_string(file), file.display().to_string()),
        (_, None) => {
            let mut read = String::new();
            (std::io::stdin().read_to_string(&mut read).map(|_| read), "standard input".to_owned())
        }
    };
    let read =
        read.map_err(|e| Failure::new(format!("the text could not be read from {from}")).because(&e))?;
    Ok(read.trim_end_matches('\n').to_owned())
}

fn told(report: &MessageReport) -> String {
    let reason = report.reason.as_deref().unwrap_or_default();
    match report.status.as_str() {
        "acknowledged" => {
            let by = report.by.as_deref().map(|by| format!(" (by {by})")).unwrap_or_default();
            format!("{}: delivered, and it took it{by}", report.to)
        }
        "delivered" if reason.is_empty() => format!("{}: delivered", report.to),
        "delivered" => format!("{}: {reason}", report.to),
        "typing" => format!("{}: typed, not submitted yet", report.to),
        "held" | "queued" => {
            let number = report.id.map(|id| format!(" (message {id})")).unwrap_or_default();
            format!("{}: {}, {reason}; it goes out by itself{number}", report.to, report.status)
        }
        other => format!("{}: {other}, {reason}", report.to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_held_when_the_time_is_up_is_not_told_as_a_turn_that_goes_on() {
        let report = |status: &str, reason: Option<&str>| MessageReport {
            id: Some(73),
            status: status.to_owned(),
            reason: reason.map(str::to_owned),
            ..serde_json::from_value(serde_json::json!({"to": "be-1", "status": ""})).unwrap()
        };
        let held = not_over("be-1", &report("held", Some("it asks for permission"))).to_string();
        assert_eq!(held, "the text did not reach be-1 yet, it is still held: it asks for permission");
        assert_eq!(not_over("be-1", &report("delivered", None)).to_string(), "the turn of be-1 is not over");
    }
}
