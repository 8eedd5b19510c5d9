//! The file to which a program adds a line for whatever happens in a conversation: what its lines say of the
//! program's state, and what was used. Codex's rollout says both; of Claude Code's transcript and Gemini CLI's chat only what
//! was used is read, since their other words are there too late.

use serde_json::Value;

use super::super::records::Form;
use super::payload::text;
use super::tool;
use super::usage::Tally;
use crate::domain::{AgentState, Signal, Source, Timestamp, Usage, clean};

/// One thing that a record says.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// What.
    pub signal: Signal,
    /// Since when it is so, by the clock of the wall, where the record says.
    pub at: Option<Timestamp>,
}

/// What the first line of a journal says of the whole of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The number of its conversation.
    pub conversation: String,
    /// The folder in which its program works.
    pub cwd: String,
    /// When it began.
    pub at: Option<Timestamp>,
}

/// A journal as far as it was read.
#[derive(Clone, Debug)]
pub struct Journal {
    form: Form,
    tally: Tally,
}

impl Journal {
    /// Begins to read a journal of this form.
    #[must_use]
    pub fn new(form: Form) -> Journal {
        let cli = match form {
            Form::Claude => "claude",
            Form::Codex => "codex",
            Form::Gemini => "gemini",
            Form::None => "",
        };
        Journal { form, tally: Tally::new(cli) }
    }

    /// Reads one more line, and returns what it says of the program.
    pub fn line(&mut self, line: &str) -> Vec<Recorded> {
        self.tally.line(line);
        match self.form {
            Form::Codex if is_of_interest(line) => {
                serde_json::from_str(line).map_or(Vec::new(), |l| rollout(&l))
            }
            _ => Vec::new(),
        }
    }

    /// Returns what was used of each model so far.
    #[must_use]
    pub fn used(&self) -> Vec<Usage> {
        self.tally.used()
    }
}

/// Reads the first line of a journal.
#[must_use]
pub fn journal_head(form: Form, line: &str) -> Option<Head> {
    if form != Form::Codex {
        return None;
    }
    let line: Value = serde_json::from_str(line).ok()?;
    let payload = line.get("payload").filter(|_| text(&line, "type") == Some("session_meta"))?;
    Some(Head {
        conversation: clean(text(payload, "id")?, 80),
        cwd: text(payload, "cwd").unwrap_or_default().to_owned(),
        at: text(payload, "timestamp").and_then(instant),
    })
}

/// Most lines are what was said; those are long, and not read.
fn is_of_interest(line: &str) -> bool {
    let mut end = line.len().min(200);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let begins = &line[..end];
    begins.contains("\"event_msg\"") || begins.contains("_call") || begins.contains("\"session_meta\"")
}

fn instant(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>().ok().map(|at| Timestamp(at.as_millisecond()))
}

fn rollout(line: &Value) -> Vec<Recorded> {
    let payload = line.get("payload").unwrap_or(&Value::Null);
    let kind = text(payload, "type").unwrap_or_default();
    let at = text(line, "timestamp").and_then(instant);
    let state = |state: AgentState, detail: &str| Signal::State {
        source: Source::Record,
        state,
        rule: kind.to_owned(),
        detail: clean(detail, 160),
    };
    if let Some(signal) = tool_signal(text(line, "type").unwrap_or_default(), kind, payload) {
        let state = rollout_state(line, kind, payload, state);
        return [Some(signal), state].into_iter().flatten().map(|signal| Recorded { signal, at }).collect();
    }
    let signal = rollout_state(line, kind, payload, state);
    signal.map(|signal| Recorded { signal, at }).into_iter().collect()
}

/// What a line says of a call of a tool.
fn tool_signal(line: &str, kind: &str, payload: &Value) -> Option<Signal> {
    let call = || text(payload, "call_id").map(|call| clean(call, 120));
    match (line, kind) {
        ("response_item", "function_call" | "custom_tool_call" | "local_shell_call") => {
            Some(Signal::ToolCalled { call: call()?, ask: tool::called(payload) })
        }
        ("response_item", "function_call_output" | "custom_tool_call_output") => {
            Some(Signal::ToolDone { call: Some(call()?) })
        }
        ("event_msg", "task_started" | "turn_aborted") => Some(Signal::ToolDone { call: None }),
        _ => None,
    }
}

fn rollout_state(
    line: &Value,
    kind: &str,
    payload: &Value,
    state: impl Fn(AgentState, &str) -> Signal,
) -> Option<Signal> {
    match (text(line, "type").unwrap_or_default(), kind) {
        ("session_meta", _) => {
            text(payload, "cli_version").map(|version| Signal::Version { version: clean(version, 40) })
        }
        ("event_msg", "task_started") => Some(state(AgentState::Thinking, "a turn began")),
        ("event_msg", "task_complete") => Some(match payload.get("error").filter(|error| !error.is_null()) {
            Some(error) => state(AgentState::Error, text(error, "message").unwrap_or("the turn failed")),
            None => state(AgentState::Idle, "the turn is over"),
        }),
        ("event_msg", "turn_aborted") => {
            Some(state(AgentState::Idle, text(payload, "reason").unwrap_or("the turn was broken off")))
        }
        ("response_item", "function_call" | "custom_tool_call" | "local_shell_call") => {
            Some(state(AgentState::Working, &called(payload)))
        }
        ("response_item", "function_call_output" | "custom_tool_call_output") => {
            Some(state(AgentState::Thinking, "a tool is done"))
        }
        _ => None,
    }
}

/// What a tool is called with, in a few words.
fn called(payload: &Value) -> String {
    let name = text(payload, "name").unwrap_or("a tool");
    let arguments =
        text(payload, "arguments").and_then(|arguments| serde_json::from_str::<Value>(arguments).ok());
    let command = arguments.as_ref().and_then(|arguments| text(arguments, "cmd"));
    match (command, arguments.as_ref()) {
        (Some(command), _) => format!("{name}: {command}"),
        (None, Some(arguments)) => tool::gist(name, arguments),
        (None, None) => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(lines: &[&str]) -> Vec<(AgentState, String)> {
        let mut journal = Journal::new(Form::Codex);
        let told = lines.iter().flat_map(|line| journal.line(line));
        told.filter_map(|told| match told.signal {
            Signal::State { source: Source::Record, state, detail, .. } => Some((state, detail)),
            _ => None,
        })
        .collect()
    }

    #[test]
    fn a_turn_in_a_rollout_is_read_from_its_beginning_to_its_end() {
        let told = states(&[
            r#"{"timestamp":"2026-01-02T03:04:05.678Z","type":"session_meta","payload":{"id":"c-1","cwd":"/src","cli_version":"1.2.3"}}"#,
            r#"{"type":"event_msg","payload":{"type":"task_started"}}"#,
            r#"{"type":"response_item","payload":{"type":"message","role":"user"}}"#,
            r#"{"type":"response_item","payload":{"type":"function_call","name":"exec_command","arguments":"{\"cmd\":\"ls\"}"}}"#,
            r#"{"type":"response_item","payload":{"type":"function_call_output","output":"x"}}"#,
            r#"{"type":"event_msg","payload":{"type":"task_complete","last_agent_message":"Done."}}"#,
            r#"{"type":"event_msg","payload":{"type":"task_started"}}"#,
            r#"{"type":"event_msg","payload":{"type":"turn_aborted","reason":"interrupted"}}"#,
            r#"{"type":"event_msg","payload":{"type":"task_complete","error":{"message":"high demand"}}}"#,
            "{",
            "null",
            "",
        ]);
        let expected = [
            (AgentState::Thinking, "a turn began"),
            (AgentState::Working, "exec_command: ls"),
            (AgentState::Thinking, "a tool is done"),
            (AgentState::Idle, "the turn is over"),
            (AgentState::Thinking, "a turn began"),
            (AgentState::Idle, "interrupted"),
            (AgentState::Error, "high demand"),
        ];
        assert_eq!(told, expected.map(|(state, detail)| (state, detail.to_owned())));
    }

    #[test]
    fn a_line_says_since_when_it_is_so_and_the_first_whose_journal_it_is() {
        let first = r#"{"timestamp":"2026-01-02T03:04:05.678Z","type":"session_meta","payload":{"id":"c-1","timestamp":"2026-01-02T03:04:01Z","cwd":"/src","cli_version":"1.2.3"}}"#;
        let told = Journal::new(Form::Codex).line(first);
        let at = Some(Timestamp(1_767_323_045_678));
        assert_eq!(told, [Recorded { signal: Signal::Version { version: "1.2.3".into() }, at }]);
        let head = journal_head(Form::Codex, first).unwrap();
        assert_eq!((head.conversation.as_str(), head.cwd.as_str()), ("c-1", "/src"));
        assert_eq!(head.at, Some(Timestamp(1_767_323_041_000)));
        assert_eq!(journal_head(Form::Codex, "{}"), None);
        assert_eq!(journal_head(Form::Claude, first), None);
    }
}
