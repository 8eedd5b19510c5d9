//! `agentctl agent …` and `agentctl keys`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::args::Agent;
use super::failure::Failure;
use super::here::Here;
use super::{message, output, session, status};
use crate::domain::Key;
use crate::protocol::{
    AgentDraft, AgentView, BroughtBack, ConversationView, Created, Explanation, InterruptRequest,
    KeysRequest, MessageReport, Move, Rename, ResumeRequest, Resumed, ScreenText,
};

pub(super) async fn run(here: &Here, command: Agent) -> Result<(), Failure> {
    match command {
        Agent::List => list(here).await,
        Agent::Create { name, team, role, cwd, env, blueprint, cli, model, prompt_suffix, command } => {
            let env: BTreeMap<String, String> = env.into_iter().collect();
            let draft = AgentDraft {
                name,
                team,
                role: Some(role),
                command,
                blueprint,
                cli,
                model,
                prompt_suffix,
                cwd,
                env,
                once: false,
            };
            let path = here.at("agents").await?;
            let made: Created = here.client.post(&path, &draft).await?;
            if !here.json() {
                made.notes.iter().for_each(|note| output::complain(&format!("note: {note}")));
            }
            here.tell(&made, &format!("agent {} is made", made.name))
        }
        Agent::Delete { name } => {
            let path = here.at(&format!("agents/{name}")).await?;
            let done: Value = here.client.delete(&path).await?;
            here.tell(&done, &format!("agent {name} is gone"))
        }
        Agent::Rename { name, new } => {
            here.ask(
                &format!("agents/{name}/rename"),
                &Rename { name: new.clone() },
                &format!("agent {name} is now {new}"),
            )
            .await
        }
        Agent::Move { name, team } => {
            let text = team.as_ref().map_or_else(
                || format!("agent {name} stands in no team"),
                |team| format!("agent {name} is in team {team}"),
            );
            here.ask(&format!("agents/{name}/move"), &Move { team }, &text).await
        }
        Agent::Promote { name } => {
            here.ask(&format!("agents/{name}/promote"), &nothing(), &format!("agent {name} leads")).await
        }
        Agent::Start { name } => {
            here.ask(&format!("agents/{name}/start"), &nothing(), &format!("agent {name} is starting")).await
        }
        Agent::Stop { name } => {
            here.ask(&format!("agents/{name}/stop"), &nothing(), &format!("agent {name} is stopping")).await
        }
        Agent::Restart { name } => {
            here.ask(&format!("agents/{name}/restart"), &nothing(), &format!("agent {name} is restarting"))
                .await
        }
        Agent::Kill { name } => {
            here.ask(&format!("agents/{name}/kill"), &nothing(), &format!("agent {name} is killed")).await
        }
        Agent::Resume { name, conversation } => resume_one(here, &name, conversation).await,
        Agent::Conversations { name } => conversations(here, &name).await,
        Agent::NewConversation { name } => {
            let text = format!("agent {name} begins a new conversation");
            here.ask(&format!("agents/{name}/new-conversation"), &nothing(), &text).await
        }
        Agent::Clear { name } => {
            let path = here.at(&format!("agents/{name}/clear")).await?;
            let report: MessageReport = here.client.post(&path, &nothing()).await?;
            message::submitted(here, &report)
        }
        Agent::Interrupt { name, force } => {
            let text = format!("agent {name} is interrupted");
            here.ask(&format!("agents/{name}/interrupt"), &InterruptRequest { force }, &text).await
        }
        Agent::Explain { name } => explain(here, &name).await,
        Agent::Screen { name, ansi } => screen(here, &name, ansi).await,
    }
}

/// `agentctl resume NAMES… | --all`
pub(super) async fn resume(here: &Here, names: &[String]) -> Result<(), Failure> {
    if names.is_empty() {
        return resume_all(here).await;
    }
    for name in names {
        resume_one(here, name, None).await?;
    }
    Ok(())
}

async fn resume_all(here: &Here) -> Result<(), Failure> {
    let path = here.at("resume").await?;
    let back: BroughtBack = here.client.post(&path, &nothing()).await?;
    if here.json() {
        return output::json(&back);
    }
    if !back.resumed.is_empty() {
        output::line(&session::go_on(&back.resumed))?;
    }
    if !back.anew.is_empty() {
        output::line(&format!("begun anew, with no conversation to go on in: {}", back.anew.join(", ")))?;
    }
    if back == BroughtBack::default() {
        output::line("there is nothing to resume")?;
    }
    Ok(())
}

/// `agentctl agent conversations NAME`
async fn conversations(here: &Here, name: &str) -> Result<(), Failure> {
    let path = here.at(&format!("agents/{name}/explain")).await?;
    let why: Explanation = here.client.get(&path).await?;
    if here.json() {
        return output::json(&why.conversations);
    }
    if why.conversations.is_empty() {
        return output::line(&format!("no conversation of {name} is known"));
    }
    let row = |known: &ConversationView| {
        let note = match (known.current, known.prompted) {
            (true, true) => "it is in this one",
            (true, false) => "it is in this one; nothing was said yet",
            (false, true) => "",
            (false, false) => "nothing was said",
        };
        vec![known.id.clone(), status::age(&known.since), note.to_owned()]
    };
    let rows: Vec<Vec<String>> = why.conversations.iter().map(row).collect();
    output::table(&["conversation", "began", ""], &rows)
}

async fn resume_one(here: &Here, name: &str, conversation: Option<String>) -> Result<(), Failure> {
    let path = here.at(&format!("agents/{name}/resume")).await?;
    let done: Resumed = here.client.post(&path, &ResumeRequest { conversation }).await?;
    let text = done.note.clone().unwrap_or_else(|| format!("agent {name} goes on in its conversation"));
    here.tell(&done, &text)
}

/// `agentctl keys NAME KEY…`
pub(super) async fn keys(here: &Here, name: &str, keys: Vec<Key>) -> Result<(), Failure> {
    let count = keys.len();
    let text = format!("{count} {} to {name}", if count == 1 { "key" } else { "keys" });
    here.ask(&format!("agents/{name}/keys"), &KeysRequest { keys }, &text).await
}

fn nothing() -> Value {
    Value::Object(serde_json::Map::new())
}

async fn list(here: &Here) -> Result<(), Failure> {
    let path = here.at("agents").await?;
    let agents: Vec<AgentView> = here.client.get(&path).await?;
    if here.json() {
        return output::json(&agents);
    }
    if agents.is_empty() {
        return output::line("there are no agents; agentctl agent create NAME -- COMMAND makes one");
    }
    status::agents(&agents)
}

async fn explain(here: &Here, name: &str) -> Result<(), Failure> {
    let path = here.at(&format!("agents/{name}/explain")).await?;
    let why: Explanation = here.client.get(&path).await?;
    if here.json() {
        return output::json(&why);
    }
    output::line(&format!("{} is {} for {}: {}", why.agent, why.state, status::age(&why.since), why.reason))?;
    if let Some(limit) = &why.time_limit {
        output::line(&format!("time limit: {limit}"))?;
    }
    if why.evidence.is_empty() {
        return output::line("its process does not run; there is nothing else to go by");
    }
    output::line("")?;
    let rows: Vec<Vec<String>> = why
        .evidence
        .into_iter()
        .map(|e| {
            let decisive = if e.decisive { "→" } else { "" };
            let age = format!("{}.{}s", e.age_ms / 1000, e.age_ms % 1000 / 100);
            vec![decisive.to_owned(), e.source, e.state, format!("{} %", e.confidence), age, e.rule, e.detail]
        })
        .collect();
    output::table(&["", "source", "says", "belief", "age", "rule", "what was read"], &rows)
}

async fn screen(here: &Here, name: &str, ansi: bool) -> Result<(), Failure> {
    let path = here.at(&format!("agents/{name}/screen?ansi={ansi}")).await?;
    let screen: ScreenText = here.client.get(&path).await?;
    here.tell(&screen, screen.text.trim_end_matches('\n'))
}
