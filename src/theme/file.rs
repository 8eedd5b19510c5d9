//! How a theme is written down and read.
//!
//! A paint is words: a colour, `on` and the colour behind it, and modifiers, in this order, each of them optional:
//! `"yellow bold"`, `"#101418 on amber"`, `"reverse"`. A colour is one of the theme's own `[colors]`, one of the
//! terminal's sixteen by name, one of its 256 by number, `#rrggbb`, or `default`. Own colours are looked up after
//! all texts that build on each other were read, so a theme can change another's colours alone.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;

use super::color::{Color, NAMES, Paint};
use super::role::Role;
use super::{ColorDepth, Theme};
use crate::domain::{Name, nearest};
use crate::manifest::{Ancestor, Manifest, ManifestError, Spanned, read_lineage};

/// The themes that are built in: name and text, the default first.
pub const BUILTIN: [(&str, &str); 6] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("colour-blind", include_str!("../../themes/colour-blind.toml")),
    ("terminal", include_str!("../../themes/terminal.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// The theme where nobody chose one.
pub const DEFAULT: &str = "dark";
/// The theme where `NO_COLOR` is set.
pub const MONO: &str = "mono";

/// The name of the colour behind everything, among the roles.
const BACKGROUND: &str = "background";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    name: Option<Spanned<String>>,
    description: Option<String>,
    extends: Option<Spanned<String>>,
    #[serde(default)]
    colors: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    roles: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// What the words of a paint say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) paint: Paint,
    /// Whether a colour behind was named.
    pub(super) on: bool,
}

/// What is wrong with the words of a paint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum WordError {
    /// A word means nothing there.
    #[error("`{0}` is neither a colour nor a modifier")]
    Strange(String),
    /// No colour follows `on`.
    #[error("`on` is not followed by a colour")]
    NothingBehind,
}

/// Reads the words of a paint.
pub(super) fn read_words(text: &str, colors: &BTreeMap<String, Color>) -> Result<Words, WordError> {
    let mut words = text.split_whitespace().peekable();
    let mut read = Words::default();
    let color = |word: &str| colors.get(word).copied().or_else(|| Color::from_word(word));
    if let Some(fg) = words.peek().and_then(|word| color(word)) {
        read.paint.fg = fg;
        words.next();
    }
    if words.next_if_eq(&"on").is_some() {
        let word = words.next().ok_or(WordError::NothingBehind)?;
        read.paint.bg = color(word).ok_or_else(|| WordError::Strange(word.to_owned()))?;
        read.on = true;
    }
    for word in words {
        match read.paint.modifiers().into_iter().find(|(name, _)| *name == word) {
            Some((_, set)) => *set = true,
            None => return Err(WordError::Strange(word.to_owned())),
        }
    }
    Ok(read)
}

impl Theme {
    /// Reads a theme. `resolve` returns the text of a theme by name, for `extends`; those that are built in need not
    /// be known to it. Roles that no text speaks of are painted without colours.
    ///
    /// # Errors
    /// Names the file, the line and the role that is wrong, and what it should be.
    pub fn parse(
        file: &str,
        text: &str,
        resolve: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Theme, ManifestError> {
        let known = BUILTIN.map(|(name, _)| name);
        let builtin =
            |name: &str| BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
        let find = |name: &str| resolve(name).or_else(|| builtin(name));
        let manifest = Manifest { file, text };
        let line = read_lineage(&manifest, |text: &Text| text.extends.as_ref(), &find, &known)?;
        let mut theme = Theme::default();
        for ancestor in &line {
            theme.entitle(ancestor)?;
        }
        let colors = read_colors(&line)?;
        theme.read_roles(&line, &colors)?;
        Ok(theme)
    }

    /// Takes over a text's name and description; the name of its file if it gives none.
    fn entitle(&mut self, ancestor: &Ancestor<Text>) -> Result<(), ManifestError> {
        let text = &ancestor.value;
        self.name = match &text.name {
            Some(name) => Name::new(name.get_ref().clone())
                .map_err(|e| ancestor.manifest().at(&name.span(), "name", e.to_string()))?,
            None => {
                let stem = ancestor.file.rsplit(['/', '\\']).next().unwrap_or("").trim_end_matches(".toml");
                Name::lenient(stem, "theme")
            }
        };
        if let Some(description) = &text.description {
            self.description.clone_from(description);
        }
        Ok(())
    }

    fn read_roles(
        &mut self,
        line: &[Ancestor<Text>],
        colors: &BTreeMap<String, Color>,
    ) -> Result<(), ManifestError> {
        let mut words: BTreeMap<Role, Words> =
            self.paints.iter().map(|(role, paint)| (*role, Words { paint: *paint, on: false })).collect();
        for ancestor in line {
            for (key, paint) in &ancestor.value.roles {
                let manifest = ancestor.manifest();
                let read = || {
                    read_words(paint.get_ref(), colors).map_err(|word| {
                        strange(&manifest, &paint.span(), &format!("roles.{}", key.get_ref()), &word, colors)
                    })
                };
                if key.get_ref() == BACKGROUND {
                    let background = read()?;
                    if background
                        != (Words { paint: Paint { fg: background.paint.fg, ..Paint::default() }, on: false })
                    {
                        let problem = "must be one colour and nothing else";
                        return Err(manifest.at(&paint.span(), "roles.background", problem));
                    }
                    self.background = background.paint.fg;
                } else if let Some(role) = Role::ALL.into_iter().find(|role| role.key() == key.get_ref()) {
                    words.insert(role, read()?);
                } else {
                    let problem = format!("there is no role `{}`", key.get_ref());
                    let error = manifest.at(&key.span(), format!("roles.{}", key.get_ref()), problem);
                    let known = Role::ALL.into_iter().map(Role::key).chain([BACKGROUND]);
                    return Err(error.did_you_mean(key.get_ref(), known));
                }
            }
        }
        let background = self.background;
        let paint =
            |words: Words| if words.on { words.paint } else { Paint { bg: background, ..words.paint } };
        self.paints = words.into_iter().map(|(role, words)| (role, paint(words))).collect();
        self.depth = ColorDepth::True;
        Ok(())
    }
}

/// Reads the colours that the texts name, later ones over earlier ones.
fn read_colors(line: &[Ancestor<Text>]) -> Result<BTreeMap<String, Color>, ManifestError> {
    let mut colors = BTreeMap::new();
    for ancestor in line {
        for (name, color) in &ancestor.value.colors {
            let field = format!("colors.{}", name.get_ref());
            let manifest = ancestor.manifest();
            let is_word = name.get_ref().chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
            let reserved = ["on", "bold", "dim", "italic", "underline", "reverse", "default"];
            if !is_word || reserved.contains(&name.get_ref().as_str()) {
                let problem = format!("`{}` cannot be the name of a colour", name.get_ref());
                return Err(manifest.at(&name.span(), field, problem));
            }
            let Some(value) = Color::from_word(color.get_ref()) else {
                let word = WordError::Strange(color.get_ref().clone());
                return Err(strange(&manifest, &color.span(), &field, &word, &BTreeMap::new()));
            };
            colors.insert(name.get_ref().clone(), value);
        }
    }
    Ok(colors)
}

/// Says what is wrong with a paint, and which word was probably meant.
fn strange(
    manifest: &Manifest<'_>,
    span: &Range<usize>,
    field: &str,
    wrong: &WordError,
    colors: &BTreeMap<String, Color>,
) -> ManifestError {
    let error = manifest.at(span, field, wrong.to_string());
    let modifiers = ["on", "bold", "dim", "italic", "underline", "reverse", "default"];
    let known = colors.keys().map(String::as_str).chain(NAMES).chain(modifiers);
    let near = match wrong {
        WordError::Strange(word) => nearest(word, known),
        WordError::NothingBehind => None,
    };
    match near {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint("write a colour such as `#7aa2f7` or `blue`, then `on` and another, then `bold`"),
    }
}
