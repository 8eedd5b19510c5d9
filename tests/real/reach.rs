//! Whether what is sent reaches the model as it was meant: long, of several lines, with words that programs take for
//! their own.

use std::fmt::Write as _;

use crate::apart::apart;
use crate::crew::Crew;
use crate::program::{CLAUDE, CODEX, GEMINI, OLD_CLAUDE, Program};
use crate::turn::each;

/// Sends a text in a file, and waits for the end of the turn that it begins.
fn say(crew: &Crew, text: &str) {
    crew.is("a", "idle");
    let file = crew.home.write("said.txt", text);
    let seen = crew.model.seen("a");
    crew.home.ok(&["send", "a", "--file", &file.display().to_string()]);
    crew.ended("a", seen);
    crew.is("a", "idle");
}

fn reached(crew: &Crew, text: &str) {
    let heard = crew.model.heard("a", text);
    let last = crew.model.log("a");
    assert_eq!(heard, 1, "{text:?}\n{:?}\n{}", last.last(), crew.screen("a"));
}

fn long_and_odd_texts_arrive(crew: &Crew) {
    let lines = "HELLO in several lines\nthe second\n\n  the fourth: é 漢 🙂\nthe end";
    say(crew, lines);
    reached(crew, lines);

    crew.home.write("notes.txt", "notes");
    say(crew, "HELLO, look into @notes.txt");
    reached(crew, "HELLO, look into @notes.txt");
    // It begins the name of a file, and is none.
    say(crew, "HELLO, what is @not");
    reached(crew, "HELLO, what is @not");
    say(crew, "HELLO, this ends in a \\");
    reached(crew, "HELLO, this ends in a \\");

    say(crew, "HELLO \u{1b}[201~with\u{1b}[31m what\0 ends a paste\u{3}");
    reached(crew, "HELLO with[31m what ends a paste");

    // Another agent's words are never a command of the program.
    for text in ["/clear HELLO", "!touch made_by_text.txt; HELLO", "#HELLO to remember"] {
        crew.is("a", "idle");
        let seen = crew.model.seen("a");
        let sent = crew.home.command(&["send", "a", text]).env("AGENTCTL_AGENT", "a").output();
        let sent = sent.expect("it runs");
        assert!(sent.status.success(), "{sent:?}");
        crew.ended("a", seen);
        reached(crew, text);
        assert!(!crew.file("made_by_text.txt").exists(), "a text was run as a command");
    }
}

#[test]
fn long_and_odd_texts_reach_claude_as_they_were_meant() {
    apart(|| each(&[CLAUDE], |crew, _| long_and_odd_texts_arrive(crew)));
}

#[test]
fn long_and_odd_texts_reach_an_older_claude_as_they_were_meant() {
    apart(|| each(&[OLD_CLAUDE], |crew, _| long_and_odd_texts_arrive(crew)));
}

#[test]
fn long_and_odd_texts_reach_codex_as_they_were_meant() {
    apart(|| each(&[CODEX], |crew, _| long_and_odd_texts_arrive(crew)));
}

#[test]
fn long_and_odd_texts_reach_gemini_as_they_were_meant() {
    apart(|| each(&[GEMINI], |crew, _| long_and_odd_texts_arrive(crew)));
}

fn a_hundred_kilobytes_arrive(programs: &[Program]) {
    each(programs, |crew, _| {
        let mut text = String::new();
        for n in 0.. {
            if text.len() >= 100_000 {
                break;
            }
            let between = if n % 20 == 19 { '\n' } else { ' ' };
            write!(text, "word{n}{between}").expect("a string");
        }
        text.push_str("HELLO");
        say(crew, &text);
        // Claude Code gives a long text to its model in several pieces, each between two marks; one may end within a word.
        let letters = |text: &str| {
            let pieces =
                text.split("<pasted_content id=\"").flat_map(|piece| piece.split("</pasted_content id=\""));
            let plain: String =
                pieces.map(|piece| piece.split_once("\">").map_or(piece, |(_, text)| text)).collect();
            plain.split_whitespace().collect::<String>()
        };
        let text = letters(&text);
        let heard = crew.model.last_heard("a").iter().map(|heard| letters(heard)).collect::<Vec<_>>();
        if !heard.iter().any(|heard| heard.contains(&text)) {
            let with = heard.iter().find_map(|heard| Some(&heard[heard.find("word0")?..]));
            let with = with.expect("its beginning").to_owned();
            let same = with.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
            let around =
                |text: &str| text.chars().skip(same.saturating_sub(40)).take(120).collect::<String>();
            panic!("it differs at byte {same}: {:?} was sent, {:?} arrived", around(&text), around(&with));
        }
    });
}

#[test]
fn a_hundred_kilobytes_reach_claude_whole() {
    apart(|| a_hundred_kilobytes_arrive(&[CLAUDE]));
}

#[test]
fn a_hundred_kilobytes_reach_codex_whole() {
    apart(|| a_hundred_kilobytes_arrive(&[CODEX]));
}
