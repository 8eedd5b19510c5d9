//! The environment of an agent: that of whoever opened the session, without what would mislead a program about where
//! it runs, and with what tells it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use crate::domain::Name;
use crate::protocol::{AGENT_VARIABLE, SESSION_VARIABLE};

/// Variables that name another terminal or multiplexer, or make an agent program believe that it is the child of
/// another one (it would then keep no conversation that can be resumed).
const MISLEADING: [&str; 14] = [
    "TMUX",
    "TMUX_PANE",
    "STY",
    "WINDOW",
    "TERM_SESSION_ID",
    "VTE_VERSION",
    "WT_SESSION",
    "COLUMNS",
    "LINES",
    "CLAUDECODE",
    "WINDOWID",
    "TERMCAP",
    "NO_COLOR",
    "AGENTCTL_LEADER",
];

/// The beginnings of such variables.
const MISLEADING_FAMILIES: [&str; 9] = [
    "ZELLIJ",
    "KITTY_",
    "WEZTERM_",
    "ITERM_",
    "GHOSTTY_",
    "ALACRITTY_",
    "KONSOLE_",
    "CLAUDE_CODE_",
    "TERM_PROGRAM",
];

/// What every pane is.
const TERMINAL: [(&str, &str); 5] = [
    ("TERM", "xterm-256color"),
    ("COLORTERM", "truecolor"),
    ("TERM_PROGRAM", "agentctl"),
    ("TERM_PROGRAM_VERSION", env!("CARGO_PKG_VERSION")),
    // Claude Code frames its output only for terminals it knows by name.
    ("CLAUDE_CODE_FORCE_SYNC_OUTPUT", "1"),
];

/// Returns an agent's whole environment. Its own variables, from the session file, win over everything.
pub(super) fn assemble(
    base: impl IntoIterator<Item = (OsString, OsString)>,
    own: &BTreeMap<String, String>,
    session: &Name,
    agent: &Name,
    program: &Path,
) -> Vec<(OsString, OsString)> {
    let mut all: BTreeMap<OsString, OsString> =
        base.into_iter().filter(|(name, _)| !is_misleading(&name.to_string_lossy())).collect();
    let set = |all: &mut BTreeMap<OsString, OsString>, name: &str, value: &str| {
        all.insert(name.into(), value.into());
    };
    TERMINAL.iter().for_each(|(name, value)| set(&mut all, name, value));
    set(&mut all, SESSION_VARIABLE, session.as_str());
    set(&mut all, AGENT_VARIABLE, agent.as_str());
    reach(&mut all, program);
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
            ("KITTY_PID", "1"),
            ("PATH", "/bin"),
        ]
        .map(|(n, v)| (n.into(), v.into()));
        let own = BTreeMap::from([("TERM".to_owned(), "dumb".to_owned())]);
        let name = |n| Name::new(n).unwrap();
        let env = assemble(base, &own, &name("s"), &name("be-1"), Path::new("/opt/agentctl"));
        let get =
            |n: &str| env.iter().find(|(name, _)| name == n).map(|(_, v)| v.to_string_lossy().into_owned());
        assert_eq!(get("HOME").as_deref(), Some("/h"));
        assert_eq!(get("PATH").as_deref(), Some("/bin:/opt"));
        assert_eq!(get("TERM").as_deref(), Some("dumb"), "its own word is the last");
        assert_eq!(
            (get("AGENTCTL_SESSION").as_deref(), get("AGENTCTL_AGENT").as_deref()),
            (Some("s"), Some("be-1"))
        );
        assert_eq!((get("TMUX"), get("CLAUDE_CODE_CHILD_SESSION"), get("KITTY_PID")), (None, None, None));
    }
}
