//! The composition root: from a command line to whoever does it. One file a group of commands.

mod adapter;
mod agent;
mod approval;
mod args;
mod blueprint;
mod check;
mod complaint;
mod cost;
mod daemon;
mod doctor;
mod event;
mod failure;
mod help;
mod here;
mod hook;
mod lab;
mod manual;
mod message;
mod open;
mod output;
mod programs;
mod run;
mod session;
mod status;
mod team;
mod word;

use std::process::ExitCode;

use clap::Parser as _;

use crate::config::Paths;
use crate::protocol::Kept;
use args::{Cli, Command};
use failure::Failure;
use here::Here;

/// Runs the program; the exit code says how it went.
#[must_use]
pub fn main() -> ExitCode {
    // A holder begins before anything else is touched: there may be hundreds of them.
    if std::env::args_os().nth(1).is_some_and(|word| word == "holder") {
        return crate::pty::holder_main();
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Where the words are not understood, whether JSON is wanted is read from them as they stand.
        Err(error) if error.use_stderr() && std::env::args_os().any(|word| word == "--json") => {
            let said = error.to_string();
            let mut lines = said.lines().filter(|line| !line.trim().is_empty());
            let what = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
            let hint = lines.find_map(|line| line.trim().strip_prefix("tip: "));
            let failure = Failure::usage(what);
            let failure = match hint {
                Some(hint) => failure.hint(hint),
                None => failure,
            };
            return failure.report(true);
        }
        Err(error) => {
            let code = if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
            // What cannot be printed has nobody to read it.
            let _ = error.print();
            return code;
        }
    };
    let json = cli.global.json;
    match run(cli) {
        Ok(code) => code,
        Err(failure) => failure.report(json),
    }
}

fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let Cli { global, command } = cli;
    match command {
        Some(Command::Holder) => return Ok(crate::pty::holder_main()),
        Some(Command::Hook { cli, statusline, payload }) => {
            return Ok(hook::hook(&cli, statusline, payload, global.session.as_ref()));
        }
        Some(Command::DemoAgent { name, pace }) => return Ok(crate::demo::play(&name, pace)),
        Some(Command::Completions { shell }) => {
            return manual::completions(shell).map(|()| ExitCode::SUCCESS);
        }
        Some(Command::Man { topic, out }) => {
            return manual::man(topic.as_deref(), out.as_deref()).map(|()| ExitCode::SUCCESS);
        }
        Some(Command::Help { topic }) => return help::help(&topic, global.json).map(|()| ExitCode::SUCCESS),
        Some(Command::Openapi) => return output::line(&crate::http::openapi()).map(|()| ExitCode::SUCCESS),
        Some(Command::Lab(command)) => return lab::run(&command).map(|()| ExitCode::SUCCESS),
        _ => {}
    }
    let paths =
        Paths::of_user().map_err(|e| Failure::new("there is no place for agentctl's files").because(&e))?;
    paths.check().map_err(|e| Failure::usage(e.to_string()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|e| Failure::new("the system refuses what the program needs").because(&e))?;
    let here = Here::new(paths, global);
    match command {
        // Its exit code says more than whether it failed.
        Some(Command::Run(args)) => runtime.block_on(run::run(&here, &args)),
        command => runtime.block_on(dispatch(here, command)).map(|()| ExitCode::SUCCESS),
    }
}

async fn dispatch(here: Here, command: Option<Command>) -> Result<(), Failure> {
    match command {
        None => open::open(&here).await,
        Some(Command::Attach { name }) => open::attach(&here, name).await,
        Some(Command::Demo { detached }) => open::demo(&here, detached).await,
        Some(Command::Up { file, resume, fresh }) => {
            let conversations = match (resume, fresh) {
                (true, _) => Kept::Resumed,
                (false, true) => Kept::Fresh,
                (false, false) => Kept::Left,
            };
            session::up(&here, file.as_deref(), conversations).await
        }
        Some(Command::Down { all }) => session::down(&here, all).await,
        Some(Command::Session(command)) => session::run(&here, command).await,
        Some(Command::Status) => status::status(&here).await,
        Some(Command::Cost { by }) => cost::cost(&here, by.into()).await,
        Some(Command::Adapter(command)) => adapter::run(&here, command).await,
        Some(Command::Agent(command)) => agent::run(&here, command).await,
        Some(Command::Blueprint(command)) => blueprint::run(&here, command),
        Some(Command::Check { file, kind }) => check::check(&here.paths, &file, kind),
        Some(Command::Team(command)) => team::run(&here, command).await,
        Some(Command::Send { name, text, file, now, expires, wait, timeout }) => {
            let text = message::worded(text, file.as_deref())?;
            let wait = wait.then_some(timeout);
            message::send(&here, &name, message::Sending { text, now, expires, wait }).await
        }
        Some(Command::Broadcast { team, text, now, expires }) => {
            message::broadcast(&here, &team, text, now, expires).await
        }
        Some(Command::Message(command)) => message::run(&here, command).await,
        Some(Command::Approval(command)) => approval::run(&here, command).await,
        Some(Command::Resume { names, all: _ }) => agent::resume(&here, &names).await,
        Some(Command::Keys { name, keys }) => agent::keys(&here, &name, keys).await,
        Some(Command::Events { follow, after, most }) => event::events(&here, follow, after, most).await,
        Some(Command::Start) => daemon::start(&here).await,
        Some(Command::Stop) => daemon::stop(&here).await,
        Some(Command::Daemon) => daemon::run(here.paths).await,
        Some(Command::Doctor) => doctor::doctor(&here).await,
        // Done before it came to this.
        Some(
            Command::Holder
            | Command::Run(_)
            | Command::DemoAgent { .. }
            | Command::Hook { .. }
            | Command::Completions { .. }
            | Command::Man { .. }
            | Command::Help { .. }
            | Command::Openapi
            | Command::Lab(_),
        ) => Ok(()),
    }
}
