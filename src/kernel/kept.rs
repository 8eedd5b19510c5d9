//! How a state is kept: one text a part, with its format, and how the texts of earlier formats are read.
//!
//! The first format kept the whole state as one text under the name `state`. What it holds is shared out to the parts.
//! A format that this program does not know is refused, and nothing of it is touched.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::State;
use super::state::Part;

/// The name under which the first format kept everything.
const WHOLE: &str = "state";

/// Turns one part of a state into text.
type Text = fn(&State) -> serde_json::Result<String>;

/// Why a kept state cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// A later version of the program wrote it.
    #[error("read `{part}` of the session: it has format {found}, this program knows {}", State::FORMAT)]
    TooNew {
        /// The part.
        part: String,
        /// Its format.
        found: u32,
    },
    /// The program does not know the part.
    #[error("read `{0}` of the session: this program does not know that part")]
    Unknown(String),
    /// The text is not what it should be.
    #[error("read `{part}` of the session: {source}")]
    Form {
        /// The part.
        part: String,
        /// What is wrong.
        source: serde_json::Error,
    },
}

/// One part as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPart {
    /// Its name.
    pub name: String,
    /// The format of its text.
    pub format: u32,
    /// Its text, in JSON.
    pub body: String,
}

/// A part that is to be kept. It shares the state's own memory and is turned into text by [`Unkept::keep`], away from
/// the loop that made it.
pub struct Unkept {
    /// Its name.
    pub name: &'static str,
    state: State,
    text: Text,
}

impl Unkept {
    /// Turns it into text.
    ///
    /// # Errors
    /// If it cannot be told in JSON.
    pub fn keep(&self) -> Result<KeptPart, KeptError> {
        let form = |source| KeptError::Form { part: self.name.to_owned(), source };
        let body = (self.text)(&self.state).map_err(form)?;
        Ok(KeptPart { name: self.name.to_owned(), format: State::FORMAT, body })
    }
}

impl State {
    /// The format of the parts' texts that this program writes.
    pub const FORMAT: u32 = 2;

    /// Returns the parts that events after `seq` may have changed; all of them for 0.
    pub fn changed_since(&self, seq: u64) -> impl Iterator<Item = Unkept> {
        fn text<T: Serialize>(part: &Part<T>) -> serde_json::Result<String> {
            serde_json::to_string(part)
        }
        let parts: [(&'static str, u64, Text); 5] = [
            ("org", self.org.changed_at(), |state| text(&state.org)),
            ("life", self.life.changed_at(), |state| text(&state.life)),
            ("delivery", self.delivery.changed_at(), |state| text(&state.delivery)),
            ("approval", self.approval.changed_at(), |state| text(&state.approval)),
            ("cost", self.cost.changed_at(), |state| text(&state.cost)),
        ];
        let changed = parts.into_iter().filter(move |(_, at, _)| seq == 0 || *at > seq);
        changed.map(|(name, _, text)| Unkept { name, state: self.clone(), text })
    }

    /// Brings a state back from its parts, in whatever format they were kept. `seq` is the last event in them.
    ///
    /// # Errors
    /// If a part is not known, is of a later format, or is not what it should be.
    pub fn from_kept(parts: impl IntoIterator<Item = KeptPart>, seq: u64) -> Result<State, KeptError> {
        let mut state = State::default();
        for part in parts {
            state.take_part(part)?;
        }
        state.skip_to(seq);
        Ok(state)
    }

    /// Brings a state back from one text that holds all of it, as a backup does, in whatever format it was kept.
    ///
    /// # Errors
    /// If the text is not what it should be.
    pub fn from_whole(text: &str) -> Result<State, KeptError> {
        let read = || {
            let whole: Map<String, Value> = serde_json::from_str(text)?;
            let by_part = whole.get("org").is_some_and(|org| org.get("value").is_some());
            serde_json::from_value(if by_part { Value::Object(whole) } else { shared_out(whole)? })
        };
        read().map_err(|source| KeptError::Form { part: WHOLE.to_owned(), source })
    }

    fn take_part(&mut self, part: KeptPart) -> Result<(), KeptError> {
        let KeptPart { name, format, body } = part;
        if format > State::FORMAT {
            return Err(KeptError::TooNew { part: name, found: format });
        }
        let wrong = |source| KeptError::Form { part: name.clone(), source };
        fn read<T: DeserializeOwned>(body: &str) -> serde_json::Result<T> {
            serde_json::from_str(body)
        }
        match name.as_str() {
            "org" => self.org = read(&body).map_err(wrong)?,
            "life" => self.life = read(&body).map_err(wrong)?,
            "delivery" => self.delivery = read(&body).map_err(wrong)?,
            "approval" => self.approval = read(&body).map_err(wrong)?,
            "cost" => self.cost = read(&body).map_err(wrong)?,
            WHOLE if format == 1 => *self = State::from_whole(&body)?,
            _ => return Err(KeptError::Unknown(name)),
        }
        Ok(())
    }
}

/// Shares the first format's one object out to the parts.
fn shared_out(whole: Map<String, Value>) -> serde_json::Result<Value> {
    let mut whole = whole;
    let mut take = |field: &str, or: Value| whole.remove(field).unwrap_or(or);
    let last_seq = take("last_seq", json!(0));
    let mut org = take("org", json!({ "agents": {}, "teams": {} }));
    let mut live = take("live", json!({}));
    let mut typing = Map::new();
    let agents = org.get_mut("agents").and_then(Value::as_object_mut);
    for (id, agent) in agents.into_iter().flatten() {
        // Whether an agent should run was said of the agent; now it is said of its process.
        let run = agent.as_object_mut().and_then(|agent| agent.remove("run"));
        if let Some(live) = live.get_mut(id).and_then(Value::as_object_mut) {
            live.insert("run".to_owned(), run.unwrap_or_else(|| json!("wanted")));
        }
    }
    for (id, live) in live.as_object_mut().into_iter().flatten() {
        let typed = live.as_object_mut().and_then(|live| live.remove("typing"));
        typing.extend(typed.filter(|typed| !typed.is_null()).map(|typed| (id.clone(), typed)));
    }
    let part = |value: Value| json!({ "changed_at": last_seq, "value": value });
    Ok(json!({
        "org": part(json!({
            "name": take("name", Value::Null), "root": take("root", json!("")), "org": org,
            "plan": take("plan", json!([])),
            "last_agent": take("last_agent", json!(0)), "last_team": take("last_team", json!(0)),
        })),
        "life": part(json!({
            "live": live, "conversations": take("conversations", json!({})), "resume": take("resume", json!({})),
        })),
        "delivery": part(json!({
            "mail": take("mail", json!({})), "typing": typing, "finished": take("finished", json!([])),
            "last_message": take("last_message", json!(0)),
        })),
        "approval": part(take("approvals", json!({}))),
        "cost": part(json!({ "ledger": take("ledger", json!({})), "budgets": {} })),
        "last_seq": last_seq,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AgentId, MessageId, Run};

    /// A state as the first format kept it, with everything in it that has another place now.
    const FIRST: &str = r#"{"name":"s","root":"/w","org":{"agents":{"1":{"id":1,"name":"a","team":null,"role":"worker",
        "rank":0,"launch":{"command":["sh"]},"run":"stopped"}},"teams":{}},"live":{"1":{"epoch":2,"phase":{"up":{"pid":7}},
        "seen":{"state":"idle","reason":"quiet"},"since":5,"started_at":4,"exit":null,"unseen":false,
        "typing":{"message":3,"submitted":true,"answered":false,"at":9}}},"mail":{},
        "plan":[{"command":"create_team","name":"t"}],"last_agent":1,"last_team":0,"last_message":3,"last_seq":12,
        "resume":{"1":"c1"}}"#;

    #[test]
    fn a_state_of_the_first_format_is_shared_out_to_the_parts() {
        let part = KeptPart { name: "state".into(), format: 1, body: FIRST.into() };
        let state = State::from_kept([part], 12).unwrap();
        let agent = AgentId(1);
        assert_eq!(state.live(agent).map(|live| (live.run, live.epoch)), Some((Run::Stopped, 2)));
        assert_eq!(state.typing(agent).map(|typing| typing.message), Some(MessageId(3)));
        assert_eq!((state.plan().len(), state.resume_wanted(agent), state.last_seq()), (1, Some("c1"), 12));
        let parts: Vec<KeptPart> = state.changed_since(0).map(|part| part.keep().unwrap()).collect();
        assert_eq!(State::from_kept(parts, 12).unwrap(), state, "and kept in the present one");
        assert_eq!(state.changed_since(12).count(), 0, "nothing changed since");
    }

    #[test]
    fn a_part_of_a_later_format_or_of_no_known_name_is_refused_with_both_formats_named() {
        let of = |name: &str, format, body: &str| {
            let part = KeptPart { name: name.into(), format, body: body.into() };
            State::from_kept([part], 0).unwrap_err().to_string()
        };
        assert_eq!(of("org", 9, "{}"), "read `org` of the session: it has format 9, this program knows 2");
        assert_eq!(of("moon", 2, "{}"), "read `moon` of the session: this program does not know that part");
        assert!(of("org", 2, "{}").starts_with("read `org` of the session: missing field"));
    }
}
