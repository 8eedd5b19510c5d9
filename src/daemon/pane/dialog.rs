//! Which dialog is on a screen: the same one that somebody was asked about, or another that looks like it.
//!
//! A rule knows a dialog by its form alone. Two of the same form may follow each other, so what is answered must still
//! say what it said when it was asked.

use std::time::Duration;

use tokio::time::Instant;

use crate::adapter::{Choose, Dialog, ShownDialog};
use crate::domain::{Key, KeyCode, Observation, Verdict};

/// A dialog may be drawn in steps for so long.
const DRAWN_WITHIN: Duration = Duration::from_secs(1);

/// How many of the last rows say what a dialog asks; the very last one may be a line that counts time.
const ROWS: usize = 20;

/// The dialog on a screen.
#[derive(Debug, Default)]
pub(super) struct Shown {
    open: Option<Open>,
    count: u32,
}

#[derive(Debug)]
struct Open {
    rule: String,
    task: Option<String>,
    says: String,
    since: Instant,
}

impl Shown {
    /// Takes in what is on the screen, and names the dialog so that another one has another name.
    pub(super) fn see(&mut self, seen: &mut Observation, rows: &[String], now: Instant) {
        let Some(rule) = seen.dialog.take() else {
            self.open = None;
            return;
        };
        let says = said(rows);
        match self.open.as_mut().filter(|open| open.rule == rule && open.task == seen.task) {
            Some(open) if now < open.since + DRAWN_WITHIN => open.says = says,
            Some(_) => {}
            None => {
                self.count += 1;
                self.open = Some(Open { rule: rule.clone(), task: seen.task.clone(), says, since: now });
            }
        }
        seen.dialog = Some(format!("{rule}#{}", self.count));
    }

    /// Returns the rule by which the dialog of this name is known, if it is still on the screen as it was.
    pub(super) fn is_still(&self, name: &str, rows: &[String]) -> Option<&str> {
        let open = self.open.as_ref()?;
        let same = name.strip_prefix(open.rule.as_str()) == Some(&format!("#{}", self.count));
        (same && open.says == said(rows)).then_some(&open.rule)
    }
}

/// Returns the letters and figures of what a dialog says.
fn said(rows: &[String]) -> String {
    let mut filled: Vec<&String> = rows.iter().filter(|row| !row.trim().is_empty()).collect();
    if filled.len() > 1 {
        filled.pop();
    }
    let last = &filled[filled.len().saturating_sub(ROWS)..];
    last.iter().flat_map(|row| row.chars()).filter(|c| c.is_alphanumeric()).collect()
}

/// Returns the keys that give an answer to the dialog that is shown so; none where they are not known.
pub(super) fn keys(dialog: &Dialog, shown: Option<&ShownDialog>, verdict: &Verdict) -> Option<Vec<Key>> {
    let known = |keys: &[Key]| (!keys.is_empty()).then(|| keys.to_vec());
    match verdict {
        Verdict::Allow => known(&dialog.allow.0),
        Verdict::Deny { .. } => known(&dialog.deny.0),
        Verdict::Choose { option } if shown.is_some_and(|shown| *option >= shown.options.len()) => None,
        Verdict::Choose { option } => {
            let digit = || {
                let figure = u32::try_from(*option + 1).ok().filter(|figure| *figure < 10)?;
                Some(Key::plain(KeyCode::Char(char::from_digit(figure, 10)?)))
            };
            let enter = Key::plain(KeyCode::Enter);
            match dialog.choose {
                Choose::Digit => Some(vec![digit()?]),
                Choose::DigitEnter => Some(vec![digit()?, enter]),
                Choose::Arrows if *option < 50 => {
                    let pointer = shown.map_or(0, |shown| shown.pointer);
                    let way = if *option < pointer { KeyCode::Up } else { KeyCode::Down };
                    let steps = std::iter::repeat_n(Key::plain(way), option.abs_diff(pointer));
                    Some(steps.chain([enter]).collect())
                }
                Choose::Arrows | Choose::None => None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AgentState, WaitFor};

    fn rows(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    fn seen(shown: &mut Shown, rule: Option<&str>, text: &str, now: Instant) -> Option<String> {
        let mut seen = Observation::new(AgentState::Waiting(WaitFor::Approval), "r");
        seen.dialog = rule.map(str::to_owned);
        shown.see(&mut seen, &rows(text), now);
        seen.dialog
    }

    #[tokio::test(start_paused = true)]
    async fn a_dialog_that_took_the_place_of_another_is_not_taken_for_it() {
        let mut shown = Shown::default();
        let start = Instant::now();
        let first = seen(&mut shown, Some("asks"), "run", start).unwrap();
        // It is drawn in two steps, and its pointer moves.
        seen(&mut shown, Some("asks"), "run rm -rf a\n❯ 1. Yes\n  2. No\nstatus 1", start);
        let later = start + DRAWN_WITHIN;
        let moved = rows("run rm -rf a\n  1. Yes\n❯ 2. No\nstatus 2");
        assert_eq!(shown.is_still(&first, &moved), Some("asks"));
        // Another one of the same form, without a moment between them.
        let other = "run rm -rf b\n❯ 1. Yes\n  2. No\nstatus 1";
        assert_eq!(seen(&mut shown, Some("asks"), other, later), Some(first.clone()));
        assert_eq!(shown.is_still(&first, &rows(other)), None);
        // With a moment between them it has another name.
        assert_eq!(seen(&mut shown, None, "", later), None);
        let second = seen(&mut shown, Some("asks"), other, later).unwrap();
        assert_ne!(first, second);
        assert_eq!(shown.is_still(&first, &rows(other)), None);
        assert_eq!(shown.is_still(&second, &rows(other)), Some("asks"));
    }

    #[test]
    fn an_answer_is_given_by_known_keys_only() {
        let dialog = |choose| Dialog { choose, ..Dialog::default() };
        let pick = |choose, option| {
            let keys = keys(&dialog(choose), None, &Verdict::Choose { option });
            keys.map(|keys| keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(pick(Choose::Digit, 1).as_deref(), Some("2"));
        assert_eq!(pick(Choose::DigitEnter, 8).as_deref(), Some("9 enter"));
        assert_eq!(pick(Choose::Arrows, 2).as_deref(), Some("down down enter"));
        assert_eq!((pick(Choose::Digit, 9), pick(Choose::None, 0)), (None, None));
        assert_eq!(keys(&dialog(Choose::Digit), None, &Verdict::Allow), None);
        let shown = ShownDialog {
            options: vec!["a".into(), "b".into(), "c".into()],
            pointer: 1,
            text: String::new(),
        };
        let pick = |choose, option| {
            let keys = keys(&dialog(choose), Some(&shown), &Verdict::Choose { option });
            keys.map(|keys| keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(pick(Choose::Arrows, 0).as_deref(), Some("up enter"));
        assert_eq!(pick(Choose::Arrows, 1).as_deref(), Some("enter"));
        assert_eq!((pick(Choose::Digit, 2).as_deref(), pick(Choose::Digit, 3)), (Some("3"), None));
    }
}
