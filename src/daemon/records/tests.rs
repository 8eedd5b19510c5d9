//! Tests of what is read from the records of programs while they run.

use std::fs;
use std::io::Write as _;

use super::*;
use crate::adapter::Adapters;
use crate::domain::{AgentState, Launch, Tokens};

/// What Codex writes, in short.
const META: &str = r#"{"type":"session_meta","timestamp":"2026-01-02T00:00:00Z","payload":{"id":"c-1","cwd":"/src","timestamp":"2026-01-02T00:00:00Z"}}"#;
const CONTEXT: &str = r#"{"type":"turn_context","payload":{"model":"m"}}"#;

fn event(kind: &str, at: &str) -> String {
    format!(r#"{{"type":"event_msg","timestamp":"{at}","payload":{{"type":"{kind}"}}}}"#)
}

fn used(input: u64) -> String {
    format!(
        r#"{{"type":"event_msg","payload":{{"type":"token_count","info":{{"total_token_usage":{{"input_tokens":{input},"output_tokens":1}}}}}}}}"#
    )
}

fn subject(root: &Path, program: &str, since: Option<Timestamp>) -> Subject {
    let launch = Launch { command: vec![program.to_owned()], ..Launch::default() };
    let adapter = Arc::clone(Adapters::builtin().unwrap().find(&launch));
    let pid = std::process::id();
    Subject { adapter, pid, root: root.to_owned(), cwd: Some("/src".into()), since, hooked: true }
}

fn state(told: &[Recorded]) -> Option<AgentState> {
    told.iter().find_map(|told| match &told.signal {
        Signal::State { state, .. } => Some(*state),
        _ => None,
    })
}

fn tokens(told: &[Recorded]) -> Option<Tokens> {
    told.iter().find_map(|told| match &told.signal {
        Signal::Used(usage) => usage.tokens,
        _ => None,
    })
}

fn conversation(told: &[Recorded]) -> Option<&str> {
    told.iter().find_map(|told| match &told.signal {
        Signal::Conversation { id, .. } => Some(id.as_str()),
        _ => None,
    })
}

#[test]
fn a_rollout_is_followed_as_it_grows_and_what_it_said_before_the_start_is_no_state() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("sessions/2026/01/02");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("rollout-x-c-1.jsonl");
    let mut reading = Reading::of(subject(root.path(), "codex", Some(Timestamp(1_767_312_005_000))));
    let cue = Cue { busy: true, conversation: Some(("c-1".into(), None)) };
    assert_eq!(reading.look(&cue), [], "there is none yet");

    let mut file = fs::File::create(&path).unwrap();
    let mut put = |lines: &[String]| file.write_all((lines.join("\n") + "\n").as_bytes()).unwrap();
    put(&[META.to_owned(), CONTEXT.to_owned(), event("task_started", "2026-01-02T00:00:01Z"), used(100)]);
    let mut look = || {
        let told = (0..5).map(|_| reading.look(&cue)).find(|told| !told.is_empty());
        told.unwrap_or_default()
    };
    let told = look();
    assert_eq!(state(&told), None, "an earlier process began that turn");
    assert_eq!(tokens(&told), Some(Tokens { input: 100, output: 1, cache_read: 0, cache_write: 0 }));
    assert_eq!(look(), [], "nothing is told twice");

    put(&[
        event("task_started", "2026-01-02T00:00:06Z"),
        event("task_complete", "2026-01-02T00:00:07Z"),
        used(300),
    ]);
    let told = look();
    assert_eq!(state(&told), Some(AgentState::Idle), "the last word counts");
    assert_eq!(tokens(&told).unwrap().input, 300);
    let at = told.iter().find(|told| matches!(told.signal, Signal::State { .. })).unwrap().at;
    assert_eq!(at, Some(Timestamp(1_767_312_007_000)), "it is as old as it says");

    // Another daemon reads it all, and tells no total but the last.
    let again = Reading::of(subject(root.path(), "codex", None)).look(&cue);
    assert_eq!(tokens(&again).unwrap().input, 300);
    assert_eq!(conversation(&again), None, "it was known");

    fs::write(&path, format!("{META}\n{CONTEXT}\n{}\n", used(7))).unwrap();
    assert_eq!(tokens(&look()).unwrap().input, 7, "one that was cut off is read anew");
}

#[cfg(target_os = "linux")]
#[test]
fn the_journal_that_its_process_keeps_open_is_the_agents_own() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("sessions/2026/01/02");
    fs::create_dir_all(&folder).unwrap();
    let mut own = fs::File::create(folder.join("rollout-x-c-1.jsonl")).unwrap();
    fs::write(folder.join("rollout-x-c-2.jsonl"), META.replace("c-1", "c-2") + "\n").unwrap();
    writeln!(own, "{META}").unwrap();
    let mut reading = Reading::of(subject(root.path(), "codex", None));
    assert_eq!(conversation(&reading.look(&Cue::default())), Some("c-1"), "whatever else lies there");
}

#[test]
fn the_file_of_a_state_is_read_when_it_changes_and_only_if_it_is_of_this_process() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("sessions")).unwrap();
    let pid = std::process::id();
    let path = root.path().join(format!("sessions/{pid}.json"));
    let began = began(pid).unwrap_or_default();
    let file = |began: &str, status: &str| {
        let file = serde_json::json!({"pid": pid, "procStart": began, "sessionId": "s-1",
            "status": status, "statusUpdatedAt": 1_767_312_007_000_i64});
        fs::write(&path, file.to_string()).unwrap();
    };
    let mut reading = Reading::of(subject(root.path(), "claude", None));
    assert_eq!(reading.look(&Cue::default()), []);
    file(&began, "busy");
    let told = reading.look(&Cue::default());
    assert_eq!(state(&told), Some(AgentState::Thinking));
    assert_eq!(told[0].at, Some(Timestamp(1_767_312_007_000)));
    assert_eq!(conversation(&told), None, "its hooks tell that");
    assert_eq!(reading.look(&Cue::default()), []);
    fs::write(&path, "{\"pid\":").unwrap();
    assert_eq!(reading.look(&Cue::default()), [], "it is being written");
    file(&began, "idle, and longer");
    file(&began, "idle");
    assert_eq!(state(&reading.look(&Cue::default())), Some(AgentState::Idle));
    if cfg!(target_os = "linux") {
        file("1", "waiting");
        assert_eq!(reading.look(&Cue::default()), [], "it stayed behind when another process was killed");
    }
}

#[test]
fn a_transcript_is_counted_with_what_subagents_did_whether_there_is_a_status_line_or_not() {
    let root = tempfile::tempdir().unwrap();
    let line = |id: &str, input: u32| {
        format!(
            r#"{{"type":"assistant","sessionId":"s-1","message":{{"id":"{id}","model":"m","usage":{{"input_tokens":{input},"output_tokens":2}}}}}}"#
        )
    };
    let project = root.path().join("projects/-src");
    let subagents = project.join("s-1/subagents");
    fs::create_dir_all(&subagents).unwrap();
    let transcript = project.join("s-1.jsonl");
    fs::write(&transcript, line("a", 10) + "\n").unwrap();
    let cue = Cue { busy: true, conversation: Some(("s-1".into(), None)) };
    let hooked = subject(root.path(), "claude", None);
    let mut reading = Reading::of(hooked.clone());
    assert_eq!(tokens(&reading.look(&cue)).unwrap().input, 10);
    assert_eq!(reading.look(&cue), []);
    fs::write(subagents.join("agent-1.jsonl"), line("b", 100) + "\n" + &line("b", 100) + "\n").unwrap();
    assert_eq!(tokens(&reading.look(&cue)).unwrap().input, 110);
    // What was written anew is counted from its beginning, and so is everything else.
    fs::write(&transcript, line("a", 7) + "\n").unwrap();
    assert_eq!(tokens(&reading.look(&cue)).unwrap().input, 107);
    let told = Reading::of(Subject { hooked: false, ..hooked }).look(&cue);
    assert_eq!(tokens(&told).unwrap().input, 107);
}

#[test]
fn a_stale_name_of_a_conversation_does_not_overrule_what_a_hook_told() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("projects/-src")).unwrap();
    let mut reading = Reading::of(subject(root.path(), "claude", None));
    reading.named = Some("old".into());
    for id in ["old", "new"] {
        let line = format!(
            r#"{{"sessionId":"{id}","message":{{"id":"{id}","model":"m","usage":{{"input_tokens":1}}}}}}"#
        );
        fs::write(root.path().join(format!("projects/-src/{id}.jsonl")), line + "\n").unwrap();
    }
    let told = reading.look(&Cue { busy: true, conversation: Some(("new".into(), None)) });
    assert_eq!(conversation(&told), None);
    assert!(
        matches!(&told[..], [Recorded { signal: Signal::Used(used), .. }] if used.conversation.as_deref() == Some("new"))
    );
}
