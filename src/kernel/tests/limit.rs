//! A turn that takes too long is interrupted, and the agent is killed if it goes on.

use super::*;
use crate::domain::{Limits, Run, Signal};

impl Session {
    /// One agent that is up, whose turns may take a minute and a half.
    fn limited() -> Session {
        let mut s = Session::new();
        let limits = Limits { time_secs: Some(90), ..Limits::default() };
        let launch = Launch { command: vec!["sh".into()], limits, ..Launch::default() };
        let new = NewAgent { name: Some(name("a")), team: None, role: Role::Worker, launch };
        s.ok(Command::Org(org::Command::CreateAgent(new)));
        s.up("a");
        s
    }

    fn later(&mut self, secs: u64) -> &mut Session {
        self.now = self.now + Duration::from_secs(secs);
        self
    }

    fn overdue(&mut self) -> Outcome {
        let agent = self.id("a");
        self.input(Input::Due(Timer::Life(life::Timer::Overdue { agent })))
    }

    fn says(&self) -> String {
        time_limit(self.kernel.state(), self.id("a"), self.now).unwrap()
    }
}

/// Returns when an outcome wants the agent looked at, counted from T0 in seconds.
fn looks(outcome: &Outcome) -> Vec<u64> {
    let look = |effect: &Effect| match effect {
        Effect::Wake { at, timer: Timer::Life(life::Timer::Overdue { .. }) } => Some(at.since(T0).as_secs()),
        _ => None,
    };
    outcome.effects.iter().filter_map(look).collect()
}

fn notice(s: &Session, outcome: &Outcome) -> String {
    let Event::Life(event) = &outcome.events[0].event else { panic!("{outcome:?}") };
    time_notice(s.kernel.state(), event).unwrap()
}

fn does(outcome: &Outcome) -> Vec<&'static str> {
    let what = |effect: &Effect| match effect {
        Effect::Life(life::Effect::Interrupt { force: false, .. }) => "interrupt",
        Effect::Life(life::Effect::Kill { .. }) => "kill",
        Effect::Wake { .. } => "wake",
        _ => "else",
    };
    outcome.effects.iter().map(what).collect()
}

#[test]
fn one_that_gives_in_to_the_interrupt_goes_on_in_its_next_turn() {
    let mut s = Session::limited();
    assert_eq!(s.says(), "a turn may take 90 s");
    assert_eq!(looks(&s.observe("a", AgentState::Thinking)), [90]);
    assert_eq!(looks(&s.later(40).observe("a", AgentState::Working)), [] as [u64; 0], "one timer is enough");
    assert_eq!(s.says(), "a turn may take 90 s; this one has been busy for 40 s");
    let at_limit = s.later(50).overdue();
    assert_eq!((does(&at_limit), looks(&at_limit)), (vec!["interrupt", "wake"], vec![120]));
    assert_eq!(notice(&s, &at_limit), "a: its time limit of 90 s passed; it is interrupted");
    let over = s.later(2).observe("a", AgentState::Idle);
    let ended = over.events.iter().find_map(|r| match &r.event {
        Event::Life(life::Event::TurnEnded { error, .. }) => error.clone(),
        _ => None,
    });
    assert_eq!(ended.as_deref(), Some("its time limit of 90 s passed"), "who waits for the turn is told why");
    assert_eq!(s.says(), "its time limit of 90 s passed; it was interrupted 2 s ago");
    assert_eq!(s.later(60).overdue().events, [], "it is killed only if it went on");
    assert_eq!(looks(&s.observe("a", AgentState::Thinking)), [152 + 90]);
    assert_eq!(s.says(), "a turn may take 90 s");
}

#[test]
fn one_that_goes_on_is_killed_and_what_is_seen_of_it_says_why() {
    let mut s = Session::limited();
    let _ = s.observe("a", AgentState::Working);
    let _ = s.later(90).overdue();
    assert_eq!(s.later(29).overdue().events, [], "it has thirty seconds");
    let killed = s.later(1).overdue();
    assert_eq!(does(&killed), ["kill"]);
    assert_eq!(s.live("a").run, Run::Stopped);
    let _ = s.exit("a", Exit::Signal(9));
    assert_eq!(s.live("a").seen.state, AgentState::Error, "a person should look");
    assert_eq!(s.live("a").seen.reason, "killed: its time limit of 90 s passed");
    s.ok(Command::Life(life::Command::Start { agent: "a".into() }));
    s.up("a");
    assert_eq!(s.says(), "a turn may take 90 s", "it begins with all of its time");
}

#[test]
fn the_clock_stands_still_while_it_waits_for_a_person() {
    let mut s = Session::limited();
    let _ = s.observe("a", AgentState::Working);
    let _ = s.later(60).observe("a", AgentState::Waiting(WaitFor::Approval));
    assert_eq!(s.later(600).overdue().events, [], "a slow answer costs it nothing");
    assert_eq!(looks(&s.observe("a", AgentState::Working)), [660 + 30]);
    assert_eq!(does(&s.later(30).overdue()), ["interrupt", "wake"]);
    // The interrupt came too late: it asks. Once it goes on, it is interrupted once more before it is killed.
    let _ = s.later(1).observe("a", AgentState::Waiting(WaitFor::Approval));
    assert_eq!(s.later(40).overdue().events, []);
    let _ = s.observe("a", AgentState::Working);
    assert_eq!(does(&s.overdue()), ["interrupt", "wake"]);
    assert_eq!(does(&s.later(30).overdue()), ["kill"]);
}

#[test]
fn a_turn_that_follows_without_a_pause_has_all_of_its_time() {
    let mut s = Session::limited();
    let _ = s.observe("a", AgentState::Working);
    let (agent, epoch) = (s.id("a"), s.live("a").epoch);
    let signal = Signal::TurnEnded { text: None, error: None };
    let _ = s.later(80).fact(Fact::Signalled { agent, epoch, signal });
    let looked = s.later(10).overdue();
    assert_eq!((does(&looked), looks(&looked)), (vec!["wake"], vec![80 + 90]));
}

#[test]
fn a_daemon_that_comes_back_keeps_the_limit_of_a_turn_that_went_on_without_it() {
    let mut s = Session::limited();
    let _ = s.observe("a", AgentState::Working);
    let (agent, epoch, pid) = (s.id("a"), s.live("a").epoch, s.live("a").pid().unwrap());
    s.kernel = Kernel::restore(State::default(), s.log.clone());
    let back = s.later(300).fact(Fact::Resumed { alive: vec![(agent, epoch, pid)] });
    assert_eq!(looks(&back), [90], "at once");
    assert_eq!(does(&s.overdue()), ["interrupt", "wake"]);
}

#[test]
fn an_agent_without_a_limit_is_never_looked_at() {
    let mut s = Session::with_team();
    assert_eq!(looks(&s.observe("be-1", AgentState::Working)), [] as [u64; 0]);
    assert_eq!(time_limit(s.kernel.state(), s.id("be-1"), s.now), None);
}

#[test]
fn a_limit_is_said_as_people_say_it() {
    let passed = |secs| super::limit_words(secs);
    assert_eq!(passed(45), "its time limit of 45 s passed");
    assert_eq!(passed(600), "its time limit of 10 min passed");
    assert_eq!(passed(5400), "its time limit of 1 h 30 min passed");
}
