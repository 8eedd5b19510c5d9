//! What a program uses, as it is counted: its money as it tells it, its tokens as it writes them down.

use serde_json::Value;

use crate::apart::apart;
use crate::crew::Crew;
use crate::home::until;
use crate::model::What;
use crate::model::script::Word;
use crate::program::{CLAUDE, OLD_CLAUDE, Program};
use crate::turn::each;

/// Dollars for a million tokens of the model that the programs are started with.
const PRICE: [(&str, f64); 4] = [
    ("input_tokens", 3.0),
    ("output_tokens", 15.0),
    ("cache_read_tokens", 0.3),
    ("cache_write_tokens", 3.75),
];

/// What the tokens of a row come to, in millionths of a dollar.
fn priced(spent: &Value) -> f64 {
    PRICE.iter().map(|(kind, price)| spent[kind].as_f64().unwrap_or_default() * price).sum()
}

/// Waits until the tokens that are counted are those that the program was billed for.
fn counted(crew: &Crew, outputs: f64) {
    until("the tokens to be those that were paid for", || {
        let cost = crew.home.json(&["cost", "--by", "model"]);
        let [row] = &cost["rows"].as_array().expect("rows")[..] else { return Err(cost.to_string()) };
        let spent = &row["spent"];
        let told = spent["told_micro_usd"].as_f64().unwrap_or_default();
        let agree = (priced(spent) - told).abs() <= 2.0 && spent["output_tokens"].as_f64() == Some(outputs);
        let all = agree && spent["estimated_micro_usd"] == 0 && spent["unknown_tokens"] == 0;
        all.then_some(()).ok_or_else(|| format!("{} of {cost}", priced(spent)))
    });
}

fn tokens_stand_beside_the_money(crew: &Crew, program: Program) {
    crew.is("a", "idle");
    let seen = crew.send("a", "HELLO there");
    crew.ended("a", seen);
    crew.is("a", "idle");
    counted(crew, 40.0);
    let seen = crew.send("a", "DELEGATE now");
    crew.sees("a", seen, "a subagent", |what| *what == What::Called(Word::Delegate));
    crew.is("a", "idle");
    // What the subagent used is in both.
    until("the subagent's tokens", || {
        let cost = crew.home.json(&["cost", "--by", "model"]);
        let output = cost["total"]["output_tokens"].as_u64().unwrap_or_default();
        if output >= 160 { Ok(()) } else { Err(cost.to_string()) }
    });
    let cost = crew.home.json(&["cost"]);
    let outputs = cost["total"]["output_tokens"].as_f64().expect("tokens");
    counted(crew, outputs);
    // The old one tells the money of a conversation that was cleared with that of the next.
    if program.version == OLD_CLAUDE.version {
        return;
    }
    // A conversation of its own is added, and nothing twice.
    crew.home.ok(&["agent", "clear", "a"]);
    crew.is("a", "idle");
    let seen = crew.send("a", "HELLO anew");
    crew.ended("a", seen);
    counted(crew, outputs + 40.0);
}

#[test]
fn the_tokens_of_claude_stand_beside_its_money_those_of_its_subagents_too() {
    apart(|| each(&[CLAUDE, OLD_CLAUDE], tokens_stand_beside_the_money));
}
