//! The hook door: what programs tell by their hooks, and the hooks that wait there for an answer.
//!
//! A hook never holds its program up in vain: whoever is told nothing at once is a program that shows its dialog
//! meanwhile, and it is let go as soon as that is answered there, or here.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::domain::{AgentId, Signal, Verdict};
use crate::protocol::HookAnswer;

/// The most hooks of one session that wait.
const MOST: usize = 256;

/// What a hook says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct HookCall {
    /// The name of the program's adapter.
    pub cli: String,
    /// Which start of the agent it is, where the hook knows.
    pub epoch: Option<u32>,
    /// It is a status line that asks.
    pub statusline: bool,
    /// What the program told.
    pub payload: Value,
}

/// One call at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(pub(super) u64);

impl HookCall {
    /// Reads what the program told.
    pub(super) fn signals(&self) -> Vec<Signal> {
        crate::adapter::read_hook(&self.cli, &self.payload)
    }

    /// Returns whether the program shows its dialog while this hook waits, so that it may wait. Any other program
    /// would hide it.
    pub(super) fn may_wait(&self) -> bool {
        let event = self.payload.get("hook_event_name").and_then(Value::as_str);
        self.cli == "claude" && event == Some("PermissionRequest")
    }
}

/// A hook that waits.
type Hook = (Ticket, oneshot::Sender<HookAnswer>);

/// The hooks that wait, by whose they are and what was asked.
#[derive(Debug, Default)]
pub(super) struct Door {
    waiting: HashMap<(AgentId, String), Vec<Hook>>,
}

impl Door {
    /// Has a hook wait. One too many is let go at once.
    pub(super) fn wait(
        &mut self,
        agent: AgentId,
        key: String,
        ticket: Ticket,
        answer: oneshot::Sender<HookAnswer>,
    ) {
        if self.waiting.values().map(Vec::len).sum::<usize>() < MOST {
            self.waiting.entry((agent, key)).or_default().push((ticket, answer));
        } else {
            drop(answer.send(HookAnswer::default()));
        }
    }

    /// Lets every hook go that waits for this, with an answer or none. Returns whether somebody heard it.
    pub(super) fn let_go(&mut self, agent: AgentId, key: &str, verdict: Option<&Verdict>) -> bool {
        let answer = HookAnswer { print: verdict.and_then(printed) };
        let waiting = self.waiting.remove(&(agent, key.to_owned())).unwrap_or_default();
        // Each is told, whoever hears it first.
        waiting.into_iter().fold(false, |heard, (_, hook)| hook.send(answer.clone()).is_ok() || heard)
    }

    /// A hook has hung up. Returns whose it was and what was asked, if no other one waits for that.
    pub(super) fn hung_up(&mut self, ticket: Ticket) -> Option<(AgentId, String)> {
        let place = self
            .waiting
            .iter()
            .find_map(|(place, hooks)| hooks.iter().any(|(t, _)| *t == ticket).then(|| place.clone()))?;
        let hooks = self.waiting.get_mut(&place)?;
        hooks.retain(|(t, _)| *t != ticket);
        if !hooks.is_empty() {
            return None;
        }
        self.waiting.remove(&place);
        Some(place)
    }
}

/// Returns what a PermissionRequest hook prints to give an answer; none where it cannot give it.
fn printed(verdict: &Verdict) -> Option<String> {
    let decision = match verdict {
        Verdict::Allow => json!({ "behavior": "allow" }),
        Verdict::Deny { reason } => {
            let message = reason.as_deref().filter(|reason| !reason.trim().is_empty());
            json!({ "behavior": "deny", "message": message.unwrap_or("The operator said no.") })
        }
        Verdict::Choose { .. } => return None,
    };
    let specific = json!({ "hookEventName": "PermissionRequest", "decision": decision });
    Some(json!({ "hookSpecificOutput": specific }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_hook_that_waits_for_an_answer_gets_it_and_one_that_hung_up_is_forgotten() {
        let mut door = Door::default();
        let call = |door: &mut Door, ticket| {
            let (answer, heard) = oneshot::channel();
            door.wait(AgentId(1), "k".into(), Ticket(ticket), answer);
            heard
        };
        let (first, second) = (call(&mut door, 1), call(&mut door, 2));
        drop(first);
        assert_eq!(door.hung_up(Ticket(1)), None, "another one waits");
        assert!(door.let_go(AgentId(1), "k", Some(&Verdict::Deny { reason: Some("not now".into()) })));
        let said: Value = serde_json::from_str(&second.await.unwrap().print.unwrap()).unwrap();
        assert_eq!(
            said["hookSpecificOutput"]["decision"],
            json!({ "behavior": "deny", "message": "not now" })
        );
        let third = call(&mut door, 3);
        assert_eq!(door.hung_up(Ticket(3)), Some((AgentId(1), "k".into())));
        drop(third);
        assert!(!door.let_go(AgentId(1), "k", Some(&Verdict::Allow)));
    }
}
