//! The alternate screen, saved cursors, margins.

use super::Screen;
use super::state::{Page, Saved};
use crate::terminal::grid::{Buffer, Margins};
use crate::terminal::pen::Pen;

impl Screen {
    /// Saves the cursor with everything that belongs to it (DECSC).
    pub(super) fn save_cursor(&mut self) {
        let state = &self.state;
        let (at, pen) = (self.grid.at(), self.grid.pen());
        let saved = Saved { at, pen, charsets: state.charsets, origin: state.origin };
        self.page_mut().saved = Some(saved);
    }

    /// Restores the cursor with everything that belongs to it (DECRC).
    pub(super) fn restore_cursor(&mut self) {
        let saved = self.page().saved.unwrap_or_default();
        self.state.charsets = saved.charsets;
        self.state.origin = saved.origin;
        self.set_pen(saved.pen);
        self.grid.stand(saved.at);
    }

    /// Sets the pen.
    pub(super) fn set_pen(&mut self, pen: Pen) {
        if self.grid.wants_sweep() {
            let saved = |page: &Page| page.saved.map(|saved| saved.pen).unwrap_or_default();
            let [primary, alternate] = &self.state.pages;
            self.grid.sweep(&[pen, saved(primary), saved(alternate)]);
        }
        self.grid.set_pen(pen);
    }

    /// Shows the alternate screen or the primary one as the private mode `mode` does.
    pub(super) fn show_alternate(&mut self, mode: u16, alternate: bool) {
        let buffer = if alternate { Buffer::Alternate } else { Buffer::Primary };
        let changes = self.grid.active() != buffer;
        match (mode, alternate) {
            (1048, true) => self.save_cursor(),
            (1048, false) => self.restore_cursor(),
            _ if !changes => {}
            (1049, true) => {
                self.save_cursor();
                self.grid.show(buffer);
                self.erase_display(2);
            }
            (1049, false) => {
                self.grid.show(buffer);
                self.restore_cursor();
            }
            (1047, false) => {
                self.erase_display(2);
                self.grid.show(buffer);
            }
            _ => self.grid.show(buffer),
        }
    }

    /// Sets the margins (DECSTBM); a region of fewer than two rows changes nothing. The cursor goes to the origin.
    pub(super) fn set_margins(&mut self) {
        let csi = &self.lexer.csi;
        let rows = self.size().rows();
        let top = csi.value_or(0, 1);
        let bottom = csi.value_or(1, rows).min(rows);
        if top < bottom {
            self.grid.set_margins(Margins { top: top - 1, bottom: bottom - 1 });
            self.position(1, 1);
        }
    }
}
