//! A team: a named group of agents. Teams nest to any depth; a team may have a lead.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{AgentId, Name, Rgb, TeamId};

/// A named group of agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its identity.
    pub id: TeamId,
    /// Its name, unique in the session.
    pub name: Name,
    /// The team it stands in; none stands under the executive.
    pub parent: Option<TeamId>,
    /// Its place among its siblings; smaller comes first.
    pub rank: u32,
    /// The colour of its title and its tree.
    pub color: TeamColor,
    /// The agent that leads it, one of its own.
    pub lead: Option<AgentId>,
}

/// A team's colour: one of eight names that every theme translates, or one fixed colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TeamColor {
    /// The theme's colour of this number, 0 to 7.
    Named(u8),
    /// A fixed colour: red, green, blue.
    Rgb(u8, u8, u8),
}

impl TeamColor {
    /// The names, in the order of their numbers.
    pub const NAMES: [&'static str; 8] =
        ["blue", "green", "orange", "purple", "cyan", "pink", "yellow", "red"];

    /// Returns the colour a session's `n`th team gets when none was chosen.
    #[must_use]
    pub fn nth(n: usize) -> TeamColor {
        TeamColor::Named(u8::try_from(n % TeamColor::NAMES.len()).unwrap_or(0))
    }
}

/// A text that is not a team colour.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a team colour; use one of {list} or a value such as #7aa2f7", list = TeamColor::NAMES.join(", "))]
pub struct ParseColorError(String);

impl FromStr for TeamColor {
    type Err = ParseColorError;

    fn from_str(text: &str) -> Result<TeamColor, ParseColorError> {
        let wrong = || ParseColorError(text.to_owned());
        if let Some(n) = TeamColor::NAMES.iter().position(|name| *name == text) {
            return Ok(TeamColor::nth(n));
        }
        let Rgb(r, g, b) = text.parse().map_err(|_| wrong())?;
        Ok(TeamColor::Rgb(r, g, b))
    }
}

impl TryFrom<String> for TeamColor {
    type Error = ParseColorError;

    fn try_from(text: String) -> Result<TeamColor, ParseColorError> {
        text.parse()
    }
}

impl From<TeamColor> for String {
    fn from(color: TeamColor) -> String {
        color.to_string()
    }
}

impl fmt::Display for TeamColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TeamColor::Named(n) => f.pad(TeamColor::NAMES[usize::from(*n) % TeamColor::NAMES.len()]),
            TeamColor::Rgb(r, g, b) => write!(f, "#{r:02x}{g:02x}{b:02x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_printed_is_a_colour_read() {
        for color in (0..8).map(TeamColor::nth).chain([TeamColor::Rgb(0x7a, 0xa2, 0xf7)]) {
            assert_eq!(color.to_string().parse(), Ok(color));
        }
        for bad in ["grene", "#12345", "#12345g", "#éé", ""] {
            assert!(bad.parse::<TeamColor>().is_err(), "{bad}");
        }
    }
}
