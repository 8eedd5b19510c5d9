//! `agentctl lab`: what the measurements of states need of the program itself. Hidden, and no promise to anybody.
//!
//! `replay` lets a recording of a program pass through the terminal and the detector as a living pane would, and prints
//! what was believed, when and why. `answers` is the terminal alone: it reads what a program prints and writes
//! what the terminal answers, so that whoever records answers exactly as a pane does.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::output;
use crate::adapter::{Adapters, Detector};
use crate::daemon::{Believed, Happening, Replay};
use crate::domain::{AgentState, Launch, Source, Timestamp};
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
    },
    /// Answer, on standard output, what a program asks its terminal on standard input
    Answers { rows: u16, cols: u16 },
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
        Lab::Replay { file, without_status } => replay(file, !without_status),
        Lab::Answers { rows, cols } => answers(*rows, *cols),
    }
}

fn replay(file: &Path, heeds_status: bool) -> Result<(), Failure> {
    let shown = file.display();
    let failed = |e: &dyn std::fmt::Display| Failure::new(format!("{shown} cannot be replayed: {e}"));
    let lines = BufReader::new(std::fs::File::open(file).map_err(|e| failed(&e))?).lines();
    let mut replay: Option<Replay> = None;
    let mut last = Duration::ZERO;
    for line in lines {
        let line: Line = serde_json::from_str(&line.map_err(|e| failed(&e))?).map_err(|e| failed(&e))?;
        last = Duration::from_millis(line.at);
        let Some(replay) = &mut replay else {
            let (rows, cols) = line.size.ok_or_else(|| failed(&"its first line has no size"))?;
            let detector = detector(line.command.unwrap_or_default())?;
            replay = Some(Replay::new(rows, cols, detector, heeds_status));
            continue;
        };
        let happened = match (line.out, line.typed, line.size) {
            (Some(out), _, _) => Happening::Output(STANDARD.decode(out).map_err(|e| failed(&e))?),
            (_, Some(_), _) => Happening::Typed,
            (_, _, Some((rows, cols))) => Happening::Resized(rows, cols),
            (None, None, None) => continue,
        };
        replay.take(last, &happened);
    }
    let believed = replay.map(|replay| replay.end(last)).unwrap_or_default();
    believed.iter().try_for_each(|believed| output::json(&verdict(believed)))
}

/// The detector that an agent of this command has, by the adapters that are built in.
fn detector(command: Vec<String>) -> Result<Detector, Failure> {
    let adapters = Adapters::builtin();
    let adapters = adapters.map_err(|e| Failure::new("the adapters cannot be read").because(&e))?;
    let adapter = adapters.find(&Launch { command, ..Launch::default() });
    Ok(Detector::new(Arc::clone(adapter), Timestamp(0)))
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
