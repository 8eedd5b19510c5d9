//! Where an agent's journal is: among the files that its program keeps open, by the number of its conversation, or,
//! where neither is known, the one that began when and where the agent did.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::lines;
use crate::adapter::{Form, Head, Records, fits, journal_head};
use crate::domain::Timestamp;
use crate::process;

/// The most names that are looked at in one search.
const LOOKED_AT: usize = 20_000;

/// The most files whose first line is read in one search.
const OPENED: usize = 64;

/// The longest first line that is read, in bytes.
const FIRST_LINE: u64 = 1 << 20;

/// A journal may say that it began a little earlier than its process was seen to.
const EARLIER: Duration = Duration::from_secs(2);

/// Returns the files below a folder whose paths are as the pattern says, name by name; the last by name first.
pub(super) fn matching(root: &Path, pattern: &[String]) -> Vec<PathBuf> {
    let (mut found, mut left) = (Vec::new(), LOOKED_AT);
    descend(root, pattern, &mut left, &mut found);
    found
}

fn descend(folder: &Path, pattern: &[String], left: &mut usize, found: &mut Vec<PathBuf>) {
    let Some((name, rest)) = pattern.split_first() else { return };
    let mut names: Vec<PathBuf> = if name.contains('*') {
        let Ok(entries) = fs::read_dir(folder) else { return };
        let fitting = entries.flatten().take(*left).inspect(|_| *left -= 1);
        fitting.filter(|e| fits(name, &e.file_name().to_string_lossy())).map(|entry| entry.path()).collect()
    } else {
        vec![folder.join(name)]
    };
    names.sort_unstable_by(|a, b| b.cmp(a));
    for path in names {
        if !rest.is_empty() {
            descend(&path, rest, left, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

/// What the open files of an agent's processes tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) journal: Option<PathBuf>,
    pub(super) conversation: Option<String>,
}

/// Looks for what the processes of an agent keep open.
pub(super) fn held(root: &Path, records: &Records, pid: u32) -> Held {
    let mut found = Held::default();
    let real = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    for file in process::family(pid).into_iter().flat_map(process::open_files) {
        let Ok(below) = file.strip_prefix(&real) else { continue };
        if let Some(id) = records.conversation_held(below) {
            found.conversation = Some(id);
        } else if records.is_journal(below) {
            found.journal = Some(file);
        }
    }
    found
}

/// Returns what the first line of a journal says of it.
pub(super) fn head(form: Form, path: &Path) -> Option<Head> {
    let (file, _) = lines::open(path).ok()?;
    let mut first = String::new();
    BufReader::new(file.take(FIRST_LINE)).read_line(&mut first).ok()?;
    journal_head(form, &first)
}

/// Returns the journal that began in this folder since then; none if there are several, since each may be another
/// agent's.
pub(super) fn begun(root: &Path, records: &Records, cwd: &Path, since: Timestamp) -> Option<PathBuf> {
    let written = |path: &PathBuf| -> Option<SystemTime> { fs::metadata(path).ok()?.modified().ok() };
    let earliest = SystemTime::UNIX_EPOCH + since.since(Timestamp(0));
    let candidates = matching(root, &records.journal_of(None)).into_iter();
    let candidates = candidates.filter(|path| written(path).is_some_and(|at| at + EARLIER >= earliest));
    let mut fitting = candidates.take(OPENED).filter(|path| {
        head(records.form, path).is_some_and(|head| {
            head.at.is_some_and(|at| at + EARLIER >= since) && Path::new(&head.cwd) == cwd
        })
    });
    fitting.next().filter(|_| fitting.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_found_by_its_number_or_by_when_and_where_it_began_unless_there_are_two() {
        let root = tempfile::tempdir().unwrap();
        let records = Records {
            form: Form::Codex,
            journal: "s/*/rollout-*-{conversation}.jsonl".into(),
            ..Records::default()
        };
        let put = |day: &str, id: &str, cwd: &str, at: &str| {
            let folder = root.path().join("s").join(day);
            fs::create_dir_all(&folder).unwrap();
            let first = serde_json::json!({"type": "session_meta", "payload": {"id": id, "cwd": cwd, "timestamp": at}});
            let path = folder.join(format!("rollout-x-{id}.jsonl"));
            fs::write(&path, format!("{first}\n")).unwrap();
            path
        };
        let old = put("01", "c-1", "/src", "2026-01-01T00:00:00Z");
        let other = put("02", "c-2", "/other", "2026-01-02T00:00:01Z");
        let fits = put("02", "c-3", "/src", "2026-01-02T00:00:01Z");
        let since = Timestamp(1_767_312_000_000);
        assert_eq!(matching(root.path(), &records.journal_of(Some("c-1"))), [old]);
        assert_eq!(matching(root.path(), &records.journal_of(None)).first(), Some(&fits));
        assert_eq!(begun(root.path(), &records, Path::new("/src"), since), Some(fits));
        assert_eq!(begun(root.path(), &records, Path::new("/other"), since), Some(other));
        put("02", "c-4", "/src", "2026-01-02T00:00:09Z");
        assert_eq!(begun(root.path(), &records, Path::new("/src"), since), None, "whose is which?");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_process_keeps_open_tells_its_conversation_and_its_journal() {
        let root = tempfile::tempdir().unwrap();
        let records = Records {
            form: Form::Codex,
            journal: "rollout-{conversation}.jsonl".into(),
            held: "{conversation}.lock".into(),
            ..Records::default()
        };
        let _lock = fs::File::create(root.path().join("c-1.lock")).unwrap();
        let path = root.path().join("rollout-c-1.jsonl");
        let _journal = fs::File::create(&path).unwrap();
        let found = held(root.path(), &records, std::process::id());
        assert_eq!(found.conversation.as_deref(), Some("c-1"));
        assert_eq!(found.journal, Some(fs::canonicalize(path).unwrap()));
    }
}
