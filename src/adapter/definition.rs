//! What is known of one program, as its file says it: how it is found, started, talked to and asked, and how far that
//! was verified. Data; what is done with it is done elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::flags::Flags;
use super::records::Records;
use super::rule::Rules;
use super::server::Server;
use crate::domain::Key;

/// What is known of one program.
#[derive(Clone, Debug, Default)]
pub struct Adapter {
    pub(super) about: About,
    pub(super) version: Version,
    pub(super) start: Start,
    pub(super) conversation: Conversation,
    pub(super) submit: Submit,
    pub(super) interrupt: Interrupt,
    pub(super) draft: Draft,
    pub(super) status: Status,
    pub(super) dialogs: Vec<Dialog>,
    pub(super) flags: Flags,
    pub(super) headless: Headless,
    pub(super) records: Records,
    pub(super) server: Server,
    pub(super) rules: Arc<Rules>,
    /// The text of its files, the eldest first: name and text.
    pub(super) texts: Vec<(String, String)>,
}

impl Adapter {
    /// Returns its name: `claude`, `codex`, … `generic`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.about.name
    }

    /// Returns the program's name as people know it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.about.title
    }

    /// Returns the words by which its program is started, the usual one first.
    #[must_use]
    pub fn programs(&self) -> &[String] {
        &self.about.programs
    }

    /// Returns how the program is installed; empty where no registry has it.
    #[must_use]
    pub fn install(&self) -> &str {
        &self.about.install
    }

    /// Returns how its version is asked for, and which ones were verified.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Returns how text is typed into it and submitted.
    #[must_use]
    pub fn submit(&self) -> &Submit {
        &self.submit
    }

    /// Returns the keys that end its turn.
    #[must_use]
    pub fn interrupt(&self) -> &[Key] {
        &self.interrupt.keys.0
    }

    /// Returns whether it is known how its input box looks, so that a draft in it can be seen.
    #[must_use]
    pub fn shows_drafts(&self) -> bool {
        self.draft.line.0.is_some()
    }

    /// Returns the keys that empty its input box; none where those could end it.
    #[must_use]
    pub fn empties(&self) -> &[Key] {
        &self.draft.clear.0
    }

    /// Returns whether it is known how it goes on in a conversation.
    #[must_use]
    pub fn can_resume(&self) -> bool {
        !self.conversation.resume.is_empty()
    }

    /// Returns the command that empties its conversation, such as `/clear`; none where it has none.
    #[must_use]
    pub fn clear(&self) -> Option<&str> {
        self.conversation.clear.as_deref()
    }

    /// Returns the keys that answer the dialog which this rule recognises; none where they are not known, so that
    /// nothing may be typed there.
    #[must_use]
    pub fn dialog(&self, rule: &str) -> Option<&Dialog> {
        self.dialogs.iter().find(|dialog| dialog.rule == rule)
    }

    /// Returns how what a blueprint says is told to it.
    #[must_use]
    pub fn flags(&self) -> &Flags {
        &self.flags
    }

    /// Returns how it is run without a screen.
    #[must_use]
    pub fn headless(&self) -> &Headless {
        &self.headless
    }

    /// Returns where it keeps what it is doing.
    #[must_use]
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// Returns the server that it offers.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Returns the variables that it must not inherit; one that ends in `*` means all that begin so.
    #[must_use]
    pub fn scrub(&self) -> &[String] {
        &self.start.scrub
    }

    /// Returns everything that is known, its rules by name, to be shown.
    #[must_use]
    pub fn shown(&self) -> serde_json::Value {
        let rules: Vec<&str> = self.rules.names().collect();
        serde_json::json!({
            "adapter": self.about, "version": self.version, "start": self.start,
            "conversation": self.conversation, "submit": self.submit, "interrupt": self.interrupt,
            "draft": self.draft, "status": self.status, "dialog": self.dialogs, "flags": self.flags,
            "headless": self.headless, "records": self.records, "server": self.server, "rule": rules,
        })
    }

    /// Returns the texts it was read from, the eldest first: name and text.
    #[must_use]
    pub fn texts(&self) -> &[(String, String)] {
        &self.texts
    }
}

/// `[adapter]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct About {
    pub(super) name: String,
    pub(super) title: String,
    /// The last parts of the paths of its programs.
    pub(super) programs: Vec<String>,
    /// What stands for it as an argument of a program that runs others: the package's name for `npx`, a piece of the
    /// path of a script for `node`.
    pub(super) packages: Vec<String>,
    pub(super) install: String,
    /// Whether the rules for any program are looked at, too, after its own.
    pub(super) generic_rules: bool,
}

/// `[version]`: how the program tells its version, and which ones the facts here were verified with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Version {
    /// The arguments that ask for it.
    pub args: Vec<String>,
    /// The regular expression whose first group is the version in what is printed.
    pub pattern: Pattern,
    /// The versions with which what is said here was seen to be so; none if it was only read.
    pub verified: Vec<String>,
}

impl Version {
    /// Returns the version in what the program printed.
    #[must_use]
    pub fn read(&self, printed: &str) -> Option<String> {
        let found = self.pattern.0.as_ref()?.captures(printed)?.get(1)?.as_str();
        Some(crate::domain::clean(found, 40))
    }

    /// Returns whether what is said here was seen to be so with this version: it is one of the verified ones, or lies
    /// between the least and the greatest of them.
    #[must_use]
    pub fn is_verified(&self, version: &str) -> bool {
        let numbers = |text: &str| -> Vec<u64> {
            text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
        };
        let known: Vec<Vec<u64>> = self.verified.iter().map(|known| numbers(known)).collect();
        let asked = numbers(version);
        !asked.is_empty()
            && known.iter().min().is_some_and(|least| *least <= asked)
            && known.iter().max().is_some_and(|greatest| asked <= *greatest)
    }
}

/// `[start]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Start {
    /// Which hooks it is given, and thereby which code writes them.
    pub(super) hooks: Hooks,
    pub(super) add: Vec<Add>,
    pub(super) env: BTreeMap<String, String>,
    /// Variables that it must not inherit; one that ends in `*` means all that begin so.
    pub(super) scrub: Vec<String>,
    /// First words after the program that make it something else than an agent at its screen.
    pub(super) subcommands: Vec<String>,
}

/// Arguments that are added at every start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Add {
    pub(super) args: Vec<String>,
    /// Words that say it already: then nothing is added.
    pub(super) unless: Vec<String>,
}

/// Which hooks a program is given at its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hooks {
    /// A settings file with Claude Code's hooks and status line.
    Claude,
    /// A system settings file with Gemini CLI's hooks.
    Gemini,
    /// Codex's notify program; no hooks.
    Codex,
    /// None.
    #[default]
    None,
}

/// `[conversation]`: what is known of a program's conversations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Conversation {
    /// How its number is known.
    pub id: IdIs,
    /// Arguments that begin a conversation of the number `{id}`.
    pub new: Vec<String>,
    /// Arguments that go on with the conversation of the number `{id}`; empty where it cannot be resumed.
    pub resume: Vec<String>,
    /// Words by which a command chooses its conversation itself; then none is chosen for it.
    pub chosen_by: Vec<String>,
    /// The command that begins a new conversation at the program's prompt.
    pub begin: Option<String>,
    /// The command that empties the conversation.
    pub clear: Option<String>,
}

/// How the number of a conversation is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdIs {
    /// It is chosen before the start, and the program is told.
    Chosen,
    /// The program tells it once there is one.
    Told,
    /// It has none, or tells nobody.
    #[default]
    Unknown,
}

/// `[submit]`: how text is typed into the program and submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Submit {
    /// How the text is given.
    pub paste: Paste,
    /// How long to wait between the text and the key, in milliseconds.
    pub gap_ms: u64,
    /// The key that submits.
    pub key: KeyWord,
    /// What is added where the text ends in a word that begins with `@`, since a list of files would otherwise take the
    /// key for itself; empty adds nothing.
    pub after_file: String,
    /// What is added where the text ends in a backslash, since that would make a new line of the key that submits; empty
    /// adds nothing.
    pub after_backslash: String,
    /// What makes a text a command of the program's own where it begins with it.
    pub commands: Vec<String>,
    /// What is put before a text that begins with one of those and is no command; empty means that such a text cannot
    /// be given.
    pub escape: String,
    /// What confirms that the text has arrived: the first of these that comes.
    pub confirm: Vec<Confirm>,
    /// How long a confirmation may take, in milliseconds.
    pub confirm_ms: u64,
    /// What becomes of a text that is submitted during a turn.
    pub busy: Busy,
    /// The most characters that arrive as they are; longer texts reach the model as a pasted attachment. None is no
    /// limit.
    pub plain_most: Option<usize>,
}

impl Default for Submit {
    fn default() -> Submit {
        Submit {
            paste: Paste::default(),
            gap_ms: 150,
            key: KeyWord(Key::plain(crate::domain::KeyCode::Enter)),
            after_file: String::new(),
            after_backslash: String::new(),
            commands: Vec::new(),
            escape: String::new(),
            confirm: Vec::new(),
            confirm_ms: 2000,
            busy: Busy::default(),
            plain_most: None,
        }
    }
}

/// How a text is given to a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paste {
    /// As a bracketed paste where the screen has that mode on, else as it is.
    #[default]
    Bracketed,
    /// As if it were typed.
    Typed,
}

/// What confirms that a text has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirm {
    /// The program says that it took a prompt.
    PromptTaken,
    /// It is seen at work.
    Busy,
}

/// What becomes of a text that is submitted during a turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Busy {
    /// It is read after the turn.
    Queued,
    /// It steers the turn.
    Steers,
    /// Nobody knows; it must wait.
    #[default]
    Unknown,
}

/// `[interrupt]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Interrupt {
    pub(super) keys: Keys,
}

/// `[draft]`: how a draft that a person has not submitted is recognised in the input box.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Draft {
    /// The regular expression of the input box's first line; its first group is what stands in it. Empty where it is
    /// not known.
    pub line: Pattern,
    /// How many of the last lines that are not empty may hold it; 0 is the whole screen.
    pub lines: usize,
    /// What stands in an empty box to say what it is for, as regular expressions.
    pub placeholders: Vec<Pattern>,
    /// The keys that empty it; none where that could end the program.
    pub clear: Keys,
}

/// `[status]`: how the program's own words for its state are to be taken (OSC 7501).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Status {
    /// A report that it works, without saying at what, means that it waits for its model.
    pub(super) bare_working_is_thinking: bool,
    /// Whether the screen of this program always shows that a turn is under way: then a hook's word that it is busy is
    /// believed only as long as the screen agrees.
    pub(super) screen_shows_turns: bool,
}

/// `[[dialog]]`: the keys that answer the dialog which a rule recognises.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dialog {
    /// The rule.
    pub rule: String,
    /// The keys that say yes, this once; none where they are not known.
    pub allow: Keys,
    /// The keys that say no.
    pub deny: Keys,
    /// How one of the options is chosen.
    pub choose: Choose,
}

/// How one of a dialog's options is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choose {
    /// By its number alone.
    Digit,
    /// By its number, and then Enter.
    DigitEnter,
    /// By moving the pointer, and then Enter; the first one is pointed at when the dialog opens.
    Arrows,
    /// It cannot be.
    #[default]
    None,
}

/// `[headless]`: how the program is run without a screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Headless {
    /// Words in a command that say that it is run so; it is then left as it is.
    pub marks: Vec<String>,
    /// Its arguments; `{prompt}` is the prompt.
    pub args: Vec<String>,
    /// Its arguments where the prompt comes on standard input; empty where it does not read it from there.
    pub stdin: Vec<String>,
    /// The form of what it prints: `claude-stream-json`, `codex-jsonl`, `gemini-stream-json`, `opencode-json`,
    /// `cursor-stream-json`, `text`.
    pub stream: String,
}

/// A regular expression, or none.
#[derive(Clone, Debug, Default)]
pub struct Pattern(pub(super) Option<Regex>);

impl Pattern {
    /// Returns it as it is written; empty if there is none.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_ref().map_or("", Regex::as_str)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Pattern {}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Pattern, D::Error> {
        let text = String::deserialize(deserializer)?;
        let regex = (!text.is_empty()).then(|| Regex::new(&text)).transpose();
        regex.map(Pattern).map_err(|error| {
            let why = error.to_string();
            let last = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            serde::de::Error::custom(last)
        })
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A key, written as `enter`, `ctrl-c`, `1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyWord(pub Key);

/// Keys, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<KeyWord>", into = "Vec<KeyWord>")]
pub struct Keys(pub Vec<Key>);

impl From<Vec<KeyWord>> for Keys {
    fn from(words: Vec<KeyWord>) -> Keys {
        Keys(words.into_iter().map(|word| word.0).collect())
    }
}

impl From<Keys> for Vec<KeyWord> {
    fn from(keys: Keys) -> Vec<KeyWord> {
        keys.0.into_iter().map(KeyWord).collect()
    }
}

impl<'de> Deserialize<'de> for KeyWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<KeyWord, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(KeyWord).map_err(serde::de::Error::custom)
    }
}

impl Serialize for KeyWord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_between_two_verified_ones_is_verified() {
        let version = Version {
            args: Vec::new(),
            pattern: Pattern(Some(Regex::new(r"(\d+\.\d+\.\d+)").unwrap())),
            verified: vec!["2.1.197".to_owned(), "2.1.329".to_owned()],
        };
        assert_eq!(version.read("2.1.205 (Claude Code)").as_deref(), Some("2.1.205"));
        let is = |v: &str| version.is_verified(v);
        assert_eq!(
            [is("2.1.197"), is("2.1.205"), is("2.1.330"), is("2.0.9"), is("")],
            [true, true, false, false, false]
        );
        assert!(!Version::default().is_verified("1.0"));
    }
}
