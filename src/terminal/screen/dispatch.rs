//! Which sequence does what. Every sequence that has an effect is named here.

use super::Screen;
use super::edit::Side;
use crate::terminal::grid::Run;

impl Screen {
    /// Carries out a control character.
    pub(super) fn control_character(&mut self, c: char) {
        match c {
            '\u{07}' => self.notices.push(crate::terminal::notice::Notice::Bell),
            '\u{08}' => self.backspace(),
            '\t' => self.tab(1),
            '\n' | '\u{0b}' | '\u{0c}' => {
                self.grid.line_feed();
                if self.state.modes.newline {
                    self.grid.carriage_return();
                }
            }
            '\r' => self.grid.carriage_return(),
            '\u{0e}' => self.state.charsets.active = 1,
            '\u{0f}' => self.state.charsets.active = 0,
            _ => {}
        }
    }

    /// Carries out an escape sequence that is not a control sequence.
    pub(super) fn escape_sequence(&mut self, intermediate: u8, final_byte: u8) {
        match (intermediate, final_byte) {
            (0, b'7') => self.save_cursor(),
            (0, b'8') => self.restore_cursor(),
            (0, b'=') => self.state.modes.application_keypad = true,
            (0, b'>') => self.state.modes.application_keypad = false,
            (0, b'D') => self.grid.line_feed(),
            (0, b'E') => {
                self.grid.line_feed();
                self.grid.carriage_return();
            }
            (0, b'H') => self.set_tab(),
            (0, b'M') => self.grid.reverse_line_feed(),
            (0, b'N') => self.state.charsets.single = Some(2),
            (0, b'O') => self.state.charsets.single = Some(3),
            (0, b'Z') => self.report_primary_attributes(),
            (0, b'c') => self.reset(),
            (0, b'n') => self.state.charsets.active = 2,
            (0, b'o') => self.state.charsets.active = 3,
            (b'#', b'8') => self.fill_with_e(),
            (b'(' | b')' | b'*' | b'+' | b'-' | b'.' | b'/', _) => {
                self.state.charsets.designate(intermediate, final_byte);
            }
            _ => {}
        }
    }

    /// Carries out a control sequence.
    pub(super) fn control_sequence(&mut self, run: &mut Run<'_>) {
        let csi = &self.lexer.csi;
        if csi.overflow {
            return self.take(run);
        }
        let (was_adjacent, repeats) = (self.adjacent, csi.final_byte == b'b');
        self.adjacent = was_adjacent && repeats;
        self.joining = false;
        match (csi.prefix, csi.intermediate) {
            (0, 0) if self.passes(run) => {}
            (0, 0) => {
                self.take(run);
                self.plain_sequence();
            }
            (b'?', 0) => {
                self.take(run);
                self.private_sequence();
            }
            (prefix, intermediate) => {
                self.take(run);
                self.other_sequence(prefix, intermediate);
            }
        }
    }

    /// Lets a sequence through that the grid takes as it is; returns whether it is one.
    fn passes(&mut self, run: &mut Run<'_>) -> bool {
        if self.lexer.csi.final_byte == b'm' {
            self.select_graphic_rendition(run);
            return true;
        }
        self.grid.pass_sequence(run, &self.lexer.csi, self.state.origin)
    }

    /// Carries out an SGR sequence.
    fn select_graphic_rendition(&mut self, run: &mut Run<'_>) {
        if let Some(pen) = self.grid.pass_pen(&self.lexer.csi) {
            self.take(run);
            if pen != self.grid.pen() {
                self.set_pen(pen);
            }
        }
    }

    /// Carries out a control sequence with neither prefix nor intermediate byte.
    fn plain_sequence(&mut self) {
        let csi = &self.lexer.csi;
        let first = csi.value(0);
        let count = csi.value_or(0, 1);
        match csi.final_byte {
            b'@' => self.grid.insert_cells(count),
            b'A' => self.up(count),
            b'B' => self.down(count),
            b'a' => self.right(count),
            b'D' => self.left(count),
            b'E' => {
                self.down(count);
                self.grid.carriage_return();
            }
            b'F' => {
                self.up(count);
                self.grid.carriage_return();
            }
            b'H' | b'f' => self.position(count, csi.value_or(1, 1)),
            b'I' => self.tab(count),
            b'J' => self.erase_display(first),
            b'L' => self.insert_lines(count),
            b'M' => self.delete_lines(count),
            b'P' => self.grid.delete_cells(count),
            b'S' => self.scroll_up(count),
            b'T' if csi.len() == 1 => self.scroll_down(count),
            b'^' => self.scroll_down(count),
            b'X' => self.grid.erase_cells(count),
            b'Z' => self.back_tab(count),
            b'b' => self.repeat(count),
            b'c' if first == 0 => self.report_primary_attributes(),
            b'd' => self.row(count),
            b'e' => self.rows_down(count),
            b'g' => self.clear_tabs(first),
            b'h' => self.ansi_modes(true),
            b'l' => self.ansi_modes(false),
            b'n' => self.report_status(first),
            b'r' => self.set_margins(),
            b's' => self.save_cursor(),
            b't' => self.window_operation(),
            b'u' => self.restore_cursor(),
            _ => {}
        }
    }

    /// Carries out a control sequence with a question mark before its parameters. Erasing selectively (DECSED, DECSEL)
    /// is left out: nothing can be protected from it here (as in alacritty).
    fn private_sequence(&mut self) {
        let first = self.lexer.csi.value(0);
        match self.lexer.csi.final_byte {
            b'h' => self.private_modes(true),
            b'l' => self.private_modes(false),
            b'n' => self.report_private_status(first),
            b'u' => self.report_keyboard(),
            b'm' if first == 4 => self.report_modified_keys(),
            _ => {}
        }
    }

    /// Carries out a control sequence with another prefix, or an intermediate byte.
    fn other_sequence(&mut self, prefix: u8, intermediate: u8) {
        let csi = &self.lexer.csi;
        let (first, count) = (csi.value(0), csi.value_or(0, 1));
        match (prefix, intermediate, csi.final_byte) {
            (b'>', 0, b'c') if first == 0 => self.report_secondary_attributes(),
            (b'>', 0, b'm') if first == 4 => self.set_modified_keys(),
            (b'>', 0, b'n') if first == 4 => self.state.modes.modify_other_keys = 0,
            (b'>', 0, b'q') if first == 0 => self.report_version(),
            (b'>', 0, b'u') => self.push_keyboard(),
            (b'<', 0, b'u') => self.page_mut().keyboard.pop(count),
            (b'=', 0, b'u') => self.change_keyboard(),
            (0, b' ', b'q') => self.set_cursor_shape(first),
            (0, b' ', b'@') => self.shift_columns(0, count, Side::Left),
            (0, b' ', b'A') => self.shift_columns(0, count, Side::Right),
            (0, b'\'', b'}') => self.shift_columns(self.cursor().col, count, Side::Right),
            (0, b'\'', b'~') => self.shift_columns(self.cursor().col, count, Side::Left),
            (0, b'!', b'p') => self.soft_reset(),
            (0, b'$', b'p') => self.report_ansi_mode(first),
            (b'?', b'$', b'p') => self.report_private_mode(first),
            _ => {}
        }
    }
}
