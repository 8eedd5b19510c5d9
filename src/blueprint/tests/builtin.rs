//! The built-in blueprints: each loads, each becomes the start of every usual program, and a read-only one never gets a
//! tool that writes.

use crate::blueprint::library::BUILTIN;
use crate::blueprint::{Conversion, Library, Wish};

const CLIS: [&str; 3] = ["claude", "codex", "gemini"];

fn start(name: &str, cli: &str) -> Conversion {
    let library = Library::builtin().unwrap();
    library
        .launch(&Wish { blueprint: name, cli: Some(cli), ..Wish::default() })
        .unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn each_is_whole_and_starts_every_usual_program() {
    let library = Library::builtin().unwrap();
    for (name, _) in BUILTIN {
        let blueprint = library.usable(name).unwrap_or_else(|e| panic!("{e}"));
        assert!(!blueprint.description.is_empty() && !blueprint.tags.is_empty(), "{name}");
        assert!((300..3000).contains(&blueprint.prompt.len()), "{name}: {}", blueprint.prompt.len());
        for cli in CLIS {
            let made = start(name, cli);
            assert_eq!(made.launch.command[0], cli);
            assert_eq!(made.launch.blueprint.as_deref(), Some(name));
            let told = made.launch.command.iter().chain(made.launch.files.values());
            let first = blueprint.prompt.lines().next().unwrap();
            assert!(
                told.into_iter().any(|text| text.contains(first)),
                "{cli} is not told the prompt of {name}"
            );
            assert!(
                made.launch.command.contains(&"--model".to_owned()),
                "{cli} is not told the model of {name}"
            );
            // Every file that is named is there.
            for text in made.launch.command.iter().chain(made.launch.env.values()) {
                for named in text.split("{file:").skip(1).filter_map(|rest| rest.split('}').next()) {
                    assert!(made.launch.files.contains_key(named), "{name} on {cli}: {named}");
                }
            }
            let known = ["allow", "deny", "mcp_strict"];
            let strange =
                made.notes.iter().find(|note| cli != "codex" || !known.contains(&note.field.as_str()));
            assert_eq!(strange, None, "{name} on {cli}");
        }
    }
}

#[test]
fn the_models_and_rights_are_those_that_were_meant() {
    let library = Library::builtin().unwrap();
    let read = |name: &str| library.usable(name).unwrap();
    assert_eq!(read("tester").model.as_deref(), Some("fast"));
    assert!(
        ["reviewer", "security", "analyst"].iter().all(|name| read(name).model.as_deref() == Some("strong"))
    );
    let read_only: Vec<&str> =
        BUILTIN.iter().map(|(name, _)| *name).filter(|name| read(name).read_only).collect();
    assert_eq!(read_only, ["reviewer", "security"]);
}

#[test]
fn a_read_only_one_never_gets_a_tool_that_writes() {
    let writes = ["Edit", "Write", "NotebookEdit", "Bash", "write_file", "replace", "run_shell_command"];
    for name in ["reviewer", "security"] {
        let claude = start(name, "claude").launch.command;
        let given = |flag: &str| -> Vec<String> {
            let lists = claude.iter().filter_map(|word| word.strip_prefix(flag)?.strip_prefix('='));
            lists.flat_map(|list| list.split(',').map(str::to_owned)).collect()
        };
        for tool in writes {
            assert!(
                !given("--tools").iter().chain(&given("--allowedTools")).any(|t| t.starts_with(tool)),
                "{tool}"
            );
        }
        assert!(!given("--tools").is_empty() && given("--disallowedTools").contains(&"Write".to_owned()));
        assert!(claude.contains(&"--strict-mcp-config".to_owned()));
        assert!(!claude.iter().any(|word| word.contains("skip-permissions") || word.contains("acceptEdits")));

        let codex = start(name, "codex").launch.command.join(" ");
        assert!(codex.contains("--sandbox read-only --ask-for-approval never"), "{codex}");
        assert!(!codex.contains("workspace-write") && !codex.contains("--dangerously"), "{codex}");

        let gemini = start(name, "gemini").launch;
        assert!(gemini.command.join(" ").contains("--approval-mode plan"));
        let settings: serde_json::Value = serde_json::from_str(&gemini.files["settings.json"]).unwrap();
        let list = |word: &str| settings["tools"][word].as_array().unwrap().clone();
        for tool in &writes[4..] {
            assert!(list("exclude").contains(&(*tool).into()), "{tool}");
            assert!(!list("allowed").iter().any(|t| t.as_str().unwrap().starts_with(tool)), "{tool}");
        }
        assert_eq!(settings["mcp"]["allowed"], serde_json::json!(["agentctl"]));
    }
}

#[test]
fn gemini_is_told_patterns_as_policies_since_its_list_of_allowed_tools_would_refuse_every_other_command() {
    let gemini = start("coder", "gemini").launch;
    let settings: serde_json::Value = serde_json::from_str(&gemini.files["settings.json"]).unwrap();
    let allowed = settings["tools"]["allowed"].to_string();
    assert!(allowed.contains("read_file") && !allowed.contains('('), "{allowed}");
    assert_eq!(settings["policyPaths"], serde_json::json!(["~/.gemini/policies", "${AGENTCTL_POLICY}"]));
    assert_eq!(gemini.env["AGENTCTL_POLICY"], "{file:policy.toml}");
    let policy = &gemini.files["policy.toml"];
    assert!(policy.contains("commandRegex = \"git status\""), "{policy}");
    assert!(policy.matches("decision = \"allow\"").count() == 3 && !policy.contains("deny"), "{policy}");
}
