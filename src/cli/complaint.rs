//! What is said besides the answer: notes, warnings and failures, on standard error. Answers are printed by `output`.

use std::io::{self, Write as _};

/// Prints a line on standard error.
pub(super) fn complain(text: &str) {
    // Where standard error is closed, there is no one to tell.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
