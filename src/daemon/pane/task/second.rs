//! A pane's second looks at its own keys: one that provably did nothing is pressed once more and never again, a dialog is
//! answered when it is drawn, and a text of its own that was given up is taken out of the box.

use tokio::time::Instant;

use super::super::sure::{Answering, Turn};
use super::super::{News, dialog};
use super::Pane;
use crate::adapter::shown_dialog;
use crate::domain::{AgentState, ApprovalId, Input, MessageId, Verdict};

const AGAIN: &str = "its text still stood in the input, so its key was pressed once more";

impl Pane {
    /// Returns whether its agent has neither a turn under way nor a dialog open.
    pub(super) fn is_ready(&self) -> bool {
        matches!(self.state, AgentState::Idle | AgentState::Error)
    }

    /// The input box was looked at while a text is being typed.
    pub(super) fn note_box(&mut self, now: Instant) {
        if self.typist.is_typing() {
            let seen = self.detector.in_box();
            let holds = self.sure.text().is_some_and(|text| seen.shows_end(text));
            // A program may show a text otherwise than it was typed.
            self.typist.looked(holds || seen.draft == Some(true), now);
        }
    }

    /// The program told its state: what it says may be over by the next look.
    pub(super) fn hear_status(&mut self, now: Instant) {
        if self.sure.due(true).is_none() {
            return;
        }
        let state = self.detector.verdict(self.around.steady.at(now)).seen.state;
        if state.is_busy() {
            self.sure.reacted();
        }
        if !matches!(state, AgentState::Waiting(_)) {
            self.sure.dialog_gone();
        }
    }

    /// Sees to everything of its own that is due.
    pub(super) async fn make_sure(&mut self, now: Instant) {
        if let Some(answering) = self.sure.due_answer(now) {
            self.go_on_answering(answering, now).await;
        }
        if let Some((message, text)) = self.sure.unanswered(now) {
            self.press_again(message, &text, now).await;
        }
        if self.is_ready() && !self.typist.is_typing() {
            self.clear_own_text(now).await;
        }
    }

    /// The key that submits did nothing as far as was told; if the text provably still stands in the box, and no dialog
    /// is open, it did nothing at all.
    async fn press_again(&mut self, message: MessageId, text: &str, now: Instant) {
        let ready = self.newest(now).await.is_some() && self.is_ready() && !self.typist.is_typing();
        if !ready || !self.detector.in_box().ends_with(text) {
            let (state, in_box) = (self.state, self.detector.in_box());
            tracing::debug!(agent = %self.about.agent, "{message}: no second key: {state:?}, {in_box:?}");
            return;
        }
        tracing::info!(agent = %self.about.agent, "{message}: {AGAIN}");
        self.press(&Input::Key(self.about.adapter.submit().key.0)).await;
        self.awaits_reaction = true;
        self.tell(News::Noted { message, note: AGAIN }).await;
    }

    /// A text of its own that was given up is in the way of the next one; nobody else has typed since.
    async fn clear_own_text(&mut self, now: Instant) {
        let stands = match self.sure.given_up(now) {
            Some(text) => self.detector.in_box().holds(&text),
            None => return,
        };
        if !stands || self.newest(now).await.is_none() || !self.is_ready() {
            return;
        }
        let keys = self.about.adapter.empties().to_vec();
        self.sure.forget_text();
        tracing::info!(agent = %self.about.agent, "a text that was given up is taken out of its input");
        self.press_all(keys).await;
    }

    /// Begins to answer a dialog by keys, if it is on the screen at this very moment as it was when it was asked.
    pub(super) async fn answer(&mut self, approval: ApprovalId, name: &str, verdict: &Verdict, now: Instant) {
        self.sure.answer(approval, name, verdict, now);
        self.make_sure(now).await;
    }

    async fn go_on_answering(&mut self, answering: Answering, now: Instant) {
        let (approval, verdict) = (answering.approval, answering.verdict.clone());
        let (first, name) = (!answering.is_pressed(), answering.dialog.clone());
        let waits = self.newest(now).await.is_some_and(|seen| matches!(seen.state, AgentState::Waiting(_)));
        let rows = match self.place.screen() {
            Some(screen) => self.texts.read(&screen.snapshot()).to_vec(),
            None => Vec::new(),
        };
        let Some(rule) = self.shown.is_still(&name, &rows).filter(|_| waits) else {
            if first {
                let reason = "the dialog is not on its screen any more as it was; answer it in its pane";
                self.tell(News::AnswerRefused { approval, reason }).await;
            }
            return;
        };
        let keys = self
            .about
            .adapter
            .dialog(rule)
            .and_then(|known| dialog::keys(known, shown_dialog(&rows).as_ref(), &verdict));
        let Some(keys) = keys else {
            let reason = "no keys are known for that answer; answer it in its pane";
            return self.tell(News::AnswerRefused { approval, reason }).await;
        };
        match self.sure.turn(answering, &rows, now) {
            Turn::Press => {
                if !first {
                    tracing::info!(agent = %self.about.agent, "its dialog did not change; its keys are pressed again");
                }
                self.press_all(keys).await;
            }
            Turn::Wait | Turn::Over => {}
        }
    }
}
