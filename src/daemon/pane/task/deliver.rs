//! What a pane does with messages, interruptions and answers: it looks once more, right before, and refuses what would
//! land in the wrong place.

use std::time::Duration;

use tokio::time::Instant;

use super::super::News;
use super::super::typing::Step;
use super::Pane;
use crate::domain::{AgentState, Input, Key, MessageId, Observation};
use crate::terminal;

/// What a person pressed is looked at when its echo was shown: nothing stands in the way of that.
const ECHO_FOR: Duration = Duration::from_millis(15);

const DIALOG: &str = "it has a dialog open";
const GONE: &str = "it is not running";
const UNSEEN: &str = "nothing was seen to happen to its text before its key was pressed";

impl Pane {
    /// A person pressed something.
    pub(super) async fn pressed(&mut self, input: &Input) {
        // What is pressed in a dialog is no draft.
        if !matches!(self.state, AgentState::Waiting(_)) && matches!(input, Input::Key(_) | Input::Paste(_)) {
            let now = Instant::now();
            self.key_draft.pressed(input, now);
            self.looking.hurry(now + ECHO_FOR);
        }
        if matches!(input, Input::Key(_) | Input::Paste(_)) {
            // What stands there from now on may be a person's, and a key may have been for a dialog.
            self.sure.forget_text();
            self.sure.dialog_gone();
        }
        self.press(input).await;
    }

    /// Gives the agent what was pressed, as its program asked for it.
    pub(super) async fn press(&mut self, input: &Input) {
        let mut bytes = Vec::new();
        terminal::encode(input, &self.modes, self.size, &mut bytes);
        if bytes.is_empty() {
            return;
        }
        let now = Instant::now();
        self.attention.pressed(now);
        self.around.headroom.pressed(now);
        self.rests_until = None;
        // Before the key, so that its echo waits for nothing.
        self.pace(now).await;
        if matches!(input, Input::Key(_) | Input::Paste(_)) {
            self.detector.input(self.around.steady.now());
        }
        if matches!(input, Input::Focus(_)) {
            self.detector.redraws(self.around.steady.now());
        }
        self.ask(async |writer| writer.write(&bytes).await).await;
    }

    /// A person pressed something while a message is being typed: it waits until that is through.
    pub(super) async fn wait(&mut self, input: Input) {
        if !self.typist.wait(input) {
            self.tell(News::InputFull { refused: 1 }).await;
        }
    }

    /// Notes the state that was seen.
    pub(super) fn note_state(&mut self, state: AgentState) {
        let waited = matches!(self.state, AgentState::Waiting(_));
        if waited && !matches!(state, AgentState::Waiting(_)) {
            // What was pressed answered the dialog.
            self.key_draft.clear();
        }
        if matches!(state, AgentState::Waiting(_)) || state.is_busy() {
            self.sure.reacted();
        }
        if !matches!(state, AgentState::Waiting(_)) {
            self.sure.dialog_gone();
        }
        self.state = state;
    }

    /// Types a message's text, if the agent is ready for input at this very moment.
    pub(super) async fn type_text(&mut self, message: MessageId, text: &str, now: Instant) {
        if let Some(reason) = self.not_ready(now).await {
            return self.tell(News::TypeRefused { message, reason }).await;
        }
        let bracketed = self.modes.bracketed_paste;
        tracing::debug!(agent = %self.about.agent, "{message}: typed, bracketed: {bracketed}");
        self.sure.typed(message, text);
        let adapter = &self.about.adapter;
        self.typist.begin(message, text, &self.modes, (adapter.submit(), adapter.shows_drafts()), now);
        self.type_on(now).await;
    }

    /// Submits what was typed, if no dialog is open at this very moment.
    pub(super) async fn submit(&mut self, message: MessageId, now: Instant) {
        let refused = match self.newest(now).await {
            None => Some("the agent ended before it was submitted"),
            Some(seen) if matches!(seen.state, AgentState::Waiting(_)) => {
                Some("a dialog opened while it was being typed; nothing was submitted")
            }
            Some(_) => None,
        };
        if let Some(reason) = refused {
            self.abandon_text(message);
            return self.tell(News::SubmitRefused { message, reason }).await;
        }
        let mut key = Vec::new();
        let submit = Input::Key(self.about.adapter.submit().key.0);
        terminal::encode(&submit, &self.modes, self.size, &mut key);
        if self.typist.submit(message, key) {
            self.type_on(now).await;
        }
    }

    /// Leaves a message's text where it stands: it is in the way of the next one now, until somebody sees to it.
    pub(super) fn abandon_text(&mut self, message: MessageId) {
        if self.typist.give_up() == Some(message) {
            let now = Instant::now();
            self.key_draft.left();
            self.sure.gave_up(now);
            self.looking.hurry(now);
        }
    }

    /// Goes on with what is being typed.
    pub(super) async fn type_on(&mut self, now: Instant) {
        while let Some(step) = self.typist.step(now) {
            self.take_step(step, now).await;
        }
        while let Some(input) = self.typist.waited() {
            self.pressed(&input).await;
        }
    }

    /// The holder has taken what was written, or refused it.
    pub(super) async fn is_through(&mut self) {
        let now = Instant::now();
        if let Some(step) = self.typist.is_through(now) {
            self.take_step(step, now).await;
        }
    }

    /// The holder refused input.
    pub(super) async fn input_full(&mut self, refused: u32) {
        if !self.typist.was_refused(usize::try_from(refused).unwrap_or(usize::MAX)) {
            self.tell(News::InputFull { refused }).await;
        }
    }

    async fn take_step(&mut self, step: Step, now: Instant) {
        match step {
            Step::Write(bytes) => {
                self.attention.pressed(now);
                self.detector.input(self.around.steady.at(now));
                self.ask(async |writer| {
                    writer.write(&bytes).await?;
                    // Requests are seen to in order: the answer to this one is the sign that the text is through.
                    writer.tail(u64::MAX).await
                })
                .await;
            }
            Step::Typed(message) => {
                self.unseen = !self.typist.is_taken();
                self.tell(News::Typed { message }).await;
            }
            Step::Submitted(message) => {
                self.key_draft.clear();
                self.sure.submitted(now);
                self.tell(News::Submitted { message }).await;
                if std::mem::take(&mut self.unseen) {
                    self.tell(News::Noted { message, note: UNSEEN }).await;
                }
                match self.reacted.take() {
                    Some(seen) => self.tell_seen(seen, now).await,
                    None => self.awaits_reaction = true,
                }
            }
            Step::Refused(message, reason) => {
                self.reacted = None;
                self.key_draft.left();
                self.sure.gave_up(now);
                self.looking.hurry(now);
                self.tell(News::SubmitRefused { message, reason }).await;
            }
        }
    }

    /// Tells at once that the program says it is busy, if a message waits for that: its turn may be over by the next
    /// look.
    pub(super) async fn tell_reaction(&mut self, now: Instant) {
        let early = self.typist.is_pressing();
        if !self.awaits_reaction && !early {
            return;
        }
        let seen = self.detector.verdict(self.around.steady.at(now)).seen;
        if seen.state.is_busy() && early {
            self.reacted = Some(seen);
        } else if seen.state.is_busy() {
            self.tell_seen(seen, now).await;
        }
    }

    /// Tells what was seen a moment ago; the next look tells what has become of it.
    async fn tell_seen(&mut self, seen: Observation, now: Instant) {
        self.awaits_reaction = false;
        self.state = seen.state;
        self.told.tell(seen.clone(), now);
        self.looking.hurry(now);
        self.tell(News::Observed(seen)).await;
    }

    /// Presses the keys that interrupt a turn, or says why it does not.
    pub(super) async fn interrupt(&mut self, force: bool, now: Instant) -> Result<(), &'static str> {
        match self.newest(now).await {
            None => return Err(GONE),
            Some(seen) if !force && matches!(seen.state, AgentState::Waiting(_)) => return Err(DIALOG),
            Some(_) => {}
        }
        let keys = self.about.adapter.interrupt().to_vec();
        if keys.is_empty() {
            return Err("no keys are known that interrupt it");
        }
        if let Some(message) = self.typist.give_up() {
            self.key_draft.left();
            self.sure.gave_up(now);
            let reason = "its turn was interrupted while it was being typed";
            self.tell(News::SubmitRefused { message, reason }).await;
        }
        self.press_all(keys).await;
        Ok(())
    }

    pub(super) async fn press_all(&mut self, keys: Vec<Key>) {
        for key in keys {
            self.press(&Input::Key(key)).await;
        }
    }

    /// Looks anew, and returns what is seen; none where the agent has ended.
    pub(super) async fn newest(&mut self, now: Instant) -> Option<Observation> {
        self.look(now).await;
        self.see(now).map(|(seen, _)| seen).filter(|_| self.exit.is_none() && self.holder.is_some())
    }

    /// Returns why nothing may be typed now; none if the agent is ready.
    async fn not_ready(&mut self, now: Instant) -> Option<&'static str> {
        let Some(seen) = self.newest(now).await else { return Some(GONE) };
        match seen.state {
            _ if self.typist.is_typing() => Some("another message is being typed"),
            AgentState::Waiting(_) => Some(DIALOG),
            AgentState::Starting | AgentState::Recovering => Some("it is not ready for input yet"),
            AgentState::Thinking | AgentState::Working => Some("it is busy"),
            AgentState::Stopped => Some(GONE),
            AgentState::Idle | AgentState::Error => {
                seen.draft.then_some("something unsent stands in its input")
            }
        }
    }
}
