//! Real streams of real programs, what hostile ones might write, and any bytes at all.

use proptest::prelude::*;

use super::*;
use crate::domain::{MicroUsd, Tokens};

fn read(format: Format, stream: &[u8]) -> (Vec<Progress>, Outcome) {
    let (mut reader, mut seen) = (Reader::new(format), Vec::new());
    reader.feed(stream, &mut seen);
    let outcome = reader.finish(&mut seen);
    (seen, outcome)
}

macro_rules! stream {
    ($format:ident, $name:literal) => {
        read(Format::$format, include_bytes!(concat!("fixtures/", $name, ".jsonl")))
    };
}

fn tokens(input: u64, output: u64, cache_read: u64, cache_write: u64) -> Option<Tokens> {
    Some(Tokens { input, output, cache_read, cache_write })
}

fn began(tool: &str, what: &str) -> Progress {
    Progress::ToolBegan { tool: tool.to_owned(), what: what.to_owned() }
}

fn ended(tool: &str, ok: bool) -> Progress {
    Progress::ToolEnded { tool: tool.to_owned(), ok }
}

fn says(text: &str) -> Progress {
    Progress::Text(text.to_owned())
}

#[test]
fn claude_tells_its_tools_its_answer_and_what_it_cost() {
    let (seen, outcome) = stream!(Claude, "claude-tool");
    assert_eq!(
        seen,
        [
            says("I will use a tool now.\n"),
            began("Bash", "touch made_by_demo.txt && echo demo-ran"),
            ended("Bash", true),
            says("The tool finished. DEMO-DONE-AFTER-TOOL\n"),
        ]
    );
    assert_eq!(outcome.text, "The tool finished. DEMO-DONE-AFTER-TOOL");
    assert_eq!((outcome.turns, outcome.finished, outcome.partial), (Some(2), true, false));
    let usage = &outcome.usage[0];
    assert_eq!(usage.conversation.as_deref(), Some("00000000-0000-4000-8000-000000000001"));
    assert_eq!((usage.model.as_str(), usage.tokens), ("claude-sonnet-4-5", tokens(63638, 72, 400, 200)));
    assert_eq!(usage.cost, Some(MicroUsd(192_864)));
}

#[test]
fn what_claude_may_not_do_is_told_once_by_new_versions_and_old_ones() {
    let (seen, outcome) = stream!(Claude, "claude-denied");
    assert!(outcome.denied[0].starts_with("Bash: touch in '/home/me/project/"), "{:?}", outcome.denied);
    assert_eq!((outcome.denied.len(), outcome.error.as_deref()), (1, None));
    assert!(seen.contains(&ended("Bash", false)));
    let (_, outcome) = stream!(Claude, "claude-old");
    assert_eq!(outcome.denied, ["Bash: touch made_by_demo.txt && echo demo-ran"]);
    assert_eq!(outcome.usage[0].model, "claude-opus-4-8[1m]");
}

#[test]
fn an_error_of_the_service_is_no_answer() {
    let (seen, outcome) = stream!(Claude, "claude-error");
    assert_eq!(seen[0], Progress::Retrying("server error (500), attempt 1 of 1".to_owned()));
    assert_eq!(seen.len(), 2, "it is told once: {seen:?}");
    assert_eq!((outcome.text.as_str(), outcome.usage.len()), ("", 0));
    assert!(outcome.error.unwrap().starts_with("API Error: 500"));

    let (seen, outcome) = stream!(Codex, "codex-error");
    assert_eq!(seen.iter().filter(|s| matches!(s, Progress::Retrying(_))).count(), 5);
    assert_eq!(seen.iter().filter(|s| matches!(s, Progress::Failed(_))).count(), 1);
    assert!(outcome.error.unwrap().starts_with("We’re currently experiencing high demand"));

    let (_, outcome) = stream!(Gemini, "gemini-error");
    assert!(outcome.error.unwrap().contains("401"));
    assert_eq!(outcome.usage, []);
}

#[test]
fn claude_that_may_spend_no_more_says_so_and_its_spending_is_known() {
    let (_, outcome) = stream!(Claude, "claude-budget");
    assert!(outcome.exhausted && outcome.finished);
    assert_eq!(outcome.error.as_deref(), Some("Reached maximum budget ($0.05)"));
    assert_eq!(
        (outcome.usage[0].cost, outcome.usage[0].tokens),
        (Some(MicroUsd(96_633)), tokens(31786, 56, 200, 100))
    );
    assert_eq!(outcome.text, "I will use a tool now.");
}

#[test]
fn an_interrupted_stream_is_not_finished_and_what_it_used_is_told_in_part() {
    let (_, outcome) = stream!(Claude, "claude-interrupted");
    assert!(!outcome.finished && !outcome.partial);
    let whole = include_str!("fixtures/claude-tool.jsonl");
    let cut = whole.rfind("{\"duration_api_ms\"").unwrap();
    let (_, outcome) = read(Format::Claude, &whole.as_bytes()[..cut]);
    assert!(!outcome.finished && outcome.partial);
    // Two messages; the first of them is told in two lines and counts once.
    assert_eq!(outcome.usage[0].tokens, tokens(31760 + 31878, 2, 400, 200));
}

#[test]
fn programs_that_write_as_claude_does_but_tell_less_are_understood() {
    let stream = r#"{"type":"system","subtype":"session_start","session_id":"q1","model":"qwen3-coder-plus"}
{"type":"assistant","session_id":"q1","message":{"id":"m1","model":"qwen3-coder-plus","content":[{"type":"text","text":"Paris."}],"usage":{"input_tokens":10,"output_tokens":2}},"parent_tool_use_id":null}
{"type":"result","subtype":"success","session_id":"q1","is_error":false,"result":"Paris."}"#;
    let (_, outcome) = read(Format::Claude, stream.as_bytes());
    assert_eq!((outcome.text.as_str(), outcome.finished), ("Paris.", true));
    assert_eq!(
        (outcome.usage[0].model.as_str(), outcome.usage[0].tokens),
        ("qwen3-coder-plus", tokens(10, 2, 0, 0))
    );
    assert_eq!(outcome.usage[0].cost, None);
}

#[test]
fn codex_counts_what_came_from_the_cache_apart() {
    let (seen, outcome) = stream!(Codex, "codex-answer");
    assert!(matches!(&seen[0], Progress::Warned(why) if why.starts_with("Model metadata")), "{seen:?}");
    assert_eq!(
        (outcome.text.as_str(), outcome.error.as_deref()),
        ("Hello from the demo model. DEMO-REPLY", None)
    );
    assert_eq!(outcome.usage[0].tokens, tokens(9969, 42, 100, 0));
    assert_eq!(outcome.usage[0].cost, None, "it tells no money, and none is made up");

    let (seen, outcome) = stream!(Codex, "codex-tool");
    assert_eq!(
        seen[..2],
        [began("command_execution", "bash -lc 'cargo test'"), ended("command_execution", false)]
    );
    assert_eq!(outcome.usage[0].tokens, tokens(300, 50, 600, 100));
}

#[test]
fn gemini_says_its_answer_in_pieces() {
    let (seen, outcome) = stream!(Gemini, "gemini-tool");
    assert_eq!(outcome.text, "The tool finished. DEMO-DONE-AFTER-TOOL");
    assert!(seen.contains(&began("read_file", "README.md")) && seen.contains(&ended("read_file", true)));
    assert_eq!(
        (outcome.usage[0].model.as_str(), outcome.usage[0].tokens),
        ("demo", tokens(16596, 84, 14, 0))
    );
}

#[test]
fn opencode_tells_what_each_step_used() {
    let (seen, outcome) = stream!(Opencode, "opencode-tool");
    assert_eq!(seen[1..3], [began("read", "README.md"), ended("read", true)]);
    assert_eq!((outcome.text.as_str(), outcome.turns), ("It is a readme.", Some(2)));
    assert_eq!(outcome.usage[0].tokens, tokens(300, 35, 30, 3));
    assert_eq!(outcome.usage[0].cost, Some(MicroUsd(30_000)));
}

#[test]
fn cursor_tells_its_answer_and_no_usage() {
    let (seen, outcome) = stream!(Cursor, "cursor-tool");
    assert_eq!(seen[..2], [began("read", "README.md"), ended("read", true)]);
    assert_eq!((outcome.text.as_str(), outcome.finished, outcome.usage.len()), ("It is a readme.", true, 0));
}

#[test]
fn plain_text_is_the_answer_whole() {
    let (seen, outcome) = read(Format::Text, b"one\r\n\n  two\xff\n\n");
    assert_eq!(outcome.text, "one\n\n  two\u{fffd}");
    assert_eq!(seen, [says("one\n"), says("  two\u{fffd}\n")]);
}

#[test]
fn lines_that_are_not_understood_are_counted_and_the_rest_is_read() {
    let noise = b"npm warn something\n[1,2]\n{\"type\":\"result\"\n\xff\xfe\n\n".to_vec();
    let stream = [noise, include_bytes!("fixtures/claude-tool.jsonl").to_vec()].concat();
    let (_, outcome) = read(Format::Claude, &stream);
    assert_eq!((outcome.malformed, outcome.finished), (4, true));
    assert_eq!(outcome.text, "The tool finished. DEMO-DONE-AFTER-TOOL");
}

#[test]
fn a_line_without_end_is_not_kept() {
    let (mut reader, mut seen) = (Reader::new(Format::Claude), Vec::new());
    for _ in 0..(2 * LONGEST_LINE / 65536) {
        reader.feed(&[b'x'; 65536], &mut seen);
    }
    reader.feed(b"\n{\"type\":\"result\",\"result\":\"ok\"}", &mut seen);
    let outcome = reader.finish(&mut seen);
    assert_eq!((outcome.malformed, outcome.text.as_str()), (1, "ok"));
}

#[test]
fn an_answer_without_end_is_cut_and_said_to_be() {
    let (mut reader, mut seen) = (Reader::new(Format::Text), Vec::new());
    let line = "é".repeat(50_000) + "\n";
    for _ in 0..100 {
        reader.feed(line.as_bytes(), &mut seen);
        seen.clear();
    }
    let outcome = reader.finish(&mut seen);
    assert!(outcome.cut && outcome.text.len() <= LONGEST_TEXT && outcome.text.len() > LONGEST_TEXT - 4);
}

#[test]
fn words_of_a_tool_reach_no_terminal_as_they_are() {
    let line = r#"{"type":"tool_use","tool_id":"1","tool_name":"sh\u001b]0;x\u0007","parameters":{"command":"a\u001b[31m\nb"}}"#;
    let (seen, _) = read(Format::Gemini, line.as_bytes());
    assert_eq!(seen, [began("sh]0;x", "a[31m b")]);
}

#[test]
fn a_kind_of_stream_is_named_by_its_word() {
    assert!(Format::ALL.iter().all(|(word, format)| word.parse() == Ok(*format) && format.word() == *word));
    assert_eq!("claude".parse(), Ok(Format::Claude));
    assert_eq!(
        "codex-json".parse::<Format>().unwrap_err().to_string(),
        "`codex-json` is no kind of stream; did you mean `codex-jsonl`?"
    );
}

/// Lines that look as if they meant something, with whatever in their fields.
fn lines() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("type"),
        Just("system"),
        Just("assistant"),
        Just("result"),
        Just("message"),
        Just("usage"),
        Just("content"),
        Just("item"),
        Just("part"),
        Just("tokens"),
        Just("cost"),
        Just("modelUsage"),
        Just("tool_use"),
        Just("step_finish"),
        Just("turn.completed"),
        Just("stats"),
        Just("tool_call"),
    ];
    let leaf = prop_oneof![
        word.clone().prop_map(|w| format!("{w:?}")),
        any::<f64>().prop_filter("JSON has no such number", |n| n.is_finite()).prop_map(|n| n.to_string()),
        any::<u64>().prop_map(|n| n.to_string()),
        Just("null".to_owned()),
        Just("true".to_owned()),
    ];
    let value = leaf.prop_recursive(4, 24, 5, move |inner| {
        let field = (word.clone(), inner.clone()).prop_map(|(word, value)| format!("{word:?}:{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|list| format!("[{}]", list.join(","))),
            prop::collection::vec(field, 0..6).prop_map(|fields| format!("{{{}}}", fields.join(","))),
        ]
    });
    prop::collection::vec(value, 0..8).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn any_bytes_are_taken_and_how_they_are_cut_changes_nothing(
        bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..600), lines().prop_map(String::into_bytes)],
        cut in 1_usize..64,
    ) {
        for (_, format) in Format::ALL {
            let (seen, whole) = read(format, &bytes);
            let (mut reader, mut piecewise) = (Reader::new(format), Vec::new());
            for part in bytes.chunks(cut) {
                reader.feed(part, &mut piecewise);
            }
            let outcome = reader.finish(&mut piecewise);
            prop_assert_eq!(&outcome, &whole);
            prop_assert_eq!(piecewise, seen);
            prop_assert!(outcome.denied.len() <= 256 && outcome.usage.len() <= 256);
        }
    }
}
