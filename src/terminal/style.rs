//! How a cell looks: colours, attributes, underline and link.
//!
//! Colours are what the program asked for, not what a person sees: an indexed colour belongs to whoever draws it.

/// A colour as a program names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Color {
    /// Whatever the terminal uses when nothing is said.
    #[default]
    Default,
    /// One of the 256 colours of the palette.
    Indexed(u8),
    /// Red, green and blue.
    Rgb(u8, u8, u8),
}

/// How a cell is underlined (SGR 4 and 4:0 to 4:5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Underline {
    /// Not at all.
    #[default]
    None,
    /// One line.
    Single,
    /// Two lines.
    Double,
    /// A wave.
    Curly,
    /// Dots.
    Dotted,
    /// Dashes.
    Dashed,
}

impl Underline {
    /// Returns the underline that SGR `4:number` names.
    #[must_use]
    pub const fn from_number(number: u16) -> Option<Underline> {
        Some(match number {
            0 => Underline::None,
            1 => Underline::Single,
            2 => Underline::Double,
            3 => Underline::Curly,
            4 => Underline::Dotted,
            5 => Underline::Dashed,
            _ => return None,
        })
    }
}

/// A set of attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attrs(u8);

impl Attrs {
    /// No attribute.
    pub const NONE: Attrs = Attrs(0);
    /// Bold.
    pub const BOLD: Attrs = Attrs(1);
    /// Dim, also called faint.
    pub const DIM: Attrs = Attrs(2);
    /// Italic.
    pub const ITALIC: Attrs = Attrs(4);
    /// Blinking.
    pub const BLINK: Attrs = Attrs(8);
    /// Foreground and background exchanged.
    pub const INVERSE: Attrs = Attrs(16);
    /// Not to be read: a password, say.
    pub const CONCEAL: Attrs = Attrs(32);
    /// Struck through.
    pub const STRIKE: Attrs = Attrs(64);
    /// A line above.
    pub const OVERLINE: Attrs = Attrs(128);

    /// Returns the set that `bits` stands for; every byte is one.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Attrs {
        Attrs(bits)
    }

    /// Returns the set as a byte.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Returns whether all of `other` are in this set.
    #[must_use]
    pub const fn has(self, other: Attrs) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns whether any of `other` is in this set.
    #[must_use]
    pub const fn any(self, other: Attrs) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns this set and `other` together.
    #[must_use]
    pub const fn with(self, other: Attrs) -> Attrs {
        Attrs(self.0 | other.0)
    }

    /// Returns this set without `other`.
    #[must_use]
    pub const fn without(self, other: Attrs) -> Attrs {
        Attrs(self.0 & !other.0)
    }
}

/// How a cell looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Style<'a> {
    /// The colour of the text.
    pub fg: Color,
    /// The colour behind it.
    pub bg: Color,
    /// Bold, italic and the like.
    pub attrs: Attrs,
    /// The line below.
    pub underline: Underline,
    /// The colour of that line; [`Color::Default`] is the text's own.
    pub underline_color: Color,
    /// The address the cell links to (OSC 8).
    pub link: Option<&'a str>,
}

impl Style<'_> {
    /// Returns this style without its link.
    #[must_use]
    pub fn owned(self) -> Style<'static> {
        let Style { fg, bg, attrs, underline, underline_color, link: _ } = self;
        Style { fg, bg, attrs, underline, underline_color, link: None }
    }

    /// Returns how a cell without contents looks when erased by this pen: its background, and nothing else.
    #[must_use]
    pub fn erased(self) -> Style<'static> {
        Style { bg: self.bg, ..Style::default() }
    }
}
