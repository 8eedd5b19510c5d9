//! The environment of an agent: that of whoever opened the session, without what would mislead a program about where
//! it runs, and with what tells it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use crate::domain::Name;
use crate::protocol::{AGENT_VARIABLE, EPOCH_VARIABLE, SESSION_VARIABLE};
use crate::pty::START_VARIABLE;

/// Variables that name another terminal or multiplexer. Those that make an agent program take itself for another one's
/// child are named by the adapters.
const MISLEADING: [&str; 13] = [
    "TMUX",
    "TMUX_PANE",
    "STY",
    "WINDOW",
    "TERM_SESSION_ID",
    "VTE_VERSION",
    "WT_SESSION",
    "COLUMNS",
    "LINES",
    "WINDOWID",
    "TERMCAP",
    "NO_COLOR",
    "AGENTCTL_LEADER",
];

/// The beginnings of such variables.
const MISLEADING_FAMILIES: [&str; 8] =
    ["ZELLIJ", "KITTY_", "WEZTERM_", "ITERM_", "GHOSTTY_", "ALACRITTY_", "KONSOLE_", "TERM_PROGRAM"];

/// What every pane is.
const TERMINAL: [(&str, &str); 5] = [
    ("TERM", "xterm-256color"),
    ("COLORTERM", "truecolor"),
    ("TERM_PROGRAM", "agentctl"),
    ("TERM_PROGRAM_VERSION", env!("CARGO_PKG_VERSION")),
    // Claude Code frames its output only for terminals it knows by name.
    ("CLAUDE_CODE_FORCE_SYNC_OUTPUT", "1"),
];

/// What an agent is told of where it runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told<'a> {
    pub(super) session: &'a Name,
    pub(super) agent: &'a Name,
    /// Which of its starts it is.
    pub(super) epoch: u32,
    /// The mark of this start.
    pub(super) mark: &'a str,
    /// The path of this program.
    pub(super) program: &'a Path,
}

/// Returns an agent's whole environment, without what is to be scrubbed. Its own variables, from the session file, win
/// over everything.
pub(super) fn assemble(
    base: impl IntoIterator<Item = (OsString, OsString)>,
    own: &BTreeMap<String, String>,
    scrubbed: &[String],
    told: &Told<'_>,
) -> Vec<(OsString, OsString)> {
    let is_scrubbed = |name: &str| {
        scrubbed.iter().any(|word| match word.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == word,
        })
    };
    let is_kept = |name: &str| !is_misleading(name) && !is_scrubbed(name);
    let mut all: BTreeMap<OsString, OsString> =
        base.into_iter().filter(|(name, _)| is_kept(&name.to_string_lossy())).collect();
    let set = |all: &mut BTreeMap<OsString, OsString>, name: &str, value: &str| {
        all.insert(name.into(), value.into());
    };
    TERMINAL.iter().for_each(|(name, value)| set(&mut all, name, value));
    set(&mut all, SESSION_VARIABLE, told.session.as_str());
    set(&mut all, AGENT_VARIABLE, told.agent.as_str());
    set(&mut all, EPOCH_VARIABLE, &told.epoch.to_string());
    set(&mut all, START_VARIABLE, told.mark);
    reach(&mut all, told.program);
    own.iter().for_each(|(name, value)| set(&mut all, name, value));
    all.into_iter().collect()
}

/// Lets the agent find this very program by its name.
fn reach(all: &mut BTreeMap<OsString, OsString>, program: &Path) {
    let Some(folder) = program.parent() else { return };
    let path = all.get(&OsString::from("PATH")).cloned().unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    if !folders.iter().any(|known| known == folder) {
        folders.push(folder.to_owned());
        if let Ok(joined) = std::env::join_paths(folders) {
            all.insert("PATH".into(), joined);
        }
    }
}

fn is_misleading(name: &str) -> bool {
    MISLEADING.contains(&name) || MISLEADING_FAMILIES.iter().any(|family| name.starts_with(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_told_where_it_runs_and_not_where_it_does_not() {
        let base = [
            ("HOME", "/h"),
            ("TMUX", "x"),
            ("CLAUDE_CODE_CHILD_SESSION", "1"),
            ("CLAUDE_CODE_USE_BEDROCK", "1"),
            ("ODD_ONE", "1"),
            ("KITTY_PID", "1"),
            ("PATH", "/bin"),
        ]
        .map(|(n, v)| (n.into(), v.into()));
        let own = BTreeMap::from([("TERM".to_owned(), "dumb".to_owned())]);
        let name = |n| Name::new(n).unwrap();
        let (session, agent) = (name("s"), name("be-1"));
        let program = Path::new("/opt/agentctl");
        let told = Told { session: &session, agent: &agent, epoch: 3, mark: "/a/3#3", program };
        let scrubbed = ["CLAUDE_CODE_CHILD_SESSION".to_owned(), "ODD_*".to_owned()];
        let env = assemble(base, &own, &scrubbed, &told);
        let get =
            |n: &str| env.iter().find(|(name, _)| name == n).map(|(_, v)| v.to_string_lossy().into_owned());
        assert_eq!(get("HOME").as_deref(), Some("/h"));
        assert_eq!(get("PATH").as_deref(), Some("/bin:/opt"));
        assert_eq!(get("TERM").as_deref(), Some("dumb"), "its own word is the last");
        assert_eq!(
            (get("AGENTCTL_SESSION").as_deref(), get("AGENTCTL_AGENT").as_deref()),
            (Some("s"), Some("be-1"))
        );
        assert_eq!(get("AGENTCTL_EPOCH").as_deref(), Some("3"));
        assert_eq!(get("AGENTCTL_START").as_deref(), Some("/a/3#3"));
        assert_eq!((get("CLAUDE_CODE_USE_BEDROCK").as_deref(), get("ODD_ONE")), (Some("1"), None));
        assert_eq!((get("TMUX"), get("CLAUDE_CODE_CHILD_SESSION"), get("KITTY_PID")), (None, None, None));
    }
}
