//! One agent's evidence, and the verdict fused from it.
//!
//! Each source keeps its newest word. The most believed piece decides; between equals, the newer one. What a program
//! says of itself in so many words (OSC 7501) is believed before what its screen looks like, that before prompt
//! marks and titles, and those before mere output. Time is an argument: [`Detector::look_again_at`] says when a
//! verdict may change without any new evidence, so that nothing needs to poll.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::{AgentState, Evidence, Observation, Signal, Source, Timestamp, clean};

use super::definition::Adapter;
use super::draft::{self, InBox};
use super::fault;
use super::rule::{Match, View};
use super::server::Speaks;
use super::status::{Records, Report};
use super::told::{Shown, Word, Words};
use crate::terminal::{Progress, Prompt};

/// Output counts as activity for this long after it came.
const ACTIVE_FOR: Duration = Duration::from_millis(1200);

/// Output must go on for this long before it counts: a program that repaints once is not at work.
const SUSTAINED_FOR: Duration = Duration::from_millis(400);

/// A little output this soon after a key is the key's echo.
const ECHO_WITHIN: Duration = Duration::from_millis(200);

/// How much output may be an echo, in bytes.
const ECHO_BYTES: usize = 2048;

/// Output this soon after the terminal changed its size or its focus is the program drawing itself anew.
const REDRAW_WITHIN: Duration = Duration::from_millis(700);

/// A program that has printed without a pause for this long since its start is past it, and at work.
const FLOODS_AFTER: Duration = Duration::from_millis(1500);

/// A program that has shown nothing new for this long after its start is ready.
const READY_AFTER: Duration = Duration::from_millis(700);

/// The same for one that is known by how it looks when it is ready, and does not look so.
const KNOWN_READY_AFTER: Duration = Duration::from_secs(15);

/// The same for one that has told that a conversation began, too.
const TOLD_READY_AFTER: Duration = Duration::from_secs(3);

/// A program that looks ready is, after this long, if nothing else says so: some draw their box, and then the first
/// question over it.
const STANDS_FOR: Duration = Duration::from_secs(1);

/// The same for one whose own server tells how it is, and has not yet: that it is quiet for a while says nothing.
const SERVED_READY_AFTER: Duration = Duration::from_secs(30);

/// And so long after its server has first told that it is idle, and it has first drawn something: it takes no input
/// before.
const SERVED_SETTLES_FOR: Duration = Duration::from_secs(3);

/// So many rows are more than what is said before anything is drawn.
const DRAWN: usize = 3;

/// What is believed, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What the kernel is told.
    pub seen: Observation,
    /// Every piece of evidence, the decisive one first.
    pub evidence: Vec<Evidence>,
}

/// The evidence of one agent since its process started.
#[derive(Clone, Debug)]
pub struct Detector {
    adapter: Arc<Adapter>,
    started_at: Timestamp,
    status: Records,
    status_at: Timestamp,
    prompt: Option<(Prompt, Timestamp)>,
    progress: Option<(Progress, Timestamp)>,
    notification: Option<(String, Timestamp)>,
    title: String,
    words: Words,
    version: Option<(String, Timestamp)>,
    /// What stands in the input box, as far as the last look told.
    in_box: InBox,
    matches: Vec<(Match, Timestamp)>,
    /// What the best of them says, and since when.
    shown: Option<Shown>,
    /// When something was last seen to be under way.
    busy_at: Option<Timestamp>,
    /// The first and the last output of the present run of output, echoes left out.
    activity: Option<(Timestamp, Timestamp)>,
    output_at: Option<Timestamp>,
    input_at: Option<Timestamp>,
    redraw_at: Option<Timestamp>,
    /// When it was first told that it is idle.
    told_idle_at: Option<Timestamp>,
    /// When more than a line or two was first seen.
    drawn_at: Option<Timestamp>,
    ready: bool,
}

impl Detector {
    /// Begins with a process that has just started.
    #[must_use]
    pub fn new(adapter: Arc<Adapter>, started_at: Timestamp) -> Detector {
        Detector {
            adapter,
            started_at,
            status: Records::default(),
            status_at: started_at,
            prompt: None,
            progress: None,
            notification: None,
            title: String::new(),
            words: Words::default(),
            version: None,
            in_box: InBox::default(),
            matches: Vec::new(),
            shown: None,
            busy_at: None,
            activity: None,
            output_at: None,
            input_at: None,
            redraw_at: None,
            told_idle_at: None,
            drawn_at: None,
            ready: false,
        }
    }

    /// Goes on with a process that started before this daemon did: it is past its start.
    #[must_use]
    pub fn resumed(adapter: Arc<Adapter>, started_at: Timestamp) -> Detector {
        Detector { ready: true, ..Detector::new(adapter, started_at) }
    }

    /// Goes on with what is known of the program now.
    pub fn learn(&mut self, adapter: Arc<Adapter>) {
        self.adapter = adapter;
    }

    /// Takes in a report of the program status protocol (OSC 7501), without its number.
    pub fn status(&mut self, payload: &[u8], now: Timestamp) {
        if self.status.take(payload) {
            self.status_at = now;
        }
    }

    /// Takes in what the program told beside its screen.
    pub fn signal(&mut self, signal: &Signal, now: Timestamp) {
        match signal {
            Signal::State { source, state, rule, detail } => {
                let (source, state) = (*source, *state);
                if state == AgentState::Idle {
                    self.told_idle_at.get_or_insert(now);
                } else {
                    self.ready = true;
                }
                self.words.take(Word { source, state, rule: rule.clone(), detail: detail.clone(), at: now });
            }
            Signal::PromptTaken { .. } => {
                self.words.prompt_taken(now);
                self.notification = None;
            }
            Signal::Version { version } => self.version = Some((clean(version, 40), now)),
            Signal::TurnEnded { .. }
            | Signal::Conversation { .. }
            | Signal::Asks(_)
            | Signal::AskSettled { .. }
            | Signal::ToolCalled { .. }
            | Signal::ToolDone { .. }
            | Signal::ToolRan { .. }
            | Signal::Used(_) => {}
        }
    }

    /// Returns whether an unsent draft stands in the input box; none where that cannot be told.
    #[must_use]
    pub fn draft(&self) -> Option<bool> {
        self.in_box.draft
    }

    /// Returns what stands in the input box.
    #[must_use]
    pub fn in_box(&self) -> &InBox {
        &self.in_box
    }

    /// Takes in a shell's prompt mark (OSC 133).
    pub fn prompt(&mut self, prompt: Prompt, now: Timestamp) {
        if prompt == Prompt::Start && self.status.prompt_shown() {
            self.status_at = now;
        }
        self.prompt = Some((prompt, now));
    }

    /// Takes in a progress report (OSC 9;4).
    pub fn progress(&mut self, progress: Progress, now: Timestamp) {
        self.progress = (progress != Progress::None).then_some((progress, now));
    }

    /// Takes in a notification (OSC 9, 99, 777).
    pub fn notification(&mut self, text: &str, now: Timestamp) {
        self.notification = Some((clean(text, 120), now));
    }

    /// Takes in a title (OSC 0, 2).
    pub fn title(&mut self, title: &str) {
        self.title = clean(title, 120);
    }

    /// The title as it is told: without the glyph in front of it, which turns while a program is busy and would make
    /// news of nothing.
    fn told_title(&self) -> Option<String> {
        let told = self
            .title
            .trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | '[' | '/' | '~' | '.'));
        (!told.is_empty()).then(|| told.to_owned())
    }

    /// Takes in that `bytes` bytes were printed.
    pub fn output(&mut self, bytes: usize, now: Timestamp) {
        self.output_at = Some(now);
        let echo = bytes <= ECHO_BYTES && self.input_at.is_some_and(|at| now.since(at) < ECHO_WITHIN);
        let redraw = self.redraw_at.is_some_and(|at| now.since(at) < REDRAW_WITHIN);
        if !echo && !redraw {
            let since = self
                .activity
                .filter(|(_, last)| now.since(*last) < ACTIVE_FOR)
                .map_or(now, |(first, _)| first);
            self.activity = Some((since, now));
        }
    }

    /// Takes in that something was typed: it answers a notification, and what is printed next may be its echo.
    pub fn input(&mut self, now: Timestamp) {
        self.input_at = Some(now);
        self.notification = None;
    }

    /// Takes in that the terminal changed its size or its focus: what is printed next may be the program drawing
    /// itself anew, which is no work.
    pub fn redraws(&mut self, now: Timestamp) {
        self.redraw_at = Some(now);
    }

    /// Looks at the screen.
    pub fn look(&mut self, view: &View, now: Timestamp) {
        if self.drawn_at.is_none() && view.rows.iter().filter(|row| !row.trim().is_empty()).count() >= DRAWN {
            self.drawn_at = Some(now);
        }
        let title = View { title: &self.title, ..*view };
        let before = std::mem::take(&mut self.matches);
        for found in self.adapter.rules.matches(&title) {
            let since = before.iter().find(|(old, _)| *old == found).map_or(now, |(_, at)| *at);
            self.matches.push((found, since));
        }
        let best =
            self.matches.iter().max_by_key(|(found, _)| found.confidence).map(|(found, _)| found.state);
        let before = self.shown;
        self.busy_at = best.filter(|state| state.is_busy()).map(|_| now).or(self.busy_at);
        self.shown = best.map(|state| {
            let since = before.filter(|shown| shown.state == state).map_or(now, |shown| shown.since);
            let busy = before.and_then(|shown| shown.busy_since);
            let busy_since = state.is_busy().then(|| busy.unwrap_or(now));
            Shown { state, since, busy_since, busy_at: self.busy_at }
        });
        // Where a dialog is open, there is no input box, and what looks like one is a prompt of before.
        let asks = self.matches.iter().any(|(found, _)| matches!(found.state, AgentState::Waiting(_)));
        self.in_box = if asks { InBox::default() } else { draft::seen(&self.adapter.draft, view) };
    }

    /// Returns what is believed now.
    pub fn verdict(&mut self, now: Timestamp) -> Verdict {
        self.ready |= self.is_ready(now);
        if !self.ready && self.is_served() {
            return self.starting(now);
        }
        let mut evidence = self.evidence(now);
        evidence.sort_by_key(|e| (std::cmp::Reverse(e.confidence), std::cmp::Reverse(e.at)));
        let reason = fault::reason(&evidence);
        let Some((decisive, reason)) = evidence.first_mut().zip(reason) else { return self.starting(now) };
        decisive.decisive = true;
        let from_screen = matches!(decisive.source, Source::Screen | Source::Title);
        let state = decisive.state;
        let tool = self.words.uses_tool().filter(|_| state == AgentState::Working);
        let root = self.status.root().filter(|root| !from_screen || self.told_state(root) == state);
        let said = root.and_then(|r| r.text.clone()).or(tool.map(|word| word.detail.clone()));
        // Whoever speaks for the same state may know more about it.
        let speaks =
            |(m, _): &&(Match, Timestamp)| m.rule == decisive.rule || (said.is_none() && m.state == state);
        let matched = self.matches.iter().filter(speaks).find_map(|(m, _)| m.task.clone());
        let progress = self.status.root().and_then(|r| r.progress);
        let seen = Observation {
            state: decisive.state,
            reason: clean(&reason, 160),
            task: if from_screen { matched.or(said) } else { said.or(matched) },
            title: self.told_title(),
            progress: progress.or(self.progress.and_then(|(progress, _)| percent(progress))),
            source: Some(decisive.source),
            dialog: self.dialog(),
            draft: false,
        };
        evidence.extend(self.unverified(seen.state));
        Verdict { seen, evidence }
    }

    /// Returns the rule of the dialog on the screen that keys are known to answer.
    fn dialog(&self) -> Option<String> {
        let open = |found: &Match| matches!(found.state, AgentState::Waiting(_)) && !found.on_title;
        let shown = self.matches.iter().map(|(found, _)| found).filter(|found| open(found));
        shown.map(|found| &found.rule).find(|rule| self.adapter.dialog(rule).is_some()).cloned()
    }

    /// What is known of this version of the program was not seen to be so; it is no evidence for anything.
    fn unverified(&self, state: AgentState) -> Option<Evidence> {
        let known = self.adapter.version();
        if known.args.is_empty() {
            return None;
        }
        let title = self.adapter.title();
        let (detail, at) = match (&self.version, known.verified.as_slice()) {
            (_, []) => (format!("what is known of {title} was read and never verified"), self.started_at),
            (Some((version, at)), [first, .., last]) if !known.is_verified(version) => (
                format!(
                    "{title} {version} is unverified; its dialogs and signs are those of {first} to {last}"
                ),
                *at,
            ),
            (Some((version, at)), [only]) if !known.is_verified(version) => {
                (format!("{title} {version} is unverified; its dialogs and signs are those of {only}"), *at)
            }
            _ => return None,
        };
        let (source, rule) = (Source::Process, "version".to_owned());
        Some(Evidence { source, state, rule, detail, at, confidence: 0, decisive: false })
    }

    /// Returns whether the program says itself in what state it is.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.status.root().is_some()
    }

    /// Returns whether output has gone on for so long, without a pause, that it counts as work.
    #[must_use]
    pub fn keeps_printing(&self, now: Timestamp) -> bool {
        self.activity
            .is_some_and(|(first, last)| now.since(last) < ACTIVE_FOR && last.since(first) >= SUSTAINED_FOR)
    }

    /// Returns when the verdict may change without any new evidence; none if only evidence can change it.
    #[must_use]
    pub fn look_again_at(&self, now: Timestamp) -> Option<Timestamp> {
        let quiet = self.activity.map(|(_, last)| last + ACTIVE_FOR);
        let sustained = self.activity.map(|(first, _)| first + SUSTAINED_FOR);
        let ready = (!self.ready).then(|| self.output_at.unwrap_or(self.started_at) + self.ready_after());
        let settled = self.settles_at().filter(|_| !self.ready);
        let floods = self.activity.filter(|_| !self.ready).map(|(first, _)| first + FLOODS_AFTER);
        let rests = self.shown.filter(|_| !self.ready).map(|shown| self.rests_at(shown));
        let stale = self.words.stale_at(now);
        let all = [quiet, sustained, ready, settled, rests, floods, stale];
        all.into_iter().flatten().filter(|at| *at > now).min()
    }

    fn is_ready(&self, now: Timestamp) -> bool {
        let quiet_since = self.output_at.unwrap_or(self.started_at);
        self.status.root().is_some()
            || self.prompt.is_some()
            || (self.words.tell_of_more_than_rest() && !self.is_settling(now))
            || (self.is_served() && self.settles_at().is_some_and(|at| at <= now))
            || self.shown.is_some_and(|shown| shown.state != AgentState::Idle || self.rests_at(shown) <= now)
            || now.since(quiet_since) >= self.ready_after()
            || (self.ready_after() == READY_AFTER
                && self.activity.is_some_and(|(first, _)| now.since(first) >= FLOODS_AFTER))
    }

    /// When a program is believed to be ready that looks so.
    fn rests_at(&self, shown: Shown) -> Timestamp {
        if self.words.are_any() { shown.since } else { shown.since + STANDS_FOR }
    }

    /// Whether it is known, and was verified, how the program looks when it is ready.
    fn knows_ready(&self) -> bool {
        self.adapter.rules.know_idle() && !self.adapter.version().verified.is_empty()
    }

    /// Whether its own server tells how it is.
    fn is_served(&self) -> bool {
        self.adapter.server.form != Speaks::None
    }

    /// Whether its server answers already, and it takes no input yet.
    fn is_settling(&self, now: Timestamp) -> bool {
        self.is_served() && self.told_idle_at.is_some() && self.settles_at().is_none_or(|at| now < at)
    }

    /// From when on it takes input, as far as its server's word and its screen tell.
    fn settles_at(&self) -> Option<Timestamp> {
        self.told_idle_at.zip(self.drawn_at).map(|(told, drawn)| told.max(drawn) + SERVED_SETTLES_FOR)
    }

    fn ready_after(&self) -> Duration {
        match (self.knows_ready(), self.words.are_any(), self.is_served()) {
            (true, true, _) => TOLD_READY_AFTER,
            (true, false, _) => KNOWN_READY_AFTER,
            (false, _, true) => SERVED_READY_AFTER,
            (false, _, false) => READY_AFTER,
        }
    }

    fn starting(&self, now: Timestamp) -> Verdict {
        let evidence = Evidence {
            source: Source::Process,
            state: AgentState::Starting,
            rule: "started".to_owned(),
            detail: "its process is up and has not settled yet".to_owned(),
            at: self.started_at.min(now),
            confidence: 100,
            decisive: true,
        };
        let seen = Observation::new(AgentState::Starting, evidence.detail.clone());
        Verdict { seen, evidence: vec![evidence] }
    }

    fn evidence(&self, now: Timestamp) -> Vec<Evidence> {
        let mut out = Vec::new();
        let mut add = |source, state, rule: &str, detail: String, at, confidence| {
            let rule = rule.to_owned();
            out.push(Evidence { source, state, rule, detail, at, confidence, decisive: false });
        };
        if let Some(root) = self.status.root() {
            let text = root.text.clone().map(|text| format!(", {text}")).unwrap_or_default();
            let detail = format!("{}{text}", root.word);
            add(Source::Status, self.told_state(root), "it says so itself", detail, self.status_at, 95);
        }
        // Some tell that a conversation begins before anything can be typed.
        let counts = |state| self.ready || state != AgentState::Idle;
        let words = self.words.weighed(&self.adapter, self.shown, now);
        for (word, confidence) in words.into_iter().filter(|(word, _)| counts(word.state)) {
            add(word.source, word.state, &word.rule, word.detail.clone(), word.at, confidence);
        }
        let below = self.status.tasks_under_way();
        if below > 0 {
            let detail = format!("{below} tasks of its own under way");
            add(Source::Status, AgentState::Working, "it says so itself", detail, self.status_at, 65);
        }
        for (found, since) in self.matches.iter().filter(|(found, _)| counts(found.state)) {
            let source = if found.on_title { Source::Title } else { Source::Screen };
            add(source, found.state, &found.rule, found.line.clone(), *since, found.confidence);
        }
        if let Some((prompt, at)) = self.prompt {
            let (state, detail) = match prompt {
                Prompt::Start | Prompt::Input => (AgentState::Idle, "the shell shows its prompt".to_owned()),
                Prompt::Output => (AgentState::Working, "a command runs".to_owned()),
                Prompt::Done(None) => (AgentState::Idle, "a command ended".to_owned()),
                Prompt::Done(Some(code)) => (AgentState::Idle, format!("a command ended with code {code}")),
            };
            add(Source::Prompt, state, "prompt mark", detail, at, 75);
        }
        if let Some((progress, at)) = self.progress {
            let state = match progress {
                Progress::Failed(_) => AgentState::Error,
                Progress::None | Progress::Percent(_) | Progress::Indeterminate | Progress::Paused(_) => {
                    AgentState::Working
                }
            };
            let detail = percent(progress).map_or("no percentage".to_owned(), |p| format!("{p} %"));
            add(Source::Progress, state, "progress report", detail, at, 65);
        }
        if let Some((text, at)) = &self.notification {
            // A notification says that someone is wanted, not what for; it holds until someone types.
            let state = AgentState::Waiting(crate::domain::WaitFor::Answer);
            let asks =
                ["permission", "approv", "waiting for your", "needs your", "confirm", "action required"];
            let lower = text.to_lowercase();
            let confidence = if asks.iter().any(|word| lower.contains(word)) { 72 } else { 10 };
            add(Source::Notification, state, "notification", text.clone(), *at, confidence);
        }
        if self.ready {
            let (state, detail, at) = self.activity_says(now);
            add(Source::Activity, state, "output", detail, at, 30);
        }
        out
    }

    /// The state that the program's own word means. Some programs say that they work without saying at what; then it
    /// is their model they wait for, unless a tool is seen in use. And some go on to name a tool that is done.
    fn told_state(&self, root: &Report) -> AgentState {
        let names_old = self.words.thinks_since(self.status_at);
        let bare = root.state == AgentState::Working && (!root.says || names_old);
        if !(bare && self.adapter.status.bare_working_is_thinking) {
            return root.state;
        }
        let busy = self.matches.iter().map(|(m, _)| m).filter(|m| m.state.is_busy());
        let shown = busy.max_by_key(|m| m.confidence).map(|m| m.state);
        if shown == Some(AgentState::Working) || self.words.uses_tool().is_some() {
            AgentState::Working
        } else {
            AgentState::Thinking
        }
    }

    fn activity_says(&self, now: Timestamp) -> (AgentState, String, Timestamp) {
        match self.activity {
            Some((first, _)) if self.keeps_printing(now) => {
                (AgentState::Working, "it keeps printing".to_owned(), first)
            }
            Some((_, last)) => (AgentState::Idle, "it is quiet".to_owned(), last),
            None => (AgentState::Idle, "it is quiet".to_owned(), self.output_at.unwrap_or(self.started_at)),
        }
    }
}

fn percent(progress: Progress) -> Option<u8> {
    match progress {
        Progress::Percent(p) => Some(p),
        Progress::Failed(p) | Progress::Paused(p) => p,
        Progress::None | Progress::Indeterminate => None,
    }
}
