//! `agentctl run`: prompts that are run to their end without a screen, side by side.
//!
//! From the words of the command line to orders, and from reports to what is printed; the room [`crate::run`] carries the
//! orders out. With `--pane` another process of this program does that, which lives in a pane.

mod args;
mod order;
mod pane;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::failure::Failure;
use super::here::Here;
use super::output;
use crate::config::{Config, SECTIONS};
use crate::domain::clean;
use crate::headless::Format;
use crate::manifest::ManifestError;
use crate::price::{Prices, Settings};
use crate::run::{Ending, Order, Report, Show, Stop, harmless};
use pane::Shared;

pub(super) use args::{AFTER, RunArgs};

/// How much of a prompt stands above its answer, in characters.
const HEADING: usize = 60;

/// `agentctl run PROMPT…`
pub(super) async fn run(here: &Here, args: &RunArgs) -> Result<ExitCode, Failure> {
    let prices = prices(here);
    let (tell, stop) = watch::channel(Stop::No);
    listen(tell)?;
    if let Some(folder) = &args.in_pane {
        return pane::inside(folder, &prices, stop).await;
    }
    let orders = order::orders(here, args)?;
    let many = orders.len() > 1;
    // One program runs them all.
    let format = orders.first().map_or(Format::Text, Order::format);
    doubts(&orders, args);
    if args.pane {
        super::daemon::ensure(here).await?;
    }
    let shared = Shared {
        here: Arc::new(Here::new(here.paths.clone(), here.global.clone())),
        args: Arc::new(args.clone()),
        prices,
        stop,
        turns: Arc::new(Semaphore::new(usize::from(args.jobs))),
    };
    let mut going = JoinSet::new();
    for (n, order) in orders.into_iter().enumerate() {
        let shared = shared.clone();
        going.spawn(async move { (n, one(order, many.then_some(n + 1), &shared).await) });
    }
    let mut reports = Vec::new();
    while let Some(ended) = going.join_next().await {
        let (n, report) = ended.map_err(|e| Failure::new("a run broke off").because(&e))?;
        let report = report?;
        if !here.json() {
            print(&report, many.then_some(n + 1), format, args)?;
        }
        reports.push((n, report));
    }
    reports.sort_by_key(|(n, _)| *n);
    let code = reports.iter().map(|(_, report)| report.outcome.code()).max().unwrap_or(0);
    if here.json() {
        let reports: Vec<Report> = reports.into_iter().map(|(_, report)| report).collect();
        match reports.as_slice() {
            [report] => output::json(report)?,
            reports => output::json(&reports)?,
        }
    }
    Ok(ExitCode::from(code))
}

/// Runs one order, when it is its turn.
async fn one(order: Order, number: Option<usize>, shared: &Shared) -> Result<Report, Failure> {
    let turn = Arc::clone(&shared.turns).acquire_owned().await;
    let _turn = turn.map_err(|e| Failure::new("a run broke off").because(&e))?;
    if *shared.stop.borrow() != Stop::No {
        let report = Report::new(&order, Ending::Interrupted);
        return Ok(Report { error: Some("it was not begun".to_owned()), ..report });
    }
    let label = number.map(|n| n.to_string());
    let show = Show::new(shared.args.quiet, label.as_deref(), order.format());
    if shared.args.pane {
        let report = pane::outside(order.clone(), show, shared).await;
        // One that cannot be begun does not end the others.
        return report.or_else(|failure| match number {
            Some(_) => Ok(Report { error: Some(failure.to_string()), ..Report::new(&order, Ending::Error) }),
            None => Err(failure),
        });
    }
    Ok(crate::run::run(&order, &shared.prices, show, shared.stop.clone())
        .await
        .unwrap_or_else(|e| Report::broken(&order, &e)))
}

/// Prints what came of a run: its answer, and beside it how it ended.
fn print(report: &Report, number: Option<usize>, format: Format, args: &RunArgs) -> Result<(), Failure> {
    let text = if std::io::stdout().is_terminal() { harmless(&report.text) } else { report.text.clone() };
    if let Some(number) = number {
        answer(&format!("==> {number}: {} <==", clean(&report.run, HEADING)))?;
    }
    let shown = number.is_none() && !args.pane && Show::has_shown_all(args.quiet, format);
    if !shown && !text.is_empty() {
        answer(&text)?;
    }
    let label = number.map(|n| format!("[{n}] ")).unwrap_or_default();
    if report.outcome != Ending::Ok {
        let why = report.error.as_deref().unwrap_or("it failed");
        output::complain(&format!("{label}error: {}", clean(why, 1000)));
    }
    if !args.quiet {
        output::complain(&format!("{label}■ {}", report.summary()));
    }
    Ok(())
}

/// Prints a piece of the answer. A reader that has gone away ends nothing: others may still run.
fn answer(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new("the answer could not be printed").because(&error))
        }
        _ => Ok(()),
    }
}

/// Says what is wished for and cannot be had.
fn doubts(orders: &[Order], args: &RunArgs) {
    let Some(order) = orders.first().filter(|order| order.budget.is_some() && !args.quiet) else { return };
    if matches!(order.format(), Format::Codex | Format::Gemini | Format::Cursor | Format::Text) {
        let who = order.cli.as_deref().unwrap_or("this command");
        output::complain(&format!(
            "warning: {who} does not tell what it spends before its end; its budget cannot end it"
        ));
    }
}

/// Reads the prices that the person gave. Settings that are wrong are no reason not to run: their prices are left out.
fn prices(here: &Here) -> Prices {
    let read = |config: &Config| -> Result<Prices, ManifestError> {
        config.read::<Settings>()?.prices(&|span, field, why| config.at(span, field, why))
    };
    let config = Config::load(&here.paths.settings(), SECTIONS).map_err(|e| e.to_string());
    let prices = config.and_then(|config| read(&config).map_err(|e| e.to_string()));
    prices.unwrap_or_else(|wrong| {
        super::here::warn_of(&[wrong]);
        read(&Config::default()).unwrap_or_default()
    })
}

/// Tells all runs when a person wants them to end: once to interrupt them, again to kill them.
fn listen(tell: watch::Sender<Stop>) -> Result<(), Failure> {
    let refused = |e: std::io::Error| Failure::new("the system refuses what the program needs").because(&e);
    let mut interrupt = signal(SignalKind::interrupt()).map_err(refused)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(refused)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(refused)?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hang_up.recv() => {}
            }
            tell.send_modify(|stop| *stop = if *stop == Stop::No { Stop::Interrupt } else { Stop::Kill });
        }
    });
    Ok(())
}
