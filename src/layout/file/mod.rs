//! How a layout is written down, read and printed. The fields are explained in `layouts/org-chart.toml`.
//!
//! What a file leaves unsaid is said by the one it `extends`, or else by the default, which is `org-chart`. Printing
//! and reading give the same layout again, also when only the differences to another are printed.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::definition::{Flow, Holder, Layout, LeadPlace, Place, Side, Who};
use super::weights::{WeightKey, Weights};
use crate::domain::Name;
use crate::manifest::{Manifest, ManifestError, Spanned, read_lineage};

/// The layouts that are built in: name and text, the default first.
pub const BUILTIN: [(&str, &str); 4] = [
    ("org-chart", include_str!("../../../layouts/org-chart.toml")),
    ("grid", include_str!("../../../layouts/grid.toml")),
    ("focus", include_str!("../../../layouts/focus.toml")),
    ("wall", include_str!("../../../layouts/wall.toml")),
];

/// A number that must lie in a range, and what is wrong if it does not.
type Number = Option<Spanned<u16>>;

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Spanned<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extends: Option<Spanned<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    collapsed: Option<Vec<Spanned<String>>>,
    #[serde(default, skip_serializing_if = "is_default")]
    tree: TreeText,
    #[serde(default, skip_serializing_if = "is_default")]
    stage: StageText,
    #[serde(default, skip_serializing_if = "is_default")]
    teams: TeamText,
    #[serde(default, skip_serializing_if = "is_default")]
    pane: PaneText,
    #[serde(default, skip_serializing_if = "is_default")]
    card: CardText,
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<BTreeMap<String, Spanned<u16>>>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TreeText {
    #[serde(skip_serializing_if = "Option::is_none")]
    show: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<Side>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Number,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StageText {
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    holds: Option<Holder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Number,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamText {
    #[serde(skip_serializing_if = "Option::is_none")]
    flow: Option<Flow>,
    #[serde(rename = "min-width", skip_serializing_if = "Option::is_none")]
    min_width: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    lead: Option<LeadPlace>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PaneText {
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    who: Option<Who>,
    #[serde(rename = "min-width", skip_serializing_if = "Option::is_none")]
    min_width: Number,
    #[serde(rename = "min-height", skip_serializing_if = "Option::is_none")]
    min_height: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Number,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CardText {
    #[serde(rename = "min-width", skip_serializing_if = "Option::is_none")]
    min_width: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Number,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Layout {
    /// Reads a layout. `resolve` returns the text of a layout by name, for `extends`; those that are built in need
    /// not be known to it.
    ///
    /// # Errors
    /// Names the file, the line and the field that is wrong, and what it should be.
    pub fn parse(
        file: &str,
        text: &str,
        resolve: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Layout, ManifestError> {
        let known = BUILTIN.map(|(name, _)| name);
        let find = |name: &str| resolve(name).or_else(|| builtin(name).map(str::to_owned));
        let manifest = Manifest { file, text };
        let line = read_lineage(&manifest, |text: &Text| text.extends.as_ref(), &find, &known)?;
        let mut layout = Layout::default();
        for ancestor in line {
            let manifest = ancestor.manifest();
            let stem = manifest.file.rsplit(['/', '\\']).next().unwrap_or("").trim_end_matches(".toml");
            layout.name = Name::lenient(stem, "layout");
            apply(&ancestor.value, &manifest, &mut layout)?;
        }
        Ok(layout)
    }

    /// Prints everything that the layout says.
    #[must_use]
    pub fn print(&self) -> String {
        write(&self.text(None))
    }

    /// Prints how the layout differs from `base`, on which the text then builds.
    #[must_use]
    pub fn print_over(&self, base: &Layout) -> String {
        write(&self.text(Some(base)))
    }

    fn text(&self, base: Option<&Layout>) -> Text {
        let word = |name: &Name| Spanned::new(0..0, name.as_str().to_owned());
        let weights: BTreeMap<String, Spanned<u16>> =
            self.weights.iter().map(|(key, weight)| (key.to_string(), Spanned::new(0..0, weight))).collect();
        let collapsed: Vec<Spanned<String>> = self.collapsed.iter().map(word).collect();
        let differs = |same: fn(&Layout, &Layout) -> bool| base.is_none_or(|base| !same(self, base));
        let number = |field: fn(&Layout) -> u16| {
            base.is_none_or(|base| field(self) != field(base)).then(|| Spanned::new(0..0, field(self)))
        };
        Text {
            name: Some(word(&self.name)),
            description: differs(|a, b| a.description == b.description).then(|| self.description.clone()),
            extends: base.map(|base| word(&base.name)),
            collapsed: differs(|a, b| a.collapsed == b.collapsed).then_some(collapsed),
            tree: TreeText {
                show: differs(|a, b| a.tree.show == b.tree.show).then_some(self.tree.show),
                side: differs(|a, b| a.tree.side == b.tree.side).then_some(self.tree.side),
                width: number(|l| l.tree.width),
            },
            stage: StageText {
                holds: differs(|a, b| a.stage.holds == b.stage.holds).then_some(self.stage.holds),
                place: differs(|a, b| a.stage.place == b.stage.place).then_some(self.stage.place),
                share: number(|l| l.stage.share),
            },
            teams: TeamText {
                flow: differs(|a, b| a.teams.flow == b.teams.flow).then_some(self.teams.flow),
                min_width: number(|l| l.teams.min_width),
                lead: differs(|a, b| a.teams.lead == b.teams.lead).then_some(self.teams.lead),
            },
            pane: PaneText {
                who: differs(|a, b| a.pane.who == b.pane.who).then_some(self.pane.who),
                min_width: number(|l| l.pane.min_width),
                min_height: number(|l| l.pane.min_height),
                width: number(|l| l.pane.width),
                height: number(|l| l.pane.height),
            },
            card: CardText {
                min_width: number(|l| l.card.min_width),
                width: number(|l| l.card.width),
                height: number(|l| l.card.height),
            },
            weights: differs(|a, b| a.weights == b.weights).then_some(weights),
        }
    }
}

/// Returns the text of a layout that is built in.
fn builtin(name: &str) -> Option<&'static str> {
    BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The writer of TOML cannot fail on numbers, words and tables of them; if it did, the text would be empty, which
/// reads as the default.
fn write(text: &Text) -> String {
    toml::to_string(text).unwrap_or_default()
}

/// Writes what a file says over what its ancestors said.
fn apply(text: &Text, manifest: &Manifest<'_>, layout: &mut Layout) -> Result<(), ManifestError> {
    let name = |field: &str, word: &Spanned<String>| {
        Name::new(word.get_ref().clone()).map_err(|e| manifest.at(&word.span(), field, e.to_string()))
    };
    if let Some(word) = &text.name {
        layout.name = name("name", word)?;
    }
    set(&mut layout.description, text.description.clone());
    set(&mut layout.tree.show, text.tree.show);
    set(&mut layout.tree.side, text.tree.side);
    set(&mut layout.stage.holds, text.stage.holds);
    set(&mut layout.stage.place, text.stage.place);
    set(&mut layout.teams.flow, text.teams.flow);
    set(&mut layout.teams.lead, text.teams.lead);
    set(&mut layout.pane.who, text.pane.who);
    let numbers: [(&mut u16, &Number, &str, RangeInclusive<u16>); 10] = [
        (&mut layout.tree.width, &text.tree.width, "tree.width", 8..=120),
        (&mut layout.stage.share, &text.stage.share, "stage.share", 5..=95),
        (&mut layout.teams.min_width, &text.teams.min_width, "teams.min-width", 8..=500),
        (&mut layout.pane.min_width, &text.pane.min_width, "pane.min-width", 4..=500),
        (&mut layout.pane.min_height, &text.pane.min_height, "pane.min-height", 2..=500),
        (&mut layout.pane.width, &text.pane.width, "pane.width", 4..=500),
        (&mut layout.pane.height, &text.pane.height, "pane.height", 2..=500),
        (&mut layout.card.min_width, &text.card.min_width, "card.min-width", 4..=500),
        (&mut layout.card.width, &text.card.width, "card.width", 4..=500),
        (&mut layout.card.height, &text.card.height, "card.height", 1..=3),
    ];
    for (field, number, path, range) in numbers {
        let Some(number) = number else { continue };
        if !range.contains(number.get_ref()) {
            let problem = format!("{} is not from {} to {}", number.get_ref(), range.start(), range.end());
            return Err(manifest.at(&number.span(), path, problem));
        }
        *field = *number.get_ref();
    }
    if let Some(teams) = &text.collapsed {
        layout.collapsed =
            teams.iter().map(|team| name("collapsed", team)).collect::<Result<BTreeSet<Name>, _>>()?;
    }
    if let Some(weights) = &text.weights {
        layout.weights = read_weights(weights, manifest)?;
    }
    Ok(())
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

fn read_weights(
    weights: &BTreeMap<String, Spanned<u16>>,
    manifest: &Manifest<'_>,
) -> Result<Weights, ManifestError> {
    let mut read = Weights::default();
    for (key, weight) in weights {
        let wrong = |problem: String| manifest.at(&weight.span(), format!("weights.{key}"), problem);
        let key: WeightKey =
            key.parse().map_err(|e: super::weights::ParseWeightKeyError| wrong(e.to_string()))?;
        if *weight.get_ref() == 0 {
            return Err(wrong("a weight cannot be 0".to_owned()));
        }
        read.set(key, *weight.get_ref());
    }
    Ok(read)
}
