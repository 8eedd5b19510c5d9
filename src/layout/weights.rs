//! The borders that a person has moved: which one, and by how much. Keyed by names, which outlive a session's ids.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::domain::Name;

/// What a moved border changed.
///
/// Printed and parsed as words, since a name holds no white space: `tree`, `stage`, `team backend width`,
/// `members backend height`, `members height` (of those in no team), `below backend`, `agent be-lead height`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WeightKey {
    /// The width of the tree, in columns.
    Tree,
    /// The stage's share of the chart, per mille.
    Stage,
    /// A team's length against what stands beside it, per mille of what the layout gives it.
    Team(Name, Axis),
    /// The same of a team's own agents, or of those in no team.
    Members(Option<Name>, Axis),
    /// The height of what hangs below a team's lead, or below the executive, against the one that leads.
    Below(Option<Name>),
    /// The same of the row of panes that starts with this agent, or of the agent within its row.
    Agent(Name, Axis),
}

/// The direction in which a length counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// From left to right.
    Width,
    /// From top to bottom.
    Height,
}

/// A text that names no border.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no border; write `tree`, `stage` or words such as `team backend width`")]
pub struct ParseWeightKeyError(String);

impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Axis::Width => "width",
            Axis::Height => "height",
        })
    }
}

impl fmt::Display for WeightKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WeightKey::Tree => f.write_str("tree"),
            WeightKey::Stage => f.write_str("stage"),
            WeightKey::Team(name, axis) => write!(f, "team {name} {axis}"),
            WeightKey::Members(Some(name), axis) => write!(f, "members {name} {axis}"),
            WeightKey::Members(None, axis) => write!(f, "members {axis}"),
            WeightKey::Below(Some(name)) => write!(f, "below {name}"),
            WeightKey::Below(None) => f.write_str("below"),
            WeightKey::Agent(name, axis) => write!(f, "agent {name} {axis}"),
        }
    }
}

impl FromStr for WeightKey {
    type Err = ParseWeightKeyError;

    fn from_str(text: &str) -> Result<WeightKey, ParseWeightKeyError> {
        let wrong = || ParseWeightKeyError(text.to_owned());
        let axis = |word: &str| match word {
            "width" => Ok(Axis::Width),
            "height" => Ok(Axis::Height),
            _ => Err(wrong()),
        };
        let name = |word: &str| Name::new(word).map_err(|_| wrong());
        let words: Vec<&str> = text.split(' ').collect();
        match *words.as_slice() {
            ["tree"] => Ok(WeightKey::Tree),
            ["stage"] => Ok(WeightKey::Stage),
            ["below"] => Ok(WeightKey::Below(None)),
            ["below", n] => Ok(WeightKey::Below(Some(name(n)?))),
            ["members", a] => Ok(WeightKey::Members(None, axis(a)?)),
            ["members", n, a] => Ok(WeightKey::Members(Some(name(n)?), axis(a)?)),
            ["team", n, a] => Ok(WeightKey::Team(name(n)?, axis(a)?)),
            ["agent", n, a] => Ok(WeightKey::Agent(name(n)?, axis(a)?)),
            _ => Err(wrong()),
        }
    }
}

/// Every border that a person has moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weights(BTreeMap<WeightKey, u16>);

impl Weights {
    /// What a weight per mille is where nobody moved a border.
    pub const NEUTRAL: u16 = 1000;

    /// Returns the weight, if its border was moved.
    #[must_use]
    pub fn get(&self, key: &WeightKey) -> Option<u16> {
        self.0.get(key).copied()
    }

    /// Sets a weight; zero takes it back.
    pub fn set(&mut self, key: WeightKey, weight: u16) {
        if weight == 0 {
            self.0.remove(&key);
        } else {
            self.0.insert(key, weight);
        }
    }

    /// Returns whether no border was moved.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns every weight, in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = (&WeightKey, u16)> {
        self.0.iter().map(|(key, weight)| (key, *weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_border_is_named_in_words_that_read_back() {
        let name = || Name::new("backend").unwrap();
        let keys = [
            (WeightKey::Tree, "tree"),
            (WeightKey::Stage, "stage"),
            (WeightKey::Team(name(), Axis::Width), "team backend width"),
            (WeightKey::Members(Some(name()), Axis::Height), "members backend height"),
            (WeightKey::Members(None, Axis::Width), "members width"),
            (WeightKey::Below(Some(name())), "below backend"),
            (WeightKey::Below(None), "below"),
            (WeightKey::Agent(name(), Axis::Height), "agent backend height"),
        ];
        for (key, text) in keys {
            assert_eq!(key.to_string(), text);
            assert_eq!(text.parse(), Ok(key));
        }
        for bad in ["", "trees", "team backend", "team -x width", "agent be-1 depth", "tree width"] {
            assert!(bad.parse::<WeightKey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_weight_of_zero_puts_a_border_back() {
        let mut weights = Weights::default();
        weights.set(WeightKey::Tree, 30);
        assert_eq!(weights.get(&WeightKey::Tree), Some(30));
        weights.set(WeightKey::Tree, 0);
        assert!(weights.is_empty());
    }
}
