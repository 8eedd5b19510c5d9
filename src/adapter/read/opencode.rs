//! opencode: what its server tells, event by event. It knows of every conversation that its program has; a task of its
//! own is a conversation below another one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::payload::{bounded, text};
use super::tool;
use crate::domain::{AgentState, Ask, AskKind, MicroUsd, Signal, Source, Tokens, Usage, WaitFor, clean};

/// The most conversations that are remembered.
const CONVERSATIONS: usize = 512;

/// The most questions that are open at a time.
const ASKING: usize = 32;

/// What a server has told so far.
#[derive(Clone, Debug, Default)]
pub struct Served {
    busy: BTreeSet<String>,
    below: BTreeSet<String>,
    /// What is asked and not answered, by its number: whatever else goes on meanwhile, somebody is waited for.
    asking: BTreeMap<String, (WaitFor, String)>,
    /// Why the turn failed, and none has begun since.
    failed: Option<String>,
    /// The last message of a person, and the last one of the model, by their numbers.
    prompt: Option<String>,
    reply: Option<String>,
    /// The last thing the model said in this turn.
    said: Option<String>,
    /// What each conversation has used of each model.
    used: BTreeMap<String, BTreeMap<String, (Tokens, u64)>>,
}

fn state(state: AgentState, rule: &str, detail: &str) -> Signal {
    Signal::State { source: Source::Record, state, rule: rule.to_owned(), detail: clean(detail, 160) }
}

impl Served {
    /// Reads one event.
    pub fn event(&mut self, event: &Value) -> Vec<Signal> {
        let kind = text(event, "type").unwrap_or_default();
        let told = event.get("properties").unwrap_or(&Value::Null);
        match kind {
            "session.created" | "session.updated" => self.session(told.get("info").unwrap_or(&Value::Null)),
            "session.status" => self.status(told),
            "session.error" => self.error(told),
            "message.updated" => {
                self.message(told.get("info").unwrap_or(&Value::Null));
                Vec::new()
            }
            "message.part.updated" => self.part(told.get("part").unwrap_or(&Value::Null)),
            "permission.asked" | "question.asked" => {
                let asked = if kind == "permission.asked" { ask(told) } else { question(told) };
                let mut out: Vec<Signal> = self.asked(asked).into_iter().collect();
                out.push(self.whole(kind));
                out
            }
            "permission.replied" | "question.replied" | "question.rejected" => {
                let Some(key) = text(told, "requestID").map(|id| clean(id, 80)) else { return Vec::new() };
                self.asking.remove(&key);
                let goes_on = match self.asking.is_empty() {
                    true => state(AgentState::Working, kind, "it was answered"),
                    false => self.whole(kind),
                };
                vec![Signal::AskSettled { key: Some(key) }, goes_on]
            }
            _ => Vec::new(),
        }
    }

    /// Reads what it answers to the question what each of its conversations is doing, and what is asked there.
    pub fn now(&mut self, status: &Value, permissions: &Value, questions: &Value) -> Vec<Signal> {
        self.busy.clear();
        for (id, status) in status.as_object().into_iter().flatten().take(CONVERSATIONS) {
            if text(status, "type") != Some("idle") {
                self.busy.insert(clean(id, 80));
            }
        }
        let before = std::mem::take(&mut self.asking);
        let list = |told: &Value| told.as_array().cloned().unwrap_or_default();
        let (permissions, questions) = (list(permissions), list(questions));
        let asked = permissions.iter().map(ask).chain(questions.iter().map(question));
        let mut out: Vec<Signal> = asked.filter_map(|asked| self.asked(asked)).collect();
        let settled = before.into_keys().filter(|key| !self.asking.contains_key(key));
        out.extend(settled.map(|key| Signal::AskSettled { key: Some(key) }));
        out.push(self.whole("session.status"));
        out
    }

    fn asked(&mut self, asked: Option<(Ask, String)>) -> Option<Signal> {
        let (ask, words) = asked.filter(|_| self.asking.len() < ASKING)?;
        let what = match ask.kind {
            AskKind::Permission { .. } => WaitFor::Approval,
            _ => WaitFor::Answer,
        };
        self.asking.insert(ask.key.clone()?, (what, words));
        Some(Signal::Asks(ask))
    }

    fn whole(&self, rule: &str) -> Signal {
        if let Some((what, words)) = self.asking.values().next() {
            let rule = if *what == WaitFor::Approval { "permission.asked" } else { "question.asked" };
            return state(AgentState::Waiting(*what), rule, words);
        }
        match (self.busy.is_empty(), &self.failed) {
            (false, _) => state(AgentState::Thinking, rule, "a turn is under way"),
            (true, None) => state(AgentState::Idle, rule, "no turn is under way"),
            (true, Some(why)) => state(AgentState::Error, rule, why),
        }
    }

    /// Reads that a message has begun or grown; what is said in it comes as its parts.
    fn message(&mut self, info: &Value) {
        let is_below = text(info, "sessionID").is_some_and(|id| self.below.contains(id));
        let Some(id) = text(info, "id").filter(|_| !is_below).map(|id| clean(id, 80)) else { return };
        match text(info, "role") {
            Some("user") => self.prompt = Some(id),
            Some("assistant") => self.reply = Some(id),
            _ => {}
        }
    }

    /// Reads a part of a message: what a person asked, what the model says, a tool that it uses.
    fn part(&mut self, part: &Value) -> Vec<Signal> {
        if text(part, "type") != Some("text") {
            return if self.asking.is_empty() { tool_used(part) } else { Vec::new() };
        }
        let of = text(part, "messageID");
        let is_whole = part.get("time").is_some_and(|time| time.get("end").is_some());
        // What agentctl or the program adds to a prompt is no prompt of anybody.
        let is_added = part.get("synthetic").and_then(Value::as_bool) == Some(true);
        if of.is_some() && of == self.prompt.as_deref() && !is_added {
            self.said = None;
            return vec![Signal::PromptTaken { text: text(part, "text").map(bounded) }];
        }
        if is_whole && of.is_some() && of == self.reply.as_deref() {
            self.said = text(part, "text").map(bounded).filter(|said| !said.is_empty());
        }
        Vec::new()
    }

    fn status(&mut self, told: &Value) -> Vec<Signal> {
        let (Some(id), Some(status)) = (text(told, "sessionID"), told.get("status")) else {
            return Vec::new();
        };
        let id = clean(id, 80);
        match text(status, "type") {
            Some("idle") => {
                if !self.busy.remove(&id) {
                    return Vec::new();
                }
                let mut out = vec![self.whole("session.status")];
                if self.busy.is_empty() {
                    out.push(Signal::TurnEnded { text: self.said.take(), error: self.failed.clone() });
                }
                return out;
            }
            Some("retry") => {
                let why = text(status, "message").unwrap_or("its model does not answer");
                return vec![state(
                    AgentState::Thinking,
                    "session.status",
                    &format!("it tries again: {why}"),
                )];
            }
            Some("busy") => {}
            _ => return Vec::new(),
        }
        // It says so again with each step of a turn.
        if self.busy.len() >= CONVERSATIONS || !self.busy.insert(id.clone()) {
            return Vec::new();
        }
        self.failed = None;
        let mut out = vec![self.whole("session.status")];
        if !self.below.contains(&id) {
            out.push(Signal::Conversation { id, transcript: None, fresh: false });
        }
        out
    }

    fn error(&mut self, told: &Value) -> Vec<Signal> {
        let error = told.get("error").unwrap_or(&Value::Null);
        if text(error, "name") == Some("MessageAbortedError") {
            return Vec::new();
        }
        let words = error.get("data").and_then(|data| text(data, "message")).unwrap_or("the turn failed");
        self.failed = Some(clean(words, 160));
        vec![state(AgentState::Error, "session.error", words)]
    }

    fn session(&mut self, info: &Value) -> Vec<Signal> {
        let Some(id) = text(info, "id").map(|id| clean(id, 80)) else { return Vec::new() };
        if text(info, "parentID").is_some() && self.below.len() < CONVERSATIONS {
            self.below.insert(id.clone());
        }
        let tokens = info.get("tokens").unwrap_or(&Value::Null);
        let count = |field: &str| tokens.get(field).and_then(Value::as_u64).unwrap_or(0);
        let cache = |field: &str| {
            tokens.get("cache").and_then(|cache| cache.get(field)).and_then(Value::as_u64).unwrap_or(0)
        };
        let total = Tokens {
            input: count("input"),
            output: count("output") + count("reasoning"),
            cache_read: cache("read"),
            cache_write: cache("write"),
        };
        if total.total() == 0 || (self.used.len() >= CONVERSATIONS && !self.used.contains_key(&id)) {
            return Vec::new();
        }
        let cost = MicroUsd::from_usd(info.get("cost").and_then(Value::as_f64).unwrap_or(0.0)).0;
        let model = info.get("model").and_then(|model| text(model, "id")).unwrap_or_default();
        self.used(id, clean(model, 80), total, cost)
    }

    /// It tells totals of a whole conversation; what other models had of them before is theirs.
    fn used(&mut self, id: String, model: String, total: Tokens, cost: u64) -> Vec<Signal> {
        let used = self.used.entry(id.clone()).or_default();
        let (mut before, mut paid) = (Tokens::default(), 0);
        for (_, (tokens, cost)) in used.iter().filter(|(other, _)| **other != model) {
            before += *tokens;
            paid += *cost;
        }
        let tokens = Tokens {
            input: total.input.saturating_sub(before.input),
            output: total.output.saturating_sub(before.output),
            cache_read: total.cache_read.saturating_sub(before.cache_read),
            cache_write: total.cache_write.saturating_sub(before.cache_write),
        };
        let cost = cost.saturating_sub(paid);
        if used.insert(model.clone(), (tokens, cost)) == Some((tokens, cost)) {
            return Vec::new();
        }
        // A model without a price is told to cost nothing.
        let cost = (cost > 0).then_some(MicroUsd(cost));
        vec![Signal::Used(Usage { conversation: Some(id), model, tokens: Some(tokens), cost, whole: false })]
    }
}

/// Returns what is asked, and in a few words.
fn ask(told: &Value) -> Option<(Ask, String)> {
    let id = text(told, "id")?;
    let what = text(told, "permission").unwrap_or("tool");
    let metadata = told.get("metadata").unwrap_or(&Value::Null);
    let patterns = told.get("patterns").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let patterns: Vec<&str> = patterns.iter().take(20).filter_map(Value::as_str).collect();
    let detail = text(metadata, "command").or_else(|| text(metadata, "filepath"));
    let detail = detail.map_or_else(|| patterns.join("\n"), str::to_owned);
    let kind = AskKind::Permission {
        tool: clean(what, 80),
        diff: text(metadata, "diff").map(bounded),
        detail: bounded(&detail),
    };
    let ask = Ask::new(kind, Some(clean(id, 80)));
    Some((ask, clean(&format!("may it use {what}: {detail}"), 160)))
}

/// Returns what its model asks, and in a few words. Only one question with one answer can be answered from outside.
fn question(told: &Value) -> Option<(Ask, String)> {
    let id = text(told, "id")?;
    let questions = told.get("questions").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let words = |question: &Value| clean(text(question, "question").unwrap_or("a question"), 400);
    let first = questions.first().map_or_else(|| "a question".to_owned(), words);
    let kind = match questions {
        [one] if one.get("multiple").and_then(Value::as_bool) != Some(true) => {
            let options = one.get("options").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let labels = options.iter().take(20).filter_map(|option| text(option, "label"));
            AskKind::Question {
                question: first.clone(),
                options: labels.map(|label| clean(label, 120)).collect(),
            }
        }
        many => {
            let all: Vec<String> = many.iter().take(10).map(words).collect();
            AskKind::Dialog { detail: bounded(&all.join("\n")), options: Vec::new() }
        }
    };
    Some((Ask::new(kind, Some(clean(id, 80))), clean(&first, 160)))
}

fn tool_used(part: &Value) -> Vec<Signal> {
    if text(part, "type") != Some("tool") {
        return Vec::new();
    }
    let name = text(part, "tool").unwrap_or("a tool");
    let told = part.get("state").unwrap_or(&Value::Null);
    match text(told, "status") {
        Some("running") => {
            let gist = tool::gist(name, told.get("input").unwrap_or(&Value::Null));
            vec![state(AgentState::Working, "message.part.updated", &gist)]
        }
        Some("completed" | "error") => {
            vec![state(AgentState::Thinking, "message.part.updated", &format!("{name} is done"))]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(served: &mut Served, kind: &str, properties: Value) -> Vec<Signal> {
        let event = [("type".to_owned(), Value::from(kind)), ("properties".to_owned(), properties)];
        served.event(&Value::Object(event.into_iter().collect()))
    }

    fn state_of(signals: &[Signal]) -> Option<AgentState> {
        signals.iter().find_map(|signal| match signal {
            Signal::State { source: Source::Record, state, .. } => Some(*state),
            _ => None,
        })
    }

    fn status(id: &str, kind: &str) -> Value {
        json!({"sessionID": id, "status": {"type": kind}})
    }

    #[test]
    fn a_turn_is_over_when_no_conversation_is_busy_and_one_that_failed_stays_so() {
        let mut served = Served::default();
        let busy = told(&mut served, "session.status", status("s", "busy"));
        assert_eq!(state_of(&busy), Some(AgentState::Thinking));
        assert!(busy.contains(&Signal::Conversation { id: "s".into(), transcript: None, fresh: false }));
        assert_eq!(told(&mut served, "session.status", status("s", "busy")), [], "it says so with each step");
        told(&mut served, "session.created", json!({"info": {"id": "t", "parentID": "s"}}));
        let below = told(&mut served, "session.status", status("t", "busy"));
        assert!(!below.iter().any(|signal| matches!(signal, Signal::Conversation { .. })));
        assert_eq!(
            state_of(&told(&mut served, "session.status", status("t", "idle"))),
            Some(AgentState::Thinking)
        );
        let error = json!({"sessionID": "s", "error": {"name": "APIError", "data": {"message": "no"}}});
        assert_eq!(state_of(&told(&mut served, "session.error", error)), Some(AgentState::Error));
        assert_eq!(
            state_of(&told(&mut served, "session.status", status("s", "idle"))),
            Some(AgentState::Error)
        );
        let again = told(&mut served, "session.status", status("s", "busy"));
        assert_eq!(state_of(&again), Some(AgentState::Thinking));
        assert_eq!(
            state_of(&told(&mut served, "session.status", status("s", "idle"))),
            Some(AgentState::Idle)
        );
        assert_eq!(told(&mut served, "odd", Value::Null), []);
    }

    #[test]
    fn a_prompt_is_taken_with_its_text_and_the_turn_ends_with_what_was_said_last() {
        let mut served = Served::default();
        let message =
            |id: &str, of: &str, role: &str| json!({"info": {"id": id, "sessionID": of, "role": role}});
        let part = |of: &str, text: &str, time: Value| json!({"part": {"type": "text", "messageID": of, "text": text, "time": time}});
        told(&mut served, "message.updated", message("m1", "s", "user"));
        let taken = told(&mut served, "message.part.updated", part("m1", "do\nit", Value::Null));
        assert_eq!(taken, [Signal::PromptTaken { text: Some("do\nit".into()) }]);
        told(&mut served, "session.status", status("s", "busy"));
        told(&mut served, "message.updated", message("m2", "s", "assistant"));
        told(&mut served, "message.part.updated", part("m2", "", json!({"start": 1})));
        told(&mut served, "message.part.updated", part("m2", "done", json!({"start": 1, "end": 2})));
        // Another conversation's words, which it began itself.
        told(&mut served, "session.created", json!({"info": {"id": "t", "parentID": "s"}}));
        told(&mut served, "message.updated", message("m3", "t", "user"));
        assert_eq!(told(&mut served, "message.part.updated", part("m3", "look", Value::Null)), []);
        let ended = told(&mut served, "session.status", status("s", "idle"));
        assert_eq!(ended[1..], [Signal::TurnEnded { text: Some("done".into()), error: None }]);
        told(&mut served, "session.status", status("s", "busy"));
        let error = json!({"sessionID": "s", "error": {"name": "APIError", "data": {"message": "no"}}});
        told(&mut served, "session.error", error);
        let failed = told(&mut served, "session.status", status("s", "idle"));
        assert_eq!(failed[1..], [Signal::TurnEnded { text: None, error: Some("no".into()) }]);
    }

    #[test]
    fn what_it_asks_has_its_number_and_is_settled_by_it() {
        let mut served = Served::default();
        let asks = json!({"id": "p1", "sessionID": "s", "permission": "bash", "patterns": ["ls *"],
                          "metadata": {"command": "ls -l"}});
        let signals = told(&mut served, "permission.asked", asks.clone());
        assert_eq!(state_of(&signals), Some(AgentState::Waiting(WaitFor::Approval)));
        let Signal::Asks(ask) = &signals[0] else { panic!("{signals:?}") };
        let kind = AskKind::Permission { tool: "bash".into(), detail: "ls -l".into(), diff: None };
        assert_eq!((ask.key.as_deref(), &ask.kind), (Some("p1"), &kind));
        let part = json!({"part": {"type": "tool", "tool": "bash", "state": {"status": "running"}}});
        assert_eq!(told(&mut served, "message.part.updated", part), [], "it waits all the same");
        let replied = told(&mut served, "permission.replied", json!({"requestID": "p1", "reply": "once"}));
        assert_eq!(replied[0], Signal::AskSettled { key: Some("p1".into()) });
        let now = served.now(&json!({"s": {"type": "busy"}}), &json!([asks]), &json!([]));
        assert_eq!((now.len(), state_of(&now)), (2, Some(AgentState::Waiting(WaitFor::Approval))));
        let later = served.now(&json!({}), &json!([]), &json!([]));
        assert_eq!(later[0], Signal::AskSettled { key: Some("p1".into()) }, "it was answered meanwhile");
        assert_eq!(state_of(&later), Some(AgentState::Idle));
    }

    #[test]
    fn a_question_waits_for_an_answer_until_it_is_given_whatever_its_tool_tells() {
        let mut served = Served::default();
        let one = json!({"question": "Which colour?", "options": [{"label": "Red"}, {"label": "Blue"}]});
        let asked = json!({"id": "que_1", "sessionID": "s", "questions": [one]});
        let signals = told(&mut served, "question.asked", asked.clone());
        assert_eq!(state_of(&signals), Some(AgentState::Waiting(WaitFor::Answer)));
        let Signal::Asks(ask) = &signals[0] else { panic!("{signals:?}") };
        let options = vec!["Red".to_owned(), "Blue".to_owned()];
        assert_eq!(ask.kind, AskKind::Question { question: "Which colour?".into(), options });
        let part = json!({"part": {"type": "tool", "tool": "question", "state": {"status": "running"}}});
        assert_eq!(told(&mut served, "message.part.updated", part), [], "it waits all the same");
        let again = served.now(&json!({"s": {"type": "busy"}}), &json!([]), &json!([asked]));
        assert_eq!(state_of(&again), Some(AgentState::Waiting(WaitFor::Answer)));
        let replied =
            told(&mut served, "question.replied", json!({"requestID": "que_1", "answers": [["Red"]]}));
        assert_eq!(replied[0], Signal::AskSettled { key: Some("que_1".into()) });
        assert_eq!(state_of(&replied), Some(AgentState::Working));
        let two = json!({"id": "que_2", "sessionID": "s", "questions": [one, one]});
        let signals = told(&mut served, "question.asked", two);
        assert!(matches!(&signals[0], Signal::Asks(Ask { kind: AskKind::Dialog { .. }, .. })), "{signals:?}");
    }

    #[test]
    fn what_a_conversation_used_is_told_by_model_and_once() {
        let mut served = Served::default();
        let mut used = |model: &str, input: u64, cost: f64| {
            let info = json!({"id": "s", "cost": cost, "model": {"id": model},
                "tokens": {"input": input, "output": 2, "reasoning": 1, "cache": {"read": 4, "write": 0}}});
            match told(&mut served, "session.updated", json!({"info": info})).as_slice() {
                [Signal::Used(usage)] => Some((usage.tokens.unwrap().input, usage.cost)),
                [] => None,
                odd => panic!("{odd:?}"),
            }
        };
        assert_eq!(used("a", 10, 0.5), Some((10, Some(MicroUsd(500_000)))));
        assert_eq!(used("a", 10, 0.5), None);
        assert_eq!(used("b", 30, 0.75), Some((20, Some(MicroUsd(250_000)))));
    }
}
