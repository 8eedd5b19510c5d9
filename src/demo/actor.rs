//! One scripted agent: what it does next, given what was typed and what time it is. No terminal and no clock here.

use std::ops::Range;
use std::time::Duration;

use super::scene::{CAST, Cast, Job};

/// What a scripted agent is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// It waits for work.
    Resting,
    /// It pretends to wait for a model.
    Thinking,
    /// It shows the steps of a job.
    Working,
    /// It asks whether it may run something; the marked answer is the first or the second.
    Asking { command: &'static str, second: bool },
    /// It has failed and will try again.
    Failed,
}

/// What came of a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cue {
    /// A line for the transcript.
    Say(String),
    /// A note to a colleague.
    Write { to: &'static str, text: String },
    /// The end, with this exit code.
    Leave(u8),
}

/// What a person typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    Char(char),
    Backspace,
    Enter,
    Up,
    Down,
    Escape,
    Interrupt,
}

/// One scripted agent.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    cast: &'static Cast,
    dice: u64,
    pub(super) act: Act,
    pub(super) draft: String,
    /// What was typed and submitted while it was busy.
    asked: Vec<String>,
    job: usize,
    step: usize,
    /// When the present act goes on by itself, counted from the beginning of the play.
    next_at: Duration,
    since: Duration,
}

impl Actor {
    /// Returns the agent of this name; an unknown name plays the first worker's part under it.
    pub(super) fn new(name: &str) -> Actor {
        let cast = CAST.iter().find(|cast| cast.name == name).unwrap_or(&CAST[2]);
        let seed = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        let mut actor = Actor {
            cast,
            dice: seed | 1,
            act: Act::Resting,
            draft: String::new(),
            asked: Vec::new(),
            job: 0,
            step: 0,
            next_at: Duration::ZERO,
            since: Duration::ZERO,
        };
        actor.next_at = actor.some(500..6000);
        actor
    }

    /// Returns whether it reports its state by the program status protocol.
    pub(super) fn reports(&self) -> bool {
        self.cast.reports
    }

    /// Returns the title of the job at hand.
    pub(super) fn title(&self) -> &'static str {
        self.job().title
    }

    /// Returns when it goes on by itself; none while only an answer can move it.
    pub(super) fn due(&self) -> Option<Duration> {
        match self.act {
            Act::Asking { .. } => None,
            Act::Resting | Act::Thinking | Act::Working | Act::Failed => Some(self.next_at),
        }
    }

    /// Returns since when it does what it does.
    pub(super) fn since(&self) -> Duration {
        self.since
    }

    /// Goes on, if it is time.
    pub(super) fn tick(&mut self, now: Duration) -> Vec<Cue> {
        if self.due().is_none_or(|due| now < due) {
            return Vec::new();
        }
        match self.act {
            Act::Resting => {
                self.enter(Act::Thinking, now, 1500..4000);
                vec![say("", &format!("New task: {}", self.title()))]
            }
            Act::Thinking if !self.asked.is_empty() => self.answer(now),
            Act::Thinking => {
                self.enter(Act::Working, now, 300..900);
                Vec::new()
            }
            Act::Working => self.work(now),
            Act::Failed => {
                self.enter(Act::Thinking, now, 1200..2500);
                vec![say("↻", "Trying again")]
            }
            Act::Asking { .. } => Vec::new(),
        }
    }

    /// Takes in what was typed.
    pub(super) fn typed(&mut self, key: Typed, now: Duration) -> Vec<Cue> {
        match (&self.act, key) {
            (_, Typed::Interrupt) => vec![Cue::Leave(0)],
            (Act::Asking { .. }, Typed::Char('1' | 'y' | 'Y')) => self.decide(true, now),
            (Act::Asking { .. }, Typed::Char('2' | 'n' | 'N') | Typed::Escape) => self.decide(false, now),
            (Act::Asking { second, .. }, Typed::Enter) => self.decide(!*second, now),
            (Act::Asking { command, second }, Typed::Up | Typed::Down) => {
                self.act = Act::Asking { command, second: !*second };
                Vec::new()
            }
            (Act::Asking { .. }, Typed::Char(_) | Typed::Backspace) => Vec::new(),
            (Act::Thinking | Act::Working, Typed::Escape) => {
                self.asked.clear();
                self.enter(Act::Resting, now, 8000..16000);
                vec![say("✖", "Interrupted. What should I do instead?")]
            }
            (_, Typed::Char(c)) => {
                self.draft.push(c);
                Vec::new()
            }
            (_, Typed::Backspace) => {
                self.draft.pop();
                Vec::new()
            }
            (_, Typed::Enter) => self.submit(now),
            (_, Typed::Up | Typed::Down | Typed::Escape) => Vec::new(),
        }
    }

    fn submit(&mut self, now: Duration) -> Vec<Cue> {
        let text = std::mem::take(&mut self.draft).trim().to_owned();
        match text.as_str() {
            "" => return Vec::new(),
            "/quit" => return vec![Cue::Leave(0)],
            "/crash" => return vec![say("✖", "Something went badly wrong"), Cue::Leave(1)],
            _ => {}
        }
        let mut cues: Vec<Cue> = text.lines().map(|line| say(">", line)).collect();
        self.asked.push(text);
        match self.act {
            Act::Resting | Act::Failed => self.enter(Act::Thinking, now, 700..1600),
            Act::Thinking | Act::Working | Act::Asking { .. } => {
                cues.push(say(" ", "(queued; answered after this step)"));
            }
        }
        cues
    }

    fn answer(&mut self, now: Duration) -> Vec<Cue> {
        let asked = self.asked.remove(0);
        let first = asked.lines().last().unwrap_or_default();
        let mut cues = vec![say("●", &format!("You said: {first}"))];
        cues.push(say(
            " ",
            match self.roll(3) {
                0 => "I would take it into account if I were more than a script.",
                1 => "Understood. I go on with that in mind, as far as a script has one.",
                _ => "Noted. A real agent would now do something useful with it.",
            },
        ));
        let wait = if self.asked.is_empty() { 6000..12000 } else { 500..900 };
        self.enter(if self.asked.is_empty() { Act::Resting } else { Act::Thinking }, now, wait);
        cues
    }

    fn work(&mut self, now: Duration) -> Vec<Cue> {
        if !self.asked.is_empty() {
            self.enter(Act::Thinking, now, 500..1200);
            return Vec::new();
        }
        let steps = self.job().steps;
        if let Some(line) = steps.get(self.step) {
            self.step += 1;
            if self.step == 2 && self.roll(9) == 0 {
                self.enter(Act::Failed, now, 5000..9000);
                return vec![say("●", line), say("✖", "API error: 529 overloaded (this one is played)")];
            }
            self.next_at = now + self.some(600..2400);
            let mark = if line.starts_with(' ') { " " } else { "●" };
            return vec![say(mark, line)];
        }
        match self.job().asks {
            Some(command) if self.step == steps.len() => {
                self.step += 1;
                self.enter(Act::Asking { command, second: false }, now, 0..1);
                Vec::new()
            }
            _ => self.finish(now),
        }
    }

    fn decide(&mut self, yes: bool, now: Duration) -> Vec<Cue> {
        let Act::Asking { command, .. } = self.act else { return Vec::new() };
        self.enter(Act::Working, now, 500..1500);
        let word = if yes { "Allowed" } else { "Denied" };
        vec![say("●", &format!("{word}: {command}"))]
    }

    fn finish(&mut self, now: Duration) -> Vec<Cue> {
        let done = self.title();
        self.job += 1;
        self.step = 0;
        self.enter(Act::Resting, now, 9000..25000);
        let mut cues = vec![say("✔", &format!("Done: {done}"))];
        let colleagues = self.cast.writes_to;
        if !colleagues.is_empty() && self.roll(2) == 0 {
            let to = colleagues[usize::try_from(self.roll(colleagues.len() as u64)).unwrap_or(0)];
            cues.push(say(" ", &format!("Told {to}")));
            cues.push(Cue::Write { to, text: format!("{done}: done") });
        }
        cues
    }

    fn job(&self) -> &'static Job {
        &self.cast.jobs[self.job % self.cast.jobs.len()]
    }

    /// Begins an act that goes on by itself after some time, in milliseconds.
    fn enter(&mut self, act: Act, now: Duration, wait: Range<u64>) {
        self.act = act;
        self.since = now;
        self.next_at = now + self.some(wait);
    }

    /// Throws the dice: a number below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % sides.max(1)
    }

    fn some(&mut self, ms: Range<u64>) -> Duration {
        Duration::from_millis(ms.start + self.roll(ms.end - ms.start))
    }
}

fn say(mark: &str, text: &str) -> Cue {
    Cue::Say(if mark.is_empty() { text.to_owned() } else { format!("{mark} {text}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets an agent play until `done`, answering nothing; returns everything it said.
    fn play_until(
        actor: &mut Actor,
        mut now: Duration,
        done: impl Fn(&Actor) -> bool,
    ) -> (Duration, Vec<Cue>) {
        let mut cues = Vec::new();
        for _ in 0..10_000 {
            if done(actor) {
                return (now, cues);
            }
            now = actor.due().expect("it goes on by itself");
            cues.extend(actor.tick(now));
        }
        panic!("it never came to that: {cues:?}");
    }

    #[test]
    fn every_agent_thinks_works_and_comes_to_rest_or_asks() {
        for cast in CAST {
            let mut actor = Actor::new(cast.name);
            let (now, _) = play_until(&mut actor, Duration::ZERO, |a| a.act == Act::Working);
            play_until(&mut actor, now, |a| a.act == Act::Resting || matches!(a.act, Act::Asking { .. }));
        }
    }

    #[test]
    fn an_approval_waits_for_an_answer_and_goes_on_with_either() {
        for (key, word) in
            [(Typed::Enter, "Allowed"), (Typed::Char('2'), "Denied"), (Typed::Escape, "Denied")]
        {
            let mut actor = Actor::new("be-2");
            let (now, _) = play_until(&mut actor, Duration::ZERO, |a| matches!(a.act, Act::Asking { .. }));
            assert_eq!((actor.due(), actor.tick(now + Duration::from_secs(3600))), (None, vec![]));
            let cues = actor.typed(key, now);
            assert!(matches!(&cues[..], [Cue::Say(line)] if line.contains(word)), "{cues:?}");
            assert_eq!(actor.act, Act::Working);
        }
    }

    #[test]
    fn what_is_typed_is_answered() {
        let mut actor = Actor::new("chief");
        for c in "ship it".chars() {
            actor.typed(Typed::Char(c), Duration::ZERO);
        }
        actor.typed(Typed::Enter, Duration::ZERO);
        assert_eq!(actor.act, Act::Thinking);
        let (_, cues) = play_until(&mut actor, Duration::ZERO, |a| a.act == Act::Resting);
        assert!(cues.contains(&Cue::Say("● You said: ship it".into())), "{cues:?}");
    }

    #[test]
    fn escape_interrupts_and_two_words_end_it() {
        let mut actor = Actor::new("qa-1");
        let (now, _) = play_until(&mut actor, Duration::ZERO, |a| a.act == Act::Working);
        actor.typed(Typed::Escape, now);
        assert_eq!(actor.act, Act::Resting);
        for (word, code) in [("/quit", 0), ("/crash", 1)] {
            word.chars().for_each(|c| drop(actor.typed(Typed::Char(c), now)));
            assert!(actor.typed(Typed::Enter, now).contains(&Cue::Leave(code)));
        }
    }

    #[test]
    fn somebody_fails_and_recovers() {
        let failed = CAST.iter().any(|cast| {
            let mut actor = Actor::new(cast.name);
            let mut now = Duration::ZERO;
            (0..400).any(|_| {
                match actor.due() {
                    Some(due) => {
                        now = due;
                        actor.tick(now);
                    }
                    None => drop(actor.typed(Typed::Enter, now)),
                }
                actor.act == Act::Failed
            })
        });
        assert!(failed);
    }
}
