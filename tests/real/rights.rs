//! Agents made from blueprints: what a blueprint allows goes unasked, what it does not is asked, what it denies is not
//! done.

use crate::apart::apart;
use crate::crew::Crew;
use crate::home::Home;
use crate::model::script::Word;
use crate::model::{Model, What};
use crate::program::{GEMINI, Program, Seed};

/// Starts an agent of a blueprint with this program, as `agentctl agent create a --blueprint NAME --cli PROGRAM` does.
fn made(program: Program, blueprint: &str) -> Crew {
    let (home, model) = (Home::new(), Model::start());
    let own = home.root().join("homes/a");
    let launch = program.launch(&model, "a", &own, &home.work(), Seed::Settled);
    let folder = program.path().expect("it is installed");
    let folder = folder.parent().expect("a folder").display().to_string();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let variables: Vec<String> =
        launch.env.iter().map(|(name, value)| format!("{name} = {value:?}")).collect();
    let env = format!("{}, PATH = {path:?}", variables.join(", "));
    let cli = program.word();
    home.write(
        "agentctl.toml",
        &format!("[executive]\nname = 'a'\nblueprint = '{blueprint}'\ncli = '{cli}'\nenv = {{ {env} }}\n"),
    );
    std::fs::create_dir_all(home.work().join(".agentctl/blueprints")).expect("a folder of blueprints");
    home.write(
        ".agentctl/blueprints/careful.toml",
        "extends = 'tester'\nallow = ['shell(touch *)', 'shell(echo *)']\ndeny = ['shell(rm *)']\n",
    );
    home.write(".agentctl/blueprints/barred.toml", "extends = 'tester'\ndeny = ['shell(touch *)']\n");
    home.ok(&["up"]);
    Crew { home, model }
}

#[test]
fn gemini_asks_for_a_command_that_its_blueprint_does_not_allow() {
    apart(|| {
        if !GEMINI.is_here() {
            return;
        }
        for blueprint in ["coder", "tester"] {
            let crew = made(GEMINI, blueprint);
            crew.is("a", "idle");
            let seen = crew.send("a", "RUNBASH now");
            let seen = crew.sees("a", seen, "a call", |what| *what == What::Called(Word::RunCommand));
            crew.asks("a");
            assert!(!crew.file("made_by_model.txt").exists(), "nothing runs before it is allowed");
            crew.presses("a", "enter");
            crew.ended("a", seen);
            assert!(crew.file("made_by_model.txt").exists(), "what is allowed runs");
        }
    });
}

#[test]
fn gemini_runs_unasked_what_its_blueprint_allows_and_never_what_it_denies() {
    apart(|| {
        if !GEMINI.is_here() {
            return;
        }
        for (blueprint, runs) in [("careful", true), ("barred", false)] {
            let crew = made(GEMINI, blueprint);
            crew.is("a", "idle");
            let seen = crew.send("a", "RUNBASH now");
            let seen = crew.sees("a", seen, "a call", |what| *what == What::Called(Word::RunCommand));
            crew.ended("a", seen);
            crew.is("a", "idle");
            assert_eq!(crew.file("made_by_model.txt").exists(), runs, "{blueprint}\n{}", crew.screen("a"));
        }
    });
}
