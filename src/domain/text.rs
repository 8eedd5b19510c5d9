//! Words that came from outside: made harmless to show, and matched to the word that was meant.

/// Returns `text` as it may be shown on one line of a person's screen: no control characters, no characters that
/// turn the direction of writing, white space folded, at most `max` characters (the last one `…` if it was cut).
#[must_use]
pub fn clean(text: &str, max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(max * 4));
    let mut count = 0;
    for c in text.chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        if c.is_control() || turns_direction(c) || (c == ' ' && (out.is_empty() || out.ends_with(' '))) {
            continue;
        }
        if count == max {
            out.pop();
            out.push('…');
            return out;
        }
        out.push(c);
        count += 1;
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// Returns `text` as it may be typed into a terminal or kept as several lines: the ends of lines are line feeds, and
/// there is no control character but those and tabs; what ends a bracketed paste is taken out whole.
#[must_use]
pub fn typeable(text: &str) -> String {
    let unbracketed = text.replace("\u{1b}[201~", "").replace("\u{1b}[200~", "");
    let mut out = String::with_capacity(unbracketed.len());
    let mut after_return = false;
    for c in unbracketed.chars() {
        match c {
            '\n' if after_return => {}
            '\n' | '\r' => out.push('\n'),
            '\t' => out.push('\t'),
            c if c.is_control() => {}
            c => out.push(c),
        }
        after_return = c == '\r';
    }
    out
}

/// Returns at most the first `most` bytes of a text, cut between two characters, and whether that is all of it.
#[must_use]
pub fn cut(text: &str, most: usize) -> (&str, bool) {
    let end = text.floor_char_boundary(most);
    (&text[..end], end == text.len())
}

/// The bidirectional controls of Unicode (UAX #9, section 2) and the invisible format characters used to hide text.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns the word of `known` that was most likely meant by `word`, if one is near enough to be offered.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            let longer = lower.chars().count().max(candidate.chars().count());
            *distance * 3 <= longer + 1 || (lower.len() >= 3 && candidate.to_lowercase().starts_with(&lower))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Returns the word of `known` of which `word` is a slip of the pen: one or two letters are wrong, of many.
#[must_use]
pub fn misspelt<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let measured =
        known.into_iter().map(|known| (strsim::damerau_levenshtein(&lower, &known.to_lowercase()), known));
    measured
        .filter(|(distance, known)| *distance <= 2 && distance * 4 < lower.len().max(known.len()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_shown_as_plain_words() {
        assert_eq!(clean("  a\u{1b}[31m b\r\nc\u{202e}d ", 40), "a[31m b cd");
        assert_eq!(clean("abcdef", 4), "abc…");
        assert_eq!(clean("\u{7}\u{9b}", 4), "");
    }

    #[test]
    fn what_is_typed_has_lines_and_tabs_and_nothing_else_that_controls() {
        assert_eq!(typeable("a\r\nb\rc\n\td"), "a\nb\nc\n\td");
        assert_eq!(typeable("x\u{1b}[201~y\u{3}\u{0}\u{9b}\u{7f}z"), "xyz");
        // A marker hidden in another one loses what makes it one.
        assert!(!typeable("\u{1b}[20\u{1b}[201~1~").contains('\u{1b}'));
        assert_eq!((cut("aé", 2), cut("aé", 3)), (("a", false), ("aé", true)));
    }

    #[test]
    fn the_word_that_was_meant_is_found_and_a_strange_one_is_not() {
        assert_eq!(nearest("backnd", ["frontend", "backend"]), Some("backend"));
        assert_eq!(nearest("colour", ["color", "count"]), Some("color"));
        assert_eq!(nearest("front", ["frontend", "backend"]), Some("frontend"));
        assert_eq!(nearest("zebra", ["frontend", "backend"]), None);
    }

    #[test]
    fn a_slip_of_the_pen_is_told_from_another_word() {
        assert_eq!(misspelt("be-led", ["be-1", "be-lead"]), Some("be-lead"));
        assert_eq!(misspelt("be-lead", ["be-1", "be-2"]), None);
        assert_eq!(misspelt("ann", ["bob", "amy"]), None);
    }
}
