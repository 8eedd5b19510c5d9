//! `agentctl`, `agentctl attach` and `agentctl demo`: what opens the screen.

use std::io::IsTerminal as _;
use std::path::Path;

use super::failure::Failure;
use super::here::{Here, find_file, read_plan, working_folder};
use super::{daemon, output, programs, session};
use crate::blueprint::{FILE_NAME, compose};
use crate::client::Client;
use crate::disk;
use crate::domain::{Launch, Name, NewAgent, Role};
use crate::protocol::OrgCommand;
use crate::protocol::{AGENT_VARIABLE, Kept, SessionSummary};
use crate::tui::{self, Beginning, Ending};

/// `agentctl`: the session of this folder, or the first-run screen.
pub(super) async fn open(here: &Here) -> Result<(), Failure> {
    let folder = working_folder()?;
    in_a_terminal()?;
    if here.global.session.is_some() && find_file(&folder).is_none() {
        daemon::ensure(here).await?;
        return attach(here, None).await;
    }
    if let Some(file) = find_file(&folder) {
        return open_file(here, &file).await;
    }
    daemon::ensure(here).await?;
    let known: Vec<SessionSummary> = here.client.get("/v1/sessions").await?;
    let here_or_above = known.iter().filter(|s| s.trouble.is_none() && folder.starts_with(&s.root));
    let nearest = here_or_above.max_by_key(|s| s.root.components().count());
    if let Some(found) = nearest.and_then(|s| Some((Name::new(s.name.clone()).ok()?, s.root.clone()))) {
        session::open(here, &found.0, &found.1, Vec::new(), Kept::Left).await?;
        return show(here, &found.0).await;
    }
    begin(here, &folder).await
}

/// `agentctl attach [NAME]`
pub(super) async fn attach(here: &Here, name: Option<Name>) -> Result<(), Failure> {
    in_a_terminal()?;
    here.daemon().await?;
    let name = match name {
        Some(name) => name,
        None => here.session().await?,
    };
    show(here, &name).await
}

/// `agentctl demo`
pub(super) async fn demo(here: &Here, detached: bool) -> Result<(), Failure> {
    if !detached {
        in_a_terminal()?;
    }
    daemon::ensure(here).await?;
    let program = std::env::current_exe()
        .map_err(|e| Failure::new("the program does not know where it is").because(&e))?;
    let root = here.paths.data.clone();
    std::fs::create_dir_all(&root).map_err(|e| Failure::new("there is no place for the demo").because(&e))?;
    let name = Name::lenient(crate::demo::SESSION, "demo");
    let opened = session::open(here, &name, &root, crate::demo::plan(&program), Kept::Left).await?;
    if !detached {
        return show(here, &name).await;
    }
    if here.json() {
        return output::json(&opened);
    }
    output::line("the demo is up; agentctl attach demo shows it, agentctl down --session demo ends it")
}

async fn open_file(here: &Here, file: &Path) -> Result<(), Failure> {
    let plan = read_plan(&here.paths, file)?;
    daemon::ensure(here).await?;
    let name = here.global.session.clone().unwrap_or(plan.name);
    session::open(here, &name, file.parent().unwrap_or(Path::new("/")), plan.commands, Kept::Left).await?;
    show(here, &name).await
}

/// The first run in a folder: a team of the programs that are there, the demo, or plain shells.
async fn begin(here: &Here, folder: &Path) -> Result<(), Failure> {
    let found = programs::found();
    let base = folder.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = Name::lenient(base.as_deref().unwrap_or_default(), "session");
    let text = compose(&name, &found);
    let offer = tui::Offer {
        folder: folder.display().to_string(),
        programs: found.iter().map(|f| f.title.clone()).collect(),
        file: (!found.is_empty()).then_some(text.clone()),
    };
    match tui::welcome(&here.paths, &offer).await.map_err(|e| Failure::new(e.to_string()))? {
        Beginning::Team => {
            let file = folder.join(FILE_NAME);
            write_new(&file, &text)?;
            open_file(here, &file).await
        }
        Beginning::Demo => demo(here, false).await,
        Beginning::Shells => {
            session::open(here, &name, folder, shells(), Kept::Left).await?;
            show(here, &name).await
        }
        Beginning::Leave => Ok(()),
    }
}

/// Three plain shells, one above the others.
fn shells() -> Vec<OrgCommand> {
    let shell = std::env::var("SHELL").ok().filter(|s| !s.is_empty()).unwrap_or_else(|| "sh".to_owned());
    let agent = |name: &str, role: Role, team: Option<&str>| {
        OrgCommand::CreateAgent(NewAgent {
            name: Some(Name::lenient(name, "shell")),
            team: team.map(Into::into),
            role,
            launch: Launch { command: vec![shell.clone()], ..Launch::default() },
        })
    };
    vec![
        OrgCommand::CreateTeam { name: Name::lenient("shells", "shells"), parent: None, color: None },
        agent("chief", Role::Executive, None),
        agent("shell-1", Role::Coordinator, Some("shells")),
        agent("shell-2", Role::Worker, Some("shells")),
    ]
}

/// Writes a file that is not there yet.
fn write_new(file: &Path, text: &str) -> Result<(), Failure> {
    disk::write_new(file, text.as_bytes())
        .map_err(|e| Failure::new(format!("{} could not be written", file.display())).because(&e))
}

async fn show(here: &Here, session: &Name) -> Result<(), Failure> {
    let again = async || -> Result<Client, String> {
        daemon::ensure(here).await.map_err(|failure| failure.to_string())?;
        Ok(here.client.clone())
    };
    let ended = tui::run(&here.paths, here.client.clone(), session.clone(), again).await;
    match ended.map_err(|e| Failure::new(e.to_string()))? {
        Ending::Left => Ok(()),
        Ending::Gone(reason) => output::line(&reason),
    }
}

/// The screen needs a terminal, and one that is not a pane of the very chart it would show.
fn in_a_terminal() -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Failure::usage("the screen needs a terminal")
            .hint("agentctl status says in words what it would show"));
    }
    match std::env::var(AGENT_VARIABLE) {
        Ok(agent) if !agent.is_empty() => {
            Err(Failure::usage(format!("this is a pane of agentctl already, {agent}'s"))
                .hint("agentctl status, send and agent … work here; the screen is opened from outside"))
        }
        _ => Ok(()),
    }
}
