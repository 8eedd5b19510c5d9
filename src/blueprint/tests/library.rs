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
