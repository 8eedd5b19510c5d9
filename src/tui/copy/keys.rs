//! Which key does what in copy mode: one table, from which keys are looked up and of which help is printed.

use super::selection::Kind;
use crate::domain::Key;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Left,
    Down,
    Up,
    Right,
    NextWord,
    PreviousWord,
    EndOfWord,
    StartOfLine,
    FirstText,
    EndOfLine,
    Oldest,
    Newest,
    HalfPageUp,
    HalfPageDown,
    PageUp,
    PageDown,
    TopOfView,
    MiddleOfView,
    BottomOfView,
    PreviousParagraph,
    NextParagraph,
    Select(Kind),
    SwapEnds,
    TakeOrLine,
    TakeOrLeave,
    SearchForward,
    SearchBackward,
    NextMatch,
    PreviousMatch,
    SearchWord,
    DropOrLeave,
    Leave,
}

/// What a key does while a search is typed; other keys write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PromptAct {
    Accept,
    Cancel,
    Rub,
    Clear,
}

macro_rules! keys {
    (
        $($shown:literal $does:literal { $($($key:literal)+ => $act:expr),+ $(,)? })+
        ;
        $($prompt_shown:literal $prompt_does:literal { $($($prompt_key:literal)+ => $prompt_act:expr),+ $(,)? })+
    ) => {
        /// Every key of copy mode, with what it does.
        pub(in crate::tui) const KEYS: &[(&str, &str)] =
            &[$(($shown, $does),)+ $(($prompt_shown, $prompt_does),)+];

        const BOUND: &[(&str, Act)] = &[$($($(($key, $act),)+)+)+];
        const PROMPT_BOUND: &[(&str, PromptAct)] = &[$($($(($prompt_key, $prompt_act),)+)+)+];
    };
}

keys! {
    "h j k l, arrows" "move" {
        "h" "left" => Act::Left, "j" "down" => Act::Down, "k" "up" => Act::Up, "l" "right" => Act::Right,
    }
    "w b e" "next word, previous word, end of the word" {
        "w" => Act::NextWord, "b" => Act::PreviousWord, "e" => Act::EndOfWord,
    }
    "0 ^ $, home, end" "start, first text and end of the line" {
        "0" "home" => Act::StartOfLine, "^" => Act::FirstText, "$" "end" => Act::EndOfLine,
    }
    "g G" "oldest line, newest line" { "g" => Act::Oldest, "G" => Act::Newest }
    "ctrl-u ctrl-d" "half a page up, down" { "ctrl-u" => Act::HalfPageUp, "ctrl-d" => Act::HalfPageDown }
    "ctrl-b ctrl-f, pageup, pagedown" "a page up, down" {
        "ctrl-b" "pageup" => Act::PageUp, "ctrl-f" "pagedown" => Act::PageDown,
    }
    "H M L" "top, middle, bottom of the view" {
        "H" => Act::TopOfView, "M" => Act::MiddleOfView, "L" => Act::BottomOfView,
    }
    "{ }" "previous, next paragraph" { "{" => Act::PreviousParagraph, "}" => Act::NextParagraph }
    "v, space" "begin or end a selection" { "v" "space" => Act::Select(Kind::Characters) }
    "V" "begin or end a selection of lines" { "V" => Act::Select(Kind::Lines) }
    "ctrl-v" "begin or end a selection of a block" { "ctrl-v" => Act::Select(Kind::Block) }
    "o" "go to the other end of the selection" { "o" => Act::SwapEnds }
    "y" "copy the selection, or else the line, and leave" { "y" => Act::TakeOrLine }
    "enter" "copy the selection, if any, and leave" { "enter" => Act::TakeOrLeave }
    "/ ?" "search forward, backward as you type" { "/" => Act::SearchForward, "?" => Act::SearchBackward }
    "n N" "next match, the other way" { "n" => Act::NextMatch, "N" => Act::PreviousMatch }
    "*" "search the word under the cursor" { "*" => Act::SearchWord }
    "esc" "drop the selection, or else leave" { "esc" => Act::DropOrLeave }
    "q, ctrl-c" "leave" { "q" "ctrl-c" => Act::Leave }
    ;
    "enter" "typing a search: stay at the match" { "enter" => PromptAct::Accept }
    "esc, ctrl-c" "typing a search: go back to where it began" { "esc" "ctrl-c" => PromptAct::Cancel }
    "backspace, ctrl-u" "typing a search: erase a character, everything" {
        "backspace" => PromptAct::Rub, "ctrl-u" => PromptAct::Clear,
    }
}

/// Returns what a key does; its place on the standard layout counts.
pub(super) fn act(key: Key) -> Option<Act> {
    look_up(BOUND, key.on_standard_layout())
}

/// Returns what a key does while a search is typed, unless it writes.
pub(super) fn prompt_act(key: Key) -> Option<PromptAct> {
    look_up(PROMPT_BOUND, key.canonical())
}

fn look_up<A: Clone>(bound: &[(&str, A)], key: Key) -> Option<A> {
    let name = key.to_string();
    bound.iter().find(|(bound, _)| *bound == name).map(|(_, act)| act.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_the_keys_that_are_bound_and_no_others() {
        let shown: Vec<String> = KEYS
            .iter()
            .flat_map(|(keys, _)| keys.split([' ', ',']))
            .filter(|key| !key.is_empty())
            .flat_map(|key| match key {
                "arrows" => ["left", "down", "up", "right"].map(str::to_owned).to_vec(),
                key => vec![key.to_owned()],
            })
            .collect();
        let bound: Vec<&str> =
            BOUND.iter().map(|(key, _)| *key).chain(PROMPT_BOUND.iter().map(|(key, _)| *key)).collect();
        let sorted = |mut keys: Vec<String>| {
            keys.sort();
            keys
        };
        assert_eq!(sorted(shown), sorted(bound.iter().map(|key| (*key).to_owned()).collect()));
    }

    #[test]
    fn every_key_is_written_as_keys_print_themselves_and_is_bound_once() {
        for (name, does) in BOUND {
            let key: Key = name.parse().unwrap();
            assert_eq!(key.to_string(), *name);
            assert_eq!(act(key), Some(*does), "{name} is bound twice");
        }
        for (name, does) in PROMPT_BOUND {
            assert_eq!(prompt_act(name.parse().unwrap()), Some(*does));
        }
    }
}
