//! The confusion matrix: recordings replayed through the detector, what was seen held against what was true.
//!
//! Each program is measured as agentctl runs it, with hooks and records, with and without its own word for its state
//! (OSC 7501): the goals are for these two. Beside them stands what its screen alone would tell, where neither is to
//! be had; nothing is promised of that.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use serde::Deserialize;

use super::door::program;
use super::drive::{self, Part, Take};
use super::truth::{self, Change, Story, Truth};
use crate::apart::apart_within;
use crate::model::Model;
use crate::program::{CLAUDE, CODEX, GEMINI, Maker, OLD_CLAUDE, Program, peers};

/// After a true change, so long counts for nothing: the program has to draw it, the detector to see it.
const TRANSITION: u64 = 500;

/// A state is looked at so often.
const EVERY: u64 = 50;

/// Columns by rows, as people say it: 80×24, 120×40, 200×50.
const SIZES: [(u16, u16); 3] = [(24, 80), (40, 120), (50, 200)];

/// Recording every take that there is takes this long at the most.
const LIMIT: Duration = Duration::from_secs(90 * 60);

/// What the detector is let hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hearing {
    /// Everything.
    Told,
    /// Everything but OSC 7501.
    Untold,
    /// Neither OSC 7501 nor hooks nor records.
    Alone,
}

impl Hearing {
    fn word(self) -> &'static str {
        match self {
            Hearing::Told => "with OSC 7501",
            Hearing::Untold => "without OSC 7501",
            Hearing::Alone => "screen alone",
        }
    }

    /// Returns how a take is to be heard.
    fn of(take: &Take) -> &'static [Hearing] {
        match (take.program.maker, take.told) {
            // What it was asked for, it says; what it was not asked for, it shows in other ways.
            (Maker::Claude, true) => &[Hearing::Told],
            (Maker::Claude, false) => &[Hearing::Untold, Hearing::Alone],
            // The others do not ask before they tell, or never tell: one recording serves for all.
            _ => &[Hearing::Told, Hearing::Untold, Hearing::Alone],
        }
    }
}

const SEEN: [&str; 7] = ["starting", "idle", "thinking", "working", "waiting", "error", "stopped"];

const HEADING: &str =
    "| recall of | waiting | idle | thinking | working | error | starting | retrying | lowest precision |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |";

/// How many may be driven at once; each is a busy program.
const AT_ONCE: usize = 3;

#[derive(Debug, Deserialize)]
struct Verdict {
    at: u64,
    state: String,
    reason: String,
    #[serde(default)]
    rule: Option<String>,
}

/// How often which state was seen in which true state.
#[derive(Clone, Debug, Default)]
struct Matrix {
    counts: BTreeMap<(Truth, String), u64>,
}

impl Matrix {
    fn add(&mut self, other: &Matrix) {
        for (key, count) in &other.counts {
            *self.counts.entry(key.clone()).or_default() += count;
        }
    }

    fn all(&self, truth: Truth) -> u64 {
        self.counts.iter().filter(|((t, _), _)| *t == truth).map(|(_, n)| n).sum()
    }

    fn right(&self, truth: Truth) -> u64 {
        self.counts.iter().filter(|((t, seen), _)| *t == truth && t.accepts(seen)).map(|(_, n)| n).sum()
    }

    fn recall(&self, truth: Truth) -> Option<f64> {
        share(self.right(truth), self.all(truth))
    }

    fn precision(&self, seen: &str) -> Option<f64> {
        let column = self.counts.iter().filter(|((_, s), _)| s == seen);
        let (right, all) = column
            .fold((0, 0), |(right, all), ((t, s), n)| (right + if t.accepts(s) { *n } else { 0 }, all + n));
        share(right, all)
    }

    fn text(&self, title: &str) -> String {
        let mut out = format!("\n{title}\n{:>12} ", "true \\ seen");
        SEEN.iter().for_each(|seen| write!(out, "{seen:>10}").expect("a string"));
        out.push_str("     recall\n");
        for truth in Truth::ALL.into_iter().filter(|truth| self.all(*truth) > 0) {
            write!(out, "{:>12} ", truth.word()).expect("a string");
            for seen in SEEN {
                let count = self.counts.get(&(truth, seen.to_owned())).copied().unwrap_or(0);
                let count = if count == 0 { "·".to_owned() } else { count.to_string() };
                write!(out, "{count:>10}").expect("a string");
            }
            writeln!(out, "{:>11}", percent(self.recall(truth))).expect("a string");
        }
        write!(out, "{:>12} ", "precision").expect("a string");
        SEEN.iter().for_each(|seen| write!(out, "{:>10}", percent(self.precision(seen))).expect("a string"));
        out.push('\n');
        out
    }

    /// Returns one row of a table: the recall of each state, and the lowest precision of one.
    fn row(&self, title: &str) -> String {
        let recalls = [
            Truth::Waiting,
            Truth::Idle,
            Truth::Thinking,
            Truth::Working,
            Truth::Error,
            Truth::Starting,
            Truth::Retrying,
        ];
        let recalls: Vec<String> = recalls.iter().map(|truth| percent(self.recall(*truth))).collect();
        let lowest = SEEN.iter().filter_map(|seen| self.precision(seen)).reduce(f64::min);
        format!("| {title} | {} | {} |", recalls.join(" | "), percent(lowest))
    }

    /// Returns the goals that are not met.
    fn misses(&self) -> Vec<String> {
        let mut misses = Vec::new();
        for truth in Truth::ALL {
            let goal = if truth == Truth::Waiting { 1.0 } else { 0.99 };
            if let Some(recall) = self.recall(truth).filter(|recall| *recall < goal) {
                misses.push(format!("recall of {} is {}", truth.word(), percent(Some(recall))));
            }
        }
        for seen in SEEN {
            if let Some(precision) = self.precision(seen).filter(|precision| *precision < 0.99) {
                misses.push(format!("precision of {seen} is {}", percent(Some(precision))));
            }
        }
        misses
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "counts of samples are small")]
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn percent(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn folder() -> PathBuf {
    let folder = peers().join("recordings");
    std::fs::create_dir_all(&folder).expect("a folder for recordings");
    folder
}

/// Every take there is to make of the programs that are here. `AGENTCTL_LAB` keeps those whose name has one of its words,
/// which commas part.
fn takes() -> Vec<Take> {
    let wanted = std::env::var("AGENTCTL_LAB").unwrap_or_default();
    let mut takes = Vec::new();
    for program in [CLAUDE, OLD_CLAUDE, CODEX, GEMINI].into_iter().filter(|program| program.is_here()) {
        for part in Part::ALL.into_iter().filter(|part| part.is_of(program)) {
            for size in SIZES {
                let tellings: &[bool] = if program.maker == Maker::Claude { &[true, false] } else { &[true] };
                takes.extend(tellings.iter().map(|told| Take { program, part, size, told: *told }));
            }
        }
    }
    takes.retain(|take| wanted.split(',').any(|word| take.name().contains(word)));
    takes
}

/// Makes the recordings that are not there yet; returns what could not be made.
fn record_missing(takes: &[Take]) -> Vec<String> {
    let folder = folder();
    let missing: Vec<&Take> = takes.iter().filter(|take| !drive::files(take, &folder).0.exists()).collect();
    let (next, failed) = (Mutex::new(missing.iter()), Mutex::new(Vec::new()));
    let model = Model::start();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(take) = next.lock().expect("the list").next().copied() else { return };
                    let driven = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        drive::record(take, &model, &folder)
                    }));
                    let problem = match driven {
                        Ok(Ok(())) => None,
                        Ok(Err(problem)) => Some(problem),
                        Err(panic) => Some(
                            panic
                                .downcast_ref::<String>()
                                .cloned()
                                .unwrap_or_else(|| "the driver panicked".to_owned()),
                        ),
                    };
                    println!("recorded {}{}", take.name(), if problem.is_some() { ": in vain" } else { "" });
                    if let Some(problem) = problem {
                        failed.lock().expect("the list").push(format!("{}: {problem}", take.name()));
                    }
                }
            });
        }
    });
    failed.into_inner().expect("the list")
}

fn replay(recording: &Path, hearing: Hearing) -> Vec<Verdict> {
    let mut command = Command::new(program());
    command.args(["lab", "replay"]).arg(recording);
    command.args(match hearing {
        Hearing::Told => &[][..],
        Hearing::Untold => &["--without-status"],
        Hearing::Alone => &["--without-status", "--without-hooks"],
    });
    let output = command.output().expect("the program can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("text");
    lines.lines().map(|line| serde_json::from_str(line).expect("a verdict")).collect()
}

/// Holds what was seen against what was true, sample by sample; what is wrong is told once a stretch.
fn compare(name: &str, changes: &[Change], verdicts: &[Verdict], end: u64) -> (Matrix, Vec<String>) {
    let mut matrix = Matrix::default();
    let mut wrong: Vec<(String, u64, u64)> = Vec::new();
    for (n, change) in changes.iter().enumerate() {
        let until = changes.get(n + 1).map_or(end, |next| next.at);
        // What is drawn only later, as the driver saw, cannot be seen before.
        let drawn_later = changes.get(n + 1).is_some_and(|next| next.truth == change.truth);
        if change.truth == Truth::Unsettled || drawn_later {
            continue;
        }
        let from = if n == 0 { 0 } else { change.at + TRANSITION };
        let mut at = from;
        while at < until {
            let verdict = verdicts.iter().rev().find(|verdict| verdict.at <= at);
            let seen = verdict.map_or("starting", |verdict| verdict.state.as_str());
            *matrix.counts.entry((change.truth, seen.to_owned())).or_default() += 1;
            if !change.truth.accepts(seen) {
                let why = verdict.map_or("nothing yet", |v| v.reason.as_str());
                let rule = verdict.and_then(|v| v.rule.as_deref()).unwrap_or_default();
                let what = format!(
                    "{name} · {} · {} seen as {seen} · {rule} · {why}",
                    change.scene,
                    change.truth.word()
                );
                match wrong.last_mut().filter(|(last, _, to)| *last == what && at <= *to + EVERY) {
                    Some((_, _, to)) => *to = at,
                    None => wrong.push((what, at, at)),
                }
            }
            at += EVERY;
        }
    }
    let wrong = wrong.into_iter().map(|(what, from, to)| format!("{from}–{to} ms · {what}")).collect();
    (matrix, wrong)
}

/// Drives what was not recorded yet, replays everything, prints the matrix, and fails if the goals are not met.
#[test]
#[ignore = "it takes many minutes: cargo test --test real matrix -- --ignored --nocapture"]
fn the_confusion_matrix() {
    apart_within(LIMIT, || {
        let takes = takes();
        let only_replay = std::env::var_os("AGENTCTL_LAB_ONLY_REPLAY").is_some();
        let failed = if only_replay { Vec::new() } else { record_missing(&takes) };
        let folder = folder();
        let mut by: BTreeMap<(Program, Hearing), Matrix> = BTreeMap::new();
        let mut by_size: BTreeMap<(u16, u16), Matrix> = BTreeMap::new();
        let (mut whole, mut wrong) = (Matrix::default(), Vec::new());
        for take in &takes {
            let (recording, kept) = drive::files(take, &folder);
            let Ok(story) = std::fs::read_to_string(&kept) else { continue };
            let story: Story = serde_json::from_str(&story).expect("what truly happened");
            let changes = truth::tell(&story);
            let end = end_of(&recording);
            for hearing in Hearing::of(take) {
                let how = match hearing {
                    Hearing::Told => "told",
                    Hearing::Untold => "untold",
                    Hearing::Alone => "alone",
                };
                let name = format!("{} ({how})", take.name());
                let (matrix, mistakes) = compare(&name, &changes, &replay(&recording, *hearing), end);
                by.entry((take.program, *hearing)).or_default().add(&matrix);
                wrong.extend(mistakes);
                if *hearing == Hearing::Alone {
                    continue;
                }
                by_size.entry(take.size).or_default().add(&matrix);
                whole.add(&matrix);
            }
        }
        println!("\nWrong, by stretch:");
        wrong.iter().for_each(|line| println!("{line}"));
        println!("\nSamples each {EVERY} ms; {TRANSITION} ms after each true change are left out.");
        for ((rows, cols), matrix) in &by_size {
            println!("{}", matrix.text(&format!("{cols}×{rows}")));
        }
        let mut misses = Vec::new();
        for ((program, hearing), matrix) in &by {
            let title = format!("{} {}, {}", program.word(), program.version, hearing.word());
            println!("{}", matrix.text(&title));
            if *hearing != Hearing::Alone {
                misses.extend(matrix.misses().into_iter().map(|miss| format!("{title}: {miss}")));
            }
        }
        println!("{}", whole.text("Everything, as agentctl runs it"));
        println!("{HEADING}");
        for ((program, hearing), matrix) in &by {
            println!(
                "{}",
                matrix.row(&format!("{} {}, {}", program.word(), program.version, hearing.word()))
            );
        }
        println!();
        assert!(failed.is_empty(), "could not be recorded:\n{}", failed.join("\n"));
        assert!(misses.is_empty(), "goals that are not met:\n{}", misses.join("\n"));
    });
}

/// Returns when the driver ended a recording, or else when its program ended: what is printed behind that is a program
/// that is being killed.
fn end_of(recording: &Path) -> u64 {
    let text = std::fs::read_to_string(recording).expect("a recording");
    let lines: Vec<serde_json::Value> =
        text.lines().map_while(|line| serde_json::from_str(line).ok()).collect();
    let ended = lines.iter().find(|line| line["end"] == true).or(lines.last());
    ended.and_then(|line| line["at"].as_u64()).unwrap_or(0)
}
