//! What agent programs keep of themselves in files, watched: one small task an agent whose adapter names records.
//!
//! A few known files are looked at, by their length and time, every second while something may change and every five
//! otherwise, all agents in the same moment so that an idle machine sleeps in between. What is new is read and told
//! as evidence and as what was used; nothing here decides which of several witnesses is right.

mod find;
mod lines;
mod server;

use std::ffi::{OsStr, OsString};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use self::lines::{Grown, Lines};
use super::clock::Steady;
use super::pane::Teller;
use crate::adapter::{Adapter, Address, Form, Journal, Recorded, Records, read_session_file};
use crate::domain::{Signal, Timestamp, Usage};
use crate::process;

/// How often it is looked while something may change, and otherwise.
const QUICK: Duration = Duration::from_secs(1);
const SLOW: Duration = Duration::from_secs(5);

/// Something may change for so long after something did.
const LIVELY: Duration = Duration::from_secs(10);

/// The most files in which parts of a conversation are kept that are read.
const PARTS: usize = 512;

/// The longest file of a session's state, in bytes.
const SESSION_FILE: u64 = 256 << 10;

/// Whose records they are.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    adapter: Arc<Adapter>,
    pid: u32,
    root: PathBuf,
    cwd: Option<PathBuf>,
    /// When it was started, by the clock of the wall; none if this daemon did not start it.
    since: Option<Timestamp>,
    /// Whether it was given its adapter's file of hooks.
    hooked: bool,
}

pub(super) use server::{Answered, follow};

/// Returns where the server is of a process that was just started; none if it offers none.
pub(super) fn server_of(adapter: &Adapter, spec: &crate::pty::Spec) -> Option<Address> {
    let argv: Vec<String> = spec.argv.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    adapter.server().at(&argv, |name| variable(&spec.env, name))
}

/// Returns where the server is of a process that was found alive; none if it offers none.
pub(super) fn server_found(adapter: &Adapter, pid: u32) -> Option<Address> {
    if !adapter.server().is_any() {
        return None;
    }
    let argv: Vec<String> =
        process::command(pid).iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let env = process::environment(pid);
    adapter.server().at(&argv, |name| variable(&env, name))
}

/// Returns when a process began, by the system's own count.
fn began(pid: u32) -> Option<String> {
    process::stat(pid).map(|stat| stat.began.to_string())
}

/// What is known of an agent that matters to its records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cue {
    /// Whether it has a turn under way, or something is asked.
    pub(super) busy: bool,
    /// The conversation that it is in, and where that is kept, as far as it told.
    pub(super) conversation: Option<(String, Option<PathBuf>)>,
}

fn variable(env: &[(OsString, OsString)], name: &str) -> Option<String> {
    let found = env.iter().find(|(known, _)| known == OsStr::new(name));
    found.and_then(|(_, value)| value.to_str().map(str::to_owned))
}

impl Subject {
    /// Returns whose records they are that a process which was just started will keep; none if it keeps none.
    pub(super) fn started(
        adapter: &Arc<Adapter>,
        spec: &crate::pty::Spec,
        files: &Path,
        since: Timestamp,
    ) -> Option<Subject> {
        let root = adapter.records().root(|name| variable(&spec.env, name))?;
        let hooked = adapter.is_hooked(&spec.argv, files);
        let (adapter, cwd) = (Arc::clone(adapter), Some(spec.cwd.clone()));
        Some(Subject { adapter, pid: 0, root, cwd, since: Some(since), hooked })
    }

    /// Says which process it is.
    pub(super) fn with_pid(self, pid: u32) -> Subject {
        Subject { pid, ..self }
    }

    /// Says where and when it began.
    pub(super) fn begun(self, cwd: PathBuf, since: Timestamp) -> Subject {
        Subject { cwd: Some(cwd), since: Some(since), ..self }
    }

    /// Returns whose records they are that a process keeps which was found alive; none if it keeps none.
    pub(super) fn found(adapter: &Arc<Adapter>, pid: u32, files: &Path) -> Option<Subject> {
        if adapter.records().form == Form::None {
            return None;
        }
        let env = process::environment(pid);
        let root = adapter.records().root(|name| variable(&env, name))?;
        let hooked = adapter.is_hooked(&process::command(pid), files);
        Some(Subject { adapter: Arc::clone(adapter), pid, root, cwd: None, since: None, hooked })
    }
}

/// Watches an agent's records until the sender of cues is dropped.
pub(super) fn watch(
    subject: Subject,
    first: Cue,
    teller: Teller,
    steady: Steady,
    turns: Arc<Semaphore>,
) -> watch::Sender<Cue> {
    let (cues, mut cue) = watch::channel(first);
    tokio::spawn(async move {
        let mut reading = Reading::of(subject);
        let mut lively_until = Instant::now() + LIVELY;
        loop {
            let now = cue.borrow_and_update().clone();
            let busy = now.busy;
            // A closed semaphore is a daemon that ends.
            let Ok(turn) = turns.acquire().await else { return };
            let looked = tokio::task::spawn_blocking(move || {
                let told = reading.look(&now);
                (reading, told)
            });
            // It does not panic; if it did, there would be nothing left to watch with.
            let Ok((back, told)) = looked.await else { return };
            drop(turn);
            reading = back;
            if !told.is_empty() {
                lively_until = Instant::now() + LIVELY;
                if !teller.recorded(told).await {
                    return;
                }
            }
            let every = if busy || Instant::now() < lively_until { QUICK } else { SLOW };
            let slept = tokio::time::sleep_until(next(&steady, every));
            tokio::select! {
                () = slept => {}
                changed = cue.changed() => match changed {
                    // Whoever began to work has not written of it yet, and whoever ended has not either.
                    Ok(()) => tokio::time::sleep_until(next(&steady, QUICK)).await,
                    Err(_) => return,
                },
            }
        }
    });
    cues
}

/// Returns the next moment at which everybody looks.
fn next(steady: &Steady, every: Duration) -> Instant {
    let every = i64::try_from(every.as_millis()).unwrap_or(1000);
    let now = steady.now().0;
    steady.instant(Timestamp((now / every + 1) * every))
}

/// An agent's records as far as they were read.
#[derive(Debug)]
struct Reading {
    subject: Subject,
    state: StateFile,
    /// The conversation that the file of its state names.
    named: Option<String>,
    journal: Option<Open>,
    /// What no journal was found for, and how many looks ago.
    missed: Option<(Missed, u32)>,
    told: Vec<Usage>,
}

/// A conversation for which no journal was found, and whether its agent was busy.
type Missed = (Option<String>, bool);

/// The file of a process's state.
#[derive(Debug, Default)]
struct StateFile {
    pid: Option<u32>,
    path: PathBuf,
    seen: Option<(u64, u64, i64, i64)>,
}

/// A journal that is being read.
#[derive(Debug)]
struct Open {
    conversation: Option<String>,
    lines: Lines,
    /// What is kept of it apart.
    parts: Vec<Lines>,
    journal: Journal,
}

impl Reading {
    fn of(subject: Subject) -> Reading {
        let (state, journal) = (StateFile::default(), None);
        Reading { subject, state, named: None, journal, missed: None, told: Vec::new() }
    }

    /// Returns what is new.
    fn look(&mut self, cue: &Cue) -> Vec<Recorded> {
        let mut told = self.look_at_state();
        if self.subject.adapter.records().reads_journal(self.subject.hooked) {
            self.look_for_journal(cue, &mut told);
            self.read_journal(&mut told);
        }
        told
    }

    fn look_at_state(&mut self) -> Vec<Recorded> {
        let records = self.subject.adapter.records();
        if records.session.is_empty() {
            return Vec::new();
        }
        if self.state.pid.is_none() {
            let path = |pid| records.session_of(pid).map(|name| self.subject.root.join(name));
            let there = |pid| path(pid).filter(|path| path.is_file()).map(|path| (pid, path));
            let found = there(self.subject.pid)
                .or_else(|| process::family(self.subject.pid).into_iter().skip(1).find_map(there));
            let Some((pid, path)) = found else { return Vec::new() };
            self.state = StateFile { pid: Some(pid), path, seen: None };
        }
        let Some(pid) = self.state.pid else { return Vec::new() };
        let Ok(about) = std::fs::metadata(&self.state.path) else { return Vec::new() };
        let now = lines::stamp(&about);
        if self.state.seen == Some(now) {
            return Vec::new();
        }
        let Some(payload) = whole(&self.state.path) else { return Vec::new() };
        // One that is being written is no JSON yet, and is looked at again.
        self.state.seen = Some(now);
        let mut told = read_session_file(records.form, &payload, pid, began(pid).as_deref());
        if let Some(Signal::Conversation { id, .. }) =
            told.iter().map(|told| &told.signal).find(|signal| matches!(signal, Signal::Conversation { .. }))
        {
            self.named = Some(id.clone());
        }
        // Its hooks tell of its conversations, and where they are kept.
        told.retain(|told| !(self.subject.hooked && matches!(told.signal, Signal::Conversation { .. })));
        told
    }

    fn look_for_journal(&mut self, cue: &Cue, told: &mut Vec<Recorded>) {
        let adapter = Arc::clone(&self.subject.adapter);
        let records = adapter.records();
        // What the process keeps open is what it writes to now.
        let settled = self.journal.is_some() && !cue.busy;
        let held = match records.form {
            Form::Codex if !settled => find::held(&self.subject.root, records, self.subject.pid),
            _ => find::Held::default(),
        };
        let said = cue.conversation.as_ref();
        // Its hooks tell of its conversations, and at once.
        let by_hooks = self.subject.hooked && records.form == Form::Claude;
        let (said_id, named) = (said.map(|(id, _)| id.clone()), self.named.clone());
        let wanted = held.conversation.clone();
        let wanted = wanted.or(if by_hooks { said_id.or(named) } else { named.or(said_id) });
        let open = self.journal.as_ref();
        let is_open = open.is_some_and(|open| match (&held.journal, &wanted) {
            (Some(path), _) => open.lines.path() == path,
            (None, wanted) => wanted.is_none() || open.conversation == *wanted,
        });
        let missed = (wanted.clone(), cue.busy);
        let looks = self.looks_at(&missed);
        // A folder is not walked again and again for what is not there.
        if is_open || (held.journal.is_none() && !looks.is_power_of_two()) {
            self.missed = Some((missed, looks));
            return;
        }
        let root = &self.subject.root;
        let named = said.filter(|(id, _)| Some(id) == wanted.as_ref()).and_then(|(_, path)| path.clone());
        let path = held.journal.or(named.filter(|path| path.is_file())).or_else(|| match &wanted {
            Some(id) if records.names_conversation() => {
                find::matching(root, &records.journal_of(Some(id))).into_iter().next()
            }
            Some(_) => None,
            None => {
                let (cwd, since) =
                    self.subject.cwd.as_deref().zip(self.subject.since).filter(|_| cue.busy)?;
                find::begun(root, records, cwd, since)
            }
        });
        let Some(path) = path else {
            self.missed = Some((missed, looks));
            return;
        };
        let head = find::head(records.form, &path);
        let conversation = head.map(|head| head.conversation).or(wanted);
        let other = |id: &String| !by_hooks && said.is_none_or(|(said, _)| said != id);
        if let Some(id) = conversation.clone().filter(other) {
            let transcript = Some(path.clone());
            told.push(Recorded { signal: Signal::Conversation { id, transcript, fresh: false }, at: None });
        }
        let journal = Journal::new(records.form);
        self.journal = Some(Open { conversation, lines: Lines::new(path), parts: Vec::new(), journal });
        (self.missed, self.told) = (None, Vec::new());
    }

    /// Returns how often it was looked for this, with this time.
    fn looks_at(&self, missed: &Missed) -> u32 {
        let before = self.missed.as_ref().filter(|(before, _)| before == missed);
        before.map_or(1, |(_, looks)| looks.saturating_add(1))
    }

    fn read_journal(&mut self, told: &mut Vec<Recorded>) {
        let records = self.subject.adapter.records();
        let Some(open) = &mut self.journal else { return };
        open.find_parts(records);
        let mut said = Vec::new();
        let mut grown = open.read(&mut said);
        if grown == Grown::Anew {
            open.begin_anew(records.form);
            grown = open.read(&mut said);
        }
        // A total that is told before the end of all that is there would look as if it had begun anew.
        let at_end = grown == Grown::ToEnd;
        let since = self.subject.since;
        // What an earlier process was doing when it ended says nothing of this one.
        said.retain(|said| said.at.zip(since).is_none_or(|(at, since)| at >= since));
        told.extend(said);
        if at_end && records.counts(self.subject.hooked) {
            let used = open.journal.used();
            let new = used.iter().filter(|usage| !self.told.contains(usage)).cloned();
            told.extend(new.map(|usage| Recorded { signal: Signal::Used(usage), at: None }));
            self.told = used;
        }
    }
}

impl Open {
    /// Looks for what is kept apart and is not known yet.
    fn find_parts(&mut self, records: &Records) {
        let names = records.parts_of(self.conversation.as_deref());
        let Some((names, beside)) = names.zip(self.lines.path().parent()) else { return };
        let mut found = find::matching(beside, &names);
        found.retain(|path| self.parts.iter().all(|known| known.path() != path));
        found.truncate(PARTS.saturating_sub(self.parts.len()));
        self.parts.extend(found.into_iter().map(Lines::new));
    }

    /// Reads what is new in all of its files; if one of them was cut off, nothing more than that is of use.
    fn read(&mut self, said: &mut Vec<Recorded>) -> Grown {
        let mut whole = Grown::Not;
        let journal = &mut self.journal;
        for lines in std::iter::once(&mut self.lines).chain(&mut self.parts) {
            // One that cannot be read is as it was.
            match lines.read(|line| keep(said, journal.line(line))).unwrap_or(Grown::Not) {
                Grown::Anew => return Grown::Anew,
                Grown::InPart => whole = Grown::InPart,
                Grown::ToEnd if whole != Grown::InPart => whole = Grown::ToEnd,
                Grown::ToEnd | Grown::Not => {}
            }
        }
        whole
    }

    /// Begins to read from the beginning of each.
    fn begin_anew(&mut self, form: Form) {
        self.journal = Journal::new(form);
        for lines in std::iter::once(&mut self.lines).chain(&mut self.parts) {
            *lines = Lines::new(lines.path().to_owned());
        }
    }
}

/// Keeps what is still so: of states the last one.
fn keep(said: &mut Vec<Recorded>, new: Vec<Recorded>) {
    for recorded in new {
        said.retain(|old| std::mem::discriminant(&old.signal) != std::mem::discriminant(&recorded.signal));
        said.push(recorded);
    }
}

/// Reads a small file of JSON.
fn whole(path: &Path) -> Option<serde_json::Value> {
    let (file, _) = lines::open(path).ok()?;
    let mut bytes = Vec::new();
    file.take(SESSION_FILE).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests;
