//! A run in a pane of the session's chart: an agent whose command is this very program, told by a file what to run, and
//! telling by another what came of it.
//!
//! The folder of the two files lies among the runtime files, its owner's alone. The answer is
//! there whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep};

use super::args::RunArgs;
use crate::cli::failure::Failure;
use crate::cli::here::Here;
use crate::disk;
use crate::domain::{Key, KeyCode, Mods};
use crate::price::Prices;
use crate::protocol::{AgentDraft, AgentView, Created, KeysRequest, UsageRequest};
use crate::run::{self, Ending, Order, Report, Show, Stop, unique};

/// What all runs of one command share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) here: Arc<Here>,
    pub(super) args: Arc<RunArgs>,
    pub(super) prices: Prices,
    pub(super) stop: watch::Receiver<Stop>,
    pub(super) turns: Arc<Semaphore>,
}

/// How often it is looked for the answer.
const BETWEEN_LOOKS: Duration = Duration::from_millis(150);
/// How long a pane may be without a process before its run is given up.
const GONE_FOR: Duration = Duration::from_secs(3);
/// How many names are tried for a pane.
const NAMES: u32 = 10_000;

/// Runs an order in a pane, and waits for its end.
pub(super) async fn outside(order: Order, mut show: Show, shared: &Shared) -> Result<Report, Failure> {
    let here = &shared.here;
    let folder = Folder::new(here, &order)?;
    let name = create(here, &order, &folder, shared).await?;
    show.say(&format!("▶ it runs in the pane {name}"));
    let mut order = order;
    order.run.clone_from(&name);
    let report = wait(here, &order, &folder, shared.stop.clone()).await?;
    count(here, &report, &mut show).await?;
    if !shared.args.keep {
        // Somebody may have deleted it already.
        let _: Result<Value, _> = here.client.delete(&here.at(&format!("agents/{name}")).await?).await;
    }
    Ok(report)
}

/// Has the daemon put down what a run has used: nobody else hears it from its program.
async fn count(here: &Here, report: &Report, show: &mut Show) -> Result<(), Failure> {
    if report.usage.is_empty() {
        return Ok(());
    }
    let path = here.at(&format!("agents/{}/usage", report.run)).await?;
    let counted: Result<Value, _> =
        here.client.post(&path, &UsageRequest { usage: report.usage.clone() }).await;
    if let Err(error) = counted {
        show.say(&format!("! what it used is not in agentctl cost: {error}"));
    }
    Ok(())
}

/// `agentctl run --in-pane FOLDER`: what runs in the pane.
pub(super) async fn inside(
    folder: &Path,
    prices: &Prices,
    stop: watch::Receiver<Stop>,
) -> Result<ExitCode, Failure> {
    let unreadable = |e: &(dyn std::error::Error + 'static)| {
        Failure::new(format!("the order in {} cannot be read", folder.display()))
            .because(e)
            .hint("a run in a pane is not started anew; agentctl run --pane begins another")
    };
    let text = fs::read_to_string(order_file(folder)).map_err(|e| unreadable(&e))?;
    let order: Order = serde_json::from_str(&text).map_err(|e| unreadable(&e))?;
    let mut show = Show::in_pane();
    show.tell("working", &format!("› {}", order.prompt));
    let report =
        run::run(&order, prices, show.clone(), stop).await.unwrap_or_else(|e| Report::broken(&order, &e));
    match &report.error {
        Some(why) => show.tell("error", &format!("✖ {why}")),
        None => show.tell("done", "✓ done"),
    }
    show.say(&format!("■ {}", report.summary()));
    let unwritable =
        |e: &(dyn std::error::Error + 'static)| Failure::new("the result could not be written").because(e);
    let text = serde_json::to_string(&report).map_err(|e| unwritable(&e))?;
    disk::write(&report_file(folder), text.as_bytes()).map_err(|e| unwritable(&e))?;
    Ok(ExitCode::from(report.outcome.code()))
}

/// The folder in which an order and its answer lie; gone when nobody waits any more.
struct Folder(PathBuf);

impl Folder {
    fn new(here: &Here, order: &Order) -> Result<Folder, Failure> {
        let failed = |e: &(dyn std::error::Error + 'static)| {
            Failure::new("there is no place for the order").because(e)
        };
        let path = here.paths.runs().join(unique());
        disk::create_private_folder(&path).map_err(|e| failed(&e))?;
        let folder = Folder(path);
        let text = serde_json::to_string(order).map_err(|e| failed(&e))?;
        fs::write(order_file(&folder.0), text).map_err(|e| failed(&e))?;
        Ok(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is in nobody's way.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn order_file(folder: &Path) -> PathBuf {
    folder.join("order.json")
}

fn report_file(folder: &Path) -> PathBuf {
    folder.join("report.json")
}

/// Makes the agent. Without a name of its own it gets the first free one: run-1, run-2 …
async fn create(here: &Here, order: &Order, folder: &Folder, shared: &Shared) -> Result<String, Failure> {
    let program = std::env::current_exe()
        .map_err(|e| Failure::new("the program does not know where it is").because(&e))?;
    let words = [program.as_path(), Path::new("run"), Path::new("--in-pane"), &folder.0];
    let command: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let draft = |name: String| AgentDraft {
        name: Some(name),
        team: shared.args.team.clone(),
        command: command.clone(),
        cwd: Some(order.cwd.clone()),
        once: true,
        ..AgentDraft::default()
    };
    let path = here.at("agents").await?;
    if shared.args.name.is_some() {
        let made: Created = here.client.post(&path, &draft(order.run.clone())).await?;
        return Ok(made.name);
    }
    let known: Vec<AgentView> = here.client.get(&path).await?;
    let mut last = None;
    for name in
        (1..=NAMES).map(|n| format!("run-{n}")).filter(|name| known.iter().all(|agent| agent.name != *name))
    {
        match here.client.post::<Created>(&path, &draft(name.clone())).await {
            Ok(made) => return Ok(made.name),
            // Another run may have taken the name meanwhile.
            Err(error) => {
                let now: Vec<AgentView> = here.client.get(&path).await?;
                if now.iter().all(|agent| agent.name != name) {
                    return Err(error.into());
                }
                last = Some(error);
            }
        }
    }
    Err(last.map_or_else(|| Failure::new("there are too many panes of runs"), Failure::from))
}

/// Waits for the answer. A Ctrl-C is passed on, as if it were pressed in the pane.
async fn wait(
    here: &Here,
    order: &Order,
    folder: &Folder,
    mut stop: watch::Receiver<Stop>,
) -> Result<Report, Failure> {
    let agent = format!("agents/{}", order.run);
    let mut gone_since: Option<Instant> = None;
    let mut listening = true;
    loop {
        if let Ok(text) = fs::read_to_string(report_file(&folder.0)) {
            let report: Report = serde_json::from_str(&text)
                .map_err(|e| Failure::new("the result cannot be read").because(&e))?;
            return Ok(Report { run: order.run.clone(), ..report });
        }
        let seen: Result<AgentView, _> = here.client.get(&here.at(&agent).await?).await;
        let alive = seen.is_ok_and(|agent| agent.pid.is_some());
        gone_since = if alive { None } else { gone_since.or_else(|| Some(Instant::now())) };
        if gone_since.is_some_and(|since| since.elapsed() > GONE_FOR) {
            let report = Report::new(order, Ending::Error);
            return Ok(Report { error: Some("its pane ended without a result".to_owned()), ..report });
        }
        tokio::select! {
            () = sleep(BETWEEN_LOOKS) => {}
            changed = stop.changed(), if listening => {
                listening = changed.is_ok();
                let key = Key::with(KeyCode::Char('c'), Mods::CTRL);
                let keys = KeysRequest { keys: vec![key] };
                let path = here.at(&format!("{agent}/keys")).await?;
                // If it has ended meanwhile, there is nobody to press it for.
                let _: Result<Value, _> = here.client.post(&path, &keys).await;
            }
        }
    }
}
