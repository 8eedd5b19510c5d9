//! A look at what the programs show.
use std::time::Duration;
use super::terminal::Terminal;
use crate::model::{Gate, Model};
use crate::program::*;
use crate::apart::apart;

fn size() -> (u16, u16) { let s = std::env::var("LAB_SIZE").unwrap_or("30x100".into()); let (r, c) = s.split_once('x').unwrap(); (r.parse().unwrap(), c.parse().unwrap()) }

#[test]
#[ignore]
fn look() { apart(|| {
    let which = std::env::var("LAB_WHICH").unwrap();
    let p = match which.as_str() { "claude" => CLAUDE, "old" => OLD_CLAUDE, "codex" => CODEX, _ => GEMINI };
    let seed = match std::env::var("LAB_SEED").as_deref() { Ok("untrusted") => Seed::Untrusted, Ok("key") => Seed::UnknownKey, _ => Seed::Settled };
    let told = std::env::var("LAB_UNTOLD").is_err();
    let model = Model::start();
    let dir = tempfile::tempdir().unwrap();
    let work = dir.path().join("work"); std::fs::create_dir(&work).unwrap();
    let launch = p.launch(&model, "a1", &dir.path().join("home"), &work, seed);
    let mut t = Terminal::start(&launch, &work, size(), told, std::path::Path::new("/tmp/lab-look.jsonl"));
    let script = std::env::var("LAB_SCRIPT").unwrap_or_default();
    t.dwell(Duration::from_secs(4));
    println!("--- start\n{}", t.text());
    for step in script.split(',').filter(|s| !s.is_empty()) {
        if let Some(s) = step.strip_prefix('+') { t.dwell(Duration::from_millis(s.parse().unwrap())); println!("--- {step}\n{}", t.text()); continue; }
        match step { "hold" => model.hold("a1", Gate::First), "go" => model.release("a1", Gate::First), "mid" => model.hold("a1", Gate::Middle), "gomid" => model.release("a1", Gate::Middle),
          "enter" => t.press("\r"), "esc" => t.press("\x1b"), "ctrl-c" => t.press("\x03"), "down" => t.press("\x1b[B"),
          text => { t.press(&format!("\x1b[200~{text}\x1b[201~")); t.dwell(Duration::from_millis(300)); t.press("\r"); } }
    }
    for e in model.log("a1") { println!("{:?} {:?}", e.at - t.begun, e.what); }
    let _ = &mut t;
}) }
