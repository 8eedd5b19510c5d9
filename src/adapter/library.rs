//! All adapters: the built-in ones and a person's own, and which of them knows the program of a command.

use std::sync::Arc;

use super::definition::Adapter;
use super::rule::Rules;
use crate::domain::Launch;
use crate::manifest::{Manifest, ManifestError};

/// The built-in files: name and text. The last one is for programs that nothing particular is known of.
const BUILTIN: [(&str, &str); 10] = [
    ("claude", include_str!("cli/claude.toml")),
    ("codex", include_str!("cli/codex.toml")),
    ("gemini", include_str!("cli/gemini.toml")),
    ("qwen", include_str!("cli/qwen.toml")),
    ("opencode", include_str!("cli/opencode.toml")),
    ("aider", include_str!("cli/aider.toml")),
    ("goose", include_str!("cli/goose.toml")),
    ("cursor-agent", include_str!("cli/cursor-agent.toml")),
    ("amp", include_str!("cli/amp.toml")),
    (GENERIC, include_str!("cli/generic.toml")),
];

/// Returns whether a text is that of a built-in file, which a test holds to be right.
pub(super) fn is_builtin(text: &str) -> bool {
    BUILTIN.iter().any(|(_, known)| *known == text)
}

/// The adapter for programs that nothing particular is known of.
const GENERIC: &str = "generic";

/// Programs that run another one which stands behind them, after their own options and variables.
const WRAPPERS: [&str; 17] = [
    "env", "npx", "bunx", "pnpx", "npm", "pnpm", "yarn", "node", "bun", "deno", "nice", "nohup", "setsid",
    "stdbuf", "exec", "uvx", "python3",
];

/// Words with which a wrapper says that a program follows.
const WRAPPER_WORDS: [&str; 6] = ["exec", "dlx", "x", "run", "-m", "--"];

/// All adapters.
#[derive(Clone, Debug, Default)]
pub struct Adapters {
    all: Vec<Arc<Adapter>>,
    generic: Arc<Adapter>,
}

/// A file of a person's own: its name without `.toml`, its path as it is shown, and its text.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its path.
    pub file: &'a str,
    /// What it says.
    pub text: &'a str,
}

impl Adapters {
    /// Returns the built-in ones.
    ///
    /// # Errors
    /// Never, unless this program was built with a wrong file; a test holds that none is.
    pub fn builtin() -> Result<Adapters, ManifestError> {
        Adapters::with_own(&[])
    }

    /// Returns the built-in ones with a person's own: one of the same name takes the place of a built-in one, and may
    /// build on it.
    ///
    /// # Errors
    /// Names file, line and field of what is wrong.
    pub fn with_own(own: &[Own<'_>]) -> Result<Adapters, ManifestError> {
        let mut all = Vec::new();
        for (name, text) in BUILTIN {
            let file = format!("{name}.toml");
            let manifest = Manifest { file: &file, text };
            let found = own.iter().find(|own| own.name == name);
            let manifest = found.map_or(manifest, |own| Manifest { file: own.file, text: own.text });
            all.push(Adapters::check(&manifest)?);
        }
        // A program of a person's own is looked for before the built-in ones.
        for own in own.iter().rev().filter(|own| BUILTIN.iter().all(|(name, _)| *name != own.name)) {
            all.insert(0, Adapters::check(&Manifest { file: own.file, text: own.text })?);
        }
        let generic = all.pop().unwrap_or_default();
        let finish = |mut adapter: Adapter| {
            if adapter.about.generic_rules {
                let mut rules = Rules::clone(&adapter.rules);
                rules.put_after(&generic.rules);
                adapter.rules = Arc::new(rules);
            }
            Arc::new(adapter)
        };
        Ok(Adapters { all: all.into_iter().map(finish).collect(), generic: Arc::new(generic) })
    }

    /// Reads one file, which may build on a built-in one.
    ///
    /// # Errors
    /// Names file, line and field of what is wrong.
    pub fn check(manifest: &Manifest<'_>) -> Result<Adapter, ManifestError> {
        let resolve =
            |name: &str| BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
        Adapter::parse(manifest, &resolve, &BUILTIN.map(|(name, _)| name))
    }

    /// Puts a person's own rules for any program in the place of the built-in ones.
    pub fn replace_generic_rules(&mut self, rules: Rules) {
        Arc::make_mut(&mut self.generic).rules = Arc::new(rules);
    }

    /// Returns every adapter, the one for any program last.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Adapter>> {
        self.all.iter().chain([&self.generic])
    }

    /// Returns the adapter of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Arc<Adapter>> {
        self.iter().find(|adapter| adapter.name() == name)
    }

    /// Returns the adapter for any program.
    #[must_use]
    pub fn generic(&self) -> &Arc<Adapter> {
        &self.generic
    }

    /// Returns the variables that no agent must inherit, lest one of the programs takes itself for another's child; one
    /// that ends in `*` means all that begin so. They are scrubbed whatever the agent's command is: a person may start
    /// any program in a shell.
    #[must_use]
    pub fn scrubbed(&self) -> Vec<String> {
        let mut all: Vec<String> =
            self.iter().flat_map(|adapter| adapter.start.scrub.iter().cloned()).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Returns the adapter that knows the program of a command.
    #[must_use]
    pub fn find(&self, launch: &Launch) -> &Arc<Adapter> {
        self.all
            .iter()
            .find(|adapter| program_at(adapter, &launch.command).is_some())
            .unwrap_or(&self.generic)
    }
}

/// Returns where in a command the program stands that the adapter knows: at its beginning, or behind a program that
/// runs others.
pub(super) fn program_at(adapter: &Adapter, command: &[String]) -> Option<usize> {
    let mut wrapped = false;
    for (at, word) in command.iter().enumerate() {
        let base = word.rsplit('/').next().unwrap_or(word);
        let is_program = adapter.about.programs.iter().any(|program| program == base);
        let bare = word.split('@').next().filter(|bare| !bare.is_empty()).unwrap_or(word);
        let is_package = wrapped
            && adapter.about.packages.iter().any(|package| {
                word == package
                    || bare == package
                    || word.strip_prefix(package.as_str()).is_some_and(|rest| rest.starts_with('@'))
                    || (word.contains('/') && word.contains(&format!("/{package}/")))
            });
        if is_program || is_package {
            return Some(at);
        }
        let is_wrapper = WRAPPERS.contains(&base);
        let passes =
            wrapped && (word.starts_with('-') || word.contains('=') || WRAPPER_WORDS.contains(&base));
        if !(is_wrapper || passes) {
            return None;
        }
        wrapped = true;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::definition::IdIs;
    use super::*;

    fn found(command: &str) -> String {
        let command = shell_words::split(command).unwrap();
        let adapters = Adapters::builtin().unwrap();
        adapters.find(&Launch { command, ..Launch::default() }).name().to_owned()
    }

    #[test]
    fn every_expression_of_the_built_in_ones_is_one() {
        for adapter in Adapters::builtin().unwrap().iter() {
            assert_eq!(adapter.rules.broken(), Vec::<&str>::new(), "{}", adapter.about.name);
        }
    }

    #[test]
    fn every_built_in_adapter_is_right_and_named_as_its_file() {
        let adapters = Adapters::builtin().unwrap();
        let names: Vec<&str> = adapters.iter().map(|adapter| adapter.name()).collect();
        let mut files: Vec<&str> = BUILTIN.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, files);
        files.dedup();
        assert_eq!(files.len(), BUILTIN.len());
        for adapter in adapters.iter() {
            for dialog in &adapter.dialogs {
                assert!(adapter.dialog(&dialog.rule).is_some());
            }
            assert_eq!(adapter.conversation.id == IdIs::Chosen, !adapter.conversation.new.is_empty());
        }
    }

    #[test]
    fn a_program_is_known_by_its_command_however_it_is_run() {
        for (command, name) in [
            ("claude --model opus", "claude"),
            ("/opt/bin/claude", "claude"),
            ("env A=1 claude", "claude"),
            ("npx -y @anthropic-ai/claude-code@2.1.329 --model x", "claude"),
            ("npx @google/gemini-cli", "gemini"),
            ("node /x/node_modules/@openai/codex/bin/codex.js", "codex"),
            ("node --max-old-space-size=4096 /x/node_modules/.bin/gemini", "gemini"),
            ("python3 -m aider", "aider"),
            ("uvx aider-chat", "aider"),
            ("bash", "generic"),
            ("vim claude", "generic"),
            ("echo codex", "generic"),
            ("my-claude", "generic"),
            ("", "generic"),
        ] {
            assert_eq!(found(command), name, "{command}");
        }
    }

    #[test]
    fn a_file_of_ones_own_builds_on_the_built_in_one_or_takes_its_place() {
        let own = |name, text| Own { name, file: "mine.toml", text };
        let text = "extends = \"claude\"\n[interrupt]\nkeys = [\"ctrl-c\"]\n[[rule]]\nname = \"x\"\nstate = \"idle\"\n";
        let adapters = Adapters::with_own(&[own("claude", text)]).unwrap();
        let claude = adapters.named("claude").unwrap();
        assert_eq!(claude.interrupt(), ["ctrl-c".parse().unwrap()]);
        assert_eq!((claude.title(), claude.rules.names().next()), ("Claude Code", Some("x")));
        let text = "[adapter]\nname = \"mine\"\nprograms = [\"claude\"]\n";
        let adapters = Adapters::with_own(&[own("mine", text)]).unwrap();
        let launch = Launch { command: vec!["claude".to_owned()], ..Launch::default() };
        assert_eq!(adapters.find(&launch).name(), "mine", "one's own comes first");
        for (text, expected) in [
            (
                "extends = \"cluade\"",
                "mine.toml:1:11: `extends`: there is no `cluade` to build on; did you mean `claude`?",
            ),
            (
                "extends = \"claude\"\n[[dialog]]\nrule = \"claude-asks-permision\"\n",
                "mine.toml:2:1: `dialog[0].rule`: there is no rule called `claude-asks-permision`; did you mean `claude-asks-permission`?",
            ),
            ("[submt]\n", "mine.toml:1:2: `submt`: unknown field `submt`; did you mean `submit`?"),
            (
                "title = 1\n",
                "mine.toml:1:1: `title`: unknown field `title`; it can be extends, adapter, version",
            ),
            ("[interrupt]\nkeys = [\"ctl-c\"]\n", "mine.toml:2:8: `interrupt.keys[0]`: `ctl-c` names no key"),
            ("[draft]\nline = \"(\"\n", "mine.toml:2:8: `draft.line`: unclosed group"),
            ("[submit]\n", "mine.toml:1:1: `adapter.name`: the adapter has no name; write"),
        ] {
            let error = Adapters::with_own(&[own("claude", text)]).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
