//! The file of the README and of the first run, and what is said of files that are wrong.

mod builtin;
mod library;

use super::*;
use crate::domain::{NewAgent, Role, TeamRef};
use crate::kernel::org::Command as OrgCommand;

const SAMPLE: &str = r#"
[session]
name = "api-build"
[executive]
name = "chief"
command = ["claude"]
[[team]]
name = "backend"
color = "green"
lead = "be-lead"
[[team.agent]]
name = "be"
command = ["codex"]
count = 2
cwd = "services/api"
env = { RUST_LOG = "info" }
[[team]]
name = "database"
parent = "backend"
"#;

fn parse(text: &str) -> Result<Plan, ManifestError> {
    read(Path::new("/home/me/my project/agentctl.toml"), text, &Library::builtin().unwrap())
}

fn agents(plan: &Plan) -> Vec<&NewAgent> {
    plan.commands
        .iter()
        .filter_map(|c| if let OrgCommand::CreateAgent(new) = c { Some(new) } else { None })
        .collect()
}

fn error(text: &str) -> String {
    parse(text).unwrap_err().to_string().replace("/home/me/my project/agentctl.toml", "F")
}

#[test]
fn the_sample_file_is_a_plan_of_ordinary_commands() {
    let plan = parse(SAMPLE).unwrap();
    assert_eq!(plan.name.as_str(), "api-build");
    let rows: Vec<_> = agents(&plan)
        .into_iter()
        .map(|a| (a.name.as_ref().unwrap().as_str(), a.role, a.launch.command.join(" ")))
        .collect();
    assert_eq!(
        rows,
        [
            ("chief", Role::Executive, "claude".to_owned()),
            ("be-lead", Role::Coordinator, "codex".to_owned()),
            ("be-1", Role::Worker, "codex".to_owned()),
            ("be-2", Role::Worker, "codex".to_owned()),
        ]
    );
    let worker = agents(&plan)[3];
    assert_eq!(worker.team, Some(TeamRef::from("backend")));
    assert_eq!(
        (worker.launch.cwd.as_deref(), worker.launch.env["RUST_LOG"].as_str()),
        (Some(Path::new("services/api")), "info")
    );
    assert!(
        matches!(&plan.commands[1], OrgCommand::CreateTeam { name, parent: Some(_), .. } if name.as_str() == "database")
    );
}

#[test]
fn a_parent_may_stand_below_its_child_in_the_file() {
    let plan = parse("[[team]]\nname='b'\nparent='a'\n[[team]]\nname='a'\n").unwrap();
    let order: Vec<_> = plan
        .commands
        .iter()
        .filter_map(|c| if let OrgCommand::CreateTeam { name, .. } = c { Some(name.as_str()) } else { None })
        .collect();
    assert_eq!(order, ["a", "b"]);
    assert_eq!(plan.name.as_str(), "my-project", "the folder names the session");
}

#[test]
fn blueprints_are_shared_definitions() {
    let plan = parse(
        "[executive]\nname='c'\nblueprint='boss'\nenv={B='2'}\n[blueprint.boss]\ncommand='claude --model \"big one\"'\nenv={A='1',B='1'}\n",
    )
    .unwrap();
    let launch = &agents(&plan)[0].launch;
    assert_eq!(launch.command, ["claude", "--model", "big one"]);
    assert_eq!((launch.env["A"].as_str(), launch.env["B"].as_str()), ("1", "2"));
}

#[test]
fn an_agent_is_made_from_a_blueprint_and_says_what_is_otherwise_about_it() {
    let plan = parse(
        "[executive]\nname='c'\nblueprint='coder'\ncli='codex'\nmodel='fast'\nprompt_suffix='Only the parser.'\n\
         env={A='1'}\ncwd='x'\n[[team]]\nname='t'\nblueprint='tester'\n[[team.agent]]\nname='a'\n\
         [[team.agent]]\nname='b'\ncli='gemini'\n",
    )
    .unwrap();
    let [chief, a, b] = agents(&plan)[..] else { panic!("{plan:?}") };
    let line = chief.launch.command.join(" ");
    assert!(line.starts_with("codex --model gpt-") && line.contains("-luna"), "{line}");
    assert!(line.contains("\\n\\nOnly the parser.\""), "{line}");
    assert_eq!((chief.launch.blueprint.as_deref(), chief.launch.env["A"].as_str()), (Some("coder"), "1"));
    assert_eq!(chief.launch.cwd.as_deref(), Some(Path::new("x")));
    assert_eq!((a.launch.command[0].as_str(), a.launch.command[2].as_str()), ("claude", "haiku"));
    assert_eq!((b.launch.command[0].as_str(), b.launch.blueprint.as_deref()), ("gemini", Some("tester")));
    assert!(plan.notes.iter().any(|(name, note)| name == "coder" && note.note.starts_with("codex cannot")));
}

#[test]
fn a_lead_without_a_start_of_its_own_borrows_the_program_and_not_the_prompt_of_another() {
    let plan = parse("[executive]\nname='c'\nblueprint='executive'\n[[team]]\nname='t'\nlead='l'\n").unwrap();
    let lead = agents(&plan)[1];
    assert_eq!((lead.launch.command.as_slice(), &lead.launch.blueprint), (&["claude".to_owned()][..], &None));
}

#[test]
fn what_is_wrong_about_a_blueprint_is_named_where_it_is_asked_for() {
    let cases = [
        (
            "[executive]\nname='c'\nblueprint='codr'\n",
            "F:3:11: `executive.blueprint`: there is no blueprint called `codr`; did you mean `coder`?",
        ),
        (
            "[executive]\nname='c'\nblueprint='coder'\ncli='cluade'\n",
            "F:4:5: `executive.cli`: there is no CLI called `cluade`; did you mean `claude`?",
        ),
        (
            "[executive]\nname='c'\nblueprint='reviewer'\ncli='mytool'\n",
            "F:3:11: `executive.blueprint`: `reviewer` is read-only, and mytool cannot be kept from changing files; choose another CLI for it",
        ),
        (
            "[executive]\nname='c'\ncommand=['sh']\nmodel='fast'\n",
            "F:4:7: `executive.model`: changes a blueprint, and this agent is started by a command",
        ),
        (
            "[executive]\nname='c'\nblueprint='coder'\nmodle='fast'\n",
            "F:4:1: `executive.modle`: unknown field `modle`; did you mean `model`?",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected);
    }
}

#[test]
fn agents_without_a_name_leave_the_choice_to_the_session() {
    let plan = parse("[[agent]]\ncommand=['sh']\ncount=3\n").unwrap();
    assert_eq!(agents(&plan).iter().filter(|a| a.name.is_none()).count(), 3);
}

#[test]
fn what_is_wrong_is_named_with_line_field_and_the_word_that_was_meant() {
    let cases = [
        (
            "[[team]]\nname='a'\nparnt='b'\n",
            "F:3:1: `team[0].parnt`: unknown field `parnt`; did you mean `parent`?",
        ),
        (
            "[[team]]\nname='backend'\n[[team]]\nname='x'\nparent='backnd'\n",
            "F:5:8: `team[1].parent`: there is no team called `backnd`; did you mean `backend`?",
        ),
        ("[[team]]\nname='a'\n[[team]]\nname='a'\n", "F:4:6: `team[1].name`: there are two teams called `a`"),
        (
            "[[team]]\nname='a'\nparent='b'\n[[team]]\nname='b'\nparent='a'\n",
            "F:3:8: `team[0].parent`: these teams stand in each other, in a circle",
        ),
        (
            "[[team]]\nname='a'\ncolor='gren'\n",
            "F:3:7: `team[0].color`: `gren` is not a team colour; use one of blue, green, orange, purple, cyan, pink, yellow, red or a value such as #7aa2f7; did you mean `green`?",
        ),
        (
            "[executive]\nname='a b'\ncommand=['sh']\n",
            "F:2:6: `executive.name`: `a b` holds ' '; letters, digits, `-`, `_` and `.` are allowed",
        ),
        (
            "[executive]\nname='c'\n",
            "F:2:6: `executive`: has neither a command nor a blueprint; write, for example, command = [\"claude\"]",
        ),
        (
            "[executive]\nname='c'\nblueprint='bos'\n[blueprint.boss]\ncommand=['x']\n",
            "F:3:11: `executive.blueprint`: there is no blueprint called `bos`; did you mean `boss`?",
        ),
        (
            "[[agent]]\nname='x'\ncommand=['sh']\n[[agent]]\nname='x'\ncommand=['sh']\n",
            "F:5:6: `agent[1].name`: there are two agents called `x`",
        ),
        (
            "[[team]]\nname='t'\nlead='be-led'\n[[team.agent]]\nname='be-lead'\ncommand=['sh']\n",
            "F:3:6: `team[0].lead`: no agent of this team is called `be-led`; did you mean `be-lead`?",
        ),
        ("[[agent]]\ncommand=[]\n", "F:2:9: `agent[0].command`: names no program"),
        ("[[agent]]\ncommand='a \"b'\n", "F:2:9: `agent[0].command`: has a quote that is not closed"),
        ("[[agent]]\ncommand=['sh']\ncount=0\n", "F:3:7: `agent[0].count`: 0 is not between 1 and 500"),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected);
    }
    assert!(error("[[agent]]\ncommand=3\n").contains("a list of words such as [\"claude\"]"));
    assert!(error("name = \n").starts_with("F:1:"));
}

#[test]
fn the_file_written_at_the_first_run_can_be_read() {
    for programs in [vec!["claude"], vec!["claude", "codex"], vec!["claude", "codex", "gemini", "aider"]] {
        let found: Vec<Found> =
            programs.iter().map(|p| Found { title: (*p).into(), program: (*p).into() }).collect();
        let text = compose(&Name::new("demo").unwrap(), &found);
        let plan = parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(plan.name.as_str(), "demo");
        assert!(programs.iter().take(3).all(|p| agents(&plan).iter().any(|a| a.launch.command == [*p])));
    }
}
