//! The driver: takes one program through every state it can reach, and marks what it did and when.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::door::{self, Opens};
use super::prose;
use super::terminal::Terminal;
use super::truth::{Cause, Mark, Story};
use crate::model::script::Word;
use crate::model::{Gate, Model, What};
use crate::program::{GEMINI_TRIES, Launch, Maker, Program, Seed};

/// How long a state is looked at.
const DWELL: Duration = Duration::from_millis(1800);

/// How long a prompt that was pasted rests before it is submitted.
const PASTED: Duration = Duration::from_millis(250);

/// What is recorded in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A settled program through everything that it can do.
    Turns,
    /// The first question of a program that does not know its folder.
    Trust,
    /// The first question of a program that does not know its key.
    Key,
    /// A conversation that is taken up again.
    Resume,
    /// The list to choose a conversation from.
    Picker,
    /// Refusals until it gives up.
    Refusals,
    /// Tools that need nobody, one of which fails.
    Tools,
}

impl Part {
    pub const ALL: [Part; 7] =
        [Part::Turns, Part::Trust, Part::Key, Part::Resume, Part::Picker, Part::Refusals, Part::Tools];

    pub fn word(self) -> &'static str {
        match self {
            Part::Turns => "turns",
            Part::Trust => "trust",
            Part::Key => "key",
            Part::Resume => "resume",
            Part::Picker => "picker",
            Part::Refusals => "refusals",
            Part::Tools => "tools",
        }
    }

    /// Returns whether a program has this part.
    pub fn is_of(self, program: Program) -> bool {
        match self {
            Part::Turns | Part::Resume | Part::Trust | Part::Tools => true,
            Part::Key => program.maker == Maker::Claude,
            Part::Picker => program.maker != Maker::Gemini,
            // The others have given up long before anybody loses patience.
            Part::Refusals => program.maker == Maker::Gemini,
        }
    }
}

/// One recording: who, in which size, told of the program status protocol or not.
#[derive(Clone, Debug)]
pub struct Take {
    pub program: Program,
    pub part: Part,
    pub size: (u16, u16),
    pub told: bool,
}

impl Take {
    /// Returns a name that is fit for a file and for an agent.
    pub fn name(&self) -> String {
        let (rows, cols) = self.size;
        let told = if self.told { "told" } else { "untold" };
        let (word, version) = (self.program.word(), self.program.version);
        format!("{word}-{version}-{cols}x{rows}-{told}-{}", self.part.word())
    }
}

struct Drive<'a> {
    program: Program,
    size: (u16, u16),
    terminal: Terminal,
    model: &'a Model,
    agent: String,
    marks: Vec<(Instant, Mark)>,
}

/// Records one take into `folder`, and its truth beside it.
pub fn record(take: &Take, model: &Model, folder: &Path) -> Result<(), String> {
    let name = take.name();
    let home = tempfile::Builder::new().prefix("lab").tempdir().map_err(|e| e.to_string())?;
    let work = home.path().join("work");
    std::fs::create_dir(&work).map_err(|e| e.to_string())?;
    let seed = match take.part {
        Part::Turns | Part::Resume | Part::Picker | Part::Refusals | Part::Tools => Seed::Settled,
        Part::Trust => Seed::Untrusted,
        Part::Key => Seed::UnknownKey,
    };
    let place = door::place(home.path());
    let mut launch = take.program.launch(model, &name, &home.path().join("home"), &work, seed);
    prepare_part(take, &mut launch, &work)?;
    let file = |suffix: &str| folder.join(format!("{name}.{suffix}"));
    let part = file("jsonl.part");
    let start = |launch: &Launch, opens: &Opens| {
        Terminal::start(&place.prepare(launch, opens), &place, take.size, take.told, &part)
    };
    let number = door::new_number();
    let mut opens = Opens::New(number.clone());
    if matches!(take.part, Part::Resume | Part::Picker) {
        // A conversation to take up.
        let mut first = Drive::new(take, start(&launch, &opens), model, &name);
        first.ready()?;
        first.turn("HELLO")?;
        first.quit()?;
        // Some choose the number themselves.
        opens = Opens::Again(first.terminal.conversation().unwrap_or(number));
    }
    match (take.part, take.program.maker) {
        (Part::Picker, Maker::Codex) => launch.command.insert(1, "resume".to_owned()),
        (Part::Picker, _) => launch.command.push("--resume".to_owned()),
        _ => {}
    }
    let mut drive = Drive::new(take, start(&launch, &opens), model, &name);
    drive.run(take.part)?;
    drive.terminal.close();
    let text = serde_json::to_string(&drive.story()).map_err(|e| e.to_string())?;
    std::fs::write(file("truth.json"), text).map_err(|e| e.to_string())?;
    std::fs::rename(&part, file("jsonl")).map_err(|e| e.to_string())
}

/// Makes what only this part needs.
fn prepare_part(take: &Take, launch: &mut Launch, work: &Path) -> Result<(), String> {
    match (take.part, take.program.maker) {
        (Part::Trust, Maker::Codex) => {
            // It asks only where there is a repository.
            let made = Command::new("git").args(["init", "-q"]).arg(work).status();
            made.map_err(|e| e.to_string())?
                .success()
                .then_some(())
                .ok_or("no repository was made".to_owned())
        }
        (Part::Refusals, _) => {
            // The models that it knows have numbers of tries of their own; any other has the one of its settings.
            launch.command.iter_mut().filter(|word| *word == "gemini-2.5-flash").for_each(|word| {
                "gemini-lab-flash".clone_into(word);
            });
            // It asks what to do then only if it is to tell of all that goes wrong; otherwise it goes on for ever.
            let home = launch.env.get("HOME").map(PathBuf::from).unwrap_or_default();
            let file = home.join(".gemini/settings.json");
            let text = std::fs::read_to_string(&file).map_err(|e| e.to_string())?;
            let mut settings: serde_json::Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
            settings["ui"]["errorVerbosity"] = "full".into();
            std::fs::write(&file, settings.to_string()).map_err(|e| e.to_string())
        }
        _ => Ok(()),
    }
}

/// Returns where a take is kept: its recording and its truth.
pub fn files(take: &Take, folder: &Path) -> (PathBuf, PathBuf) {
    let name = take.name();
    (folder.join(format!("{name}.jsonl")), folder.join(format!("{name}.truth.json")))
}

impl<'a> Drive<'a> {
    fn new(take: &Take, terminal: Terminal, model: &'a Model, agent: &str) -> Drive<'a> {
        Drive {
            program: take.program,
            size: take.size,
            terminal,
            model,
            agent: agent.to_owned(),
            marks: Vec::new(),
        }
    }

    /// Returns what happened since the program began.
    fn story(&self) -> Story {
        let begun = self.terminal.begun;
        let log = self.model.log(&self.agent).into_iter();
        let seen = log.filter(|entry| entry.at >= begun).map(|entry| (entry.at, Cause::Model(entry.what)));
        let done = self.marks.iter().map(|(at, mark)| (*at, Cause::Mark(mark.clone())));
        let tools = self.terminal.tools_done().into_iter().map(|at| (at, Cause::Mark(Mark::ToolDone)));
        let mut story: Vec<(Instant, Cause)> = done.chain(seen).chain(tools).collect();
        story.sort_by_key(|(at, _)| *at);
        let since = |at: Instant| u64::try_from((at - begun).as_millis()).unwrap_or(u64::MAX);
        story.into_iter().map(|(at, cause)| (since(at), cause)).collect()
    }

    fn mark(&mut self, mark: Mark) {
        self.marks.push((Instant::now(), mark));
    }

    fn scene(&mut self, name: &str) {
        self.mark(Mark::Scene(name.to_owned()));
    }

    fn run(&mut self, part: Part) -> Result<(), String> {
        match part {
            Part::Trust | Part::Key | Part::Picker => {
                let shows = match (self.program.maker, part) {
                    (Maker::Claude, Part::Key) => "Do you want to use this API key?",
                    (Maker::Claude, Part::Picker) => "Resume",
                    (Maker::Claude, _) => "Yes, I trust this folder",
                    (Maker::Codex, Part::Picker) => "Resume",
                    (Maker::Codex, _) => "trust",
                    (Maker::Gemini, _) => "Do you trust the files in this folder?",
                };
                self.terminal.wait("its first question", |text| text.contains(shows))?;
                self.mark(Mark::Dialog);
                self.terminal.dwell(DWELL);
                Ok(())
            }
            Part::Resume => {
                self.ready()?;
                self.turn("HELLO")
            }
            Part::Refusals => {
                self.ready()?;
                self.gives_up()
            }
            Part::Tools => {
                self.ready()?;
                self.tools()
            }
            Part::Turns => {
                self.ready()?;
                self.turns()?;
                self.dialogs()?;
                self.refusals()?;
                self.interruptions()?;
                self.proses()
            }
        }
    }

    /// Waits until it is ready for its first prompt.
    fn ready(&mut self) -> Result<(), String> {
        let maker = self.program.maker;
        self.terminal.wait("it to be ready", |text| match maker {
            Maker::Claude => {
                text.lines().any(|line| line.trim_end() == "❯" || line.starts_with("❯ "))
                    && text.contains("──")
            }
            Maker::Codex => text.contains("Ask Codex to do anything"),
            Maker::Gemini => text.contains("Type your message"),
        })?;
        self.marks.push((self.terminal.printed_at(), Mark::Drawing));
        self.terminal.rest(Duration::from_millis(600));
        self.mark(Mark::Ready);
        self.terminal.dwell(DWELL);
        Ok(())
    }

    fn submit(&mut self, prompt: &str) {
        self.mark(Mark::Drafted);
        self.terminal.press(&format!("\x1b[200~{prompt}\x1b[201~"));
        self.terminal.dwell(PASTED);
        self.terminal.press("\r");
        self.mark(Mark::Submitted);
    }

    /// Waits for the model to see something that it has not seen at `after`.
    fn sees(&self, after: usize, what: &str, wanted: impl Fn(&What) -> bool) -> Result<usize, String> {
        let seen = self.model.wait(&self.agent, after, what, wanted);
        seen.map_err(|problem| format!("{problem}\n{}", self.terminal.text()))
    }

    fn ended(&self, after: usize) -> Result<usize, String> {
        self.sees(after, "the end of a turn", |what| *what == What::Ended)
    }

    /// A whole turn that needs nobody.
    fn turn(&mut self, prompt: &str) -> Result<(), String> {
        let seen = self.model.seen(&self.agent);
        self.submit(prompt);
        self.ended(seen)?;
        self.terminal.dwell(DWELL);
        Ok(())
    }

    fn turns(&mut self) -> Result<(), String> {
        self.scene("think, write, rest");
        let seen = self.model.seen(&self.agent);
        self.model.hold(&self.agent, Gate::First);
        self.submit("HELLO there");
        self.sees(seen, "a request", |what| matches!(what, What::Asked { .. }))?;
        self.terminal.dwell(DWELL);
        self.model.release(&self.agent, Gate::First);
        self.ended(seen)?;
        self.terminal.dwell(DWELL);
        self.scene("a longer answer");
        self.turn("SLOW please")?;
        self.scene("thoughts");
        self.turn("THINK about it")?;
        self.scene("a tool that runs");
        self.runs_slowly()?;
        self.scene("a second prompt while busy");
        let seen = self.model.seen(&self.agent);
        self.submit("SLOW again");
        let seen = self.sees(seen, "an answer", |what| *what == What::Began)?;
        self.submit("HELLO too");
        let asked = |what: &What| matches!(what, What::Asked { text, .. } if text.contains("HELLO too"));
        let seen = self.sees(seen, "the second prompt", asked)?;
        self.ended(seen)?;
        self.terminal.dwell(DWELL);
        self.scene("its terminal changes its size");
        let (rows, cols) = self.size;
        self.terminal.resize(rows - 4, cols - 10);
        self.terminal.dwell(DWELL);
        self.terminal.resize(rows, cols);
        self.terminal.dwell(DWELL);
        if self.program.maker == Maker::Claude {
            self.scene("a subagent");
            let seen = self.model.seen(&self.agent);
            self.submit("DELEGATE it");
            let seen = self.sees(seen, "the child's end", |what| *what == What::ChildEnded)?;
            self.ended(seen)?;
            self.terminal.dwell(DWELL);
        }
        Ok(())
    }

    /// Says yes to a program that knows no command which it may run unasked.
    fn allow_if_asked(&mut self) -> Result<(), String> {
        if self.program.maker == Maker::Gemini {
            self.mark(Mark::Dialog);
            self.dialog_shown()?;
            self.terminal.dwell(DWELL);
            self.terminal.press("\r");
            self.mark(Mark::Allowed);
        }
        Ok(())
    }

    fn runs_slowly(&mut self) -> Result<(), String> {
        let seen = self.model.seen(&self.agent);
        self.submit("LINGER a while");
        let seen = self.sees(seen, "a call", |what| *what == What::Called(Word::RunSlowly))?;
        self.allow_if_asked()?;
        self.ended(seen)?;
        self.terminal.dwell(DWELL);
        Ok(())
    }

    /// Tools that need nobody, whose results its model thinks about.
    fn tools(&mut self) -> Result<(), String> {
        for (prompt, word) in [("LINGER a while", Word::RunSlowly), ("FALTER a while", Word::RunFailing)] {
            let fails = word == Word::RunFailing;
            self.scene(if fails { "a tool that fails" } else { "a tool whose result is thought about" });
            let seen = self.model.seen(&self.agent);
            self.submit(prompt);
            let seen = self.sees(seen, "a call", |what| *what == What::Called(word))?;
            self.model.hold(&self.agent, Gate::First);
            self.allow_if_asked()?;
            let seen = self.sees(seen, "the tool's result", |what| matches!(what, What::Asked { .. }))?;
            self.terminal.dwell(DWELL * 2);
            self.model.release(&self.agent, Gate::First);
            self.ended(seen)?;
            self.terminal.dwell(DWELL);
        }
        Ok(())
    }

    fn dialog_shown(&mut self) -> Result<(), String> {
        let maker = self.program.maker;
        self.terminal.wait("a dialog", |text| match maker {
            Maker::Claude => text.contains("Esc to cancel"),
            Maker::Codex => text.contains("enter to confirm") || text.contains("enter to submit"),
            Maker::Gemini => text.contains("● 1."),
        })?;
        self.mark(Mark::Shown);
        Ok(())
    }

    /// A turn that asks; answered with yes or no.
    fn asks(&mut self, prompt: &str, word: Word, allow: bool) -> Result<(), String> {
        let seen = self.model.seen(&self.agent);
        self.submit(prompt);
        let seen = self.sees(seen, "a call", |what| *what == What::Called(word))?;
        self.dialog_shown()?;
        self.terminal.dwell(DWELL);
        if allow {
            self.model.hold(&self.agent, Gate::First);
            self.terminal.press("\r");
            self.mark(Mark::Allowed);
            let seen = self.sees(seen, "the tool's result", |what| matches!(what, What::Asked { .. }))?;
            // The model thinks about the result.
            self.terminal.dwell(DWELL);
            self.model.release(&self.agent, Gate::First);
            self.ended(seen)?;
        } else {
            self.terminal.press("\x1b");
            self.mark(Mark::Denied);
        }
        self.terminal.dwell(DWELL);
        Ok(())
    }

    fn dialogs(&mut self) -> Result<(), String> {
        self.scene("a command, allowed");
        self.asks("RUNBASH now", Word::RunCommand, true)?;
        self.scene("a command, denied");
        self.asks("RUNBASH again", Word::RunCommand, false)?;
        self.scene("a file, allowed");
        self.asks("WRITEFILE now", Word::WriteFile, true)?;
        self.scene("a tool of a server, allowed");
        self.asks("MCPCALL now", Word::CallTool, true)?;
        if self.program.maker == Maker::Claude {
            self.scene("a question");
            self.asks("ASKPERSON now", Word::AskPerson, true)?;
        }
        Ok(())
    }

    fn refusals(&mut self) -> Result<(), String> {
        for status in [500_u16, 529, 429, 401] {
            self.scene(&format!("refused with {status}"));
            self.submit(&format!("ERR{status} now"));
            let shows = match self.program.maker {
                Maker::Claude if status == 401 => "/login",
                Maker::Claude => "API Error",
                Maker::Codex => "■",
                Maker::Gemini => "✕",
            };
            let before = self.model.seen(&self.agent);
            self.sees(before.saturating_sub(1), "a refused request", |what| *what == What::Refused(status))?;
            let refusals = || {
                let log = self.model.log(&self.agent);
                log.iter().filter(|entry| entry.what == What::Refused(status)).count()
            };
            if self.program.maker == Maker::Gemini && status != 401 {
                // It goes on trying for minutes; nobody waits for that.
                self.terminal.dwell(self.longest_backoff());
                self.terminal.press("\x1b");
                self.mark(Mark::Interrupted);
                self.terminal.dwell(DWELL);
                continue;
            }
            let mut tries = 0;
            while tries != refusals() && refusals() < self.most_tries(status) {
                tries = refusals();
                // A try that is yet to come comes within this time.
                self.terminal.dwell(self.longest_backoff());
            }
            self.terminal.wait("the error", |text| text.contains(shows))?;
            self.terminal.dwell(DWELL);
        }
        // What follows does not begin with an old error in view.
        self.turn("HELLO again")
    }

    /// Refused until it asks what to do, and told to try no more. After that it takes no prompt any more, so that each size
    /// has a refusal of its own.
    fn gives_up(&mut self) -> Result<(), String> {
        let status = match self.size.1 {
            80 => 500,
            120 => 529,
            _ => 429,
        };
        self.scene(&format!("refused with {status} until it gives up"));
        let mut seen = self.model.seen(&self.agent);
        self.submit(&format!("ERR{status} now"));
        for _ in 0..GEMINI_TRIES {
            seen = self.sees(seen, "a refused request", |what| *what == What::Refused(status))?;
        }
        self.terminal.wait("what to do", |text| text.contains("● 1. Keep trying"))?;
        self.mark(Mark::Dialog);
        self.terminal.dwell(DWELL);
        self.terminal.press("\x1b[B");
        self.terminal.wait("the other answer", |text| text.contains("● 2. Stop"))?;
        self.terminal.dwell(PASTED);
        self.terminal.press("\r");
        self.mark(Mark::GaveUp);
        self.terminal.dwell(DWELL);
        Ok(())
    }

    fn most_tries(&self, status: u16) -> usize {
        match self.program.maker {
            Maker::Gemini if status == 401 => 1,
            Maker::Gemini | Maker::Claude => 3,
            Maker::Codex => 6,
        }
    }

    fn longest_backoff(&self) -> Duration {
        match self.program.maker {
            Maker::Gemini => Duration::from_secs(12),
            Maker::Claude | Maker::Codex => Duration::from_secs(3),
        }
    }

    fn interruptions(&mut self) -> Result<(), String> {
        for gate in [Gate::First, Gate::Middle] {
            self.scene(if gate == Gate::First { "interrupted in thought" } else { "interrupted in writing" });
            let seen = self.model.seen(&self.agent);
            self.model.hold(&self.agent, gate);
            self.submit("SLOW for long");
            let wanted = |what: &What| match gate {
                Gate::First => matches!(what, What::Asked { .. }),
                Gate::Middle => *what == What::Began,
            };
            let seen = self.sees(seen, "a request", wanted)?;
            self.terminal.dwell(DWELL);
            self.terminal.press("\x1b");
            self.mark(Mark::Interrupted);
            if gate == Gate::Middle {
                self.sees(seen, "the agent hang up", |what| *what == What::Gone)?;
            }
            self.terminal.dwell(DWELL);
            self.model.release(&self.agent, gate);
            self.empty_box();
        }
        Ok(())
    }

    /// An interrupted prompt may be put back into the box; it is taken out of it.
    fn empty_box(&mut self) {
        if self.program.maker != Maker::Gemini {
            self.terminal.press("\x15");
            self.terminal.dwell(PASTED);
        }
    }

    fn proses(&mut self) -> Result<(), String> {
        for number in 0..prose::COUNT {
            self.scene(&format!("prose {number}"));
            self.turn(&format!("PROSE{number} please"))?;
        }
        Ok(())
    }

    fn quit(&mut self) -> Result<(), String> {
        let word = if self.program.maker == Maker::Claude { "/exit" } else { "/quit" };
        self.terminal.press(word);
        self.terminal.dwell(Duration::from_millis(600));
        self.terminal.press("\r");
        self.terminal.ends().map(drop)
    }
}
