//! What a pane has to do with its program's records: it has them watched, says what the watch should know, and takes
//! in what they say as of when it was so.

use super::super::clock;
use super::super::records::{self, Cue, Subject};
use super::Teller;
use super::task::Pane;
use crate::adapter::Recorded;
use crate::domain::{AgentState, Signal, Timestamp};

impl Pane {
    /// Has the records of its program watched, if it keeps any.
    pub(super) fn watch_records(&mut self, subject: Option<Subject>) {
        let Some(subject) = subject else { return };
        let teller = Teller {
            news: self.around.news.clone(),
            session: self.about.session.clone(),
            agent: self.about.agent,
            epoch: self.about.epoch,
        };
        let first = Cue { busy: false, conversation: self.about.conversation.clone() };
        self.records = Some(records::watch(subject, first, teller, self.around.steady));
    }

    /// Says what state it is in.
    pub(super) fn cue_state(&self, state: AgentState) {
        let busy = state.is_busy() || matches!(state, AgentState::Waiting(_));
        self.cue(|cue| std::mem::replace(&mut cue.busy, busy) != busy);
    }

    /// Says what conversation it is in, where a hook told that.
    pub(super) fn cue_conversation(&self, signal: &Signal) {
        let Signal::Conversation { id, transcript } = signal else { return };
        self.cue(|cue| {
            let told = Some((id.clone(), transcript.clone()));
            let new = cue.conversation != told;
            cue.conversation = told;
            new
        });
    }

    fn cue(&self, change: impl FnOnce(&mut Cue) -> bool) {
        if let Some(records) = &self.records {
            records.send_if_modified(change);
        }
    }

    /// Takes in what its records say: it is as old as they say.
    pub(super) fn recorded(&mut self, recorded: &Recorded) {
        let age = recorded.at.map(|at| clock::wall().since(at)).unwrap_or_default();
        let now = self.around.steady.now();
        let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
        self.detector.signal(&recorded.signal, Timestamp(now.0.saturating_sub(age)));
        self.looking.hurry(tokio::time::Instant::now());
    }
}
