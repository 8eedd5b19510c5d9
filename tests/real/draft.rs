//! What was typed into a program's box and not submitted, and the keys that empty it.

use crate::apart::apart;
use crate::crew::Crew;
use crate::home::until;
use crate::program::CODEX;
use crate::turn::each;

/// As often as the adapter presses it.
const KEYS: [&str; 20] = ["ctrl-u"; 20];

fn its_keys_empty_the_box(crew: &Crew) {
    const EMPTY: &str = "Ask Codex to do anything";
    let press = |keys: &[&str]| drop(crew.home.ok(&[&["keys", "a"], keys].concat()));
    let shows = |text: &str| {
        until(&format!("the box to show {text:?}"), || {
            let screen = crew.screen("a");
            if screen.contains(text) { Ok(()) } else { Err(screen) }
        });
    };
    crew.is("a", "idle");
    shows(EMPTY);
    for lines in [1, 3, 9] {
        for n in 0..lines {
            let end: &[&str] = if n + 1 < lines { &["ctrl-j"] } else { &[] };
            press(&[&["w", "o", "r", "d", "space", "x"], end].concat());
        }
        shows("word x");
        press(&KEYS);
        shows(EMPTY);
    }
    // On an empty box they do nothing.
    press(&KEYS);
    let seen = crew.send("a", "HELLO there");
    crew.ended("a", seen);
    crew.is("a", "idle");
}

#[test]
fn the_keys_that_empty_the_box_of_codex_do_so_and_never_end_it() {
    apart(|| each(&[CODEX], |crew, _| its_keys_empty_the_box(crew)));
}
