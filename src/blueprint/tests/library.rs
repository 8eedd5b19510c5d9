//! Blueprints that people write: which one is meant, what it builds on, and what is said of one that is wrong.

use crate::adapter::Adapters;
use crate::blueprint::library::LibraryError;
use crate::blueprint::{DEFAULT_CLI, Library, Origin, Source, Wish, Words};
use crate::domain::MicroUsd;

fn library(own: &[(Origin, &str, &str)]) -> Library {
    let sources = own.iter().map(|(origin, name, text)| Source {
        name: (*name).to_owned(),
        origin: *origin,
        file: format!("{}/{name}.toml", origin.word()),
        text: (*text).to_owned(),
    });
    let words = Words::read(None).unwrap();
    Library::new(sources, Adapters::builtin().unwrap(), words, DEFAULT_CLI.to_owned())
}

fn wrong(text: &str) -> String {
    library(&[(Origin::User, "mine", text)]).usable("mine").unwrap_err().to_string()
}

#[test]
fn the_sessions_goes_before_the_persons_and_that_before_the_built_in_one() {
    let all = library(&[
        (
            Origin::User,
            "coder",
            "extends = 'coder'\ndescription = 'user'\nprompt_suffix = 'U.'\ntags = ['u']",
        ),
        (Origin::Session, "coder", "extends = 'coder'\nmodel = 'x-1'\nprompt_suffix = 'S.'"),
    ]);
    let coder = all.usable("coder").unwrap();
    assert_eq!((coder.description.as_str(), coder.model.as_deref()), ("user", Some("x-1")));
    assert!(
        coder.prompt.starts_with("You write code") && coder.prompt.ends_with("\n\nU.\n\nS."),
        "{}",
        coder.prompt
    );
    assert_eq!(coder.tags, ["code", "u"]);
}

#[test]
fn a_child_replaces_values_and_adds_to_lists_and_tables() {
    let base = "prompt='P.'\nmodel='fast'\nallow=['read']\ndeny=['web']\nenv={A='1',B='1'}\nmcp.a={command='a'}\n\
                limits={time='90s',budget=2.5}\nfolders=['x']\nread_only=false\nenabled=false";
    let child = "extends='base'\nmodel='strong'\nallow=['read','web']\nenv={B='2'}\nmcp.b={url='http://x'}\n\
                 limits={time='2h'}\nfolders=['y']\ncwd='z'";
    let all = library(&[(Origin::User, "base", base), (Origin::User, "child", child)]);
    let child = all.usable("child").unwrap();
    assert_eq!((child.model.as_deref(), child.prompt.as_str()), (Some("strong"), "P."));
    assert_eq!((child.allow.join(" "), child.deny.join(" ")), ("read web".to_owned(), "web".to_owned()));
    assert_eq!((child.env["A"].as_str(), child.env["B"].as_str()), ("1", "2"));
    assert_eq!(child.mcp.keys().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!((child.limits.time_secs, child.limits.budget), (Some(7200), Some(MicroUsd(2_500_000))));
    assert_eq!(child.folders.len(), 2);
    let disabled = all.usable("base").unwrap_err();
    assert_eq!(disabled.to_string(), "the blueprint `base` is disabled in user/base.toml");
    assert_eq!(disabled.hint().as_deref(), Some("agentctl blueprint enable base switches it on"));
}

#[test]
fn an_unknown_name_is_told_the_nearest_one_or_all_there_are() {
    let all = library(&[(Origin::User, "parser-coder", "extends = 'coder'")]);
    let hint = |name: &str| all.usable(name).unwrap_err().hint().unwrap();
    assert_eq!(hint("reviewr"), "did you mean `reviewer`?");
    assert_eq!(hint("parser-codr"), "did you mean `parser-coder`?");
    assert!(hint("zzz").contains("executive, parser-coder, reviewer"), "{}", hint("zzz"));
}

#[test]
fn what_is_wrong_is_named_with_file_line_field_and_the_word_that_was_meant() {
    let cases = [
        ("modle = 'x'", "user/mine.toml:1:1: `modle`: unknown field `modle`; did you mean `model`?"),
        (
            "extends = 'codr'",
            "user/mine.toml:1:11: `extends`: there is no blueprint called `codr` to build on; did you mean `coder`?",
        ),
        (
            "\npermission = 'aks'",
            "user/mine.toml:2:14: `permission`: `aks` is not known here; did you mean `ask`?",
        ),
        (
            "limits.time = '3x'",
            "user/mine.toml:1:15: `limits.time`: `3x` is no span of time; write 90s, 30m or 2h",
        ),
        (
            "limits.budget = -1.0",
            "user/mine.toml:1:17: `limits.budget`: -1 is no budget; write US dollars, such as 2.5",
        ),
        ("allow = ['a,b']", "user/mine.toml:1:10: `allow[0]`: names no single tool"),
        (
            "deny = ['shell(git']",
            "user/mine.toml:1:9: `deny[0]`: `shell(git` is neither a tool nor tool(pattern)",
        ),
        (
            "\ndeny = ['shel(rm *)', 'wirte']",
            "user/mine.toml:2:9: `deny[0]`: there is no tool called `shel`; did you mean `shell`?",
        ),
        (
            "allow = ['read', 'sheel(git *)']",
            "user/mine.toml:1:18: `allow[1]`: there is no tool called `sheel`; did you mean `shell`?",
        ),
        (
            "deny = ['Frobnicate']",
            "user/mine.toml:1:9: `deny[0]`: there is no tool called `Frobnicate`; it can be read, edit, shell, web, agents, or a tool's own name; tools.claude.deny = [\"Frobnicate\"] takes any name as it stands",
        ),
        (
            "cli = 'claud'",
            "user/mine.toml:1:7: `cli`: there is no CLI called `claud`; did you mean `claude`?",
        ),
        ("model = ' '", "user/mine.toml:1:9: `model`: is empty; leave the line out"),
    ];
    for (text, expected) in cases {
        assert_eq!(wrong(text), expected);
    }
    assert!(
        wrong("mcp.a = {}").contains("`mcp.a`: has neither a command nor a url"),
        "{}",
        wrong("mcp.a = {}")
    );
    let circle = library(&[(Origin::User, "a", "extends='b'"), (Origin::User, "b", "extends='a'")]);
    let said = circle.usable("a").unwrap_err().to_string();
    assert_eq!(said, "user/b.toml:1:9: `extends`: `a` builds on itself");
    assert!(library(&[(Origin::User, "a b", "")]).usable("a b").is_err());
}

#[test]
fn what_a_program_cannot_be_told_is_noted_and_what_must_not_happen_is_refused() {
    let text = "prompt='P'\ndeny=['edit','web']\nmcp.docs={command='d',args=['-x \"y\"'],env={K='v'}}\nfolders=['../s']\n\
                args.codex=['--search']\npermission='edit'";
    let all = library(&[
        (Origin::User, "mine", text),
        (Origin::User, "torn", "read_only=true\nallow=['shell(ls)']"),
        (Origin::User, "bold", "read_only=true\npermission='all'"),
        (Origin::User, "odd", "prompt='see {file:x}'"),
    ]);
    let start = |name: &'static str, cli: &'static str| {
        all.launch(&Wish { blueprint: name, cli: Some(cli), ..Wish::default() })
    };
    let codex = start("mine", "codex").unwrap();
    let line = codex.launch.command.join(" ");
    assert!(line.contains(r#"-c mcp_servers.docs={command="d",args=["-x \"y\""],env={"K"="v"}}"#), "{line}");
    assert!(line.contains("web_search=\"disabled\"") && line.ends_with("--search"), "{line}");
    assert_eq!(line.matches("--sandbox").count(), 1, "{line}");
    assert!(
        codex.notes.iter().any(|note| note.note == "codex cannot deny single tools: it may still use edit")
    );
    let claude = start("mine", "claude").unwrap().launch;
    assert!(claude.command.contains(&"--mcp-config={file:mcp.json}".to_owned()), "{claude:?}");
    let servers: serde_json::Value = serde_json::from_str(&claude.files["mcp.json"]).unwrap();
    assert_eq!(servers["mcpServers"]["docs"]["env"]["K"], "v");
    for name in ["torn", "bold", "odd"] {
        assert!(matches!(start(name, "claude"), Err(LibraryError::Convert(_))), "{name}");
    }
    assert!(start("mine", "sh").unwrap().notes.len() >= 5);
    let path = start("mine", "/opt/bin/claude").unwrap().launch.command;
    assert_eq!((path[0].as_str(), path.contains(&"--add-dir=../s".to_owned())), ("/opt/bin/claude", true));
}

#[test]
fn everything_that_is_wrong_with_a_file_is_found() {
    let text = "cli = 'claud'\ndeny = ['shel', 'wirte']\nlimits.time = '3x'\nmcp.a = {}\n";
    let all = library(&[(Origin::User, "mine", text)]);
    let wrongs = all.examine(all.source("mine").unwrap()).unwrap_err();
    let lines: Vec<usize> = wrongs.iter().map(|wrong| wrong.line).collect();
    assert_eq!(lines, [1, 2, 2, 4, 3], "{wrongs:?}");
    assert!(wrongs[2].to_string().contains("did you mean `write_file`?") || wrongs[2].hint.is_some());
}

#[test]
fn a_tool_by_its_own_name_is_told_to_its_program_and_one_of_another_program_is_understood() {
    let text = "deny = ['Bash(rm *)', 'mcp__docs']\ntools.claude.deny = ['Brandnew(x)']\ntools.gemini.allow = ['new_one']\n";
    let all = library(&[(Origin::User, "mine", text)]);
    let start = |cli: &'static str| {
        all.launch(&Wish { blueprint: "mine", cli: Some(cli), ..Wish::default() }).unwrap()
    };
    let claude = start("claude").launch.command.join(" ");
    assert!(
        claude.contains("--disallowedTools=Bash(rm *)") && claude.contains("--disallowedTools=Brandnew(x)")
    );
    assert!(!claude.contains("new_one"), "{claude}");
    let gemini = start("gemini");
    let settings: serde_json::Value = serde_json::from_str(&gemini.launch.files["settings.json"]).unwrap();
    assert_eq!(settings["tools"]["exclude"], serde_json::json!(["mcp_docs_*"]));
    assert_eq!(settings["tools"]["allowed"], serde_json::json!(["new_one"]));
    let policy = &gemini.launch.files["policy.toml"];
    assert!(policy.contains("commandRegex = \"rm(?:") && policy.contains("\"deny\""), "{policy}");
    assert_eq!(gemini.notes, []);
}

#[test]
fn what_gemini_cannot_be_told_of_a_pattern_is_said() {
    let all =
        library(&[(Origin::User, "mine", "allow = ['read(*.md)']\ndeny = ['edit(secret*)', 'TodoWrite']")]);
    let made = all.launch(&Wish { blueprint: "mine", cli: Some("gemini"), ..Wish::default() }).unwrap();
    let notes: Vec<String> = made.notes.iter().map(|note| format!("{}: {}", note.field, note.note)).collect();
    let says = |words: &str| notes.iter().any(|note| note.contains(words));
    assert!(says("allow: gemini takes patterns of commands alone, so not `read_file(*.md)`"), "{notes:?}");
    assert!(says(
        "deny: gemini takes patterns of commands alone, so not `replace(secret*)`: it may still use it"
    ));
    assert!(says("deny: gemini has no tool called `TodoWrite`"), "{notes:?}");
    assert!(!made.launch.files.contains_key("policy.toml"));
}
