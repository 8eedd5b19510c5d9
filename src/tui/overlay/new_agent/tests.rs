//! The form of a new agent: keys in, what is asked for out.

use super::super::sample::{keys, model, seen, typed};
use super::*;

#[test]
fn enter_makes_what_the_form_says() {
    let model = model();
    let mut form = NewAgentForm::new(&model);
    assert_eq!(form.command.text(), "claude '--verbose mode'");
    let reply = keys(&mut form, &model, "enter");
    assert!(reply.contains("name: None, team: Some(Id(TeamId(1))), role: Worker"), "{reply}");
    assert!(reply.contains("command: [\"claude\", \"--verbose mode\"]"), "{reply}");
    keys(&mut form, &model, "tab a p i tab right down y");
    let reply = keys(&mut form, &model, "enter");
    assert!(reply.contains("Name(\"api\")") && reply.contains("TeamId(2)"), "{reply}");
    assert!(reply.contains("role: Coordinator") && reply.ends_with("\"api is started\")"), "{reply}");
}

#[test]
fn what_is_wrong_is_said_and_its_field_is_gone_to() {
    let model = model();
    let wrong = |pressed: &str, written: &str, more: &str| {
        let mut form = NewAgentForm::new(&model);
        keys(&mut form, &model, pressed);
        typed(&mut form, &model, written);
        let reply = keys(&mut form, &model, more);
        assert_eq!(reply, "stay");
        (form.at, seen(&form, &model, (80, 24)))
    };
    let (at, picture) = wrong("ctrl-u", "sh 'x", "tab enter");
    assert_eq!(at, Place::Command);
    assert!(picture.contains("a quote is opened and not closed"), "{picture}");
    let (_, picture) = wrong("ctrl-u", "", "enter");
    assert!(picture.contains("which program is to be started?"), "{picture}");
    let (at, picture) = wrong("tab", "be-2", "up enter");
    assert_eq!(at, Place::Name);
    assert!(picture.contains("there is an agent `be-2` already"), "{picture}");
    let (at, picture) = wrong("tab tab", "n", "tab y enter");
    assert_eq!(at, Place::Leads);
    assert!(picture.contains("chief leads the session"), "{picture}");
}

fn with_blueprints() -> Model {
    let view = |name: &str, enabled: bool, error: Option<&str>| BlueprintView {
        name: name.into(),
        description: format!("good for {name}"),
        enabled,
        error: error.map(Into::into),
        ..BlueprintView::default()
    };
    let mut model = model();
    model.blueprints = Some(vec![
        view("coder", true, None),
        view("off", false, None),
        view("reviewer", true, None),
        view("torn", true, Some("line 1")),
    ]);
    model
}

#[test]
fn a_blueprint_is_found_by_typing_and_stands_in_the_place_of_a_command() {
    let model = with_blueprints();
    let mut form = NewAgentForm::new(&model);
    keys(&mut form, &model, "up r e v");
    let picture = seen(&form, &model, (80, 24));
    assert!(picture.contains("good for reviewer") && !picture.contains("coder"), "{picture}");
    assert_eq!(keys(&mut form, &model, "enter"), "stay", "it is chosen, and nothing is made yet");
    let picture = seen(&form, &model, (80, 24));
    assert!(picture.contains("‹ reviewer ›") && picture.contains("as the blueprint says"), "{picture}");
    keys(&mut form, &model, "tab a p i");
    let reply = keys(&mut form, &model, "enter");
    let draft = "name: Some(\"api\"), team: Some(\"backend\"), role: Some(\"worker\"), command: [], blueprint: Some(\"reviewer\")";
    assert!(reply.contains(draft) && reply.ends_with("\"api is started\")"), "{reply}");
}

#[test]
fn blueprints_that_are_off_or_wrong_are_not_offered() {
    let model = with_blueprints();
    let mut form = NewAgentForm::new(&model);
    keys(&mut form, &model, "up");
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(form.blueprint.clone().unwrap_or_default());
        keys(&mut form, &model, "right");
    }
    assert_eq!(seen, ["", "coder", "reviewer"]);
    keys(&mut form, &model, "left space");
    let listed = super::super::sample::seen(&form, &model, (80, 24));
    assert!(!listed.contains("torn") && !listed.contains("good for off"), "{listed}");
    keys(&mut form, &model, "esc backspace tab");
    assert_eq!((form.at, form.blueprint.clone()), (Place::Command, None), "esc leaves the list alone");
    assert!(keys(&mut form, &model, "enter").contains("command: [\"claude\""));
    form.blueprint = Some("off".into());
    assert_eq!(keys(&mut form, &model, "enter"), "stay");
    assert_eq!(form.at, Place::Blueprint);
}

#[test]
fn a_name_may_be_typed_before_it_is_known_which_there_are() {
    let mut model = with_blueprints();
    let known = model.blueprints.take();
    let mut form = NewAgentForm::new(&model);
    keys(&mut form, &model, "up r e v");
    assert!(seen(&form, &model, (80, 24)).contains("nothing of that name"));
    model.blueprints = known;
    form.learn(&model);
    keys(&mut form, &model, "enter");
    assert_eq!(form.blueprint.as_deref(), Some("reviewer"));
}

#[test]
fn beside_an_agent_of_a_blueprint_another_is_made_from_it() {
    let mut model = with_blueprints();
    let id = model.focus.unwrap();
    let view = model.chart.agent(id).unwrap().clone();
    model.chart.take(crate::protocol::AgentView { blueprint: Some("coder".into()), ..view });
    let mut form = NewAgentForm::new(&model);
    assert_eq!(form.at, Place::Blueprint);
    assert!(keys(&mut form, &model, "enter").contains("blueprint: Some(\"coder\")"));
}

#[test]
fn teams_go_round_in_the_order_of_the_chart() {
    let model = model();
    let mut form = NewAgentForm::new(&model);
    keys(&mut form, &model, "down down");
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(team_name(&model.chart.org, form.team).to_owned());
        keys(&mut form, &model, "right");
    }
    assert_eq!(seen, ["backend", "storage", "frontend", "no team"]);
    keys(&mut form, &model, "s");
    assert_eq!(team_name(&model.chart.org, form.team), "storage");
    keys(&mut form, &model, "left left");
    assert_eq!(team_name(&model.chart.org, form.team), "no team");
    assert_eq!(keys(&mut form, &model, "esc"), "close");
}
