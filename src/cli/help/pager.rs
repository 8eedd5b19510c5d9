//! Shows a text on the terminal through a pager: `$PAGER`, otherwise `less`; where neither can be started, as it is.

use std::io::{ErrorKind, Write as _};
use std::process::{Command, Stdio};

use super::text::WIDEST;
use crate::cli::failure::Failure;
use crate::cli::output;

/// Returns how many columns the terminal has.
pub(super) fn width() -> usize {
    match rustix::termios::tcgetwinsize(std::io::stdout()) {
        Ok(size) if size.ws_col > 0 => usize::from(size.ws_col),
        _ => WIDEST,
    }
}

/// Shows a text.
pub(super) fn show(text: &str) -> Result<(), Failure> {
    let chosen = std::env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
    let words =
        shell_words::split(&chosen).map_err(|e| Failure::usage("PAGER is not a command").because(&e))?;
    let Some((program, arguments)) = words.split_first() else { return output::line(text.trim_end()) };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped());
    if std::env::var_os("LESS").is_none() {
        // Quits where the text fits on one screen, passes colours on, leaves the text where it is.
        command.env("LESS", "FRX");
    }
    let mut pager = match command.spawn() {
        Ok(pager) => pager,
        Err(error) if error.kind() == ErrorKind::NotFound => return output::line(text.trim_end()),
        Err(error) => return Err(Failure::new(format!("`{program}` cannot be started")).because(&error)),
    };
    let failed = |e: std::io::Error| Failure::new("the page could not be shown").because(&e);
    if let Some(mut input) = pager.stdin.take() {
        match input.write_all(text.as_bytes()) {
            // A reader who has seen enough closes the pager.
            Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(failed(error)),
            _ => {}
        }
    }
    pager.wait().map(drop).map_err(failed)
}
