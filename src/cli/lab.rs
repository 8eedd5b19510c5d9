//! `agentctl lab`: what the measurements of states need of the program itself. Hidden, and no promise to anybody.
//!
//! `replay` lets a recording of a program pass through the terminal and the detector as a living pane would, and prints
//! what was believed, when and why. `answers` is the terminal alone: it reads what a program prints and writes
//! what the terminal answers, so that whoever records answers exactly as a pane does. `start` and `records` are the
//! rest of a pane: how its program is started, and what its program's files say.

mod start;

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::output;
use crate::adapter::Detector;
use crate::daemon::{Believed, Happening, HookCall, Replay};
use crate::domain::{AgentState, Launch, Signal, Source, Timestamp};
use crate::terminal::{Screen, Size};

/// What can be asked of the lab.
#[derive(Debug, Subcommand)]
pub(super) enum Lab {
    /// Say what would have been believed of a recorded program, and when
    Replay {
        /// The recording: JSON lines
        file: PathBuf,
        /// Do not listen to what the program says of its own state
        #[arg(long)]
        without_status: bool,
        /// Do not listen to its hooks, nor to its records
        #[arg(long)]
        without_hooks: bool,
    },
    /// Print the screen of a recording as it was at a time
    Screen {
        file: PathBuf,
        /// In milliseconds
        at: u64,
    },
    /// Answer, on standard output, what a program asks its terminal on standard input
    Answers { rows: u16, cols: u16 },
    /// Say how a program is started as an agent, which is told on standard input, and write the files of its start
    Start,
    /// Say what the records of a program say that has just begun, until it ends
    Records {
        pid: u32,
        /// The folder in which it began
        cwd: PathBuf,
        /// The folder of the files of its start
        folder: PathBuf,
        /// Its command
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
}

/// One line of a recording; what is not known here is somebody else's.
#[derive(Debug, Deserialize)]
struct Line {
    /// When, in milliseconds.
    #[serde(default)]
    at: u64,
    /// The command and the size, in the first line.
    command: Option<Vec<String>>,
    size: Option<(u16, u16)>,
    /// What was printed, in base64.
    out: Option<String>,
    /// What was typed, in base64.
    #[serde(rename = "in")]
    typed: Option<String>,
    /// What a hook was given.
    hook: Option<HookCall>,
    /// What its records said, and how long that had been so, in milliseconds.
    record: Option<(u64, Signal)>,
}

/// One line of the answer.
#[derive(Debug, Serialize)]
struct Verdict<'a> {
    at: u128,
    #[serde(flatten)]
    state: Word,
    reason: &'a str,
    source: Option<Source>,
    rule: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Word {
    state: &'static str,
    #[serde(rename = "for")]
    waiting_for: Option<&'static str>,
}

pub(super) fn run(command: &Lab) -> Result<(), Failure> {
    match command {
        Lab::Replay { file, without_status, without_hooks } => replay(file, !without_status, !without_hooks),
        Lab::Screen { file, at } => screen(file, *at),
        Lab::Answers { rows, cols } => answers(*rows, *cols),
        Lab::Start => start::start(),
        Lab::Records { pid, cwd, folder, command } => start::records(*pid, cwd, folder, command),
    }
}

fn replay(file: &Path, heeds_status: bool, heeds_hooks: bool) -> Result<(), Failure> {
    let mut lines = read(file)?.into_iter();
    let Some(first) = lines.next() else { return Ok(()) };
    let (rows, cols) = first.size.ok_or_else(|| unreadable(file, &"its first line has no size"))?;
    let mut replay = Replay::new(rows, cols, detector(first.command.unwrap_or_default())?, heeds_status);
    let mut last = Duration::ZERO;
    for line in lines {
        last = Duration::from_millis(line.at);
        if let Some(happened) = happened(line, heeds_hooks).map_err(|e| unreadable(file, &e))? {
            replay.take(last, &happened);
        }
    }
    replay.end(last).iter().try_for_each(|believed| output::json(&verdict(believed)))
}

fn happened(line: Line, heeds_hooks: bool) -> Result<Option<Happening>, base64::DecodeError> {
    let Line { out, typed, size, hook, record, .. } = line;
    if let Some(out) = out {
        return Ok(Some(Happening::Output(STANDARD.decode(out)?)));
    }
    let beside = || match (hook, record) {
        (Some(call), _) => Some(Happening::Told(Box::new(call))),
        (_, Some((age, signal))) => Some(Happening::Recorded(signal, Duration::from_millis(age))),
        (None, None) => None,
    };
    Ok(match (typed, size) {
        (Some(_), _) => Some(Happening::Typed),
        (_, Some((rows, cols))) => Some(Happening::Resized(rows, cols)),
        (None, None) if heeds_hooks => beside(),
        (None, None) => None,
    })
}

fn screen(file: &Path, at: u64) -> Result<(), Failure> {
    let lines = read(file)?;
    let size = lines.first().and_then(|line| line.size);
    let (rows, cols) = size.ok_or_else(|| unreadable(file, &"its first line has no size"))?;
    let mut screen = Screen::new(Size::new(rows, cols));
    for line in lines.into_iter().skip(1).take_while(|line| line.at <= at) {
        if let Some(out) = line.out {
            screen.feed(&STANDARD.decode(out).map_err(|e| unreadable(file, &e))?);
        }
        if let Some((rows, cols)) = line.size {
            screen.resize(Size::new(rows, cols));
        }
    }
    output::line(&screen.text())
}

fn unreadable(file: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("{} cannot be replayed: {why}", file.display()))
}

fn read(file: &Path) -> Result<Vec<Line>, Failure> {
    let text = std::fs::read_to_string(file).map_err(|e| unreadable(file, &e))?;
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().map_err(|e| unreadable(file, &e))
}

/// The detector that an agent of this command has, by the adapters that are built in.
fn detector(command: Vec<String>) -> Result<Detector, Failure> {
    Ok(Detector::new(start::adapter(&Launch { command, ..Launch::default() })?, Timestamp(0)))
}

fn verdict(believed: &Believed) -> Verdict<'_> {
    let state = believed.seen.state;
    let waiting_for = if let AgentState::Waiting(what) = state { Some(what.word()) } else { None };
    Verdict {
        at: believed.at.as_millis(),
        state: Word { state: state.word(), waiting_for },
        reason: &believed.seen.reason,
        source: believed.because.as_ref().map(|piece| piece.source),
        rule: believed.because.as_ref().map(|piece| piece.rule.as_str()),
    }
}

fn answers(rows: u16, cols: u16) -> Result<(), Failure> {
    let mut screen = Screen::new(Size::new(rows, cols));
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut buffer = vec![0; 64 << 10];
    loop {
        let failed = |e: std::io::Error| Failure::new("the program cannot be answered").because(&e);
        let read = input.read(&mut buffer).map_err(failed)?;
        if read == 0 {
            return Ok(());
        }
        screen.feed(&buffer[..read]);
        drop(screen.take_notices());
        output.write_all(&screen.take_replies()).and_then(|()| output.flush()).map_err(failed)?;
    }
}
