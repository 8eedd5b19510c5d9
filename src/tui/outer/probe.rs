//! What the person's terminal can do and which colours it has, asked before the first drawing.
//!
//! Whatever is typed meanwhile is kept. A terminal that answers nothing is given up on after [`PATIENCE`]; what it
//! answers later still counts.

use std::io::{self, Write as _};
use std::time::Duration;

use super::input::{Heard, Input, Reply};

/// How long a terminal gets to answer; those that answer do so within a few milliseconds.
const PATIENCE: Duration = Duration::from_millis(300);

/// The kitty protocol's flags, the colour of text, the colour behind it; and last what every terminal answers.
const QUESTIONS: &[u8] = b"\x1b[?u\x1b]10;?\x1b\\\x1b]11;?\x1b\\\x1b[c";

/// What the terminal said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::tui) struct Answers {
    /// What it answered.
    pub(in crate::tui) replies: Vec<Reply>,
    /// What came meanwhile, in order.
    pub(in crate::tui) meanwhile: Vec<Heard>,
}

/// Asks the terminal, and waits for its answers.
///
/// # Errors
/// If the terminal is gone.
pub(in crate::tui) async fn probe(input: &mut Input) -> io::Result<Answers> {
    let mut out = io::stdout().lock();
    out.write_all(QUESTIONS)?;
    out.flush()?;
    drop(out);
    let mut answers = Answers::default();
    let all = async {
        loop {
            match input.next().await? {
                Heard::Reply(Reply::Attributes) => return io::Result::Ok(()),
                Heard::Reply(reply) => answers.replies.push(reply),
                heard => answers.meanwhile.push(heard),
            }
        }
    };
    // One that does not answer to the end is taken as it is.
    tokio::time::timeout(PATIENCE, all).await.unwrap_or(Ok(()))?;
    Ok(answers)
}
