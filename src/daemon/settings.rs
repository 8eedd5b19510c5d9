//! The daemon's part of a person's settings: prices, budgets, how much is kept. Read anew when the file changes; what is
//! wrong in it changes nothing but the log, and whoever looks is told.

use std::ops::Range;
use std::path::PathBuf;
use std::time::SystemTime;

use serde::Deserialize;

use super::DaemonError;
use crate::config::{Config, ConfigError, Paths, SECTIONS};
use crate::price::{self, Budgets, Prices};

/// The sections of the settings that the daemon alone owns.
#[derive(Debug, Default, Deserialize)]
struct Sections {
    #[serde(default)]
    history: History,
}

/// `[history]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct History {
    /// The most that one agent's output takes on disk, compressed.
    megabytes: u64,
}

impl Default for History {
    fn default() -> History {
        History { megabytes: 16 }
    }
}

/// What the daemon has of a person's settings.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub(super) prices: Prices,
    pub(super) budgets: Budgets,
    /// The most that an agent's output takes on disk, in bytes.
    pub(super) history_cap: u64,
}

impl Settings {
    fn of(config: &Config) -> Result<Settings, ConfigError> {
        let sections: Sections = config.read()?;
        let money: price::Settings = config.read()?;
        let complain = |span: &Range<usize>, field: &str, why: &str| config.at(span, field, why);
        Ok(Settings {
            prices: money.prices(&complain)?,
            budgets: money.budgets(&complain)?,
            history_cap: sections.history.megabytes.saturating_mul(1 << 20),
        })
    }
}

/// Checks the sections of the settings that a daemon reads.
///
/// # Errors
/// Names file, line and field of what is wrong.
pub fn check_settings(config: &Config) -> Result<(), ConfigError> {
    Settings::of(config).map(drop)
}

/// The settings' file, and how it looked when it was read.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    look: Look,
    wrong: Option<String>,
}

/// How a file looks from outside: its time and size; nothing if it is not there.
type Look = Option<(Option<SystemTime>, u64)>;

impl File {
    /// Reads the settings for the first time.
    pub(super) fn read(paths: &Paths) -> Result<(File, Settings), DaemonError> {
        let path = paths.settings();
        let file = File { look: look(&path), path, wrong: None };
        let settings = Settings::of(&Config::load(&file.path, SECTIONS)?)?;
        Ok((file, settings))
    }

    /// Returns whether there is a file that could change.
    pub(super) fn is_there(&self) -> bool {
        self.look.is_some() || self.path.exists()
    }

    /// Returns what is wrong with it, if it was read and could not be used.
    pub(super) fn wrong(&self) -> Option<&str> {
        self.wrong.as_deref()
    }

    /// Reads the settings anew if the file changed. What is wrong is told once, and kept.
    pub(super) fn refresh(&mut self) -> Option<Result<Settings, String>> {
        let look = look(&self.path);
        if look == self.look {
            return None;
        }
        self.look = look;
        let read = Config::load(&self.path, SECTIONS).and_then(|config| Settings::of(&config));
        let read = read.map_err(|error| error.to_string());
        self.wrong = read.as_ref().err().cloned();
        Some(read)
    }
}

fn look(path: &std::path::Path) -> Look {
    let known = std::fs::metadata(path).ok()?;
    Some((known.modified().ok(), known.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::MicroUsd;

    #[test]
    fn a_file_that_changes_is_read_anew_and_a_wrong_one_is_told_once() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::under(home.path());
        let (mut file, settings) = File::read(&paths).unwrap();
        assert_eq!((settings.history_cap, file.is_there()), (16 << 20, false));
        assert!(file.refresh().is_none());
        std::fs::create_dir_all(&paths.config).unwrap();
        std::fs::write(paths.settings(), "[budget]\nsession = 2\n").unwrap();
        let settings = file.refresh().unwrap().unwrap();
        assert_eq!(settings.budgets.session.unwrap().amount, MicroUsd(2_000_000));
        std::fs::write(paths.settings(), "[budget]\nsesion = 2\n").unwrap();
        let error = file.refresh().unwrap().unwrap_err();
        assert!(error.contains("config.toml:2:1: `budget.sesion`") && file.refresh().is_none(), "{error}");
        assert_eq!(file.wrong(), Some(error.as_str()));
        std::fs::remove_file(paths.settings()).unwrap();
        assert!(file.refresh().unwrap().is_ok() && file.wrong().is_none());
    }
}
