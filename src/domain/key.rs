//! Keys, pastes and mouse events as the program carries them: independent of the terminal they came from and of
//! the bytes they become. Only the pane that receives one knows which bytes its program asked for.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One thing a person did that an agent may receive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// A key.
    Key(Key),
    /// Text pasted as one.
    Paste(String),
    /// Something done with the mouse over the pane.
    Mouse(Mouse),
    /// The pane got or lost the person's attention.
    Focus(bool),
}

/// A key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Which key.
    pub code: KeyCode,
    /// The ASCII character in the key's place on the standard layout, where the terminal told it and the key itself
    /// writes another script: `c` for the Cyrillic `с`. Chords are known by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<char>,
    /// What was held with it.
    #[serde(default, skip_serializing_if = "Mods::is_empty")]
    pub mods: Mods,
    /// Pressed, repeated or released.
    #[serde(default, skip_serializing_if = "KeyKind::is_press")]
    pub kind: KeyKind,
}

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyCode {
    /// A key that writes this character; an upper-case letter carries its shift in itself.
    Char(char),
    /// A function key, 1 to 24.
    F(u8),
    /// Return.
    Enter,
    /// Tab; with shift it is the back tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Escape.
    Esc,
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// Cursor left.
    Left,
    /// Cursor right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Insert.
    Insert,
    /// Delete.
    Delete,
}

/// The modifiers held with a key; the bits are those of the kitty keyboard protocol's modifier field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mods(pub u8);

impl Mods {
    /// None.
    pub const NONE: Mods = Mods(0);
    /// Shift.
    pub const SHIFT: Mods = Mods(1);
    /// Alt, also called Meta or Option.
    pub const ALT: Mods = Mods(2);
    /// Control.
    pub const CTRL: Mods = Mods(4);
    /// Super, also called Command or Windows.
    pub const SUPER: Mods = Mods(8);

    /// Returns whether all of `other` are held.
    #[must_use]
    pub const fn has(self, other: Mods) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns these modifiers and `other` together.
    #[must_use]
    pub const fn with(self, other: Mods) -> Mods {
        Mods(self.0 | other.0)
    }

    /// Returns these modifiers without `other`.
    #[must_use]
    pub const fn without(self, other: Mods) -> Mods {
        Mods(self.0 & !other.0)
    }

    /// Returns whether none is held.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }
}

/// Pressed, repeated or released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// Pressed.
    #[default]
    Press,
    /// Held down.
    Repeat,
    /// Released.
    Release,
}

impl KeyKind {
    /// Returns whether this is the press itself.
    #[must_use]
    pub const fn is_press(&self) -> bool {
        matches!(self, KeyKind::Press)
    }
}

/// Something done with the mouse, in cells from the pane's top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mouse {
    /// What was done.
    pub gesture: Gesture,
    /// The column, from 0.
    pub column: u16,
    /// The row, from 0.
    pub row: u16,
    /// What was held with it.
    #[serde(default, skip_serializing_if = "Mods::is_empty")]
    pub mods: Mods,
}

/// What was done with the mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gesture {
    /// A button went down.
    Down(Button),
    /// A button went up.
    Up(Button),
    /// The mouse moved with a button down.
    Drag(Button),
    /// The mouse moved.
    Move,
    /// The wheel turned away from the person.
    WheelUp,
    /// The wheel turned towards the person.
    WheelDown,
    /// The wheel was pushed to the left.
    WheelLeft,
    /// The wheel was pushed to the right.
    WheelRight,
}

/// A mouse button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Button {
    /// The left one.
    Left,
    /// The middle one.
    Middle,
    /// The right one.
    Right,
}

impl Key {
    /// Returns the press of `code` with nothing held.
    #[must_use]
    pub const fn plain(code: KeyCode) -> Key {
        Key::with(code, Mods::NONE)
    }

    /// Returns the press of `code` with `mods` held.
    #[must_use]
    pub const fn with(code: KeyCode, mods: Mods) -> Key {
        Key { code, base: None, mods, kind: KeyKind::Press }
    }

    /// Returns this key in the one spelling that comparisons use: a press; an upper-case letter without the shift
    /// that made it; a control letter in lower case; a chord by its key on the standard layout.
    #[must_use]
    pub fn canonical(self) -> Key {
        let is_chord = !self.mods.without(Mods::SHIFT).is_empty();
        Key { base: self.base.filter(|_| is_chord), ..self }.on_standard_layout()
    }

    /// Returns this key as [`Key::canonical`] does, and by its place on the standard layout also where it would write
    /// text: what follows a leader is a command in every script.
    #[must_use]
    pub fn on_standard_layout(self) -> Key {
        let code = match (self.code, self.base) {
            (KeyCode::Char(_), Some(base)) => KeyCode::Char(base),
            (code, _) => code,
        };
        let mut key = Key { kind: KeyKind::Press, code, base: None, ..self };
        if let KeyCode::Char(c) = key.code {
            if key.mods.has(Mods::CTRL) {
                key.code = KeyCode::Char(c.to_ascii_lowercase());
            } else if key.mods.has(Mods::SHIFT) {
                if c.is_lowercase() {
                    key.code = KeyCode::Char(c.to_uppercase().next().unwrap_or(c));
                }
                key.mods = key.mods.without(Mods::SHIFT);
            }
        }
        key
    }
}

/// The keys that are written by name, and their names; the first name of a key is the one that is printed.
const NAMED: [(&str, KeyCode); 22] = [
    ("enter", KeyCode::Enter),
    ("return", KeyCode::Enter),
    ("tab", KeyCode::Tab),
    ("backspace", KeyCode::Backspace),
    ("esc", KeyCode::Esc),
    ("escape", KeyCode::Esc),
    ("space", KeyCode::Char(' ')),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pgup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("pgdn", KeyCode::PageDown),
    ("insert", KeyCode::Insert),
    ("delete", KeyCode::Delete),
    ("del", KeyCode::Delete),
    ("minus", KeyCode::Char('-')),
    ("plus", KeyCode::Char('+')),
];

/// A text that names no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` names no key; write one character, or a name such as enter, esc, up, f5, with ctrl-, alt-, shift- or super- before it{}", nearest.map(|n| format!(" (nearest: {n})")).unwrap_or_default())]
pub struct ParseKeyError {
    /// The text.
    pub text: String,
    /// The name that was probably meant.
    pub nearest: Option<&'static str>,
}

impl FromStr for Key {
    type Err = ParseKeyError;

    /// Reads `ctrl-a`, `alt-enter`, `C-a`, `f5`, `G`, `?`; names and modifiers in any case.
    fn from_str(text: &str) -> Result<Key, ParseKeyError> {
        let mut mods = Mods::NONE;
        let mut rest = text;
        while let Some((head, tail)) =
            rest.split_once(['-', '+']).filter(|(head, tail)| !head.is_empty() && !tail.is_empty())
        {
            let held = match head.to_ascii_lowercase().as_str() {
                "ctrl" | "control" | "c" => Mods::CTRL,
                "alt" | "meta" | "option" | "m" | "a" => Mods::ALT,
                "shift" | "s" => Mods::SHIFT,
                "super" | "cmd" | "win" => Mods::SUPER,
                _ => break,
            };
            mods = mods.with(held);
            rest = tail;
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() => KeyCode::Char(c),
            _ => named(rest).ok_or_else(|| ParseKeyError {
                text: text.to_owned(),
                nearest: super::nearest(rest, NAMED.iter().map(|(name, _)| *name)),
            })?,
        };
        Ok(Key::with(code, mods).canonical())
    }
}

fn named(text: &str) -> Option<KeyCode> {
    let lower = text.to_ascii_lowercase();
    if let Some((_, code)) = NAMED.iter().find(|(name, _)| *name == lower) {
        return Some(*code);
    }
    let n: u8 = lower.strip_prefix('f')?.parse().ok()?;
    (1..=24).contains(&n).then_some(KeyCode::F(n))
}

impl fmt::Display for Key {
    /// Writes the key as [`Key::from_str`] reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in
            [(Mods::CTRL, "ctrl-"), (Mods::ALT, "alt-"), (Mods::SHIFT, "shift-"), (Mods::SUPER, "super-")]
        {
            if self.mods.has(held) {
                f.write_str(name)?;
            }
        }
        match self.code {
            KeyCode::F(n) => write!(f, "f{n}"),
            code => match (NAMED.iter().find(|(_, known)| *known == code), code) {
                (Some((name, _)), _) => f.write_str(name),
                (None, KeyCode::Char(c)) => write!(f, "{c}"),
                (None, _) => Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_printed_is_a_key_read() {
        for text in [
            "a",
            "A",
            "?",
            "ctrl-a",
            "alt-enter",
            "ctrl-alt-delete",
            "shift-tab",
            "f12",
            "space",
            "minus",
            "alt-minus",
        ] {
            let key: Key = text.parse().unwrap();
            assert_eq!(key.to_string(), text);
        }
        assert_eq!("C-Space".parse::<Key>(), Ok(Key::with(KeyCode::Char(' '), Mods::CTRL)));
        assert_eq!("-".parse::<Key>(), Ok(Key::plain(KeyCode::Char('-'))));
        assert_eq!("ctrl--".parse::<Key>(), Ok(Key::with(KeyCode::Char('-'), Mods::CTRL)));
    }

    #[test]
    fn shift_is_carried_by_the_letter_itself() {
        assert_eq!("shift-a".parse::<Key>(), Ok(Key::plain(KeyCode::Char('A'))));
        assert_eq!("ctrl-A".parse::<Key>(), Ok(Key::with(KeyCode::Char('a'), Mods::CTRL)));
    }

    #[test]
    fn a_chord_is_known_by_its_key_on_the_standard_layout_and_text_by_what_it_writes() {
        let es = Key { base: Some('c'), ..Key::plain(KeyCode::Char('с')) };
        assert_eq!(es.canonical(), Key::plain(KeyCode::Char('с')));
        assert_eq!(es.on_standard_layout(), Key::plain(KeyCode::Char('c')));
        assert_eq!(Key { mods: Mods::CTRL, ..es }.canonical(), "ctrl-c".parse().unwrap());
        assert_eq!(Key { mods: Mods::SHIFT, ..es }.on_standard_layout(), "C".parse().unwrap());
    }

    #[test]
    fn a_text_that_names_no_key_is_told_the_nearest() {
        assert_eq!("entre".parse::<Key>().unwrap_err().nearest, Some("enter"));
        assert_eq!("f25".parse::<Key>().unwrap_err().nearest, None);
        assert!("".parse::<Key>().is_err());
    }
}
