//! What a conversation has used, counted from the lines that programs keep of it: Claude Code's transcript, Codex's
//! rollout, Gemini CLI's chat. They are internal to those programs; a line that is not understood counts nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::payload::text;
use crate::domain::{Tokens, Usage, clean};

/// The most answers that are told apart; what is beyond that counts as new ones.
const MOST_ANSWERS: usize = 100_000;

/// A running count of one conversation.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    cli: String,
    conversation: Option<String>,
    model: String,
    used: BTreeMap<String, Tokens>,
    /// The answers that were counted: one answer stands in several lines.
    counted: HashSet<String>,
    /// What was counted of each, where a later line may say more: while an answer is written it is not whole.
    answers: HashMap<String, Tokens>,
}

impl Tally {
    /// Begins to count for the adapter of this name.
    #[must_use]
    pub fn new(cli: &str) -> Tally {
        Tally { cli: cli.to_owned(), ..Tally::default() }
    }

    /// Counts one line.
    pub fn line(&mut self, line: &str) {
        let marks: &[&str] = match self.cli.as_str() {
            "claude" => &["\"usage\""],
            "codex" => &["token_count", "\"model\"", "\"session_meta\""],
            "gemini" => &["\"tokens\"", "\"startTime\""],
            _ => &[],
        };
        if !marks.iter().any(|mark| line.contains(mark)) {
            return;
        }
        let Ok(line) = serde_json::from_str::<Value>(line) else { return };
        match self.cli.as_str() {
            "claude" => self.claude(&line),
            "codex" => self.codex(&line),
            "gemini" => self.gemini(&line),
            _ => {}
        }
    }

    /// Returns what was used of each model so far; nothing if nothing was.
    #[must_use]
    pub fn used(&self) -> Vec<Usage> {
        let used = self.used.iter().filter(|(_, tokens)| tokens.total() > 0);
        used.map(|(model, tokens)| Usage {
            conversation: self.conversation.clone(),
            model: model.clone(),
            tokens: Some(*tokens),
            cost: None,
            whole: false,
        })
        .collect()
    }

    fn claude(&mut self, line: &Value) {
        let message = line.get("message").unwrap_or(&Value::Null);
        let (Some(id), Some(usage)) = (text(message, "id"), message.get("usage")) else { return };
        if let Some(session) = text(line, "sessionId") {
            self.conversation = Some(clean(session, 80));
        }
        let count = |field: &str| usage.get(field).and_then(Value::as_u64).unwrap_or(0);
        let before = self.answers.get(id).copied().unwrap_or_default();
        let now = Tokens {
            input: count("input_tokens").max(before.input),
            output: count("output_tokens").max(before.output),
            cache_read: count("cache_read_input_tokens").max(before.cache_read),
            cache_write: count("cache_creation_input_tokens").max(before.cache_write),
        };
        if self.answers.len() < MOST_ANSWERS || self.answers.contains_key(id) {
            self.answers.insert(id.to_owned(), now);
        }
        let model = clean(text(message, "model").unwrap_or_default(), 80);
        *self.used.entry(model).or_default() += Tokens {
            input: now.input - before.input,
            output: now.output - before.output,
            cache_read: now.cache_read - before.cache_read,
            cache_write: now.cache_write - before.cache_write,
        };
    }

    fn gemini(&mut self, line: &Value) {
        if let Some(session) = text(line, "sessionId") {
            self.conversation = Some(clean(session, 80));
        }
        let (Some(id), Some(tokens)) = (text(line, "id"), line.get("tokens")) else { return };
        // An answer that calls a tool is written again with what came of it.
        if text(line, "type") != Some("gemini") || self.counted.contains(id) {
            return;
        }
        if self.counted.len() < MOST_ANSWERS {
            self.counted.insert(id.to_owned());
        }
        let count = |field: &str| tokens.get(field).and_then(Value::as_u64).unwrap_or(0);
        let model = clean(text(line, "model").unwrap_or_default(), 80);
        *self.used.entry(model).or_default() += Tokens {
            input: (count("input") + count("tool")).saturating_sub(count("cached")),
            output: count("output") + count("thoughts"),
            cache_read: count("cached"),
            cache_write: 0,
        };
    }

    fn codex(&mut self, line: &Value) {
        let payload = line.get("payload").unwrap_or(&Value::Null);
        match text(line, "type") {
            Some("session_meta") => {
                self.conversation = text(payload, "id").map(|id| clean(id, 80));
            }
            Some("turn_context") => {
                self.model = text(payload, "model").map(|model| clean(model, 80)).unwrap_or_default();
            }
            Some("event_msg") if text(payload, "type") == Some("token_count") => {
                let total = payload.get("info").and_then(|info| info.get("total_token_usage"));
                let Some(total) = total else { return };
                let count = |field: &str| total.get(field).and_then(Value::as_u64).unwrap_or(0);
                // It is a total of the whole conversation; what other models had of it before is theirs.
                let others = self.used.iter().filter(|(model, _)| **model != self.model);
                let mut before = Tokens::default();
                others.for_each(|(_, tokens)| before += *tokens);
                let cached = count("cached_input_tokens");
                let tokens = Tokens {
                    input: count("input_tokens").saturating_sub(cached).saturating_sub(before.input),
                    output: count("output_tokens").saturating_sub(before.output),
                    cache_read: cached.saturating_sub(before.cache_read),
                    cache_write: 0,
                };
                self.used.insert(self.model.clone(), tokens);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_stands_in_several_lines_counts_once() {
        let line = |id: &str, model: &str, output: u32| {
            format!(
                r#"{{"type":"assistant","sessionId":"s1","message":{{"id":"{id}","model":"{model}","usage":{{"input_tokens":10,"cache_creation_input_tokens":100,"cache_read_input_tokens":200,"output_tokens":{output}}}}}}}"#
            )
        };
        let mut tally = Tally::new("claude");
        for line in
            [line("a", "m1", 1), line("a", "m1", 5), line("b", "m1", 7), line("c", "m2", 1), "{".into()]
        {
            tally.line(&line);
        }
        let used = tally.used();
        assert_eq!(used.len(), 2);
        assert_eq!((used[0].conversation.as_deref(), used[0].model.as_str()), (Some("s1"), "m1"));
        assert_eq!(used[0].tokens, Some(Tokens { input: 20, output: 12, cache_read: 400, cache_write: 200 }));
        assert_eq!(Tally::new("aider").used(), []);
    }

    #[test]
    fn an_answer_of_gemini_that_is_written_again_with_its_tool_counts_once() {
        let mut tally = Tally::new("gemini");
        let answer = r#"{"id":"a","type":"gemini","content":"x","tokens":{"input":100,"output":4,"cached":30,"thoughts":5,"tool":0,"total":109},"model":"m"}"#;
        for line in [
            r#"{"sessionId":"g1","startTime":"2026-01-02T00:00:00Z","kind":"main"}"#,
            r#"{"$set":{"lastUpdated":"2026-01-02T00:00:01Z"}}"#,
            answer,
            answer,
        ] {
            tally.line(line);
        }
        let used = tally.used();
        assert_eq!((used.len(), used[0].model.as_str()), (1, "m"));
        assert_eq!(used[0].conversation.as_deref(), Some("g1"));
        assert_eq!(used[0].tokens, Some(Tokens { input: 70, output: 9, cache_read: 30, cache_write: 0 }));
    }

    #[test]
    fn a_total_that_is_told_again_and_again_is_not_added_up() {
        let mut tally = Tally::new("codex");
        for line in [
            r#"{"type":"session_meta","payload":{"id":"t1","model":"x"}}"#,
            r#"{"type":"turn_context","payload":{"model":"m"}}"#,
            r#"{"type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":100,"cached_input_tokens":40,"output_tokens":5}}}}"#,
            r#"{"type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":300,"cached_input_tokens":140,"output_tokens":9}}}}"#,
            r#"{"type":"event_msg","payload":{"type":"token_count","info":null}}"#,
        ] {
            tally.line(line);
        }
        let used = tally.used();
        assert_eq!(
            (used.len(), used[0].conversation.as_deref(), used[0].model.as_str()),
            (1, Some("t1"), "m")
        );
        assert_eq!(used[0].tokens, Some(Tokens { input: 160, output: 9, cache_read: 140, cache_write: 0 }));
    }
}
