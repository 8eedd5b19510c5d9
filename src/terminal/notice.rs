//! What a program says beside what it shows: bells, titles, notifications, progress and the like.
//!
//! The queue is bounded in number and in bytes. Bells coalesce, a newer title or progress takes the place of an older
//! one still waiting, and when the queue is full its oldest notice is dropped.

use std::collections::VecDeque;

/// The most notices that wait, and the most bytes they have together.
const MAX_NOTICES: usize = 128;
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// What a program said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It rang the bell; once or more often.
    Bell,
    /// It named its window (OSC 0 or 2).
    Title(String),
    /// It has something to say (OSC 9, 99 or 777).
    Notification {
        /// In a word; may be empty.
        title: String,
        /// At length; may be empty.
        body: String,
    },
    /// How far it has got (OSC 9;4).
    Progress(Progress),
    /// Where a prompt, a command line or a command's output begins or ends (OSC 133).
    Prompt(Prompt),
    /// Where it is: the URI of a directory (OSC 7).
    Directory(String),
    /// What it says about its own state (OSC 7501): everything after the number, as it came.
    ProgramStatus(String),
    /// It wants text put on the clipboard (OSC 52).
    Clipboard {
        /// Which clipboards, as the program named them; empty is the default one.
        selection: String,
        /// The text, not yet decoded from base64; nothing means that the clipboard is to be emptied.
        data: String,
    },
    /// The emulator failed and shows less than it should: the program ought to be asked to draw anew.
    Repaint,
}

/// How far a program has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is nothing to wait for.
    None,
    /// So many per cent are done.
    Percent(u8),
    /// Something went wrong, perhaps after so many per cent.
    Failed(Option<u8>),
    /// It goes on, and nobody knows for how long.
    Indeterminate,
    /// It stands still, perhaps at so many per cent.
    Paused(Option<u8>),
}

/// What begins or ends at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// A prompt begins (A).
    Start,
    /// The prompt ends and the person's command line begins (B).
    Input,
    /// The command's output begins (C).
    Output,
    /// The command is done (D), perhaps with this exit status.
    Done(Option<i32>),
}

impl Notice {
    fn bytes(&self) -> usize {
        match self {
            Notice::Bell | Notice::Progress(_) | Notice::Prompt(_) | Notice::Repaint => 0,
            Notice::Title(text) | Notice::Directory(text) | Notice::ProgramStatus(text) => text.len(),
            Notice::Notification { title, body } => title.len() + body.len(),
            Notice::Clipboard { selection, data } => selection.len() + data.len(),
        }
    }

    /// Whether only the newest of such notices matters.
    fn replaces(&self, older: &Notice) -> bool {
        matches!(
            (self, older),
            (Notice::Bell, Notice::Bell)
                | (Notice::Title(_), Notice::Title(_))
                | (Notice::Progress(_), Notice::Progress(_))
                | (Notice::Directory(_), Notice::Directory(_))
                | (Notice::Repaint, Notice::Repaint)
        )
    }
}

/// Notices that wait to be taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Notices {
    waiting: VecDeque<Notice>,
    bytes: usize,
}

impl Notices {
    /// Adds a notice.
    pub fn push(&mut self, notice: Notice) {
        if let Some(at) = self.waiting.iter().position(|older| notice.replaces(older)) {
            self.remove(at);
        }
        self.bytes += notice.bytes();
        self.waiting.push_back(notice);
        while self.waiting.len() > MAX_NOTICES || self.bytes > MAX_BYTES {
            self.remove(0);
        }
    }

    /// Returns what waits, the oldest first.
    pub fn take(&mut self) -> Vec<Notice> {
        self.bytes = 0;
        self.waiting.drain(..).collect()
    }

    fn remove(&mut self, at: usize) {
        if let Some(gone) = self.waiting.remove(at) {
            self.bytes = self.bytes.saturating_sub(gone.bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bells_and_titles_coalesce_and_the_oldest_goes_when_there_are_too_many() {
        let mut notices = Notices::default();
        notices.push(Notice::Bell);
        notices.push(Notice::Title("a".into()));
        notices.push(Notice::Bell);
        notices.push(Notice::Title("b".into()));
        assert_eq!(notices.take(), [Notice::Bell, Notice::Title("b".into())]);
        for number in 0..1000 {
            notices.push(Notice::ProgramStatus(number.to_string()));
        }
        let taken = notices.take();
        assert_eq!((taken.len(), taken.last()), (128, Some(&Notice::ProgramStatus("999".into()))));
    }

    #[test]
    fn the_bytes_that_wait_are_bounded() {
        let mut notices = Notices::default();
        for _ in 0..10 {
            notices.push(Notice::Clipboard { selection: "c".into(), data: "x".repeat(1_000_000) });
        }
        assert_eq!(notices.take().len(), 2);
        assert_eq!(notices.bytes, 0);
    }
}
