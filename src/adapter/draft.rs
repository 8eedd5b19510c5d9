//! Whether a person's unsent draft stands in a program's input box.

use super::definition::Draft;
use super::rule::View;

/// Returns whether there is a draft; none where no input box is in view, or what stands in it may be the program's own
/// words.
pub(super) fn seen(draft: &Draft, view: &View<'_>) -> Option<bool> {
    let line = draft.line.0.as_ref()?;
    let filled: Vec<usize> = (0..view.rows.len()).filter(|row| !view.rows[*row].trim().is_empty()).collect();
    let most = if draft.lines == 0 { filled.len() } else { draft.lines };
    let near = &filled[filled.len().saturating_sub(most)..];
    let (row, found) =
        near.iter().rev().find_map(|row| Some((*row, line.captures(&view.rows[*row])?.get(1)?)))?;
    let text = found.as_str().trim();
    if view.cursor.0 > row && near.contains(&view.cursor.0) && text.is_empty() {
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
