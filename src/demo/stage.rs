//! The terminal of a scripted agent: raw keys in, a transcript with a live line under it out.
//!
//! It behaves as real agent programs do: bracketed paste, synchronised frames, a title, and, for those that report
//! their state, the program status protocol.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal;

use super::actor::{Act, Actor, Cue, Typed};

/// How long a live line with a clock may stand before it is drawn again.
const CLOCK_FOR: Duration = Duration::from_secs(1);

pub(super) fn play(name: &str, pace: u32) -> ExitCode {
    let result = terminal::enable_raw_mode().and_then(|()| {
        let code = perform(&mut Stage { name: name.to_owned(), live_rows: 0, reported: String::new() }, pace);
        terminal::disable_raw_mode()?;
        code
    });
    match result {
        Ok(code) => ExitCode::from(code),
        // The terminal is gone; there is nobody left to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

fn perform(stage: &mut Stage, pace: u32) -> io::Result<u8> {
    let begun = Instant::now();
    let now = || begun.elapsed() * pace;
    let mut actor = Actor::new(&stage.name);
    stage.open()?;
    stage.show(&actor, &[], now())?;
    loop {
        let due = actor.due().unwrap_or(Duration::MAX).min(clock_due(&actor, now()));
        let cues = if event::poll(due.saturating_sub(now()) / pace)? {
            typed(&mut actor, &event::read()?, now())
        } else {
            actor.tick(now())
        };
        stage.show(&actor, &cues, now())?;
        for cue in cues {
            match cue {
                Cue::Say(_) => {}
                Cue::Write { to, text } => write_to(to, &text)?,
                Cue::Leave(code) => {
                    stage.close()?;
                    return Ok(code);
                }
            }
        }
    }
}

/// When the clock in the live line must move; never while there is none.
fn clock_due(actor: &Actor, now: Duration) -> Duration {
    match actor.act {
        Act::Thinking | Act::Working => now + CLOCK_FOR,
        Act::Resting | Act::Asking { .. } | Act::Failed => Duration::MAX,
    }
}

fn typed(actor: &mut Actor, event: &Event, now: Duration) -> Vec<Cue> {
    match event {
        Event::Paste(text) => {
            text.chars().filter(|c| !c.is_control() || *c == '\n').for_each(|c| actor.draft.push(c));
            Vec::new()
        }
        Event::Key(key) if key.kind != KeyEventKind::Release => {
            let control = key.modifiers.contains(KeyModifiers::CONTROL);
            let key = match key.code {
                KeyCode::Char('c' | 'd') if control => Typed::Interrupt,
                KeyCode::Char(c) => Typed::Char(c),
                KeyCode::Enter => Typed::Enter,
                KeyCode::Backspace => Typed::Backspace,
                KeyCode::Up => Typed::Up,
                KeyCode::Down => Typed::Down,
                KeyCode::Esc => Typed::Escape,
                _ => return Vec::new(),
            };
            actor.typed(key, now)
        }
        _ => Vec::new(),
    }
}

/// Sends a colleague a note through the program's own command line, as any agent would.
fn write_to(to: &str, text: &str) -> io::Result<()> {
    let program = std::env::current_exe()?;
    let mut command = Command::new(program);
    command.args(["send", to, text]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    std::thread::Builder::new().spawn(move || drop(child.wait()))?;
    Ok(())
}

struct Stage {
    name: String,
    /// How many rows the live lines took when they were last drawn.
    live_rows: usize,
    reported: String,
}

impl Stage {
    fn open(&mut self) -> io::Result<()> {
        let banner = format!(
            "\x1b[?2004h\x1b[1m{name}\x1b[0m · a demo agent: scripted, no model behind it\r\n\
             \x1b[2mType something and press Enter. /quit ends it, /crash fails.\x1b[0m\r\n\r\n",
            name = self.name
        );
        put(&banner)
    }

    fn close(&self) -> io::Result<()> {
        put("\x1b[?2004l\r\nGoodbye.\r\n")
    }

    /// Draws what was said since, and the live lines under it, as one frame.
    fn show(&mut self, actor: &Actor, cues: &[Cue], now: Duration) -> io::Result<()> {
        let width = usize::from(terminal::size()?.0.max(10));
        let mut out = String::from("\x1b[?2026h\r");
        if self.live_rows > 1 {
            let _ = write!(out, "\x1b[{}A", self.live_rows - 1);
        }
        out.push_str("\x1b[J");
        for cue in cues {
            if let Cue::Say(line) = cue {
                out.push_str(&painted(line));
                out.push_str("\r\n");
            }
        }
        let live = live_lines(actor, now);
        let shown: Vec<String> = live
            .iter()
            .map(|(line, paint)| format!("\x1b[{paint}m{}\x1b[0m", cut(line, width - 1)))
            .collect();
        out.push_str(&shown.join("\r\n"));
        self.live_rows = live.len();
        let _ = write!(out, "\x1b]2;{}\x07", title(actor, &self.name));
        self.report(actor, &mut out);
        out.push_str("\x1b[?2026l");
        put(&out)
    }

    /// Says by OSC 7501 what it does, if this agent reports and has something new to say.
    fn report(&mut self, actor: &Actor, out: &mut String) {
        if !actor.reports() {
            return;
        }
        let message = |text: &str| STANDARD.encode(text);
        let report = match &actor.act {
            Act::Resting => "state=done".to_owned(),
            // The protocol has no word for it; the screen's text says so.
            Act::Thinking => "state=clear".to_owned(),
            Act::Working => format!("state=working:msg={}", message(actor.title())),
            Act::Asking { command, .. } => {
                format!("state=blocked:kind=permission:msg={}", message(&format!("approve: {command}")))
            }
            Act::Failed => format!("state=error:msg={}", message("API error: 529 overloaded")),
        };
        if report != self.reported {
            let _ = write!(out, "\x1b]7501;{report}\x1b\\");
            self.reported = report;
        }
    }
}

fn title(actor: &Actor, name: &str) -> String {
    match actor.act {
        Act::Resting => name.to_owned(),
        Act::Thinking | Act::Working | Act::Asking { .. } | Act::Failed => {
            format!("{name}: {}", actor.title())
        }
    }
}

/// The lines under the transcript, each with its SGR paint; the cursor stands at the end of the last.
fn live_lines(actor: &Actor, now: Duration) -> Vec<(String, &'static str)> {
    let seconds = now.saturating_sub(actor.since()).as_secs();
    let prompt = (format!("> {}", actor.draft.replace('\n', "⏎")), "0");
    match &actor.act {
        Act::Resting => vec![prompt],
        Act::Thinking => vec![(format!("✻ Thinking… ({seconds}s · esc to interrupt)"), "35"), prompt],
        Act::Working => {
            vec![(format!("▶ {} ({seconds}s · esc to interrupt)", actor.title()), "32"), prompt]
        }
        Act::Asking { command, second } => {
            let mark = |marked: bool| if marked { '❯' } else { ' ' };
            vec![
                (format!("May I run: {command}"), "1;33"),
                (format!("{} 1. Yes", mark(!*second)), "0"),
                (format!("{} 2. No, and go on without it", mark(*second)), "0"),
            ]
        }
        Act::Failed => vec![("✖ It will try again in a moment".to_owned(), "31"), prompt],
    }
}

fn painted(line: &str) -> String {
    let paint = match line.chars().next() {
        Some('●') => "36",
        Some('✔') => "32",
        Some('✖') => "31",
        Some('>') => "1",
        _ => "0",
    };
    let (mark, rest) = line.split_at(line.chars().next().map_or(0, char::len_utf8));
    format!("\x1b[{paint}m{mark}\x1b[0m{rest}")
}

fn cut(line: &str, width: usize) -> String {
    let skip = line.chars().count().saturating_sub(width);
    if skip == 0 || !line.starts_with("> ") {
        return line.chars().take(width).collect();
    }
    // A long draft shows its end, where the cursor is.
    let tail: String = line.chars().skip(skip + 3).collect();
    format!("> …{tail}")
}

fn put(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
