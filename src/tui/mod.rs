//! The screen: a session as a living org chart of real terminals. A client of the daemon like any other, with no power
//! that the command line has not.
//!
//! One loop ([`run()`]) feeds what happens to one function (`update`), which changes one value (`model`) and
//! says what is to be done; `view` draws that value. What lies over the chart is in `overlay`, scrolling back in `copy`,
//! what the person's terminal gets in `outer`. Everything there is to do stands in one table, `key/action.rs`.

mod chart;
mod copy;
mod fetch;
mod ink;
mod key;
mod library;
mod model;
mod msg;
mod outer;
mod overlay;
mod run;
mod settings;
mod update;
mod view;
mod welcome;
mod widget;

#[cfg(test)]
mod sample;

use std::env;
use std::io;

use tokio::sync::mpsc;

use crate::client::{Client, ClientError};
use crate::config::{Config, ConfigError, Paths, SECTIONS, own_files};
use crate::domain::Name;
use crate::layout::{self, Layout, Rect};
use crate::theme::{self, ColorDepth, Theme};
use fetch::Fetch;
use library::Library;
use model::Model;
use outer::{Input, Outer, Ways, probe};
use run::Screen;
use settings::Settings;
use welcome::Welcome;

pub use run::Ending;
pub use welcome::{Beginning, Offer};

/// How many results of what is done aside may wait.
const INBOX: usize = 16;

/// Why the screen cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum TuiError {
    /// The person's terminal refuses.
    #[error("use this terminal: {0}")]
    Terminal(#[source] io::Error),
    /// The person's settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The settings name a theme or a layout that is not there.
    #[error("read the settings: {0}")]
    Choice(String),
    /// The daemon cannot be reached, or refuses.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// What the screen begins with.
struct Looks {
    settings: Settings,
    library: Library,
    theme: Theme,
    layout: Layout,
    depth: ColorDepth,
}

impl Looks {
    fn read(paths: &Paths) -> Result<Looks, TuiError> {
        let settings = Settings::read(&Config::load(&paths.settings(), SECTIONS)?, notify_ways())?;
        let depth = color_depth();
        let library = Library::read(&own_files(&paths.themes())?, &own_files(&paths.layouts())?, depth);
        let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let fallback = if plain { theme::MONO } else { theme::DEFAULT };
        // NO_COLOR goes before the settings: it is said for this one run.
        let chosen = settings.theme.as_deref().filter(|_| !plain).unwrap_or(fallback);
        let Some(theme) = library.theme(chosen) else {
            let missing = Library::missing("theme", chosen, library.themes());
            return Err(TuiError::Choice(format!("{missing} (tui.theme in {})", paths.settings().display())));
        };
        let chosen = settings.layout.as_deref().unwrap_or(layout::BUILTIN[0].0);
        let Some(layout) = library.layout(chosen).cloned() else {
            let missing = Library::missing("layout", chosen, library.layouts());
            return Err(TuiError::Choice(format!(
                "{missing} (tui.layout in {})",
                paths.settings().display()
            )));
        };
        Ok(Looks { settings, library, theme, layout, depth })
    }
}

/// Returns how many colours the person's terminal shows, as far as its environment says.
fn color_depth() -> ColorDepth {
    let term = env::var("TERM").unwrap_or_default();
    let color = env::var("COLORTERM").unwrap_or_default();
    if ["truecolor", "24bit"].contains(&color.as_str()) || term.ends_with("-direct") {
        ColorDepth::True
    } else if term.contains("256color") {
        ColorDepth::Indexed
    } else {
        ColorDepth::Sixteen
    }
}

/// Returns how the person's terminal tells things by itself, as far as its environment says.
fn notify_ways() -> Ways {
    let read = |name| env::var(name).unwrap_or_default();
    Ways::of_terminal(&read("TERM"), &read("TERM_PROGRAM"))
}

/// Shows a session until the person leaves. `again` makes a connection when the one there is breaks; it may start a
/// daemon.
///
/// # Errors
/// If settings, terminal or daemon are in the way.
pub async fn run(
    paths: &Paths,
    client: Client,
    session: Name,
    again: impl AsyncFnMut() -> Result<Client, String>,
) -> Result<Ending, TuiError> {
    let Looks { settings, library, theme, layout, depth } = Looks::read(paths)?;
    let wrong = library.wrong.first().cloned();
    let attachment = client.attach(session.as_str()).await?;
    let outer = Outer::enter(settings.mouse, depth).map_err(TuiError::Terminal)?;
    let mut input = Input::open().map_err(TuiError::Terminal)?;
    let answers = probe(&mut input).await.map_err(TuiError::Terminal)?;
    let size = Outer::size().map_err(TuiError::Terminal)?;
    let area = Rect::new(0, 0, size.width, size.height);
    let model = Model::new(session.clone(), settings, library, (theme, layout), area);
    let (inbox, messages) = mpsc::channel(INBOX);
    let fetch = Fetch { client, session: session.clone(), layouts: paths.layouts(), inbox };
    let mut screen = Screen::new(model, (outer, input), fetch, messages)?;
    screen.begin(answers)?;
    if let Some(wrong) = wrong {
        screen.warn(wrong);
    }
    screen.show(attachment, &session, again).await
}

/// Checks what a person's settings say of the screen and its keys.
///
/// # Errors
/// Names file, line and field of what is not understood.
pub fn check(config: &Config) -> Result<(), ConfigError> {
    Settings::read(config, Ways::default()).map(drop)
}

/// Shows what can be begun in a folder that has no session, and returns what the person chose.
///
/// # Errors
/// If settings or terminal are in the way.
pub async fn welcome(paths: &Paths, offer: &Offer) -> Result<Beginning, TuiError> {
    let Looks { settings, theme, depth, .. } = Looks::read(paths)?;
    let outer = Outer::enter(settings.mouse, depth).map_err(TuiError::Terminal)?;
    run::choose(Welcome::new(offer.clone()), &theme, outer).await.map_err(TuiError::Terminal)
}
