//! What crossterm reports, in the program's own words.

use crossterm::event::{
    Event, KeyCode as Code, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::layout::Size;

use crate::domain::{Button, Gesture, Key, KeyCode, KeyKind, Mods, Mouse};
use crate::tui::msg::Msg;

/// Returns what an event means; nothing if it is a key that no agent could be sent.
pub(in crate::tui) fn translate(event: Event) -> Option<Msg> {
    Some(match event {
        Event::Key(key) => Msg::Key(translate_key(key)?),
        Event::Paste(text) => Msg::Paste(text),
        Event::Mouse(mouse) => Msg::Mouse(translate_mouse(mouse)),
        Event::Resize(width, height) => Msg::Resized(Size { width, height }),
        Event::FocusGained => Msg::Focus(true),
        Event::FocusLost => Msg::Focus(false),
    })
}

fn translate_key(event: KeyEvent) -> Option<Key> {
    let mut mods = translate_mods(event.modifiers);
    let code = match event.code {
        Code::Char(c) => KeyCode::Char(c),
        Code::F(n) => KeyCode::F(n),
        Code::Enter => KeyCode::Enter,
        Code::Tab => KeyCode::Tab,
        Code::BackTab => {
            mods = mods.with(Mods::SHIFT);
            KeyCode::Tab
        }
        Code::Backspace => KeyCode::Backspace,
        Code::Esc => KeyCode::Esc,
        Code::Up => KeyCode::Up,
        Code::Down => KeyCode::Down,
        Code::Left => KeyCode::Left,
        Code::Right => KeyCode::Right,
        Code::Home => KeyCode::Home,
        Code::End => KeyCode::End,
        Code::PageUp => KeyCode::PageUp,
        Code::PageDown => KeyCode::PageDown,
        Code::Insert => KeyCode::Insert,
        Code::Delete => KeyCode::Delete,
        Code::Null => {
            mods = mods.with(Mods::CTRL);
            KeyCode::Char(' ')
        }
        Code::KeypadBegin
        | Code::CapsLock
        | Code::ScrollLock
        | Code::NumLock
        | Code::PrintScreen
        | Code::Pause
        | Code::Menu
        | Code::Media(_)
        | Code::Modifier(_) => return None,
    };
    let kind = match event.kind {
        KeyEventKind::Press => KeyKind::Press,
        KeyEventKind::Repeat => KeyKind::Repeat,
        KeyEventKind::Release => KeyKind::Release,
    };
    Some(Key { code, mods, kind })
}

fn translate_mods(modifiers: KeyModifiers) -> Mods {
    let pairs = [
        (KeyModifiers::SHIFT, Mods::SHIFT),
        (KeyModifiers::ALT | KeyModifiers::META, Mods::ALT),
        (KeyModifiers::CONTROL, Mods::CTRL),
        (KeyModifiers::SUPER, Mods::SUPER),
    ];
    let held = pairs.into_iter().filter(|(theirs, _)| modifiers.intersects(*theirs));
    held.fold(Mods::NONE, |mods, (_, ours)| mods.with(ours))
}

fn translate_mouse(event: MouseEvent) -> Mouse {
    let button = |button| match button {
        MouseButton::Left => Button::Left,
        MouseButton::Middle => Button::Middle,
        MouseButton::Right => Button::Right,
    };
    let gesture = match event.kind {
        MouseEventKind::Down(b) => Gesture::Down(button(b)),
        MouseEventKind::Up(b) => Gesture::Up(button(b)),
        MouseEventKind::Drag(b) => Gesture::Drag(button(b)),
        MouseEventKind::Moved => Gesture::Move,
        MouseEventKind::ScrollUp => Gesture::WheelUp,
        MouseEventKind::ScrollDown => Gesture::WheelDown,
        MouseEventKind::ScrollLeft => Gesture::WheelLeft,
        MouseEventKind::ScrollRight => Gesture::WheelRight,
    };
    Mouse { gesture, column: event.column, row: event.row, mods: translate_mods(event.modifiers) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: Code, modifiers: KeyModifiers) -> Option<Key> {
        translate_key(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn keys_keep_what_was_held() {
        let back_tab = key(Code::BackTab, KeyModifiers::SHIFT).unwrap();
        assert_eq!(back_tab, "shift-tab".parse().unwrap());
        let alt_enter = key(Code::Enter, KeyModifiers::ALT).unwrap();
        assert_eq!(alt_enter, "alt-enter".parse().unwrap());
        assert_eq!(key(Code::Char('A'), KeyModifiers::SHIFT).unwrap().canonical(), "A".parse().unwrap());
        assert_eq!(key(Code::CapsLock, KeyModifiers::NONE), None);
    }
}
