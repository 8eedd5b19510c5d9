//! How an agent's program is started: its command with what its adapter adds, its variables and its files. Pure; the
//! daemon writes the files and starts the program.
//!
//! A command that is no agent at its screen (a subcommand, a headless run) is left as it is, and so is everything that
//! the command says itself: a person's own words win.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use serde_json::Value;

use super::definition::{Adapter, IdIs};
use super::flags::says;
use super::server::Listen;
use super::{library, settings};
use crate::domain::Launch;

/// How an agent's conversation opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// A new one of this number.
    New(String),
    /// The one of this number goes on.
    Resume(String),
}

/// What is known around a start.
#[derive(Clone, Debug)]
pub struct Around<'a> {
    /// How the conversation opens; none leaves it to the program.
    pub conversation: Option<Opening>,
    /// The path of this very program, for hooks.
    pub program: &'a Path,
    /// The folder in which the files of this start are written.
    pub folder: &'a Path,
    /// Settings of the whole machine that the program would otherwise read in the place of the file it is given.
    pub machine: Option<Value>,
    /// Where the program may have a server listen; none if it is to have none.
    pub listen: Option<Listen>,
}

/// How a program is to be started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prepared {
    /// The command.
    pub argv: Vec<String>,
    /// Variables set for it.
    pub env: BTreeMap<String, String>,
    /// Variables it must not inherit; one that ends in `*` means all that begin so. What `env` sets is set all the
    /// same.
    pub scrub: Vec<String>,
    /// Files to be written into the folder: name and text.
    pub files: BTreeMap<String, String>,
    /// The number of its conversation, where the program was told to take it.
    pub conversation: Option<String>,
}

impl Adapter {
    /// Returns whether a command names the file of hooks of this start, which lies in `folder`.
    #[must_use]
    pub fn is_hooked(&self, argv: &[OsString], folder: &Path) -> bool {
        let file = settings::file_name(self.start.hooks).map(|name| folder.join(name));
        file.is_some_and(|file| argv.iter().any(|word| word.as_os_str() == file.as_os_str()))
    }

    /// Returns how a program is to be started.
    #[must_use]
    pub fn prepare(&self, launch: &Launch, around: &Around<'_>) -> Prepared {
        let mut prepared = Prepared {
            argv: launch.command.clone(),
            env: launch.env.clone(),
            scrub: self.start.scrub.clone(),
            files: launch.files.clone(),
            conversation: None,
        };
        let at = library::program_at(self, &launch.command)
            .filter(|at| self.is_at_screen(&launch.command[at + 1..]));
        if let Some(at) = at {
            self.add_to(&mut prepared, at, launch, around);
        }
        let path = |name: &str| around.folder.join(name).to_string_lossy().into_owned();
        let names: Vec<String> = prepared.files.keys().cloned().collect();
        let texts = prepared.argv.iter_mut().chain(prepared.env.values_mut());
        for text in texts.filter(|text| text.contains("{file:")) {
            for name in &names {
                *text = text.replace(&format!("{{file:{name}}}"), &path(name));
            }
        }
        prepared
    }

    /// Returns whether these arguments have the program run an agent at its screen.
    fn is_at_screen(&self, rest: &[String]) -> bool {
        let headless = rest.iter().any(|word| self.headless.marks.iter().any(|mark| says(word, mark)));
        let first = rest.iter().find(|word| !word.starts_with('-'));
        let is_command = |word: &String| self.start.subcommands.contains(word);
        !headless && !first.is_some_and(is_command)
    }

    fn add_to(&self, prepared: &mut Prepared, at: usize, launch: &Launch, around: &Around<'_>) {
        let rest = &launch.command[at + 1..];
        let said = |words: &[String]| rest.iter().any(|arg| words.iter().any(|word| says(arg, word)));
        let mut added: Vec<String> = Vec::new();
        let talk = &self.conversation;
        if let Some(opening) = around.conversation.as_ref().filter(|_| !said(&talk.chosen_by)) {
            let (words, id) = match opening {
                Opening::New(id) if talk.id == IdIs::Chosen => (talk.new.as_slice(), id),
                Opening::New(id) => (&[][..], id),
                Opening::Resume(id) => (talk.resume.as_slice(), id),
            };
            added.extend(words.iter().map(|word| word.replace("{id}", id)));
            prepared.conversation = (!words.is_empty()).then(|| id.clone());
        }
        let hooks = self.hooks_for(prepared, launch, around);
        let notify = settings::notify(around.program);
        for add in self.start.add.iter().filter(|add| !said(&add.unless)) {
            // Without a file of hooks there is nothing to name.
            if hooks.is_some() || !add.args.iter().any(|word| word.contains("{hooks}")) {
                let file = hooks.as_deref().unwrap_or_default();
                added.extend(
                    add.args.iter().map(|word| word.replace("{hooks}", file).replace("{notify}", &notify)),
                );
            }
        }
        for (name, value) in &self.start.env {
            if hooks.is_some() || !value.contains("{hooks}") {
                let value = value.replace("{hooks}", hooks.as_deref().unwrap_or_default());
                prepared.env.entry(name.clone()).or_insert(value);
            }
        }
        if let Some(listen) =
            around.listen.as_ref().filter(|_| self.server.is_any() && !self.server.is_said(rest))
        {
            let port = listen.port.to_string();
            added.extend(self.server.args.iter().map(|word| word.replace("{port}", &port)));
            prepared.env.insert(self.server.password.clone(), listen.password.clone());
        }
        let wrapped = at > 0 && rest.first().is_some_and(|word| word == "--");
        let place = at + 1 + usize::from(wrapped);
        prepared.argv.splice(place..place, added);
    }

    /// Adds the file of hooks; returns its path.
    fn hooks_for(&self, prepared: &mut Prepared, launch: &Launch, around: &Around<'_>) -> Option<String> {
        let name = settings::file_name(self.start.hooks)?;
        let taken =
            self.start.env.iter().any(|(n, value)| value.contains("{hooks}") && launch.env.contains_key(n));
        if taken {
            return None;
        }
        let blueprint = launch.files.get(name).and_then(|text| serde_json::from_str(text).ok());
        let others: Vec<Value> = around.machine.iter().cloned().chain(blueprint).collect();
        let text = settings::file(self.start.hooks, around.program, &others)?;
        prepared.files.insert(name.to_owned(), text);
        Some(around.folder.join(name).to_string_lossy().into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Adapters;
    use super::*;

    const ID: &str = "11111111-2222-4333-8444-555555555555";

    fn prepared(command: &str, conversation: Option<Opening>) -> Prepared {
        let launch = Launch { command: shell_words::split(command).unwrap(), ..Launch::default() };
        prepare(&launch, conversation)
    }

    fn prepare(launch: &Launch, conversation: Option<Opening>) -> Prepared {
        let around = Around {
            conversation,
            program: Path::new("/opt/agentctl"),
            folder: Path::new("/run/f"),
            machine: None,
            listen: None,
        };
        Adapters::builtin().unwrap().find(launch).prepare(launch, &around)
    }

    fn new() -> Option<Opening> {
        Some(Opening::New(ID.to_owned()))
    }

    fn resume() -> Option<Opening> {
        Some(Opening::Resume(ID.to_owned()))
    }

    #[test]
    fn what_an_adapter_adds_stands_behind_the_program_and_before_its_own_arguments() {
        let argv = |command, opening| prepared(command, opening).argv.join(" ");
        let codex = r#"--no-daemon -c notify=["/opt/agentctl","hook","codex"]"#;
        for (command, opening, expected) in [
            ("claude", None, "claude --settings /run/f/hooks.json".to_owned()),
            ("claude hi", new(), format!("claude --session-id {ID} --settings /run/f/hooks.json hi")),
            ("claude -c", resume(), "claude --settings /run/f/hooks.json -c".to_owned()),
            ("claude --settings=a.json", resume(), format!("claude --resume {ID} --settings=a.json")),
            (
                "npx -y @anthropic-ai/claude-code x",
                None,
                "npx -y @anthropic-ai/claude-code --settings /run/f/hooks.json x".to_owned(),
            ),
            ("npm exec @openai/codex -- -m x", None, format!("npm exec @openai/codex -- {codex} -m x")),
            ("codex", new(), format!("codex {codex}")),
            ("codex -m x", resume(), format!("codex resume {ID} {codex} -m x")),
            ("codex -c notify=[]", None, "codex --no-daemon -c notify=[]".to_owned()),
            ("gemini", resume(), format!("gemini --resume {ID}")),
            ("bash -l", resume(), "bash -l".to_owned()),
        ] {
            assert_eq!(argv(command, opening), expected, "{command}");
        }
    }

    #[test]
    fn a_command_that_is_no_agent_at_its_screen_is_left_alone() {
        for command in [
            "claude -p hi",
            "claude --print",
            "claude mcp list",
            "codex exec x",
            "codex login",
            "gemini -p x",
        ] {
            let prepared = prepared(command, new());
            assert_eq!((prepared.argv.join(" ").as_str(), prepared.files.len()), (command, 0));
            assert!(prepared.env.is_empty() && prepared.conversation.is_none(), "{command}");
        }
    }

    #[test]
    fn files_are_named_by_their_paths_and_a_persons_own_settings_win() {
        let files = BTreeMap::from([("mcp.json".to_owned(), "{}".to_owned())]);
        let command = ["claude", "--mcp-config={file:mcp.json}", "{file:other}"].map(str::to_owned).to_vec();
        let made = prepare(&Launch { command, files, ..Launch::default() }, new());
        assert_eq!(made.argv[5..], ["--mcp-config=/run/f/mcp.json", "{file:other}"]);
        assert_eq!(made.conversation.as_deref(), Some(ID));
        let hooks: Value = serde_json::from_str(&made.files["hooks.json"]).unwrap();
        assert_eq!(hooks["hooks"]["PermissionRequest"][0]["hooks"][0]["timeout"], 86_400);
        assert_eq!(hooks["statusLine"]["command"], "/opt/agentctl hook claude --statusline || true");
        assert!(
            hooks["hooks"].get("SubagentStart").is_none(),
            "older versions stop at what they do not know"
        );

        let variable = "GEMINI_CLI_SYSTEM_SETTINGS_PATH";
        let mut launch = Launch { command: vec!["gemini".to_owned()], ..Launch::default() };
        launch.files.insert("settings.json".to_owned(), r#"{"mcpServers":{"a":{}}}"#.to_owned());
        let made = prepare(&launch, None);
        assert_eq!(made.env[variable], "/run/f/settings.json");
        let settings: Value = serde_json::from_str(&made.files["settings.json"]).unwrap();
        assert!(settings["mcpServers"]["a"].is_object() && settings["hooks"]["BeforeAgent"].is_array());
        launch.env.insert(variable.to_owned(), "/mine".to_owned());
        launch.files.clear();
        let made = prepare(&launch, None);
        assert_eq!((made.env[variable].as_str(), made.files.len()), ("/mine", 0));
    }
}
