//! What a dialog on a screen says and offers, read by its form alone: a list of options of which one is pointed at, and
//! the lines above it as far as they belong to it.
//!
//! It is an agent's word as much as the program's: a person judges it, nothing is decided by it.

use crate::domain::{Ask, AskKind, clean};

/// The most rows above its options that belong to a dialog.
const ABOVE: usize = 60;

/// The fewest signs of a line that make it a border.
const BORDER: usize = 10;

/// The most options of a dialog.
const OPTIONS: usize = 30;

/// The longest option, in characters.
const OPTION: usize = 300;

/// The signs by which programs point at an option.
const POINTERS: [char; 4] = ['❯', '›', '●', '>'];

/// What a dialog on a screen says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownDialog {
    /// The lines above the options, without their frame.
    pub text: String,
    /// The options, from the first; none where some are out of view.
    pub options: Vec<String>,
    /// Which of them is pointed at.
    pub pointer: usize,
}

/// Reads the dialog at the end of a screen; none where there is no list of options.
#[must_use]
pub fn shown_dialog(rows: &[String]) -> Option<ShownDialog> {
    let rows: Vec<&str> = rows.iter().map(|row| unframed(row)).collect();
    let end = rows.iter().rposition(|row| !row.trim().is_empty())? + 1;
    let rows = &rows[..end];
    let (first, mut options, pointer) = numbered(rows).or_else(|| pointed(rows))?;
    // In a small pane some are out of view; those that are in view are not all there are.
    let more = |row: &&str| row.trim_start().starts_with(['↑', '↓']) && row.contains(" more line");
    if rows[first..].iter().any(more) {
        options.clear();
    }
    let text = above(&rows[..first]);
    Some(ShownDialog { text, options, pointer })
}

impl ShownDialog {
    /// Returns what is asked where nobody told what: all that its screen says of it.
    #[must_use]
    pub fn ask(&self, chooses: bool) -> Ask {
        let detail = format!("what it asks is only on its screen:\n{}", self.text);
        let kind = if chooses {
            AskKind::Dialog { detail: self.text.clone(), options: self.options.clone() }
        } else {
            AskKind::Permission { tool: String::new(), detail, diff: None }
        };
        Ask::new(kind, None)
    }

    /// Returns whether it shows what would be done: the beginning of it, however the lines are broken.
    #[must_use]
    pub fn shows(&self, ask: &Ask) -> bool {
        const ENOUGH: usize = 60;
        let squeezed = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let AskKind::Permission { detail, .. } = &ask.kind else { return false };
        let begins: String =
            squeezed(detail.lines().next().unwrap_or_default()).chars().take(ENOUGH).collect();
        !begins.is_empty() && squeezed(&self.text).contains(&begins)
    }
}

/// A row without the sides of a box.
fn unframed(row: &str) -> &str {
    let sides = |c: char| matches!(c, '│' | '┃' | '║');
    let row = row.trim_end();
    let Some(inner) = row.trim_start().strip_prefix(sides) else { return row };
    inner.strip_suffix(sides).unwrap_or(inner).trim_end()
}

/// Returns the number and the words of an option.
fn option(row: &str) -> Option<(usize, &str)> {
    let row = row.trim_start().trim_start_matches(POINTERS).trim_start();
    let digits = row.len() - row.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = row.get(..digits)?.parse().ok()?;
    let words = row[digits..].strip_prefix(['.', ')'])?;
    words.starts_with(' ').then(|| (number, words.trim()))
}

/// A list whose options have numbers, from 1, the last of such on the screen.
fn numbered(rows: &[&str]) -> Option<(usize, Vec<String>, usize)> {
    let first = rows.iter().rposition(|row| option(row).is_some_and(|(number, _)| number == 1))?;
    let (mut options, mut pointer): (Vec<String>, Option<usize>) = (Vec::new(), None);
    let mut open = false;
    for row in &rows[first..] {
        match option(row) {
            Some((number, words)) if number == options.len() + 1 && number <= OPTIONS => {
                if row.trim_start().starts_with(POINTERS) {
                    pointer = Some(options.len());
                }
                options.push(clean(words, OPTION));
                open = true;
            }
            _ if row.trim().is_empty() || is_border(row) => open = false,
            // An option that is too long for one line, or what is said of it.
            _ if open && row.starts_with("   ") => {
                if let Some(last) = options.last_mut() {
                    *last = clean(&format!("{last} {}", row.trim()), OPTION);
                }
            }
            _ => open = false,
        }
    }
    Some((first, options, pointer?))
}

/// A list without numbers: the rows around the one that is pointed at, each as far to the right as that one.
fn pointed(rows: &[&str]) -> Option<(usize, Vec<String>, usize)> {
    let is_pointed = |row: &str| {
        let row = row.trim_start();
        row.starts_with(POINTERS) && row.trim_start_matches(POINTERS).starts_with(' ')
    };
    let at = rows.iter().rposition(|row| is_pointed(row))?;
    let indent = |row: &str| row.chars().take_while(|c| *c == ' ' || POINTERS.contains(c)).count();
    let deep = indent(rows[at]);
    let is_one = |row: &&str| !row.trim().is_empty() && indent(row) == deep && !is_border(row);
    let before = rows[..at].iter().rev().take_while(|row| is_one(row)).count();
    let after = rows[at + 1..].iter().take_while(|row| is_one(row)).count();
    let listed = &rows[at - before..=at + after];
    let words = |row: &&str| clean(row.trim_start().trim_start_matches(POINTERS), OPTION);
    (listed.len() > 1 && listed.len() <= OPTIONS)
        .then(|| (at - before, listed.iter().map(words).collect(), before))
}

fn is_border(row: &str) -> bool {
    let row = row.trim();
    let signs = row.chars().filter(|c| matches!(c, '─' | '━' | '▔' | '═')).count();
    signs >= BORDER && !row.starts_with('╌')
}

fn is_rule(row: &str) -> bool {
    let row = row.trim();
    !row.is_empty() && row.chars().all(|c| matches!(c, '\u{2500}'..='\u{259f}' | ' '))
}

/// The lines above the options that belong to the dialog: those below its upper border, or else those from its question
/// on.
fn above(rows: &[&str]) -> String {
    let near = &rows[rows.len().saturating_sub(ABOVE)..];
    let is_question = |row: &&str| row.trim_end().ends_with('?');
    let last = near.iter().rposition(|row| !row.trim().is_empty());
    // A question that stands last is about what stands above it.
    let asks_last = last.is_some_and(|last| is_question(&near[last]));
    // A box within the dialog has sides, which are off already, and corners.
    let border = near.iter().rposition(|row| is_border(row) && !has_corner(row));
    let outer = near.iter().rposition(|row| row.starts_with('╭'));
    let question = near.iter().rposition(is_question).filter(|_| !asks_last);
    let from = match (border.max(outer), question) {
        (Some(border), Some(question))
            if !asks_last && question > border && border + ABOVE / 2 < question =>
        {
            question
        }
        (Some(border), Some(question)) => (border + 1).min(question),
        (Some(border), None) => border + 1,
        (None, Some(question)) => question,
        (None, None) => near.len().saturating_sub(ABOVE / 3),
    };
    let lines = near[from..].iter().map(|row| unframed(row)).filter(|row| !is_rule(row));
    let lines: Vec<&str> = lines.collect();
    let shallow = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(line)).min();
    let cut = |line: &&str| line.get(shallow.unwrap_or(0)..).unwrap_or_default().trim_end().to_owned();
    let lines: Vec<String> = lines.iter().map(cut).collect();
    let mut out = lines.join("\n");
    while out.contains("\n\n\n") {
        out = out.replace("\n\n\n", "\n\n");
    }
    out.trim_matches('\n').to_owned()
}

fn has_corner(row: &str) -> bool {
    row.trim().starts_with(['╭', '╰', '├', '└', '┌'])
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ShownDialog {
        let rows: Vec<String> = text.lines().map(str::to_owned).collect();
        shown_dialog(&rows).unwrap()
    }

    #[test]
    fn a_command_that_is_asked_about_is_read_whole_below_its_question() {
        let shown = read(
            "• A tool is used now?\n\n• Running touch x\n\n\n  Would you like to run the following command?\n\n  \
             Reason: a file is to be made\n\n  $ touch x && \\\n    rm y\n\n\n› 1. Yes, proceed (y)   \n  2. Yes, and \
             don't ask again for commands that start with `touch\n     x` (p)\n  3. No, and tell (esc)\n\n  Press \
             enter to confirm or esc to cancel",
        );
        assert_eq!(
            shown.text,
            "Would you like to run the following command?\n\nReason: a file is to be made\n\n$ touch x && \\\n  rm y"
        );
        assert_eq!(
            shown.options,
            [
                "Yes, proceed (y)",
                "Yes, and don't ask again for commands that start with `touch x` (p)",
                "No, and tell (esc)"
            ]
        );
        assert_eq!(shown.pointer, 0);
        let touch = |command: &str| {
            let detail = format!("{command}\n# a file is to be made");
            Ask::new(AskKind::Permission { tool: "exec_command".into(), detail, diff: None }, None)
        };
        assert!(shown.shows(&touch("touch x && \\")));
        assert!(!shown.shows(&touch("touch z")));
    }

    #[test]
    fn options_that_are_out_of_view_are_not_taken_for_none() {
        let shown = read(
            " touch x\n Do you want to proceed?\n ❯ 1. Yes\n ↓ 2. Yes, and always allow\n ↑ 3 more lines\n Esc to \
             cancel · Tab to amend\n──────────────────── a ─",
        );
        assert_eq!((shown.options.len(), shown.text.as_str()), (0, "touch x\nDo you want to proceed?"));
    }

    #[test]
    fn a_box_is_read_from_its_border_to_its_options() {
        let shown = read(
            "✦ text\n╭──────────────╮\n│ ? Shell  touch x │\n│ ╭───────────╮ │\n│ │ touch x   │ │\n│ ╰───────────╯ │\n\
             │ Allow execution of [Shell]? │\n│              │\n│   1. Allow once │\n│ ● 2. Allow for this session │\n\
             │   3. No, suggest changes (esc) │\n╰──────────────╯",
        );
        assert_eq!(shown.text, "? Shell  touch x\ntouch x\nAllow execution of [Shell]?");
        assert_eq!((shown.options.len(), shown.pointer), (3, 1));
    }

    #[test]
    fn options_without_numbers_are_read_around_the_pointer() {
        let shown = read(
            "────────────────────\n Accessing workspace:\n\n /src/work\n\n Is this a project you created or one you \
             trust? (Like\n your own code).\n\n Security guide\n\n ❯ No, exit\n   Yes, I trust this folder\n\n Enter to \
             confirm · Esc to cancel",
        );
        assert!(shown.text.starts_with("Accessing workspace:\n\n/src/work\n"), "{}", shown.text);
        assert_eq!(shown.options, ["No, exit", "Yes, I trust this folder"]);
        assert_eq!(shown.pointer, 0);
        let none: Vec<String> = vec!["❯ a draft".into(), String::new(), "text".into()];
        assert_eq!(shown_dialog(&none), None);
    }
}
