//! What a pane has to do with its program's records: it has them watched, says what the watch should know, and takes
//! in what they say as of when it was so.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::clock;
use super::super::records::{self, Cue, Subject};
use super::look::Looking;
use super::task::Pane;
use super::{Teller, files};
use crate::adapter::{Address, Detector, Recorded};
use crate::domain::{AgentState, Signal, Timestamp};
use crate::pty::Spec;

/// What a program keeps and offers beside its screen.
pub(super) struct Keeps {
    subject: Option<Subject>,
    server: Option<Address>,
}

impl Keeps {
    /// Says which process it is.
    pub(super) fn of(self, pid: u32) -> Keeps {
        Keeps { subject: self.subject.map(|subject| subject.with_pid(pid)), ..self }
    }
}

impl Pane {
    /// Returns what a program that is about to be started will keep and offer.
    pub(super) fn keeps(&self, spec: &Spec) -> Keeps {
        let adapter = &self.about.adapter;
        let files = files::folder(&self.about.folder, self.about.epoch);
        Keeps {
            subject: Subject::started(adapter, spec, &files, clock::wall()),
            server: records::server_of(adapter, spec),
        }
    }

    /// Returns what a program that was found alive keeps and offers.
    pub(super) fn keeps_of_found(&self, pid: u32) -> Keeps {
        let adapter = &self.about.adapter;
        let files = files::folder(&self.about.folder, self.about.epoch);
        Keeps { subject: Subject::found(adapter, pid, &files), server: records::server_found(adapter, pid) }
    }

    /// Has the records of its program watched, if it keeps any, and its server followed, if it has one.
    pub(super) fn watch_records(&mut self, keeps: Keeps) {
        let Keeps { subject, server } = keeps;
        let teller = Teller {
            news: self.around.news.clone(),
            session: self.about.session.clone(),
            agent: self.about.agent,
            epoch: self.about.epoch,
        };
        self.server = server.map(|server| records::follow(server, teller.clone()));
        let Some(subject) = subject else { return };
        let first = Cue { busy: false, conversation: self.about.conversation.clone() };
        self.records = Some(records::watch(
            subject,
            first,
            teller,
            self.around.steady,
            Arc::clone(&self.around.reading),
        ));
    }

    /// Says what state it is in.
    pub(super) fn cue_state(&self, state: AgentState) {
        let busy = state.is_busy() || matches!(state, AgentState::Waiting(_));
        self.cue(|cue| std::mem::replace(&mut cue.busy, busy) != busy);
    }

    /// Says what conversation it is in, where a hook told that.
    pub(super) fn cue_conversation(&self, signal: &Signal) {
        let Signal::Conversation { id, transcript, .. } = signal else { return };
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
        self.asked.signal(&recorded.signal);
        let at = before(self.around.steady.now(), age);
        hear(&mut self.detector, &mut self.looking, &recorded.signal, at, Instant::now());
    }
}

/// Takes in what a program told beside its screen: what was so at `at` need not wait for a quiet screen.
pub(super) fn hear(
    detector: &mut Detector,
    looking: &mut Looking,
    signal: &Signal,
    at: Timestamp,
    now: Instant,
) {
    detector.signal(signal, at);
    looking.hurry(now);
}

/// Returns the time that was so long before `now`.
pub(super) fn before(now: Timestamp, age: Duration) -> Timestamp {
    Timestamp(now.0.saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX)))
}
