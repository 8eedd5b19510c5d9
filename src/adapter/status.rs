//! The program status protocol, OSC 7501 (revision 0.4 of 2026-10-10): a program says in-band what it is doing.
//!
//! `state=working:msg=…` replaces the record of its `id` whole; `clear` removes the record and those below it. The
//! protocol is a young draft, so nothing outside this file knows its spelling. Whatever it carries is untrusted text:
//! it is shown after cleaning and never authorises anything.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::domain::{AgentState, WaitFor, clean};

/// The longest report that is read, in bytes.
const LONGEST: usize = 4096;

/// The most records kept of one program.
const MOST_RECORDS: usize = 256;

/// The longest text shown of a report, in characters.
const SHOWN: usize = 120;

/// What a program says of itself, or of one of the tasks in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    /// What it is doing.
    pub(super) state: AgentState,
    /// The word it used.
    pub(super) word: &'static str,
    /// What it says about that, cleaned.
    pub(super) text: Option<String>,
    /// Whether it says at what it works, beside its name.
    pub(super) says: bool,
    /// How far it is, 0 to 100.
    pub(super) progress: Option<u8>,
}

/// The records of one program, by id; the root's id is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Records {
    records: BTreeMap<String, Report>,
}

impl Records {
    /// Takes one report in; what is malformed or beyond the bounds is ignored. Returns whether anything changed.
    pub(super) fn take(&mut self, payload: &[u8]) -> bool {
        let Some(line) = (payload.len() <= LONGEST).then(|| std::str::from_utf8(payload).ok()).flatten()
        else {
            return false;
        };
        let fields: BTreeMap<&str, &str> =
            line.split(':').filter_map(|field| field.split_once('=')).collect();
        let id = fields.get("id").copied().unwrap_or_default();
        let Some(state) = fields.get("state").copied() else { return false };
        if state == "clear" {
            return self.clear(id);
        }
        let Some((state, word)) = meaning(state, fields.get("kind").copied()) else { return false };
        let text = ["msg", "title"].iter().find_map(|key| fields.get(key)).and_then(|coded| decoded(coded));
        let progress = fields.get("progress").and_then(|p| p.parse::<u8>().ok()).filter(|p| *p <= 100);
        let says = text.is_some() && fields.contains_key("msg");
        let report = Report { state, word, text, says, progress };
        if self.records.len() >= MOST_RECORDS && !self.records.contains_key(id) {
            return false;
        }
        self.records.insert(id.to_owned(), report.clone()) != Some(report)
    }

    /// Forgets what no longer holds once a shell shows its prompt again: what was under way, not what came of it.
    pub(super) fn prompt_shown(&mut self) -> bool {
        let before = self.records.len();
        self.records.retain(|_, r| !matches!(r.state, AgentState::Working | AgentState::Waiting(_)));
        self.records.len() != before
    }

    /// Returns what the program says of itself.
    pub(super) fn root(&self) -> Option<&Report> {
        self.records.get("")
    }

    /// Returns how many tasks below the root are said to be under way.
    pub(super) fn tasks_under_way(&self) -> usize {
        self.records.iter().filter(|(id, r)| !id.is_empty() && r.state == AgentState::Working).count()
    }

    fn clear(&mut self, id: &str) -> bool {
        let before = self.records.len();
        let below = format!("{id}/");
        self.records.retain(|known, _| !(id.is_empty() || known == id || known.starts_with(&below)));
        self.records.len() != before
    }
}

fn meaning(state: &str, kind: Option<&str>) -> Option<(AgentState, &'static str)> {
    Some(match (state, kind) {
        ("idle", _) => (AgentState::Idle, "idle"),
        ("working", _) => (AgentState::Working, "working"),
        ("done", _) => (AgentState::Idle, "done"),
        ("error", _) => (AgentState::Error, "error"),
        ("blocked", Some("question")) => (AgentState::Waiting(WaitFor::Answer), "blocked on a question"),
        ("blocked", Some("auth")) => (AgentState::Waiting(WaitFor::Login), "blocked on a login"),
        ("blocked", _) => (AgentState::Waiting(WaitFor::Approval), "blocked on a permission"),
        _ => return None,
    })
}

fn decoded(coded: &str) -> Option<String> {
    let bytes = STANDARD.decode(coded).or_else(|_| STANDARD_NO_PAD.decode(coded)).ok()?;
    let text = clean(&String::from_utf8_lossy(&bytes), SHOWN);
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(reports: &[&str]) -> Records {
        let mut records = Records::default();
        for report in reports {
            records.take(report.as_bytes());
        }
        records
    }

    #[test]
    fn a_report_replaces_its_record_whole() {
        let records = taken(&["state=working:msg=dGVzdHM=:progress=40", "state=blocked:kind=question"]);
        let root = records.root().unwrap();
        assert_eq!(
            (root.state, root.text.as_deref(), root.progress),
            (AgentState::Waiting(WaitFor::Answer), None, None)
        );
    }

    #[test]
    fn clear_takes_what_stands_below_with_it() {
        let mut records =
            taken(&["state=working", "state=working:id=a", "state=working:id=a/b", "state=working:id=ab"]);
        assert_eq!(records.tasks_under_way(), 3);
        assert!(records.take(b"state=clear:id=a"));
        assert_eq!(records.tasks_under_way(), 1);
        assert!(records.take(b"state=clear"));
        assert_eq!(records, Records::default());
    }

    #[test]
    fn a_prompt_ends_what_was_under_way_and_keeps_what_came_of_it() {
        let mut records = taken(&["state=working"]);
        assert!(records.prompt_shown() && records.root().is_none());
        let mut records = taken(&["state=error"]);
        assert!(!records.prompt_shown() && records.root().is_some());
    }

    #[test]
    fn hostile_reports_are_cleaned_ignored_or_bounded() {
        // base64 of "a\x1b[31mb"
        let records = taken(&["state=working:msg=YRtbMzFtYg=="]);
        assert_eq!(records.root().unwrap().text.as_deref(), Some("a[31mb"));
        for bad in ["", "state=flying", "msg=dGVzdHM=", "::==", &"x".repeat(5000)] {
            assert_eq!(taken(&[bad]), Records::default(), "{bad:.20}");
        }
        let mut many = Records::default();
        for n in 0..10_000 {
            many.take(format!("state=working:id={n}").as_bytes());
        }
        assert_eq!(many.tasks_under_way(), MOST_RECORDS);
    }
}
