//! A person's settings of the screen: the sections `[tui]` and `[keys]` of `config.toml`.

use serde::Deserialize;

use super::key::Keymap;
use crate::config::{Config, ConfigError};
use crate::domain::Key;
use crate::manifest::{ManifestError, Spanned};

/// How the screen behaves.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// The theme it begins with; none takes the default.
    pub(super) theme: Option<String>,
    /// The layout it begins with; none takes the default.
    pub(super) layout: Option<String>,
    /// Whether the mouse is ours; else it is the outer terminal's.
    pub(super) mouse: bool,
    /// What becomes of a text that an agent wants in the clipboard.
    pub(super) clipboard: Clipboard,
    /// Whether an agent's bell rings the outer terminal's.
    pub(super) bell: bool,
    /// Which keys do what.
    pub(super) keys: Keymap,
}

/// What becomes of a text that an agent wants in the clipboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Clipboard {
    /// The person is asked.
    #[default]
    Ask,
    /// It gets there.
    Allow,
    /// It is dropped.
    Deny,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sections {
    tui: Tui,
    keys: super::key::Choices,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Tui {
    leader: Option<Spanned<String>>,
    theme: Option<String>,
    layout: Option<String>,
    mouse: bool,
    clipboard: Clipboard,
    bell: bool,
}

impl Default for Tui {
    fn default() -> Tui {
        Tui { leader: None, theme: None, layout: None, mouse: true, clipboard: Clipboard::Ask, bell: false }
    }
}

/// The leader where nobody chose another.
pub(super) const LEADER: &str = "ctrl-a";

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// Names file, line and field of what is not understood.
    pub(super) fn read(config: &Config) -> Result<Settings, ConfigError> {
        let Sections { tui, keys: choices } = config.read()?;
        let leader = match &tui.leader {
            None => {
                LEADER.parse::<Key>().map_err(|e| wrong(config, &(0..0), "tui.leader", &e.to_string()))?
            }
            Some(text) => text
                .get_ref()
                .parse::<Key>()
                .map_err(|e| wrong(config, &text.span(), "tui.leader", &e.to_string()))?,
        };
        let mut keys = Keymap::new(leader);
        keys.choose(&choices).map_err(|(span, field, why)| wrong(config, &span, &field, &why))?;
        let Tui { theme, layout, mouse, clipboard, bell, .. } = tui;
        Ok(Settings { theme, layout, mouse, clipboard, bell, keys })
    }
}

fn wrong(config: &Config, span: &std::ops::Range<usize>, field: &str, why: &str) -> ManifestError {
    config.at(span, field, why)
}

#[cfg(test)]
mod tests {
    use super::super::key::{Action, Found};
    use super::*;

    fn read(text: &str) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        let config = Config::load(&path, crate::config::SECTIONS).unwrap();
        Settings::read(&config).map_err(|e| e.to_string())
    }

    #[test]
    fn what_is_not_said_is_the_default() {
        let settings = read("").unwrap();
        assert!(settings.mouse && settings.theme.is_none());
        assert_eq!(settings.keys.leader(), "ctrl-a".parse().unwrap());
    }

    #[test]
    fn leader_and_keys_are_a_persons_own() {
        let settings = read("[tui]\nleader = 'ctrl-space'\n[keys]\nzoom = ['leader f']\n").unwrap();
        let keys = ["ctrl-space", "f"].map(|key| key.parse::<Key>().unwrap());
        assert_eq!(settings.keys.find(&keys), Found::Action(Action::Zoom));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let error = read("[tui]\nleader = 'hyper-x'\n").unwrap_err();
        assert!(error.contains("config.toml:2:10: `tui.leader`: `hyper-x` names no key"), "{error}");
        let error = read("[keys]\nzom = ['f1']\n").unwrap_err();
        assert!(error.contains("config.toml:2:1: `keys.zom`"), "{error}");
        let error = read("[tui]\ncolour = 1\n").unwrap_err();
        assert!(error.contains("unknown field `colour`"), "{error}");
    }
}
