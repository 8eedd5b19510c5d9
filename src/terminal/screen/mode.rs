//! Modes: setting, resetting and asking about them; resets of the whole terminal.

use super::Screen;
use super::charset::Charsets;
use super::state::State;
use crate::terminal::modes::{CursorShape, KittyFlags, MouseEncoding, MouseTracking};
use crate::terminal::pen::Pen;

/// The state of a mode, as DECRQM answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is not known.
    Unknown = 0,
    /// It is set.
    Set = 1,
    /// It is reset.
    Reset = 2,
    /// It is set, and that cannot be changed.
    Fixed = 3,
}

impl From<bool> for Standing {
    fn from(set: bool) -> Standing {
        if set { Standing::Set } else { Standing::Reset }
    }
}

impl Screen {
    /// Sets or resets ANSI modes.
    pub(super) fn ansi_modes(&mut self, on: bool) {
        for mode in self.parameters() {
            match mode {
                4 => self.state.insert = on,
                20 => self.state.modes.newline = on,
                _ => {}
            }
        }
    }

    /// Sets or resets private modes.
    pub(super) fn private_modes(&mut self, on: bool) {
        for mode in self.parameters() {
            self.private_mode(mode, on);
        }
    }

    fn private_mode(&mut self, mode: u16, on: bool) {
        let modes = &mut self.state.modes;
        match mode {
            1 => modes.application_cursor = on,
            3 => self.change_columns(),
            6 => {
                self.state.origin = on;
                self.position(1, 1);
            }
            7 => {
                self.state.autowrap = on;
                self.grid.end_wait();
            }
            9 => self.track_mouse(MouseTracking::Press, on),
            25 => self.state.visible = on,
            45 => self.state.reverse_wrap = on,
            47 | 1047..=1049 => self.show_alternate(mode, on),
            66 => modes.application_keypad = on,
            1000 => self.track_mouse(MouseTracking::Buttons, on),
            1002 => self.track_mouse(MouseTracking::Drag, on),
            1003 => self.track_mouse(MouseTracking::Motion, on),
            1004 => modes.focus_reports = on,
            1005 => self.encode_mouse(MouseEncoding::Utf8, on),
            1006 => self.encode_mouse(MouseEncoding::Sgr, on),
            1007 => modes.alternate_scroll = on,
            2004 => modes.bracketed_paste = on,
            2026 => modes.synchronized = on,
            2031 => modes.color_scheme_reports = on,
            2048 => {
                modes.resize_reports = on;
                self.report_resize();
            }
            _ => {}
        }
    }

    /// Returns the state of an ANSI mode.
    pub(super) fn ansi_standing(&self, mode: u16) -> Standing {
        match mode {
            4 => self.state.insert.into(),
            20 => self.state.modes.newline.into(),
            _ => Standing::Unknown,
        }
    }

    /// Returns the state of a private mode.
    pub(super) fn private_standing(&self, mode: u16) -> Standing {
        let state = &self.state;
        let modes = self.modes();
        let on = match mode {
            1 => modes.application_cursor,
            6 => state.origin,
            7 => state.autowrap,
            9 => modes.mouse == MouseTracking::Press,
            25 => state.visible,
            45 => state.reverse_wrap,
            47 | 1047 | 1049 => modes.alternate_screen,
            1048 => self.page().saved.is_some(),
            66 => modes.application_keypad,
            1000 => modes.mouse == MouseTracking::Buttons,
            1002 => modes.mouse == MouseTracking::Drag,
            1003 => modes.mouse == MouseTracking::Motion,
            1004 => modes.focus_reports,
            1005 => modes.mouse_encoding == MouseEncoding::Utf8,
            1006 => modes.mouse_encoding == MouseEncoding::Sgr,
            1007 => modes.alternate_scroll,
            2004 => modes.bracketed_paste,
            2026 => modes.synchronized,
            // Joined characters always take one cell.
            2027 => return Standing::Fixed,
            2031 => modes.color_scheme_reports,
            2048 => modes.resize_reports,
            _ => return Standing::Unknown,
        };
        on.into()
    }

    /// Does what a change of the number of columns does (DECCOLM), except to change it: a pane's columns are fixed.
    fn change_columns(&mut self) {
        self.reset_margins();
        self.erase_display(2);
        self.grid.move_to(0, 0);
    }

    fn track_mouse(&mut self, tracking: MouseTracking, on: bool) {
        let modes = &mut self.state.modes;
        if on {
            modes.mouse = tracking;
        } else if modes.mouse == tracking {
            modes.mouse = MouseTracking::Off;
        }
    }

    fn encode_mouse(&mut self, encoding: MouseEncoding, on: bool) {
        let modes = &mut self.state.modes;
        if on {
            modes.mouse_encoding = encoding;
        } else if modes.mouse_encoding == encoding {
            modes.mouse_encoding = MouseEncoding::Bytes;
        }
    }

    /// Sets what the cursor looks like (DECSCUSR).
    pub(super) fn set_cursor_shape(&mut self, number: u16) {
        if let Some(shape) = CursorShape::from_number(number) {
            self.state.shape = shape;
        }
    }

    /// Sets how modified keys are sent (`CSI > 4 ; n m`).
    pub(super) fn set_modified_keys(&mut self) {
        self.state.modes.modify_other_keys = self.lexer.csi.value(1).min(2) as u8;
    }

    /// Pushes the keyboard's flags and sets others (`CSI > flags u`).
    pub(super) fn push_keyboard(&mut self) {
        let flags = KittyFlags::from_bits(self.lexer.csi.value(0));
        self.page_mut().keyboard.push(flags);
    }

    /// Changes the keyboard's flags (`CSI = flags ; mode u`).
    pub(super) fn change_keyboard(&mut self) {
        let flags = KittyFlags::from_bits(self.lexer.csi.value(0));
        let mode = self.lexer.csi.value_or(1, 1);
        self.page_mut().keyboard.change(flags, mode);
    }

    /// Resets everything (RIS) but the person's colours.
    pub(super) fn reset(&mut self) {
        let palette = self.state.colors.palette;
        self.state = State::default();
        self.state.colors.palette = palette;
        self.grid.clear();
    }

    /// Undoes what a program that died may have left behind (DECSTR); the screen stays as it is.
    pub(super) fn soft_reset(&mut self) {
        let place = self.grid.at();
        self.reset_margins();
        let state = &mut self.state;
        state.visible = true;
        state.autowrap = true;
        state.reverse_wrap = false;
        state.insert = false;
        state.charsets = Charsets::default();
        state.modes.application_cursor = false;
        state.modes.application_keypad = false;
        self.page_mut().saved = None;
        self.set_pen(Pen::default());
        self.grid.stand(place);
    }

    /// Returns the parameters of the sequence being carried out.
    fn parameters(&self) -> Vec<u16> {
        self.lexer.csi.params().collect()
    }
}
