//! How a message's text is typed into a pane, and its keys pressed: in pieces, as the holder takes them, and never
//! mixed with what a person types meanwhile, which waits until the message is through.
//!
//! Nothing here decides whether to type; and nothing is ever written twice: a piece that the holder refused whole is
//! the only thing that is tried again.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::adapter::{Paste, Submit};
use crate::domain::{Input, Key, KeyCode, MessageId, Mods};
use crate::terminal::{self, Modes, Size};

/// The most bytes of a piece that is typed as if by hand, and the pause after it. Longer ones are taken for pastes.
const BY_HAND: usize = 400;
const BY_HAND_PAUSE: Duration = Duration::from_millis(10);

/// The most bytes of a piece of a bracketed paste.
const PIECE: usize = 8 << 10;

/// How long a program that takes nothing is waited for before the same piece is tried again, and how often.
const FULL_PAUSE: Duration = Duration::from_millis(100);
const FULL_MOST: u32 = 300;

/// A long text rests for this much more before it is submitted, for each piece of so many bytes.
const REST_PIECE: usize = 4 << 10;
const REST_MORE: Duration = Duration::from_millis(4);

/// How long a program may take to show that it took the text, before its key is pressed all the same; and one of which
/// it is not known how its input looks, which may show nothing at all.
const SHOWN_WITHIN: Duration = Duration::from_secs(5);
const UNKNOWN_WITHIN: Duration = Duration::from_secs(1);

/// How long a program that has begun to show the text may go on to print.
const SETTLES_WITHIN: Duration = Duration::from_secs(1);

/// The most that a person's input may wait meanwhile.
const WAITING: usize = 512;

/// How long what was typed waits for the word that it may be submitted.
const SUBMIT_WITHIN: Duration = Duration::from_secs(30);

/// How long after a person pressed the key that submits, what they typed still counts as unsent.
const SENT_AFTER: Duration = Duration::from_millis(500);

/// What the pane is to do next about a message.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// Write this, and ask the holder for a sign that it is through.
    Write(Vec<u8>),
    /// Tell that the text stands in the input and has rested.
    Typed(MessageId),
    /// Tell that it is submitted.
    Submitted(MessageId),
    /// Tell that it was not submitted.
    Refused(MessageId, &'static str),
}

/// What is being typed into a pane.
#[derive(Debug, Default)]
pub(super) struct Typist {
    job: Option<Job>,
    waiting: VecDeque<Input>,
}

#[derive(Debug)]
struct Job {
    message: MessageId,
    pieces: VecDeque<Vec<u8>>,
    pause: Duration,
    gap: Duration,
    more: Duration,
    doing: Doing,
    refused: u32,
    /// Whether it is known how the program's input looks.
    shows: bool,
    signs: Signs,
}

/// What was seen of the program since the last piece was written.
#[derive(Debug, Default)]
struct Signs {
    /// When it printed first, and last.
    printed: Option<(Instant, Instant)>,
    /// When its input box was first seen to hold the text.
    drawn_at: Option<Instant>,
}

impl Signs {
    /// Returns when the text may count as taken, as far as is seen: the program has begun to show it, and is quiet again.
    /// Where it is not known how its input looks, whatever it prints counts.
    fn taken_at(&self, gap: Duration, shows: bool) -> Option<Instant> {
        let printed = self.printed.filter(|_| !shows);
        let first = self.drawn_at.or(printed.map(|(first, _)| first))?;
        let last = self.printed.map_or(first, |(_, last)| last.max(first));
        Some((last + gap).min(first + SETTLES_WITHIN))
    }
}

#[derive(Debug, PartialEq)]
enum Doing {
    /// The first piece is to be written, at this time.
    Piece(Instant),
    /// The first piece is written; whether the holder took it is not known yet.
    Written { refused: bool },
    /// Everything is typed, and the program has yet to take it: not before `least`, and not after `latest`.
    Resting { least: Instant, latest: Instant },
    /// It has rested; nobody has said yet that it may be submitted, and until this time somebody may.
    Rested(Instant),
    /// The key is to be written.
    Key(Vec<u8>),
    /// The key is written; whether the holder took it is not known yet.
    KeyWritten { refused: bool },
}

impl Typist {
    /// Returns whether a message is on its way.
    pub(super) fn is_typing(&self) -> bool {
        self.job.is_some()
    }

    /// Returns whether the key that submits is pressed, and the holder has not said yet that it took it.
    pub(super) fn is_pressing(&self) -> bool {
        self.job.as_ref().is_some_and(|job| matches!(job.doing, Doing::KeyWritten { .. }))
    }

    /// Begins to type a message. Whether it is known how the program's input looks decides how long it is waited for.
    pub(super) fn begin(
        &mut self,
        message: MessageId,
        text: &str,
        modes: &Modes,
        (submit, shows): (&Submit, bool),
        now: Instant,
    ) {
        let text = guarded(text, submit);
        let bracketed = modes.bracketed_paste && submit.paste == Paste::Bracketed;
        let (most, pause) = if bracketed { (PIECE, Duration::ZERO) } else { (BY_HAND, BY_HAND_PAUSE) };
        let mut bytes = Vec::new();
        if bracketed {
            let modes = Modes { bracketed_paste: true, ..Modes::default() };
            terminal::encode(&Input::Paste(text), &modes, Size::new(24, 80), &mut bytes);
        } else {
            bytes.extend_from_slice(text.as_bytes());
        }
        let gap = Duration::from_millis(submit.gap_ms);
        let more = REST_MORE * u32::try_from(bytes.len() / REST_PIECE).unwrap_or(u32::MAX);
        let pieces = pieces(&bytes, most);
        let doing = Doing::Piece(now);
        let signs = Signs::default();
        self.job = Some(Job { message, pieces, pause, gap, more, doing, refused: 0, shows, signs });
    }

    /// It may be submitted, with these bytes of its key. Returns whether that is what was waited for.
    pub(super) fn submit(&mut self, message: MessageId, key: Vec<u8>) -> bool {
        match self.job.as_mut().filter(|job| job.message == message && matches!(job.doing, Doing::Rested(_)))
        {
            Some(job) => job.doing = Doing::Key(key),
            None => return false,
        }
        true
    }

    /// The program printed something.
    pub(super) fn printed(&mut self, now: Instant) {
        if let Some(job) = &mut self.job {
            let first = job.signs.printed.map_or(now, |(first, _)| first);
            job.signs.printed = Some((first, now));
        }
    }

    /// The program's input box was looked at, and holds the text or not.
    pub(super) fn looked(&mut self, holds: bool, now: Instant) {
        if let Some(job) = self.job.as_mut().filter(|_| holds) {
            job.signs.drawn_at.get_or_insert(now);
        }
    }

    /// Returns whether the program was seen to take what is typed.
    pub(super) fn is_taken(&self) -> bool {
        self.job.as_ref().is_some_and(|job| job.signs.taken_at(job.gap, job.shows).is_some())
    }

    /// Gives it up.
    pub(super) fn give_up(&mut self) -> Option<MessageId> {
        self.job.take().map(|job| job.message)
    }

    /// Returns when there is something to do; none while something is waited for.
    pub(super) fn due(&self) -> Option<Instant> {
        let job = self.job.as_ref()?;
        match job.doing {
            Doing::Piece(at) | Doing::Rested(at) => Some(at),
            Doing::Resting { least, latest } => Some(job.rested_at(least, latest)),
            Doing::Written { .. } | Doing::Key(_) | Doing::KeyWritten { .. } => None,
        }
    }

    /// Returns what to do now.
    pub(super) fn step(&mut self, now: Instant) -> Option<Step> {
        let job = self.job.as_mut()?;
        match &mut job.doing {
            Doing::Piece(at) if *at <= now => match job.pieces.front().cloned() {
                Some(piece) => {
                    job.doing = Doing::Written { refused: false };
                    job.signs = Signs::default();
                    Some(Step::Write(piece))
                }
                None => {
                    let within = if job.shows { SHOWN_WITHIN } else { UNKNOWN_WITHIN };
                    let least = now + job.gap + job.more;
                    job.doing = Doing::Resting { least, latest: least + within };
                    None
                }
            },
            Doing::Resting { least, latest } => {
                let (least, latest) = (*least, *latest);
                if job.rested_at(least, latest) > now {
                    return None;
                }
                job.doing = Doing::Rested(now + SUBMIT_WITHIN);
                Some(Step::Typed(job.message))
            }
            Doing::Rested(at) if *at <= now => {
                let message = job.message;
                self.job = None;
                Some(Step::Refused(message, "nobody said that it may be submitted"))
            }
            Doing::Key(key) => {
                let key = std::mem::take(key);
                job.doing = Doing::KeyWritten { refused: false };
                Some(Step::Write(key))
            }
            _ => None,
        }
    }

    /// The holder refused so many bytes. Returns whether they are of a message.
    pub(super) fn was_refused(&mut self, bytes: usize) -> bool {
        let Some(job) = &mut self.job else { return false };
        match &mut job.doing {
            Doing::Written { refused } if job.pieces.front().is_some_and(|p| p.len() == bytes) => {
                *refused = true;
            }
            Doing::KeyWritten { refused } => *refused = true,
            _ => return false,
        }
        true
    }

    /// The sign that was asked for has come: what was written before it is taken, unless it was refused.
    pub(super) fn is_through(&mut self, now: Instant) -> Option<Step> {
        let job = self.job.as_mut()?;
        let message = job.message;
        match job.doing {
            Doing::Written { refused: false } => {
                job.pieces.pop_front();
                job.refused = 0;
                let pause = if job.pieces.is_empty() { Duration::ZERO } else { job.pause };
                job.doing = Doing::Piece(now + pause);
                None
            }
            Doing::Written { refused: true } if job.refused < FULL_MOST => {
                job.refused += 1;
                job.doing = Doing::Piece(now + FULL_PAUSE);
                None
            }
            Doing::Written { refused: true } => {
                self.job = None;
                Some(Step::Refused(message, "it does not read its input; not all of the text was typed"))
            }
            Doing::KeyWritten { refused } => {
                self.job = None;
                Some(match refused {
                    true => Step::Refused(message, "it does not read its input; the text was not submitted"),
                    false => Step::Submitted(message),
                })
            }
            Doing::Piece(_) | Doing::Resting { .. } | Doing::Rested(_) | Doing::Key(_) => None,
        }
    }

    /// A person typed meanwhile: it waits. Returns whether there was room for it.
    pub(super) fn wait(&mut self, input: Input) -> bool {
        let room = self.waiting.len() < WAITING;
        if room {
            self.waiting.push_back(input);
        }
        room
    }

    /// Returns what a person typed meanwhile, once nothing is being typed any more.
    pub(super) fn waited(&mut self) -> Option<Input> {
        if self.job.is_some() { None } else { self.waiting.pop_front() }
    }
}

impl Job {
    /// Returns when what is typed may be submitted, as far as is seen.
    fn rested_at(&self, least: Instant, latest: Instant) -> Instant {
        self.signs.taken_at(self.gap, self.shows).map_or(latest, |at| at.clamp(least, latest))
    }
}

/// A text whose end would take the key that submits it for something else gets what prevents that.
fn guarded(text: &str, submit: &Submit) -> String {
    let names_file = text.rsplit(char::is_whitespace).next().is_some_and(|word| word.starts_with('@'));
    let after = match text.ends_with('\\') {
        true => &submit.after_backslash,
        false if names_file => &submit.after_file,
        false => return text.to_owned(),
    };
    format!("{text}{after}")
}

fn pieces(bytes: &[u8], most: usize) -> VecDeque<Vec<u8>> {
    let mut pieces = VecDeque::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let mut end = rest.len().min(most);
        // A character is never torn: its other bytes begin with the bits 10.
        while end < rest.len() && end > 1 && rest[end] & 0xc0 == 0x80 {
            end -= 1;
        }
        pieces.push_back(rest[..end].to_vec());
        rest = &rest[end..];
    }
    pieces
}

/// What a person has typed into a pane and not submitted, as far as their keys tell.
#[derive(Debug, Default)]
pub(super) struct KeyDraft {
    typed: usize,
    pressed_at: Option<Instant>,
    sent_at: Option<Instant>,
}

impl KeyDraft {
    /// A person pressed something.
    pub(super) fn pressed(&mut self, input: &Input, now: Instant) {
        self.pressed_at = Some(now);
        match input {
            Input::Paste(text) => self.typed += text.chars().count(),
            Input::Key(key) => self.key(*key, now),
            Input::Mouse(_) | Input::Focus(_) => {}
        }
    }

    /// Something stands there that no person typed.
    pub(super) fn left(&mut self) {
        self.typed = self.typed.max(1);
    }

    /// The input is known to be empty.
    pub(super) fn clear(&mut self) {
        *self = KeyDraft::default();
    }

    /// Returns whether something stands in the input, and when that may be over by itself. What the screen shows of the
    /// input is believed, once what was pressed has had time to get there.
    pub(super) fn stands(&self, shown: Option<bool>, now: Instant) -> (bool, Option<Instant>) {
        let fresh = |at: Option<Instant>| at.map(|at| at + SENT_AFTER).filter(|until| *until > now);
        let (sent, pressed) = (fresh(self.sent_at), fresh(self.pressed_at));
        match shown {
            Some(true) => (true, sent),
            Some(false) if pressed.is_some() => (self.typed > 0 || sent.is_some(), pressed),
            Some(false) => (sent.is_some(), sent),
            None => (self.typed > 0 || sent.is_some(), sent),
        }
    }

    fn key(&mut self, key: Key, now: Instant) {
        let plain = !key.mods.has(Mods::CTRL) && !key.mods.has(Mods::ALT);
        match key.code {
            KeyCode::Char('c' | 'u' | 'C' | 'U') if key.mods.has(Mods::CTRL) => self.typed = 0,
            KeyCode::Char(_) if plain => self.typed += 1,
            KeyCode::Enter if plain && !key.mods.has(Mods::SHIFT) => {
                if self.typed > 0 {
                    self.sent_at = Some(now);
                }
                self.typed = 0;
            }
            KeyCode::Esc => self.typed = 0,
            KeyCode::Backspace if plain => self.typed = self.typed.saturating_sub(1),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const M: MessageId = MessageId(1);

    /// Types a message to its end, for a holder that refuses as `refuses` says, and returns everything it took.
    fn typed(
        text: &str,
        bracketed_paste: bool,
        mut refuses: impl FnMut(usize) -> bool,
    ) -> (Vec<u8>, Vec<usize>) {
        let mut typist = Typist::default();
        let mut now = Instant::now();
        let modes = Modes { bracketed_paste, ..Modes::default() };
        typist.begin(M, text, &modes, (&Submit::default(), true), now);
        let (mut taken, mut sizes) = (Vec::new(), Vec::new());
        loop {
            match typist.step(now) {
                Some(Step::Write(piece)) => {
                    if refuses(sizes.len()) {
                        assert!(typist.was_refused(piece.len()));
                    } else {
                        taken.extend_from_slice(&piece);
                    }
                    sizes.push(piece.len());
                    assert_eq!(typist.is_through(now), None);
                }
                Some(Step::Typed(M)) => return (taken, sizes),
                Some(other) => panic!("{other:?}"),
                None => now = typist.due().expect("there is something to come").max(now),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_text_arrives_whole_and_in_order_however_often_the_holder_refuses() {
        let text: String = (0..20_000).map(|n| format!("é{n} ")).collect();
        let (taken, sizes) = typed(&text, true, |n| n % 3 == 0);
        assert_eq!(String::from_utf8(taken).unwrap(), format!("\x1b[200~{text}\x1b[201~"));
        assert!(sizes.iter().all(|size| *size <= PIECE) && sizes.len() > 10);
        let (taken, sizes) = typed(&text[..5000], false, |n| n == 2);
        assert_eq!(String::from_utf8(taken).unwrap(), text[..5000]);
        assert!(sizes.iter().all(|size| *size <= BY_HAND));
    }

    #[tokio::test(start_paused = true)]
    async fn the_key_is_written_once_and_only_when_it_is_asked_for_after_a_rest() {
        let mut typist = Typist::default();
        let now = Instant::now();
        typist.begin(M, "hello", &Modes::default(), (&Submit::default(), false), now);
        assert!(!typist.submit(M, b"\r".to_vec()), "nothing was typed yet");
        assert_eq!(typist.step(now), Some(Step::Write(b"hello".to_vec())));
        assert_eq!((typist.is_through(now), typist.step(now), typist.step(now)), (None, None, None));
        typist.printed(now);
        let rested = now + Duration::from_millis(150);
        assert_eq!(typist.due(), Some(rested));
        assert_eq!(typist.step(rested), Some(Step::Typed(M)));
        assert!(!typist.submit(MessageId(2), b"\r".to_vec()), "another message");
        assert!(typist.submit(M, b"\r".to_vec()) && !typist.submit(M, b"\r".to_vec()));
        assert_eq!(typist.step(rested), Some(Step::Write(b"\r".to_vec())));
        assert_eq!(typist.step(rested), None);
        assert_eq!(typist.is_through(rested), Some(Step::Submitted(M)));
        assert!(!typist.is_typing());
    }

    #[tokio::test(start_paused = true)]
    async fn the_key_waits_until_the_text_is_seen_to_be_taken_and_no_longer_than_that_may_last() {
        let ms = Duration::from_millis;
        let begun = |shows: bool| {
            let (mut typist, now) = (Typist::default(), Instant::now());
            typist.begin(M, "hello", &Modes::default(), (&Submit::default(), shows), now);
            assert!(matches!(typist.step(now), Some(Step::Write(_))));
            assert_eq!((typist.is_through(now), typist.step(now)), (None, None));
            (typist, now)
        };
        let (typist, now) = begun(true);
        assert_eq!((typist.due(), typist.is_taken()), (Some(now + ms(150) + SHOWN_WITHIN), false));
        let (typist, now) = begun(false);
        assert_eq!(typist.due(), Some(now + ms(150) + UNKNOWN_WITHIN));
        // It prints late, its box is still empty, and then holds the text; it goes on to print.
        let (mut typist, now) = begun(true);
        typist.printed(now + ms(2000));
        typist.looked(false, now + ms(2050));
        assert!(!typist.is_taken());
        typist.printed(now + ms(2200));
        typist.looked(true, now + ms(2250));
        assert_eq!((typist.due(), typist.is_taken()), (Some(now + ms(2400)), true));
        (2300..4000).step_by(100).for_each(|at| typist.printed(now + ms(at)));
        assert_eq!(typist.due(), Some(now + ms(2250) + SETTLES_WITHIN));
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_the_holder_refuses_is_not_pressed_again() {
        let mut typist = Typist::default();
        let now = Instant::now();
        let submit = Submit { gap_ms: 0, ..Submit::default() };
        typist.begin(M, "", &Modes::default(), (&submit, false), now);
        typist.printed(now);
        assert_eq!((typist.step(now), typist.step(now)), (None, Some(Step::Typed(M))));
        assert!(typist.submit(M, b"\r".to_vec()));
        assert!(matches!(typist.step(now), Some(Step::Write(_))));
        assert!(typist.was_refused(1));
        assert!(matches!(typist.is_through(now), Some(Step::Refused(M, _))));
        assert_eq!(typist.step(now), None);
    }

    #[test]
    fn a_trailing_file_name_or_backslash_is_ended_where_the_program_needs_it() {
        let submit = Submit { after_file: " ".to_owned(), ..Submit::default() };
        assert_eq!(guarded("see @src/a.rs", &submit), "see @src/a.rs ");
        assert_eq!(
            (guarded("see a@b", &submit), guarded("@x y", &submit)),
            ("see a@b".into(), "@x y".into())
        );
        assert_eq!(guarded("see @src/a.rs", &Submit::default()), "see @src/a.rs");
        let submit = Submit { after_backslash: " ".to_owned(), ..Submit::default() };
        assert_eq!((guarded("a \\", &submit), guarded("a\\n", &submit)), ("a \\ ".into(), "a\\n".into()));
        assert_eq!(guarded("see @a\\", &submit), "see @a\\ ");
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_person_typed_stands_until_it_is_sent_or_taken_back() {
        let now = Instant::now();
        let mut draft = KeyDraft::default();
        let press = |draft: &mut KeyDraft, key: &str| draft.pressed(&Input::Key(key.parse().unwrap()), now);
        let stands = |draft: &KeyDraft| draft.stands(None, now).0;
        for (keys, expected) in [
            (&["up", "left"][..], false),
            (&["h", "i"], true),
            (&["h", "backspace"], false),
            (&["h", "ctrl-u"], false),
            (&["h", "esc"], false),
            (&["h", "alt-enter"], true),
        ] {
            draft.clear();
            keys.iter().for_each(|key| press(&mut draft, key));
            assert_eq!(stands(&draft), expected, "{keys:?}");
        }
        draft.clear();
        draft.pressed(&Input::Paste("hello".into()), now);
        press(&mut draft, "enter");
        assert_eq!(draft.stands(None, now), (true, Some(now + SENT_AFTER)), "its turn has yet to begin");
        assert_eq!(draft.stands(None, now + SENT_AFTER), (false, None));
        draft.left();
        assert!(stands(&draft));
        // What the screen shows is believed, but not before the key can have got there.
        press(&mut draft, "x");
        assert_eq!(draft.stands(Some(false), now), (true, Some(now + SENT_AFTER)));
        assert_eq!(draft.stands(Some(false), now + SENT_AFTER), (false, None));
        assert!(KeyDraft::default().stands(Some(true), now).0);
    }
}
