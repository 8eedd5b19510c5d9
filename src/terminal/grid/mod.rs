//! The cells that a screen draws on. This folder alone knows how the emulator, vt100, is spoken to.
//!
//! [`Grid`] has some thirty verbs: print, move, erase, insert, delete, scroll, set margins, pen, buffer and size, read a
//! line. They mean what a terminal's standard says; what vt100 lacks or misreads is mended behind them. It stores cells,
//! places wide characters, scrolls and wraps. What its cells cannot hold stands in them as a number ([`ink`],
//! [`cluster`]); a panic in it ends in [`engine`].
//!
//! Two ways lead in. Most output is text and sequences that vt100 carries out well: those bytes are passed on as they
//! came ([`pass`]), in slices as long as possible. Everything else is carried out by a verb. The cursor of vt100 is known
//! exactly whenever a verb begins; slices are accounted for when they are handed over ([`settle`]). The account says
//! which rows may have changed and which are blank.
//!
//! What a sequence means is not decided here but in [`super::screen`]; nor is any mode known here but the margins.

mod cluster;
mod cursor;
mod departed;
mod edit;
mod engine;
mod erase;
mod ink;
mod intern;
mod layout;
mod paint;
mod pass;
mod plain;
mod read;
mod resize;
mod rows;
mod run;
mod settle;
mod text;

pub use engine::{Buffer, contains_panics};
pub use erase::Part;
pub use pass::Text;
pub use run::Run;

use self::cluster::Clusters;
use self::departed::Departed;
use self::engine::Engine;
use self::ink::{Inks, is_plain};
use self::rows::Rows;
use super::pen::{LinkId, Pen};
use super::style::{Color, Style};
use crate::domain::{Position, Size};

/// The cells of both buffers, the cursor, the pen and the margins.
pub struct Grid {
    engine: Engine,
    inks: Inks,
    clusters: Clusters,
    /// The cursor of vt100 after the last byte handed over; one past the last column if the next character wraps.
    at: Position,
    /// How the next character will look.
    pen: Pen,
    /// Whether vt100's cells can hold it.
    plain: bool,
    /// The pen at the beginning of the slice that waits.
    slice_pen: Pen,
    margins: Margins,
    /// The rows that are known to be blank, for each buffer.
    blank: [Blank; 2],
    /// The rows that changed since they were last read.
    dirty: Rows,
    departed: Departed,
    /// How often vt100 panicked, and whether anyone has been told since.
    panics: u32,
    collapsed: bool,
    scratch: Vec<u8>,
}

/// The scrolling region, by its first and last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margins {
    /// The first row.
    pub top: u16,
    /// The last row.
    pub bottom: u16,
}

/// Rows that are known to hold nothing but one background.
#[derive(Clone, Debug)]
struct Blank {
    rows: Rows,
    background: Color,
}

impl Margins {
    /// Returns margins around the whole screen.
    pub const fn full(size: Size) -> Margins {
        Margins { top: 0, bottom: size.last_row() }
    }

    /// Returns whether `row` lies within.
    pub const fn has(self, row: u16) -> bool {
        self.top <= row && row <= self.bottom
    }

    /// Returns how many rows lie within.
    pub const fn height(self) -> u16 {
        self.bottom - self.top + 1
    }
}

impl Grid {
    /// Returns blank buffers.
    pub fn new(size: Size) -> Grid {
        let blank = Blank { rows: Rows::all(size.rows()), background: Color::Default };
        Grid {
            engine: Engine::new(size),
            inks: Inks::default(),
            clusters: Clusters::default(),
            at: Position::default(),
            pen: Pen::default(),
            plain: true,
            slice_pen: Pen::default(),
            margins: Margins::full(size),
            blank: [blank.clone(), blank],
            dirty: Rows::all(size.rows()),
            departed: Departed::default(),
            panics: 0,
            collapsed: false,
            scratch: Vec::new(),
        }
    }

    /// Returns the size.
    #[inline]
    pub const fn size(&self) -> Size {
        self.engine.size()
    }

    /// Returns which buffer is shown.
    pub const fn active(&self) -> Buffer {
        self.engine.active()
    }

    /// Returns whether the alternate buffer was ever shown.
    pub const fn has_alternate(&self) -> bool {
        self.engine.has_alternate()
    }

    /// Returns where the cursor is; one past the last column if the next character wraps.
    #[inline]
    pub const fn at(&self) -> Position {
        self.at
    }

    /// Returns the cell that the cursor is in.
    pub fn cursor(&self) -> Position {
        Position { col: self.at.col.min(self.size().last_col()), ..self.at }
    }

    /// Returns the row of a buffer's cursor, whether the buffer is shown or not.
    pub fn cursor_row(&self, buffer: Buffer) -> u16 {
        self.engine.buffer(buffer).cursor_position().0
    }

    /// Returns the margins.
    pub const fn margins(&self) -> Margins {
        self.margins
    }

    /// Returns the pen.
    #[inline]
    pub const fn pen(&self) -> Pen {
        self.pen
    }

    /// Sets the pen.
    pub fn set_pen(&mut self, pen: Pen) {
        self.pen = pen;
        self.plain = is_plain(&pen);
        self.scratch.clear();
        self.inks.put_sgr(&pen, &mut self.scratch);
        self.put_scratch();
        self.slice_pen = pen;
    }

    /// Returns whether the looks and links that cells wear fill their tables; [`Grid::sweep`] then makes room.
    pub fn wants_sweep(&self) -> bool {
        self.inks.wants_sweep()
    }

    /// Forgets the looks and links that neither a cell nor one of `pens` wears.
    pub fn sweep(&mut self, pens: &[Pen]) {
        let Grid { engine, inks, .. } = self;
        inks.sweep(engine.cells().map(vt100::Cell::fgcolor), pens);
    }

    /// Returns the number of the link to `address`; 0, no link, if there is no room for it.
    pub fn add_link(&mut self, address: &str) -> LinkId {
        self.inks.add_link(address)
    }

    /// Returns how cells printed with this pen look.
    pub fn style_of(&self, pen: Pen) -> Style<'_> {
        Style { link: self.inks.link(pen.link), ..pen.style }
    }

    /// Returns the pen that makes cells look like `style`; adds its link if need be.
    pub fn pen_of(&mut self, style: &Style<'_>) -> Pen {
        self.inks.pen_of(style)
    }

    /// Returns whether vt100 panicked since the last call: some cells may be lost.
    pub const fn take_collapse(&mut self) -> bool {
        std::mem::replace(&mut self.collapsed, false)
    }

    /// Returns how often vt100 panicked.
    #[cfg(test)]
    pub const fn panics(&self) -> u32 {
        self.panics
    }

    /// Passes bytes to vt100 and reads where its cursor is then.
    fn put(&mut self, bytes: &[u8]) {
        if self.engine.put(bytes).is_err() {
            self.note_panic();
            self.rebuild();
        }
        self.at = self.engine.cursor();
    }

    /// Passes on the contents of the scratch buffer.
    fn put_scratch(&mut self) {
        let scratch = std::mem::take(&mut self.scratch);
        self.put(&scratch);
        self.scratch = scratch;
        self.scratch.clear();
    }

    const fn note_panic(&mut self) {
        self.panics = self.panics.saturating_add(1);
        self.collapsed = true;
    }

    /// Returns which rows of the buffer that is shown are known to be blank.
    fn blank_mut(&mut self) -> &mut Blank {
        let [primary, alternate] = &mut self.blank;
        match self.engine.active() {
            Buffer::Primary => primary,
            Buffer::Alternate => alternate,
        }
    }
}
