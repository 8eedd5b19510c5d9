//! One run: its process, its streams, its limits, its end.
//!
//! Its process leads a group of its own, so that a Ctrl-C in the terminal reaches it from here alone. Whatever ends a
//! run, nothing of its process tree is left.

use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::Pid;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::order::{Order, unique};
use super::report::{Ending, Report, money, named};
use super::show::Show;
use super::tree::{MARK, Tree};
use crate::domain::{MicroUsd, clean};
use crate::headless::{Outcome, Progress, Reader};
use crate::price::{AtLimit, Budget, Crossing, Prices, crossed};

/// How much of its standard error is kept to say why it failed.
const LAST_WORDS: usize = 8 << 10;
/// How long its streams are read after all its processes are gone.
const DRAIN: Duration = Duration::from_secs(2);
/// How far in the future what has no limit is limited.
const NEVER: Duration = Duration::from_secs(100 * 365 * 86_400);

/// How far a person wants it all to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// Not at all.
    #[default]
    No,
    /// Interrupted.
    Interrupt,
    /// Killed.
    Kill,
}

/// A run that goes on.
struct Run<'a> {
    order: &'a Order,
    prices: &'a Prices,
    show: Show,
    tree: Tree,
    reader: Reader,
    seen: Vec<Progress>,
    /// The last of what it wrote on standard error.
    last_words: Vec<u8>,
    spent: MicroUsd,
    /// Why it is being ended, and when it is killed.
    ending: Option<(Ending, Instant)>,
}

/// Runs an order to its end, whichever it is.
///
/// # Errors
/// Fails if its process cannot be started or watched.
pub async fn run(
    order: &Order,
    prices: &Prices,
    show: Show,
    stop: watch::Receiver<Stop>,
) -> std::io::Result<Report> {
    let began = Instant::now();
    let mark = mark();
    let _files = Files::write(order)?;
    let mut child = spawn(order, &mark)?;
    let group = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    let group = group.ok_or_else(|| std::io::Error::other("its process has no number"))?;
    let run = Run {
        order,
        prices,
        show,
        tree: Tree::new(group, mark),
        reader: Reader::new(order.format()),
        seen: Vec::new(),
        last_words: Vec::new(),
        spent: MicroUsd(0),
        ending: None,
    };
    let feed = tokio::spawn(give(child.stdin.take(), order.stdin.then(|| order.prompt.clone())));
    let report = run.watch(&mut child, began, stop).await;
    feed.abort();
    report
}

fn mark() -> String {
    match std::env::var(MARK) {
        Ok(outer) if !outer.is_empty() => format!("{outer}/{}", unique()),
        _ => unique(),
    }
}

/// The files that are made for a run; gone when it is dropped.
struct Files<'a>(&'a Order);

impl Files<'_> {
    fn write(order: &Order) -> std::io::Result<Files<'_>> {
        let files = Files(order);
        for (path, text) in &order.files {
            if let Some(folder) = path.parent() {
                std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            }
            std::fs::write(path, text)?;
        }
        Ok(files)
    }
}

impl Drop for Files<'_> {
    fn drop(&mut self) {
        if let Some(folder) = self.0.files.keys().next().and_then(|path| path.parent()) {
            // What cannot be removed is in nobody's way.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

fn spawn(order: &Order, mark: &str) -> std::io::Result<Child> {
    let Some((program, arguments)) = order.command.split_first() else {
        return Err(std::io::Error::other("there is no command to run"));
    };
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let shown = name.to_string_lossy();
        let matches = |pattern: &String| match pattern.strip_suffix('*') {
            Some(start) => shown.starts_with(start),
            None => *pattern == shown,
        };
        if order.scrub.iter().any(matches) {
            command.env_remove(&name);
        }
    }
    command.args(arguments).current_dir(&order.cwd).envs(&order.env).env(MARK, mark);
    let stdin = if order.stdin { Stdio::piped() } else { Stdio::null() };
    command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.process_group(0).kill_on_drop(true).spawn()
}

/// Gives it its prompt. A program that does not read it all has its reasons.
async fn give(stdin: Option<ChildStdin>, prompt: Option<String>) {
    if let (Some(mut stdin), Some(prompt)) = (stdin, prompt) {
        let _ = stdin.write_all(prompt.as_bytes()).await;
    }
}

impl Run<'_> {
    async fn watch(
        mut self,
        child: &mut Child,
        began: Instant,
        mut stop: watch::Receiver<Stop>,
    ) -> std::io::Result<Report> {
        let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
        let (mut out_bytes, mut err_bytes) = (vec![0; 64 << 10], vec![0; 8 << 10]);
        let limit = began + self.order.timeout.unwrap_or(NEVER);
        let mut killed = false;
        let mut listening = true;
        let status = loop {
            let kill_at = self.ending.map_or(began + NEVER, |(_, kill_at)| kill_at);
            tokio::select! {
                read = read_some(&mut out, &mut out_bytes) => self.wrote(&mut out, &out_bytes, read),
                read = read_some(&mut err, &mut err_bytes) => self.complained(&mut err, &err_bytes, read),
                status = child.wait() => break status?,
                changed = stop.changed(), if listening => {
                    listening = changed.is_ok();
                    let wanted = *stop.borrow_and_update();
                    if wanted >= Stop::Interrupt {
                        self.end(Ending::Interrupted, "interrupted");
                    }
                    if wanted == Stop::Kill {
                        killed = true;
                        self.tree.kill().await;
                    }
                }
                () = sleep_until(limit), if self.ending.is_none() => self.end(Ending::Timeout, "its time is up"),
                () = sleep_until(kill_at), if self.ending.is_some() && !killed => {
                    killed = true;
                    self.show.say("it goes on nevertheless, and is killed");
                    self.tree.kill().await;
                }
            }
        };
        // Whatever it leaves behind would hold its streams open.
        self.tree.kill().await;
        let rest = async {
            while out.is_some() {
                let read = read_some(&mut out, &mut out_bytes).await;
                self.wrote(&mut out, &out_bytes, read);
            }
            while err.is_some() {
                let read = read_some(&mut err, &mut err_bytes).await;
                self.complained(&mut err, &err_bytes, read);
            }
        };
        let _ = timeout(DRAIN, rest).await;
        Ok(self.report(status, began.elapsed()))
    }

    fn wrote(&mut self, out: &mut Option<ChildStdout>, bytes: &[u8], read: Option<usize>) {
        match read {
            None | Some(0) => *out = None,
            Some(n) => {
                // Line by line, so that a budget is watched as if each came alone.
                for line in bytes[..n].split_inclusive(|byte| *byte == b'\n') {
                    self.reader.feed(line, &mut self.seen);
                    self.show_seen();
                    self.check_budget();
                }
            }
        }
    }

    fn complained(&mut self, err: &mut Option<ChildStderr>, bytes: &[u8], read: Option<usize>) {
        match read {
            None | Some(0) => *err = None,
            Some(n) => {
                self.last_words.extend_from_slice(&bytes[..n]);
                let more = self.last_words.len().saturating_sub(LAST_WORDS);
                self.last_words.drain(..more);
            }
        }
    }

    fn show_seen(&mut self) {
        for progress in self.seen.drain(..) {
            self.show.progress(&progress);
        }
    }

    /// Begins the end: it is interrupted, and killed when its grace is over.
    fn end(&mut self, why: Ending, words: &str) {
        if self.ending.is_none() {
            self.show.say(&format!("■ {words}"));
            self.ending = Some((why, Instant::now() + self.order.grace));
            self.tree.interrupt();
        }
    }

    fn check_budget(&mut self) {
        let Some(amount) = self.order.budget else { return };
        let (spent, _) = money(&named(self.reader.usage(), self.order), self.prices);
        let Some(spent) = spent else { return };
        let budget = Budget { amount, at_limit: AtLimit::Interrupt };
        match crossed(self.spent, spent, &budget) {
            Some(Crossing::Warn80) => self.show.say(&format!("! it has spent {spent} of {amount}")),
            Some(Crossing::Limit100) if self.reader.is_finished() => {
                self.show.say(&format!("! it has spent {spent}, more than its {amount}"));
            }
            Some(Crossing::Limit100) => {
                self.end(Ending::Budget, &format!("it has spent {spent}, and may spend {amount}"));
            }
            None => {}
        }
        self.spent = spent;
    }

    fn report(mut self, status: ExitStatus, took: Duration) -> Report {
        let mut told = self.reader.finish(&mut self.seen);
        for progress in self.seen.drain(..) {
            self.show.progress(&progress);
        }
        self.show.finish();
        let ending = self.ending.map(|(ending, _)| ending);
        let (outcome, error) = judge(self.order, &mut told, status, ending, &self.last_words);
        let mut report = Report::new(self.order, outcome);
        report.error = error;
        report.exit_code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
        report.duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        report.told(told, self.order, self.prices)
    }
}

/// Reads from a stream. Returns nothing at its end; of one that is gone, nothing ever comes.
async fn read_some<R: tokio::io::AsyncRead + Unpin>(from: &mut Option<R>, bytes: &mut [u8]) -> Option<usize> {
    match from {
        Some(stream) => stream.read(bytes).await.ok().filter(|n| *n > 0),
        None => std::future::pending().await,
    }
}

/// Says how a run ended, and why.
fn judge(
    order: &Order,
    told: &mut Outcome,
    status: ExitStatus,
    ending: Option<Ending>,
    last_words: &[u8],
) -> (Ending, Option<String>) {
    let why = told.error.take();
    // One that was done before it could be interrupted is done.
    if let Some(ending) = ending.filter(|_| !(told.finished && status.success() && why.is_none())) {
        // What a program says that is broken off is no reason; that it was broken off is.
        let words = match (ending, order.timeout) {
            (Ending::Timeout, Some(limit)) => {
                format!("interrupted after its time limit of {} s", limit.as_secs_f64())
            }
            (Ending::Timeout, None) => "interrupted after its time limit".to_owned(),
            (Ending::Budget, _) => "it may spend no more".to_owned(),
            _ => "interrupted".to_owned(),
        };
        return (ending, Some(words));
    }
    if told.exhausted {
        return (Ending::Budget, Some(why.unwrap_or_else(|| "it may spend no more".to_owned())));
    }
    if why.is_some() {
        return (Ending::Error, why);
    }
    if !status.success() {
        let last = String::from_utf8_lossy(last_words);
        let last = last.lines().rev().map(|line| clean(line, 400)).find(|line| !line.is_empty());
        let how = match (status.code(), status.signal()) {
            (Some(code), _) => format!("exited with code {code}"),
            (None, signal) => format!("was ended by signal {}", signal.unwrap_or(0)),
        };
        return (Ending::Error, Some(last.map_or(how.clone(), |last| format!("{how}: {last}"))));
    }
    if order.format().tells_its_end() && !told.finished {
        let strange = match told.malformed {
            0 => String::new(),
            n => format!("; {n} lines of it were not understood"),
        };
        return (Ending::Error, Some(format!("its stream ended without a result{strange}")));
    }
    (Ending::Ok, None)
}
