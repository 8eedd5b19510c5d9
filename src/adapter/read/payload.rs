//! The fields of a payload as they may be kept: cleaned, bounded, and turned into signals that several programs share.

use serde_json::Value;

use crate::domain::{AgentState, Signal, Source, clean, cut};

/// The longest text that is taken over from a program, such as the last thing its model said, in bytes.
pub(super) const LONGEST: usize = 32 << 10;

/// The longest command, file or question that is shown to whoever is to say yes or no to it, in bytes.
const MOST_JUDGED: usize = 64 << 10;

/// Returns a text field, if it is there and not empty.
pub(super) fn text<'a>(payload: &'a Value, field: &str) -> Option<&'a str> {
    payload.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Returns a text field as it may be kept: several lines, bounded.
pub(super) fn long_text(payload: &Value, field: &str) -> Option<String> {
    text(payload, field).map(bounded)
}

/// Returns the text without control characters but line ends, and no longer than may be kept.
pub(super) fn bounded(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        if out.len() + line.len() > LONGEST {
            out.push('…');
            break;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(spaced(line).trim_end());
    }
    out
}

/// Returns what a person is asked to allow: all of it, or else as much as may be kept and how many characters are
/// missing at its end.
pub(super) fn judged(text: &str) -> (String, usize) {
    let (kept, whole) = cut(text, MOST_JUDGED);
    let missing = if whole { 0 } else { text[kept.len()..].chars().count() };
    let lines: Vec<String> = kept.lines().map(|line| spaced(line).trim_end().to_owned()).collect();
    (lines.join("\n"), missing)
}

/// Returns a line as it may be shown, with the spaces it has: `clean` folds them, and they are part of the meaning in
/// much of what models write.
fn spaced(line: &str) -> String {
    let words: Vec<String> =
        line.replace('\t', "    ").split(' ').map(|word| clean(word, MOST_JUDGED)).collect();
    words.join(" ")
}

/// Returns that the program is in a state.
pub(super) fn state(state: AgentState, rule: &str, detail: &str) -> Signal {
    Signal::State { source: Source::Hook, state, rule: rule.to_owned(), detail: clean(detail, 160) }
}

/// Returns the conversation that begins with a payload; one that goes on has been begun before.
pub(super) fn beginning(payload: &Value) -> Option<Signal> {
    let anew = matches!(text(payload, "source"), None | Some("startup" | "clear"));
    match conversation(payload) {
        Some(Signal::Conversation { id, transcript, .. }) => {
            Some(Signal::Conversation { id, transcript, fresh: anew })
        }
        other => other,
    }
}

/// Returns the conversation that a payload names.
pub(super) fn conversation(payload: &Value) -> Option<Signal> {
    let id = text(payload, "session_id").or_else(|| text(payload, "thread-id"))?;
    let transcript = text(payload, "transcript_path").map(Into::into);
    Some(Signal::Conversation { id: clean(id, 80), transcript, fresh: false })
}
