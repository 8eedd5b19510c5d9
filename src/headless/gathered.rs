//! What is gathered from a stream while it is read, and how values are taken out of its lines: whatever a line lacks
//! or has in another shape is passed over.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{LONGEST_TEXT, Outcome, Progress};
use crate::domain::{MicroUsd, Tokens, Usage, clean};

/// The longest description of what goes on, in characters.
const LONGEST_WORDS: usize = 200;
/// How many tools, models and denials are remembered.
const MOST: usize = 256;
/// The model of a usage for which the stream names none.
const NAMELESS: &str = "";

/// What is gathered from a stream.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) outcome: Outcome,
    /// The model at work, as far as it is known.
    pub(super) model: Option<String>,
    /// What is used, by model.
    used: BTreeMap<String, Used>,
    /// Which tool a call is of; calls that ended are forgotten.
    calls: BTreeMap<String, String>,
    /// What each message has used, as told while it was written; the total is not told before the end.
    messages: BTreeMap<String, (String, Tokens)>,
    /// What of it was summed up already, to stay small.
    settled: BTreeMap<String, Tokens>,
    /// Whether the total was told.
    total: bool,
    /// Whether what is said next is said anew.
    anew: bool,
}

/// What is used of one model.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Used {
    pub(super) tokens: Option<Tokens>,
    pub(super) cost: Option<MicroUsd>,
}

impl Gathered {
    /// Takes over what the program calls the conversation, if the line says so in this field.
    pub(super) fn conversation(&mut self, line: &Value, field: &str) {
        if let Some(id) = line[field].as_str().filter(|id| !id.is_empty() && id.len() <= 256) {
            self.outcome.conversation = Some(id.to_owned());
        }
    }

    /// Replaces the model's last word.
    pub(super) fn say(&mut self, text: &str) {
        self.say_anew();
        self.append(text);
    }

    /// Has what is said next replace the model's last word.
    pub(super) fn say_anew(&mut self) {
        self.anew = true;
    }

    /// Adds to the model's last word.
    pub(super) fn append(&mut self, text: &str) {
        if std::mem::take(&mut self.anew) {
            self.outcome.text.clear();
            self.outcome.cut = false;
        }
        let room = LONGEST_TEXT - self.outcome.text.len().min(LONGEST_TEXT);
        let kept = text.len().min(room);
        let kept = (0..=kept).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        self.outcome.text.push_str(&text[..kept]);
        self.outcome.cut |= kept < text.len();
    }

    /// Adds a paragraph to the model's last word.
    pub(super) fn append_line(&mut self, text: &str) {
        if !self.anew && !self.outcome.text.is_empty() {
            self.append("\n");
        }
        self.append(text);
    }

    /// Notes that a tool is being used.
    pub(super) fn tool_began(&mut self, call: &str, tool: &str, input: &Value, out: &mut Vec<Progress>) {
        let tool = words(tool);
        if !call.is_empty() && call.len() <= 256 && self.calls.len() < MOST {
            self.calls.insert(call.to_owned(), tool.clone());
        }
        out.push(Progress::ToolBegan { tool, what: purpose(input) });
    }

    /// Notes that a tool was used. Returns its name.
    pub(super) fn tool_ended(&mut self, call: &str, ok: bool, out: &mut Vec<Progress>) {
        let tool = self.calls.remove(call).unwrap_or_default();
        out.push(Progress::ToolEnded { tool, ok });
    }

    /// Notes that a tool might not be used. Each call is noted once.
    pub(super) fn denied(&mut self, what: &str, out: &mut Vec<Progress>) {
        let what = words(what);
        if self.outcome.denied.len() < MOST {
            self.outcome.denied.push(what.clone());
        }
        out.push(Progress::Denied(what));
    }

    /// Notes what went wrong for good.
    pub(super) fn failed(&mut self, what: &str, out: &mut Vec<Progress>) {
        let what = match words(what) {
            empty if empty.is_empty() => "it failed, and did not say why".to_owned(),
            what => what,
        };
        if self.outcome.error.as_ref() != Some(&what) {
            out.push(Progress::Failed(what.clone()));
        }
        self.outcome.error = Some(what);
    }

    /// Notes what one message has used so far. It is told again and again; the last word counts.
    pub(super) fn message_used(&mut self, message: &str, model: &str, tokens: Tokens) {
        if self.messages.len() >= MOST
            && !self.messages.contains_key(message)
            && let Some((_, (model, tokens))) = self.messages.pop_first()
        {
            *self.settled.entry(model).or_default() += tokens;
        }
        if message.len() <= 256 && model.len() <= 256 {
            self.messages.insert(message.to_owned(), (model.to_owned(), tokens));
        }
    }

    /// Notes a running total of one model.
    pub(super) fn total_used(&mut self, model: Option<&str>, used: Used) {
        self.total = true;
        let model = model.unwrap_or(NAMELESS);
        if model.len() <= 256 && (self.used.len() < MOST || self.used.contains_key(model)) {
            self.used.insert(model.to_owned(), used);
        }
    }

    /// Adds to what one model has used.
    pub(super) fn add_used(&mut self, tokens: Tokens, cost: Option<MicroUsd>) {
        self.total = true;
        let used = self.used.entry(NAMELESS.to_owned()).or_default();
        *used.tokens.get_or_insert_default() += tokens;
        used.cost = match (used.cost, cost) {
            (Some(before), Some(more)) => Some(MicroUsd(before.0.saturating_add(more.0))),
            (before, more) => before.or(more),
        };
    }

    /// Returns the tokens that the messages have used together, whatever the model.
    pub(super) fn sum_of_messages(&self) -> Option<Tokens> {
        let mut sum = Tokens::default();
        self.settled.values().chain(self.messages.values().map(|(_, tokens)| tokens)).for_each(|t| sum += *t);
        (sum != Tokens::default()).then_some(sum)
    }

    /// Returns what is used up to now.
    pub(super) fn usage(&self) -> Vec<Usage> {
        let mut used = self.used.clone();
        if !self.total {
            let messages = self.messages.values().map(|(model, tokens)| (model, tokens));
            for (model, tokens) in self.settled.iter().chain(messages) {
                *used.entry(model.clone()).or_default().tokens.get_or_insert_default() += *tokens;
            }
        }
        let named = |model: String| match (model.as_str(), &self.model) {
            (NAMELESS, Some(known)) => known.clone(),
            _ => model,
        };
        let conversation = &self.outcome.conversation;
        let usage = used.into_iter().map(|(model, Used { tokens, cost })| Usage {
            conversation: conversation.clone(),
            model: named(model),
            tokens,
            cost,
            whole: false,
        });
        usage.collect()
    }

    /// Returns what came of it.
    pub(super) fn finish(mut self) -> Outcome {
        self.outcome.usage = self.usage();
        self.outcome.partial = !self.total && !self.outcome.usage.is_empty();
        self.outcome
    }
}

/// Returns words as they may be shown.
pub(super) fn words(text: &str) -> String {
    clean(text, LONGEST_WORDS)
}

/// Returns the number in this field; none is zero.
pub(super) fn count(value: &Value, field: &str) -> u64 {
    value[field].as_u64().unwrap_or(0)
}

/// Returns the money in this field.
pub(super) fn money(value: &Value, field: &str) -> Option<MicroUsd> {
    value[field].as_f64().map(MicroUsd::from_usd)
}

/// Returns what a tool is used for, from the fields that tools use to say so.
pub(super) fn purpose(input: &Value) -> String {
    const TELLING: [&str; 14] = [
        "command",
        "cmd",
        "file_path",
        "filePath",
        "path",
        "absolute_path",
        "pattern",
        "query",
        "url",
        "description",
        "subject",
        "prompt",
        "name",
        "title",
    ];
    let told = TELLING.iter().find_map(|field| match &input[*field] {
        Value::String(text) if !text.trim().is_empty() => Some(words(text)),
        Value::Array(list) => {
            let list: Vec<&str> = list.iter().take(64).filter_map(Value::as_str).collect();
            (!list.is_empty()).then(|| words(&list.join(" ")))
        }
        _ => None,
    });
    told.unwrap_or_else(|| input.as_str().map(words).unwrap_or_default())
}
