//! `agentctl up`, `down` and `session …`.

use std::path::Path;

use super::args::Session;
use super::failure::Failure;
use super::here::{Here, find_file, read_plan, working_folder};
use super::{daemon, output};
use crate::domain::Name;
use crate::protocol::OrgCommand;
use crate::protocol::{Kept, OpenedView, SessionDraft, SessionSummary};

/// `agentctl up [FILE]`
pub(super) async fn up(here: &Here, file: Option<&Path>, conversations: Kept) -> Result<(), Failure> {
    let folder = working_folder()?;
    let Some(file) = file.map(|file| folder.join(file)).or_else(|| find_file(&folder)) else {
        return up_again(here, conversations).await;
    };
    let plan = read_plan(&here.paths, &file)?;
    for (blueprint, note) in plan.notes.iter().filter(|_| !here.json()) {
        output::complain(&format!("note: {blueprint}: {}", note.note));
    }
    let root = file.parent().unwrap_or(&folder).to_owned();
    daemon::ensure(here).await?;
    let name = here.global.session.clone().unwrap_or(plan.name);
    let opened = open(here, &name, &root, plan.commands, conversations).await?;
    if here.json() {
        return output::json(&opened);
    }
    let shown = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    for agent in &opened.unplanned {
        output::line(&format!(
            "{agent} is no longer in {shown} and goes on; agentctl agent delete {agent} removes it"
        ))?;
    }
    tell_opened(&opened)
}

/// `agentctl up` where there is no session file: a session that was made without one is started again.
async fn up_again(here: &Here, conversations: Kept) -> Result<(), Failure> {
    daemon::ensure(here).await?;
    let name = here.session().await.map_err(|_| {
        Failure::new("there is no agentctl.toml here").hint("agentctl writes one; agentctl demo needs none")
    })?;
    let known: Vec<SessionSummary> = here.client.get("/v1/sessions").await?;
    let root = known.into_iter().find(|known| known.name == name.as_str()).map(|known| known.root);
    let opened = open(here, &name, &root.unwrap_or_default(), Vec::new(), conversations).await?;
    if here.json() { output::json(&opened) } else { tell_opened(&opened) }
}

/// Says what became of a session that was opened.
fn tell_opened(opened: &OpenedView) -> Result<(), Failure> {
    if let Some(trouble) = &opened.session.trouble {
        output::line(&format!("! {trouble}"))?;
    }
    let name = &opened.session.name;
    output::line(&format!("session {name} is up; agentctl attach {name} shows it"))?;
    if !opened.resumed.is_empty() {
        output::line(&go_on(&opened.resumed))?;
    }
    if opened.resumable.is_empty() {
        return Ok(());
    }
    let (agents, them) = match opened.resumable.as_slice() {
        [_] => ("1 agent can go on in its conversation".to_owned(), "it"),
        several => (format!("{} agents can go on in their conversations", several.len()), "them"),
    };
    output::line(&format!(
        "{agents}: agentctl resume --all brings {them} back, agentctl up --fresh starts {them} anew"
    ))
}

/// Says who goes on in its conversation.
pub(super) fn go_on(names: &[String]) -> String {
    let who = names.join(", ");
    match names {
        [_] => format!("1 agent goes on in its conversation: {who}"),
        several => format!("{} agents go on in their conversations: {who}", several.len()),
    }
}

/// Opens a session: makes it as the plan says if there is none of that name, and starts what does not run.
pub(super) async fn open(
    here: &Here,
    name: &Name,
    root: &Path,
    plan: Vec<OrgCommand>,
    conversations: Kept,
) -> Result<OpenedView, Failure> {
    let root = root
        .canonicalize()
        .map_err(|e| Failure::new(format!("the folder {} cannot be used", root.display())).because(&e))?;
    let env = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let (name, env) = (name.to_string(), Some(env.collect()));
    let draft = SessionDraft { name, root, plan, start: true, env, conversations };
    Ok(here.client.post("/v1/sessions", &draft).await?)
}

/// `agentctl down`
pub(super) async fn down(here: &Here, all: bool) -> Result<(), Failure> {
    let names: Vec<Name> = if all {
        let known: Vec<SessionSummary> = here.daemon().await?.get("/v1/sessions").await?;
        let open = known.into_iter().filter(|session| session.trouble.is_none());
        open.filter_map(|session| Name::new(session.name).ok()).collect()
    } else {
        vec![here.session().await?]
    };
    for name in &names {
        let _: serde_json::Value =
            here.client.post(&format!("/v1/sessions/{name}/down"), &serde_json::json!({})).await?;
    }
    // A daemon that has nothing left to watch is not left behind either.
    let left: Vec<SessionSummary> = here.client.get("/v1/sessions").await?;
    if left.iter().all(|session| session.running == 0) {
        daemon::end(here).await?;
    }
    if here.json() {
        return output::json(&serde_json::json!({ "down": names }));
    }
    for name in names {
        let again = if name.as_str() == crate::demo::SESSION { "agentctl demo" } else { "agentctl up" };
        output::line(&format!("session {name} is down; {again} starts it again"))?;
    }
    Ok(())
}

/// `agentctl session …`
pub(super) async fn run(here: &Here, command: Session) -> Result<(), Failure> {
    match command {
        Session::List => list(here).await,
        Session::Create { name, root } => {
            let folder = working_folder()?;
            let root = root.map_or_else(|| folder.clone(), |root| folder.join(root));
            daemon::ensure(here).await?;
            let opened = open(here, &name, &root, Vec::new(), Kept::Left).await?;
            here.tell(&opened, &format!("session {name} is made"))
        }
        Session::Delete { name } => {
            let done: serde_json::Value =
                here.daemon().await?.delete(&format!("/v1/sessions/{name}")).await?;
            here.tell(&done, &format!("session {name} is gone"))
        }
    }
}

async fn list(here: &Here) -> Result<(), Failure> {
    let known: Vec<SessionSummary> = here.daemon().await?.get("/v1/sessions").await?;
    if here.json() {
        return output::json(&known);
    }
    if known.is_empty() {
        return output::line("there are no sessions; agentctl opens one for this folder");
    }
    let rows: Vec<Vec<String>> = known
        .into_iter()
        .map(|s| {
            let numbers = [s.agents, s.running, s.needs_person].map(|n| n.to_string());
            let place = s.trouble.unwrap_or_else(|| s.root.display().to_string());
            [vec![s.name], numbers.to_vec(), vec![place]].concat()
        })
        .collect();
    output::table(&["session", "agents", "running", "needs a person", "folder"], &rows)
}
