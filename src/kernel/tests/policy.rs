//! Who may ask for what, by role.

use super::*;

impl Session {
    fn asks(&mut self, who: &str, command: impl Into<Command>) -> Result<Reply, Refusal> {
        let actor = Actor::Agent(self.id(who));
        let (kernel, now) = (&mut self.kernel.clone(), self.now);
        kernel.handle(Input::Asked { actor, command: command.into() }, now).reply
    }

    /// Returns which of the team's agents may ask for a command.
    fn who_may(&mut self, command: impl Into<Command>) -> Vec<&'static str> {
        let command = command.into();
        let mut may = vec!["chief", "be-lead", "be-1", "db-1"];
        may.retain(|who| !matches!(self.asks(who, command.clone()), Err(Refusal::Denied(_))));
        may
    }
}

#[test]
fn an_agent_acts_on_itself_a_coordinator_on_its_team_and_below_and_the_executive_on_all() {
    let mut s = Session::with_team();
    let stop = |agent: &str| life::Command::Stop { agent: agent.into() };
    assert_eq!(s.who_may(stop("db-1")), ["chief", "be-lead", "db-1"]);
    assert_eq!(s.who_may(stop("be-1")), ["chief", "be-lead", "be-1"]);
    assert_eq!(s.who_may(stop("chief")), ["chief"]);
    assert_eq!(s.who_may(life::Command::StopAll), ["chief"]);
    let said = s.asks("be-1", stop("chief")).unwrap_err().to_string();
    let may = "a coordinator above it, the executive or a person may";
    assert_eq!(said, format!("`be-1` is a worker and may not act on an agent outside its team; {may}"));
}

#[test]
fn every_agent_sends_and_takes_back_only_what_it_sent() {
    let mut s = Session::with_team();
    assert_eq!(s.who_may(send("be-1", "hello")), ["chief", "be-lead", "be-1", "db-1"]);
    let _ = s.observe("be-1", AgentState::Working);
    let from = Actor::Agent(s.id("db-1"));
    let _ = s.input(Input::Asked { actor: from, command: send("be-1", "later") });
    let cancel = delivery::Command::Cancel { message: MessageId(1) };
    assert_eq!(s.who_may(cancel), ["db-1"]);
}

#[test]
fn the_chart_is_changed_from_above() {
    let mut s = Session::with_team();
    assert_eq!(s.who_may(planned("new", Some("database"), Role::Worker)), ["chief", "be-lead"]);
    assert_eq!(s.who_may(planned("new", None, Role::Worker)), ["chief"]);
    let out = org::Command::MoveAgent { agent: "be-1".into(), team: None };
    assert_eq!(s.who_may(out), ["chief"], "both places count");
    let lead = org::Command::PromoteAgent { agent: "be-1".into() };
    assert_eq!(s.who_may(lead), ["chief", "be-lead"]);
    let own = org::Command::DeleteAgent { agent: "be-lead".into() };
    assert_eq!(s.who_may(own), ["chief"], "no agent deletes itself");
}

#[test]
fn what_agents_ask_and_keys_to_many_are_a_persons_and_no_key_goes_upwards() {
    let mut s = Session::with_team();
    let answer = approval::Command::Answer { approval: ApprovalId(1), verdict: Verdict::Allow };
    assert_eq!(s.who_may(answer), [] as [&str; 0]);
    let open = broadcast::Command::Open { scope: ScopeRef::All, include_dialogs: false };
    assert_eq!(s.who_may(open), [] as [&str; 0]);
    let key = Pressed::Key(Key::plain(KeyCode::Enter));
    let mut press = |who: &str, route: Route| {
        let actor = Actor::Agent(s.id(who));
        !matches!(s.kernel.press(actor, &route, &key, s.now), Err(Refusal::Denied(_)))
    };
    assert!(
        press("be-lead", Route::Direct("db-1".into())) && press("chief", Route::Direct("be-lead".into()))
    );
    assert!(!press("be-lead", Route::Executive) && !press("be-1", Route::Direct("be-lead".into())));
    assert!(!press("be-1", Route::Direct("be-1".into())), "nor into itself");
}

#[test]
fn an_agent_that_is_gone_may_nothing() {
    let mut s = Session::with_team();
    let gone = s.id("db-1");
    s.ok(Command::Org(org::Command::DeleteAgent { agent: "db-1".into() }));
    let refused = s.input(Input::Asked { actor: Actor::Agent(gone), command: send("be-1", "boo") });
    assert!(matches!(refused.reply, Err(Refusal::Denied(_))));
    assert!(refused.events.is_empty());
}
