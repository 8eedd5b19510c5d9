//! Several real programs at once, in one chart.

use crate::apart::apart;
use crate::crew::Crew;
use crate::model::script::Word;
use crate::model::{Gate, What};
use crate::program::{CLAUDE, CODEX, GEMINI, Program};

#[test]
fn three_programs_in_one_chart_are_told_apart() {
    apart(|| {
        if ![CLAUDE, CODEX, GEMINI].into_iter().all(Program::is_here) {
            return;
        }
        let crew = Crew::start(&[("boss", CLAUDE), ("coder", CODEX), ("scout", GEMINI)]);
        for name in ["boss", "coder", "scout"] {
            crew.is(name, "idle");
        }
        // One thinks, one asks, one rests.
        crew.hold("boss", Gate::First);
        let seen = crew.send("boss", "HELLO there");
        crew.asked("boss", seen);
        let asks = crew.send("coder", "RUNBASH now");
        crew.sees("coder", asks, "a call", |what| *what == What::Called(Word::RunCommand));
        crew.is("coder", "waiting");
        crew.is_any("boss", &["thinking", "working"]);
        crew.is("scout", "idle");
        let totals = crew.home.json(&["status"])["totals"].clone();
        assert_eq!((totals["waiting"].as_u64(), totals["idle"].as_u64()), (Some(1), Some(1)), "{totals}");
        crew.release("boss", Gate::First);
        crew.ended("boss", seen);
        crew.presses("coder", "esc");
        for name in ["boss", "coder", "scout"] {
            crew.is(name, "idle");
        }
        // All at once.
        let seen = ["boss", "coder", "scout"].map(|name| (name, crew.model.seen(name)));
        crew.home.ok(&["broadcast", "all", "HELLO everyone"]);
        for (name, seen) in seen {
            crew.ended(name, seen);
            crew.is(name, "idle");
        }
    });
}
