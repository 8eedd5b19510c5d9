//! `agentctl approval …`

use super::args::Approval;
use super::failure::Failure;
use super::here::Here;
use super::{message, output, status};
use crate::domain::{Verdict, clean};
use crate::protocol::{AnswerRequest, ApprovalView};

pub(super) async fn run(here: &Here, command: Approval) -> Result<(), Failure> {
    match command {
        Approval::List => list(here).await,
        Approval::Show { number } => {
            let path = here.at(&format!("approvals/{number}")).await?;
            let asked: ApprovalView = here.client.get(&path).await?;
            here.tell(&asked, &shown(&asked))
        }
        Approval::Allow { number } => answer(here, number, Verdict::Allow).await,
        Approval::Deny { number, reason } => answer(here, number, Verdict::Deny { reason }).await,
        Approval::Choose { number, option } => {
            answer(here, number, Verdict::Choose { option: usize::from(option) - 1 }).await
        }
    }
}

async fn list(here: &Here) -> Result<(), Failure> {
    let path = here.at("approvals").await?;
    let asked: Vec<ApprovalView> = here.client.get(&path).await?;
    if here.json() {
        return output::json(&asked);
    }
    if asked.is_empty() {
        return output::line("no agent asks anything");
    }
    let rows: Vec<Vec<String>> = asked
        .iter()
        .map(|a| {
            let how = if a.answerable { "from here" } else { "in its pane" };
            vec![
                a.id.to_string(),
                a.agent.clone(),
                a.kind.clone(),
                status::age(&a.asked_at),
                how.to_owned(),
                brief(a),
            ]
        })
        .collect();
    output::table(&["number", "agent", "kind", "for", "answered", "what"], &rows)
}

async fn answer(here: &Here, number: u32, verdict: Verdict) -> Result<(), Failure> {
    let path = here.at(&format!("approvals/{number}")).await?;
    let body = AnswerRequest { verdict, from: message::sender() };
    let asked: ApprovalView = here.client.post(&path, &body).await?;
    let text = match asked.status.as_str() {
        "answered" => {
            let note = asked.note.as_deref().map(|note| format!("; {note}")).unwrap_or_default();
            format!("{}: {}{note}", asked.agent, asked.why.as_deref().unwrap_or("answered"))
        }
        "answering" => format!("{}: answered; it has not acted on it yet", asked.agent),
        other => format!("{}: {other}; {}", asked.agent, asked.why.as_deref().unwrap_or_default()),
    };
    here.tell(&asked, &text)
}

/// How much of what is asked stands in its line of the list, in characters.
const BRIEF: usize = 80;

/// What is asked, on one line.
fn brief(asked: &ApprovalView) -> String {
    let what = asked.question.as_deref().unwrap_or(&asked.detail);
    let text = if asked.tool.is_empty() { what.to_owned() } else { format!("{}: {what}", asked.tool) };
    let short = clean(&text, BRIEF);
    if !short.ends_with('…') && asked.truncated == 0 {
        return short;
    }
    let left = clean(&text, usize::MAX >> 8).chars().count().saturating_sub(BRIEF - 1) + asked.truncated;
    format!("{short} ({left} characters more: approval show {})", asked.id)
}

fn shown(asked: &ApprovalView) -> String {
    let mut out =
        vec![format!("{} asks (approval {}, {}, {})", asked.agent, asked.id, asked.kind, asked.status)];
    let mut part = |title: &str, text: &str| {
        if !text.is_empty() {
            out.push(format!("{title}:"));
            out.extend(text.lines().map(|line| format!("  {line}")));
        }
    };
    part("tool", &asked.tool);
    part("detail", &asked.detail);
    part("question", asked.question.as_deref().unwrap_or_default());
    part("diff", asked.diff.as_deref().unwrap_or_default());
    if asked.truncated > 0 {
        part(
            "missing",
            &format!("{} characters more, which are too many to be kept; its pane has them", asked.truncated),
        );
    }
    let options: Vec<String> =
        asked.options.iter().enumerate().map(|(n, option)| format!("{}. {option}", n + 1)).collect();
    part("options", &options.join("\n"));
    let choices: Vec<String> =
        asked.choices.iter().enumerate().map(|(n, choice)| format!("{}. {choice}", n + 1)).collect();
    part("it offers", &choices.join("\n"));
    part("note", asked.note.as_deref().unwrap_or_default());
    part("by", asked.by.as_deref().unwrap_or_default());
    part("why", asked.why.as_deref().unwrap_or_default());
    out.join("\n")
}
