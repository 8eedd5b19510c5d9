//! Agents that are real programs, in a session of agentctl: a home, a model server and a daemon of their own.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::home::{Home, until};
use crate::model::{Gate, Model, What};
use crate::program::{Program, Seed};

/// A session whose agents are real programs.
pub struct Crew {
    pub home: Home,
    pub model: Model,
}

impl Crew {
    /// Starts a session with these agents; the first is its executive.
    pub fn start(agents: &[(&str, Program)]) -> Crew {
        let crew = Crew::prepared(agents, Seed::Settled);
        crew.home.ok(&["up"]);
        crew
    }

    /// Writes the session file of these agents, whose programs find this at their start.
    pub fn prepared(agents: &[(&str, Program)], seed: Seed) -> Crew {
        let (home, model) = (Home::new(), Model::start());
        let mut file = "[session]\nname = 'crew'\n".to_owned();
        for (n, (name, program)) in agents.iter().enumerate() {
            let own = home.root().join("homes").join(name);
            let launch = program.launch(&model, name, &own, &home.work(), seed);
            let head = match n {
                0 => "[executive]",
                1 => "[[team]]\nname = 'crew'\n[[team.agent]]",
                _ => "[[team.agent]]",
            };
            writeln!(file, "{head}\nname = '{name}'\ncommand = {:?}\n", launch.command).expect("a string");
            let variables: Vec<String> =
                launch.env.iter().map(|(name, value)| format!("{name} = {value:?}")).collect();
            writeln!(file, "env = {{ {} }}", variables.join(", ")).expect("a string");
        }
        home.write("agentctl.toml", &file);
        Crew { home, model }
    }

    /// Waits until an agent is in this state; the screen is in the message if it never is.
    pub fn is(&self, name: &str, state: &str) -> Value {
        until(&format!("{name} to be {state}"), || {
            let agent = self.home.agent(name);
            if agent["state"] == state {
                return Ok(agent);
            }
            Err(format!("{agent}\n{}", self.screen(name)))
        })
    }

    /// Waits until an agent is one of these.
    pub fn is_any(&self, name: &str, states: &[&str]) -> Value {
        until(&format!("{name} to be one of {states:?}"), || {
            let agent = self.home.agent(name);
            let state = agent["state"].as_str().unwrap_or_default();
            if states.contains(&state) { Ok(agent) } else { Err(format!("{agent}\n{}", self.screen(name))) }
        })
    }

    /// Waits until an agent asks, and its dialog is on the screen.
    pub fn asks(&self, name: &str) {
        self.is(name, "waiting");
        until(&format!("{name}'s dialog to be drawn"), || {
            let screen = self.screen(name);
            let lower = screen.to_lowercase();
            let drawn = ["esc to cancel", "allow once"].iter().any(|words| lower.contains(words));
            if drawn { Ok(()) } else { Err(screen) }
        });
    }

    /// Presses the key that answers an agent's dialog in its pane, as a person does: once more if nothing came of it.
    pub fn presses(&self, name: &str, key: &str) {
        const PRESSES: usize = 5;
        for _ in 0..PRESSES {
            self.home.ok(&["keys", name, key]);
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(5) {
                if self.home.agent(name)["state"] != "waiting" {
                    return;
                }
            }
        }
        panic!("{name} does not take {key}\n{}", self.screen(name));
    }

    /// Returns what an agent's pane shows.
    pub fn screen(&self, name: &str) -> String {
        self.home.ok(&["agent", "screen", name])
    }

    /// Sends a prompt to an agent, which must arrive; returns how much the model had seen before.
    pub fn send(&self, name: &str, prompt: &str) -> usize {
        let seen = self.model.seen(name);
        self.home.ok(&["send", name, prompt]);
        seen
    }

    /// Waits until the model sees something of an agent that it has not seen at `after`.
    pub fn sees(&self, name: &str, after: usize, what: &str, wanted: impl Fn(&What) -> bool) -> usize {
        let seen = self.model.wait(name, after, what, wanted);
        seen.unwrap_or_else(|problem| {
            let sent = self.home.json(&["message", "list", name, "--all"]);
            let (agent, screen) = (self.home.agent(name), self.screen(name));
            panic!("{problem}\n{agent}\n{sent}\n{screen}\n{}", self.home.log())
        })
    }

    /// Waits until the model is asked for the next turn.
    pub fn asked(&self, name: &str, after: usize) -> usize {
        self.sees(name, after, "a request", |what| matches!(what, What::Asked { .. }))
    }

    /// Waits until a turn is told to its end.
    pub fn ended(&self, name: &str, after: usize) -> usize {
        self.sees(name, after, "the end of a turn", |what| *what == What::Ended)
    }

    /// Has the next answers to an agent wait at this gate.
    pub fn hold(&self, name: &str, gate: Gate) {
        self.model.hold(name, gate);
    }

    /// Opens the gate.
    pub fn release(&self, name: &str, gate: Gate) {
        self.model.release(name, gate);
    }

    /// Returns a file in the folder that the agents work in.
    pub fn file(&self, name: &str) -> PathBuf {
        self.home.work().join(name)
    }
}
