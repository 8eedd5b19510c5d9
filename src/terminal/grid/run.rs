//! A chunk of output on its way to vt100: the bytes that wait to be handed over, and the token being looked at.

use super::Grid;
use super::plain::Reach;

/// A chunk of output; some of its bytes wait to be handed over.
#[derive(Debug)]
pub struct Run<'a> {
    bytes: &'a [u8],
    /// Where the bytes that wait begin.
    from: usize,
    /// Where the current token begins: a sequence, a character or a stretch of text.
    pub at: usize,
    /// Where it ends.
    pub end: usize,
    /// How far the bytes that wait may reach.
    pub(super) reach: Reach,
}

impl<'a> Run<'a> {
    /// Returns the bytes from the current token on.
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Returns the current token.
    #[inline]
    pub fn token(&self) -> &'a [u8] {
        self.bytes.get(self.at..self.end).unwrap_or_default()
    }

    /// Returns whether the byte before the current token is a carriage return; `first` says it for the first token.
    #[inline]
    pub fn after_return(&self, first: bool) -> bool {
        if self.at == 0 { first } else { self.bytes.get(self.at - 1) == Some(&b'\r') }
    }

    /// Returns the bytes that wait; none wait then.
    pub(super) fn cut(&mut self) -> &'a [u8] {
        let slice = self.bytes.get(self.from..self.at).unwrap_or_default();
        self.from = self.at;
        slice
    }

    /// Keeps the current token from being handed over.
    pub(super) fn skip_token(&mut self) {
        self.from = self.end;
    }
}

impl Grid {
    /// Returns a run of `bytes` that begins at the cursor.
    pub fn run<'a>(&self, bytes: &'a [u8]) -> Run<'a> {
        let mut run = Run { bytes, from: 0, at: 0, end: 0, reach: Reach::default() };
        self.start(&mut run);
        run
    }

    /// Goes on to the next token.
    #[inline]
    pub fn step(&self, run: &mut Run<'_>) {
        run.at = run.end;
        if run.from == run.at {
            self.start(run);
        }
    }

    /// Begins to count from the cursor.
    #[inline]
    pub(super) fn start(&self, run: &mut Run<'_>) {
        let (cols, col) = (usize::from(self.size().cols()), usize::from(self.at.col));
        run.reach = Reach { cols, col, wraps: 0, line_feeds: 0 };
    }
}
