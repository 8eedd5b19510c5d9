//! Looks that vt100's cells cannot hold.
//!
//! A cell of vt100 has a foreground of 24 bits. A foreground whose red is 1 is a key: a number in the table of inks. An
//! ink is the real foreground with the attributes, underline and link that go with it. A program's own colour with red 1
//! becomes an ink too, so nothing is lost.

use std::sync::Arc;

use super::intern::Table;
use crate::terminal::line::MAX_LINK;
use crate::terminal::pen::{LinkId, Pen};
use crate::terminal::sequence::put_sgr;
use crate::terminal::style::{Attrs, Color, Style, Underline};

/// The most inks of a screen at a time; a look that needs one more is shown without its extras.
const MAX_INKS: u16 = 8192;
/// The most links of a screen at a time, and the most bytes they have together.
const MAX_LINKS: u16 = 1024;
const MAX_LINK_BYTES: usize = 256 * 1024;

/// The attributes that vt100's cells hold.
const NATIVE: Attrs = Attrs::BOLD.with(Attrs::DIM).with(Attrs::ITALIC).with(Attrs::INVERSE);

/// A foreground and what vt100's cells have no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Ink {
    fg: Color,
    attrs: Attrs,
    underline: Underline,
    underline_color: Color,
    link: LinkId,
}

/// The inks and links that are on a screen.
#[derive(Clone, Debug)]
pub struct Inks {
    inks: Table<Ink>,
    links: Table<Arc<str>>,
    link_bytes: usize,
}

impl Default for Inks {
    fn default() -> Inks {
        Inks { inks: Table::new(MAX_INKS), links: Table::new(MAX_LINKS), link_bytes: 0 }
    }
}

impl Inks {
    /// Returns whether a table is full and [`Inks::sweep`] may make room.
    pub fn wants_sweep(&self) -> bool {
        self.inks.wants_sweep() || self.links.wants_sweep()
    }

    /// Returns the address of a link.
    pub fn link(&self, id: LinkId) -> Option<&str> {
        self.links.get(id.checked_sub(1)?).map(AsRef::as_ref)
    }

    /// Returns the number of the link to `address`; 0, no link, if there is no room for it.
    pub fn add_link(&mut self, address: &str) -> LinkId {
        if address.is_empty() || address.len() > MAX_LINK {
            return 0;
        }
        let address: Arc<str> = Arc::from(address);
        if let Some(number) = self.links.find(&address) {
            return number + 1;
        }
        if self.link_bytes + address.len() > MAX_LINK_BYTES {
            return 0;
        }
        let bytes = address.len();
        let Some(number) = self.links.add(address) else { return 0 };
        self.link_bytes += bytes;
        number + 1
    }

    /// Appends the SGR sequence that gives vt100 this pen.
    pub fn put_sgr(&mut self, pen: &Pen, out: &mut Vec<u8>) {
        if is_plain(pen) {
            return put_sgr(out, &pen.style);
        }
        let style = pen.style;
        let both = Attrs::BOLD.with(Attrs::DIM);
        let mut native = Attrs::from_bits(style.attrs.bits() & NATIVE.bits());
        let mut extra = style.attrs.without(NATIVE);
        if style.attrs.has(both) {
            native = native.without(Attrs::DIM);
            extra = extra.with(Attrs::DIM);
        }
        let ink = Ink {
            fg: style.fg,
            attrs: extra,
            underline: style.underline,
            underline_color: style.underline_color,
            link: pen.link,
        };
        let fg = match self.inks.find(&ink).or_else(|| self.inks.add(ink)) {
            Some(number) => key(number),
            None if is_key(style.fg) => Color::Default,
            None => style.fg,
        };
        let alias = Style { fg, bg: style.bg, attrs: native, ..Style::default() };
        put_sgr(out, &alias);
    }

    /// Returns how a cell of vt100 looks.
    pub fn style_of(&self, cell: &vt100::Cell) -> Style<'_> {
        let mut style = native_style(cell);
        if let Some(ink) = number(style.fg).and_then(|number| self.inks.get(number)) {
            style.fg = ink.fg;
            style.attrs = style.attrs.with(ink.attrs);
            style.underline = ink.underline;
            style.underline_color = ink.underline_color;
            style.link = self.link(ink.link);
        }
        style
    }

    /// Returns the pen that makes cells look like `style`, whose link is added if need be.
    pub fn pen_of(&mut self, style: &Style<'_>) -> Pen {
        let link = style.link.map_or(0, |address| self.add_link(address));
        Pen { style: Style { link: None, ..*style }, link }
    }

    /// Forgets the inks that are not in `shown`, and the links that neither the others nor `pens` need.
    pub fn sweep(&mut self, shown: impl Iterator<Item = vt100::Color>, pens: &[Pen]) {
        let mut used = vec![false; usize::from(MAX_INKS)];
        for color in shown {
            if let Some(used) = number(real(color)).and_then(|number| used.get_mut(usize::from(number))) {
                *used = true;
            }
        }
        self.inks.sweep(|number| used.get(usize::from(number)).copied().unwrap_or(false));
        let mut linked = vec![false; usize::from(MAX_LINKS) + 1];
        for id in self.inks.iter().map(|(_, ink)| ink.link).chain(pens.iter().map(|pen| pen.link)) {
            if let Some(linked) = linked.get_mut(usize::from(id)) {
                *linked = true;
            }
        }
        self.links.sweep(|number| linked.get(usize::from(number) + 1).copied().unwrap_or(false));
        self.link_bytes = self.links.iter().map(|(_, address)| address.len()).sum();
    }
}

/// Returns whether vt100's cells can hold this pen.
#[inline]
pub fn is_plain(pen: &Pen) -> bool {
    const RICH: Attrs = Attrs::BLINK.with(Attrs::CONCEAL).with(Attrs::STRIKE).with(Attrs::OVERLINE);
    let style = &pen.style;
    pen.link == 0
        && !style.attrs.any(RICH)
        && !style.attrs.has(Attrs::BOLD.with(Attrs::DIM))
        && matches!(style.underline, Underline::None | Underline::Single)
        && style.underline_color == Color::Default
        && !is_key(style.fg)
}

/// Returns whether `color` stands for an ink in vt100's cells.
#[inline]
fn is_key(color: Color) -> bool {
    matches!(color, Color::Rgb(1, _, _))
}

/// Returns how a cell of vt100 looks if its foreground stands for itself.
fn native_style(cell: &vt100::Cell) -> Style<'static> {
    let mut attrs = Attrs::NONE;
    for (on, attr) in [
        (cell.bold(), Attrs::BOLD),
        (cell.dim(), Attrs::DIM),
        (cell.italic(), Attrs::ITALIC),
        (cell.inverse(), Attrs::INVERSE),
    ] {
        if on {
            attrs = attrs.with(attr);
        }
    }
    let underline = if cell.underline() { Underline::Single } else { Underline::None };
    Style { fg: real(cell.fgcolor()), bg: real(cell.bgcolor()), attrs, underline, ..Style::default() }
}

/// Returns a colour of vt100 as one of ours.
pub fn real(color: vt100::Color) -> Color {
    match color {
        vt100::Color::Default => Color::Default,
        vt100::Color::Idx(index) => Color::Indexed(index),
        vt100::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

/// Appends the SGR sequence that gives vt100 the very look of one of its cells, keys and all.
pub fn put_cell_sgr(cell: &vt100::Cell, out: &mut Vec<u8>) {
    put_sgr(out, &native_style(cell));
}

const fn key(number: u16) -> Color {
    let [high, low] = number.to_be_bytes();
    Color::Rgb(1, high, low)
}

const fn number(color: Color) -> Option<u16> {
    match color {
        Color::Rgb(1, high, low) => Some(u16::from_be_bytes([high, low])),
        _ => None,
    }
}
