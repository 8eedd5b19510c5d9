//! What stands in a program's input box, and whether that is an unsent draft.

use super::definition::Draft;
use super::rule::View;

/// The fewest letters and figures by which a text is known again.
const KNOWN_BY: usize = 24;

/// What is seen of the input box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InBox {
    /// Whether an unsent draft stands in it; none where that cannot be told.
    pub draft: Option<bool>,
    /// The letters and figures from its first line to the end of what was looked at.
    letters: String,
    /// Whether its first line says that it stands for a text too long to be shown.
    pasted: bool,
}

impl InBox {
    /// Returns whether the end of this text provably stands in the box, or what the program shows in its place.
    #[must_use]
    pub fn ends_with(&self, text: &str) -> bool {
        self.draft == Some(true) && self.shows_end(text)
    }

    /// Returns whether the end of this text is seen where the box is, even where its first line is out of view; or what
    /// the program shows in its place.
    #[must_use]
    pub fn shows_end(&self, text: &str) -> bool {
        let end: Vec<char> = text.chars().rev().filter(|c| c.is_alphanumeric()).take(KNOWN_BY).collect();
        let end: String = end.into_iter().rev().collect();
        if self.pasted { is_long(text) } else { !end.is_empty() && self.letters.contains(&end) }
    }

    /// Returns whether this text provably stands in the box from its beginning to its end.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        let begins: String = text.chars().filter(|c| c.is_alphanumeric()).take(KNOWN_BY).collect();
        self.ends_with(text) && (self.pasted || self.letters.starts_with(&begins))
    }
}

/// Returns whether a program may show a mark in the place of this text.
fn is_long(text: &str) -> bool {
    text.lines().count() > 2 || text.chars().count() > 400
}

/// Looks at the input box.
pub(super) fn seen(draft: &Draft, view: &View<'_>) -> InBox {
    let filled: Vec<usize> = (0..view.rows.len()).filter(|row| !view.rows[*row].trim().is_empty()).collect();
    let most = if draft.lines == 0 { filled.len() } else { draft.lines };
    let near = &filled[filled.len().saturating_sub(most)..];
    let Some(line) = draft.line.0.as_ref() else { return InBox::default() };
    let first = near
        .iter()
        .enumerate()
        .rev()
        .find_map(|(n, row)| Some((n, line.captures(&view.rows[*row])?.get(1)?)));
    let letters = |shown: &str| shown.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let Some((n, found)) = first else {
        let letters = near.iter().map(|row| letters(&view.rows[*row])).collect();
        return InBox { draft: None, letters, pasted: false };
    };
    let draft = is_draft(draft, view, &near[n..], &found);
    let rest = near[n + 1..].iter().map(|row| letters(&view.rows[*row]));
    let letters = std::iter::once(letters(found.as_str())).chain(rest).collect();
    InBox { draft, letters, pasted: found.as_str().to_lowercase().contains("[pasted ") }
}

/// Returns whether there is a draft; none where what stands there may be the program's own words. The rows are those
/// of the box and what is below it.
fn is_draft(draft: &Draft, view: &View<'_>, rows: &[usize], found: &regex::Match<'_>) -> Option<bool> {
    let row = *rows.first()?;
    let text = found.as_str().trim();
    if view.cursor.0 > row && rows.contains(&view.cursor.0) && text.is_empty() {
        // The cursor stands in a later line of the box, so there is one.
        return None;
    }
    if text.is_empty() {
        return Some(false);
    }
    if draft.placeholders.iter().any(|known| known.0.as_ref().is_some_and(|known| known.is_match(text))) {
        return Some(false);
    }
    // A box that is empty may say what it is for or offer something; the cursor then stands before that.
    let begins = view.rows[row][..found.start()].chars().count();
    if view.cursor.0 == row && view.cursor.1 <= begins { None } else { Some(true) }
}
