//! Colours by role: what a text or a border is for decides how it is painted, and a theme decides how that looks.
//!
//! A theme is a TOML file (explained in `themes/mono.toml`) that may say only how it differs from another. It knows
//! no terminal library; `tui` translates a [`Paint`] into cells. Colour never stands alone: states have glyphs and
//! words, so the theme `mono`, which is also the default of every role, needs no colour at all.

mod color;
mod file;
mod role;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use color::{Color, ColorDepth, Paint};
pub use file::{BUILTIN, DEFAULT, MONO};
pub use role::Role;

use crate::domain::{AgentState, Name, TeamColor};

/// How everything looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub name: Name,
    /// What it is good for, in a few words.
    pub description: String,
    /// The colour behind everything; a paint that names no colour behind it has this one.
    pub background: Color,
    paints: BTreeMap<Role, Paint>,
    depth: ColorDepth,
}

impl Default for Theme {
    /// Returns the theme without colours.
    fn default() -> Theme {
        let plain =
            |role: Role| (role, file::read_words(role.plain(), &BTreeMap::new()).unwrap_or_default().paint);
        Theme {
            name: Name::lenient("mono", "mono"),
            description: String::new(),
            background: Color::Default,
            paints: Role::ALL.into_iter().map(plain).collect(),
            depth: ColorDepth::True,
        }
    }
}

impl Theme {
    /// Returns how a role is painted.
    #[must_use]
    pub fn paint(&self, role: Role) -> Paint {
        self.paints.get(&role).copied().unwrap_or_default()
    }

    /// Returns how an agent's state is painted.
    #[must_use]
    pub fn state(&self, state: AgentState) -> Paint {
        self.paint(Role::of_state(state))
    }

    /// Returns how a team's title and tree are painted. A colour that a person fixed is passed through.
    #[must_use]
    pub fn team(&self, color: TeamColor) -> Paint {
        match color {
            TeamColor::Named(n) => self
                .paint(Role::TEAMS.get(usize::from(n) % Role::TEAMS.len()).copied().unwrap_or(Role::Accent)),
            TeamColor::Rgb(r, g, b) => {
                Paint { fg: Color::Rgb(r, g, b), ..self.paint(Role::TeamBlue) }.reduced(self.depth)
            }
        }
    }

    /// Returns the theme as a terminal of this depth can show it.
    #[must_use]
    pub fn reduced(&self, depth: ColorDepth) -> Theme {
        Theme {
            background: self.background.reduced(depth),
            paints: self.paints.iter().map(|(role, paint)| (*role, paint.reduced(depth))).collect(),
            depth,
            ..self.clone()
        }
    }
}
