//! A person's settings of the screen: the sections `[tui]` and `[keys]` of `config.toml`.

use serde::Deserialize;

use super::key::Keymap;
use super::outer::{Ways, When};
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
    /// How the person is told that an agent needs them.
    pub(super) notify: Notify,
    /// Which keys do what.
    pub(super) keys: Keymap,
}

/// How the person is told that an agent needs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Notify {
    /// When.
    pub(super) when: When,
    /// In which ways.
    pub(super) ways: Ways,
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
    notify: NotifyTable,
}

/// `[tui.notify]`: each way that is not said is the terminal's own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NotifyTable {
    when: When,
    osc9: Option<bool>,
    osc99: Option<bool>,
    osc777: Option<bool>,
    bell: Option<bool>,
}

impl NotifyTable {
    fn over(&self, own: Ways) -> Notify {
        let ways = Ways {
            osc9: self.osc9.unwrap_or(own.osc9),
            osc99: self.osc99.unwrap_or(own.osc99),
            osc777: self.osc777.unwrap_or(own.osc777),
            bell: self.bell.unwrap_or(own.bell),
        };
        Notify { when: self.when, ways }
    }
}

impl Default for Tui {
    fn default() -> Tui {
        Tui {
            leader: None,
            theme: None,
            layout: None,
            mouse: true,
            clipboard: Clipboard::Ask,
            bell: false,
            notify: NotifyTable::default(),
        }
    }
}

/// The leader where nobody chose another.
pub(super) const LEADER: &str = "ctrl-a";

impl Settings {
    /// Reads the settings; `own` is how the person's terminal tells things by itself.
    ///
    /// # Errors
    /// Names file, line and field of what is not understood.
    pub(super) fn read(config: &Config, own: Ways) -> Result<Settings, ConfigError> {
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
        let Tui { theme, layout, mouse, clipboard, bell, notify, .. } = tui;
        let notify = notify.over(own);
        Ok(Settings { theme, layout, mouse, clipboard, bell, notify, keys })
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
        Settings::read(&config, Ways { bell: true, ..Ways::default() }).map_err(|e| e.to_string())
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
    fn each_way_of_telling_can_be_turned_off_and_on() {
        let ways = |text: &str| read(text).unwrap().notify;
        assert_eq!(ways("").ways, Ways { bell: true, ..Ways::default() });
        let chosen = ways("[tui.notify]\nwhen = 'always'\nosc9 = true\nbell = false\n");
        assert_eq!((chosen.when, chosen.ways), (When::Always, Ways { osc9: true, ..Ways::default() }));
        let error = read("[tui.notify]\nosc8 = true\n").unwrap_err();
        assert!(error.contains("unknown field `osc8`; did you mean `osc9`?"), "{error}");
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
