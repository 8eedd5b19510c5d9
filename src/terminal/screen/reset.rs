//! Beginning anew (RIS), or half so (DECSTR).

use super::Screen;
use super::charset::Charsets;
use super::engine::Buffer;
use super::pen::Pen;
use super::state::State;

impl Screen {
    /// Makes everything as it was at first (RIS), except what the person's colours are.
    pub(super) fn reset(&mut self) {
        let palette = self.state.colors.palette;
        self.state = State::new(self.size());
        self.state.colors.palette = palette;
        let last = self.size().last_row();
        for buffer in [Buffer::Alternate, Buffer::Primary] {
            if buffer == Buffer::Alternate && !self.engine.has_alternate() {
                continue;
            }
            self.engine.show(buffer);
            self.put_pen();
            self.put_margins();
            self.erase_rows(0, last);
            self.go(0, 0);
        }
        self.dirty.set_all(true);
    }

    /// Undoes what a program that died may have left behind (DECSTR); what is on the screen stays.
    pub(super) fn soft_reset(&mut self) {
        let place = self.at;
        self.reset_margins();
        let state = &mut self.state;
        state.visible = true;
        state.autowrap = true;
        state.reverse_wrap = false;
        state.insert = false;
        state.charsets = Charsets::default();
        state.pen = Pen::default();
        state.modes.application_cursor = false;
        state.modes.application_keypad = false;
        self.page_mut().saved = None;
        self.put_pen();
        self.stand(place);
    }
}
