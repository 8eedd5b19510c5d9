//! From what an agent shows or tells to the event that says its state: by a rule for its screen, by its own word
//! (OSC 7501), and by a hook that its program runs. Each while nobody looks, while its pane is in view, beside a spinner
//! of its own, and while ten other agents flood.

use std::fs::File;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::api::{Api, Events};
use crate::peer::Home;
use crate::process;
use crate::table::{Table, percentile};
use crate::window::pass;

/// How many changes of state of each kind.
const SAMPLES: usize = 300;

/// How many agents flood.
const FLOODS: usize = 10;

/// How often the spinner turns.
const TURN: Duration = Duration::from_millis(33);

/// How an agent's state comes to be known.
#[derive(Clone, Copy)]
enum Way {
    Screen,
    Told,
    Hook,
}

/// What else goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nothing,
    Window,
    Spinner,
    Floods,
}

pub fn run(table: &mut Table) {
    let ways = [
        (Way::Screen, "a rule for its screen", "p99 ≤ 500 ms"),
        (Way::Told, "its own word (OSC 7501)", "p99 ≤ 20 ms"),
        (Way::Hook, "a hook, its whole process", "p99 ≤ 20 ms"),
    ];
    let besides = [
        (Beside::Nothing, "unwatched"),
        (Beside::Window, "in view"),
        (Beside::Spinner, "beside its own spinner"),
        (Beside::Floods, "while 10 agents flood"),
    ];
    let mut texts = ways.map(|_| Vec::new());
    for (beside, condition) in besides {
        let rig = Rig::new(beside);
        for ((way, what, _), texts) in ways.into_iter().zip(&mut texts) {
            let mut times = rig.changes(way);
            let (middle, most) = (percentile(&mut times, 0.5) * 1e3, percentile(&mut times, 0.99) * 1e3);
            eprintln!("  {what}, {condition}: {middle:.1} / {most:.1} ms");
            texts.push(format!("{condition} {middle:.1} / {most:.1}"));
        }
    }
    for ((_, what, goal), texts) in ways.into_iter().zip(texts) {
        let text = format!("{} ms", texts.join(", "));
        table.add(&format!("an agent's state by {what}, to the event, p50 / p99"), text, None, goal);
    }
}

/// An agent that prints what is written into a pipe, and whoever follows what becomes of it.
struct Rig {
    home: Home,
    pipe: Arc<File>,
    events: Events,
    spins: Arc<AtomicBool>,
    _window: Option<crate::window::Window>,
}

impl Rig {
    fn new(beside: Beside) -> Rig {
        let floods = match beside {
            Beside::Floods => format!(
                "[[team]]\nname='floods'\n[[team.agent]]\nname='f'\ncommand=['yes']\ncount={FLOODS}\n"
            ),
            _ => String::new(),
        };
        let home = Home::with(&format!(
            "[session]\nname='states'\n[executive]\nname='one'\ncommand=['cat','pipe']\n{floods}"
        ));
        let path = home.path().join("work/pipe");
        let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo runs");
        assert!(made.success(), "a pipe can be made");
        home.run(&["up"]);
        // This waits until the agent reads.
        let pipe = Arc::new(File::options().write(true).open(path).expect("the pipe"));
        let events = Api::of(home.path(), "states").follow();
        let window = (beside == Beside::Window).then(|| home.window());
        window.iter().for_each(|window| window.sees("states"));
        if beside == Beside::Floods {
            while process::find(&["yes"]).len() < FLOODS {
                std::thread::yield_now();
            }
        }
        let rig = Rig { home, pipe, events, spins: Arc::new(AtomicBool::new(false)), _window: window };
        rig.print("ready\r\n");
        pass(Duration::from_secs(3));
        if beside == Beside::Spinner {
            rig.spin();
        }
        rig
    }

    fn print(&self, text: &str) {
        (&*self.pipe).write_all(text.as_bytes()).expect("the agent reads");
    }

    /// Has the agent turn a sign in a corner of its screen from now on.
    fn spin(&self) {
        let (pipe, spins) = (Arc::clone(&self.pipe), Arc::clone(&self.spins));
        spins.store(true, Ordering::Relaxed);
        std::thread::spawn(move || {
            for sign in ["|", "/", "-", "\\"].iter().cycle() {
                let turned = (&*pipe).write_all(format!("\x1b[9;1H{sign}").as_bytes());
                if !spins.load(Ordering::Relaxed) || turned.is_err() {
                    return;
                }
                pass(TURN);
            }
        });
    }

    /// Has the agent's state change again and again, and returns how long it took each time until that was told, in
    /// seconds.
    fn changes(&self, way: Way) -> Vec<f64> {
        let times = (0..SAMPLES).map(|n| {
            // Not in step with any clock of the program.
            pass(Duration::from_micros(20_000 + (n as u64 * 7_919_131) % 100_000));
            self.events.forget();
            let begun = Instant::now();
            let told_at = match (way, n % 2 == 0) {
                (Way::Screen, true) => {
                    self.print("\x1b[2J\x1b[1;1HPick one\r\n❯ 1. This\r\n  2. That\r\n");
                    self.events.state("one", |state| state == "waiting")
                }
                (Way::Screen, false) => {
                    self.print("\x1b[2J\x1b[1;1HPicked\r\n");
                    self.events.state("one", |state| state != "waiting")
                }
                (Way::Told, working) => {
                    let word = if working { "working" } else { "idle" };
                    self.print(&format!("\x1b]7501;state={word}\x1b\\"));
                    self.events.state("one", |state| state == word)
                }
                (Way::Hook, before) => {
                    let (event, state) =
                        if before { ("PreToolUse", "working") } else { ("PostToolUse", "thinking") };
                    self.hook(event);
                    self.events.state("one", |seen| seen == state)
                }
            };
            (told_at - begun).as_secs_f64()
        });
        let times: Vec<f64> = times.collect();
        // What is measured next must not be overruled by what the agent said itself.
        self.print("\x1b]7501;state=clear\x1b\\");
        times
    }

    /// Runs the hook as the agent's program would.
    fn hook(&self, event: &str) {
        let payload = json!({
            "session_id": "8f6d1f8e-6f39-4f0e-9a49-0c8f3f1f5a11",
            "transcript_path": "/work/8f6d1f8e.jsonl",
            "cwd": "/work",
            "permission_mode": "default",
            "hook_event_name": event,
            "tool_name": "Bash",
            "tool_input": { "command": "cargo test --workspace", "description": "Run the tests" },
            "tool_use_id": "toolu_01",
        });
        let mut command = self.home.command(&["hook", "claude"]);
        command.envs([("AGENTCTL_SESSION", "states"), ("AGENTCTL_AGENT", "one")]);
        let mut child = command.stdin(Stdio::piped()).spawn().expect("the program runs");
        let mut input = child.stdin.take().expect("it has an input");
        input.write_all(payload.to_string().as_bytes()).expect("it reads");
        drop(input);
        child.wait().expect("it ends");
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.spins.store(false, Ordering::Relaxed);
    }
}
