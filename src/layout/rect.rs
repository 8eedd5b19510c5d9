//! Rectangles of terminal cells, and the one way in which a length is shared out.
//!
//! All arithmetic saturates: no input, however small or large, can panic or leave the rectangle it was cut from.

/// A rectangle of terminal cells; `x` and `y` count from the top left corner of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    /// The first column.
    pub x: u16,
    /// The first row.
    pub y: u16,
    /// How many columns.
    pub width: u16,
    /// How many rows.
    pub height: u16,
}

impl Rect {
    /// Returns the rectangle of this corner and size.
    #[must_use]
    pub const fn new(x: u16, y: u16, width: u16, height: u16) -> Rect {
        Rect { x, y, width, height }
    }

    /// Returns the first column to the right of it.
    #[must_use]
    pub fn right(self) -> u16 {
        self.x.saturating_add(self.width)
    }

    /// Returns the first row below it.
    #[must_use]
    pub fn bottom(self) -> u16 {
        self.y.saturating_add(self.height)
    }

    /// Returns whether it has no cell.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Returns whether the cell is in it.
    #[must_use]
    pub fn contains(self, x: u16, y: u16) -> bool {
        (self.x..self.right()).contains(&x) && (self.y..self.bottom()).contains(&y)
    }

    /// Cuts `rows` off the top and returns them and the rest.
    #[must_use]
    pub fn split_top(self, rows: u16) -> (Rect, Rect) {
        let rows = rows.min(self.height);
        (
            Rect { height: rows, ..self },
            Rect { y: self.y.saturating_add(rows), height: self.height - rows, ..self },
        )
    }

    /// Cuts `rows` off the bottom and returns the rest and them.
    #[must_use]
    pub fn split_bottom(self, rows: u16) -> (Rect, Rect) {
        self.split_top(self.height.saturating_sub(rows))
    }

    /// Cuts `columns` off the left and returns them and the rest.
    #[must_use]
    pub fn split_left(self, columns: u16) -> (Rect, Rect) {
        let columns = columns.min(self.width);
        (
            Rect { width: columns, ..self },
            Rect { x: self.x.saturating_add(columns), width: self.width - columns, ..self },
        )
    }

    /// Cuts `columns` off the right and returns the rest and them.
    #[must_use]
    pub fn split_right(self, columns: u16) -> (Rect, Rect) {
        self.split_left(self.width.saturating_sub(columns))
    }

    /// Returns what a border of one cell leaves of it.
    #[must_use]
    pub fn inset(self) -> Rect {
        Rect {
            x: self.x.saturating_add(1.min(self.width)),
            y: self.y.saturating_add(1.min(self.height)),
            width: self.width.saturating_sub(2),
            height: self.height.saturating_sub(2),
        }
    }
}

/// Returns how many columns a text takes.
pub(super) fn text_width(text: &str) -> u16 {
    u16::try_from(unicode_width::UnicodeWidthStr::width(text)).unwrap_or(u16::MAX)
}

/// One taker of a shared length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// The least that it needs, in cells.
    pub(super) least: u16,
    /// Its share of the whole, against the others' weights.
    pub(super) weight: u32,
}

/// Shares `total` cells out by weight, nobody below their least, with no cell left over.
///
/// Borders are rounded, not lengths, so one cell more moves each border by at most one cell. If not even the least
/// can be met, the first ones are served first.
pub(super) fn share(total: u16, parts: &[Part]) -> Vec<u16> {
    let least: u32 = parts.iter().map(|p| u32::from(p.least)).sum();
    if least > u32::from(total) {
        let mut left = total;
        return parts
            .iter()
            .map(|p| {
                let given = p.least.min(left);
                left -= given;
                given
            })
            .collect();
    }
    // Whoever would get less than their least is fixed at it, until nobody would.
    let mut fixed = vec![false; parts.len()];
    let (mut rest, mut weights);
    loop {
        let open = || parts.iter().zip(&fixed).filter(|(_, fixed)| !**fixed).map(|(p, _)| p);
        let taken: u32 = least - open().map(|p| u32::from(p.least)).sum::<u32>();
        rest = u64::from(u32::from(total) - taken);
        weights = open().map(|p| u64::from(p.weight.max(1))).sum::<u64>();
        let short = parts.iter().zip(&fixed).position(|(p, fixed)| {
            !fixed && rest * u64::from(p.weight.max(1)) < u64::from(p.least) * weights
        });
        match short.and_then(|i| fixed.get_mut(i)) {
            Some(slot) => *slot = true,
            None => break,
        }
    }
    let mut sum = 0u64;
    let mut border = 0u64;
    parts
        .iter()
        .zip(&fixed)
        .map(|(part, fixed)| {
            if *fixed {
                return part.least;
            }
            sum += u64::from(part.weight.max(1));
            let next = (sum * rest * 2 + weights) / (weights * 2).max(1);
            let length = next - border;
            border = next;
            u16::try_from(length).unwrap_or(u16::MAX)
        })
        .collect()
}

/// What the tests of the layout ask of rectangles.
#[cfg(test)]
impl Rect {
    /// Returns whether `other` lies in it; an empty one lies everywhere.
    #[must_use]
    pub fn encloses(self, other: Rect) -> bool {
        other.is_empty()
            || (other.x >= self.x
                && other.y >= self.y
                && other.right() <= self.right()
                && other.bottom() <= self.bottom())
    }

    /// Returns whether the two have a cell in common.
    #[must_use]
    pub fn overlaps(self, other: Rect) -> bool {
        !self.is_empty()
            && !other.is_empty()
            && self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_rectangle_is_cut_without_losing_a_cell() {
        let whole = Rect::new(2, 3, 10, 6);
        assert_eq!(whole.split_top(2), (Rect::new(2, 3, 10, 2), Rect::new(2, 5, 10, 4)));
        assert_eq!(whole.split_bottom(2), (Rect::new(2, 3, 10, 4), Rect::new(2, 7, 10, 2)));
        assert_eq!(whole.split_left(99), (whole, Rect::new(12, 3, 0, 6)));
        assert_eq!(whole.split_right(4), (Rect::new(2, 3, 6, 6), Rect::new(8, 3, 4, 6)));
        assert_eq!(whole.inset(), Rect::new(3, 4, 8, 4));
        assert!(Rect::new(0, 0, 1, 1).inset().is_empty());
    }

    #[test]
    fn touching_rectangles_do_not_overlap() {
        let left = Rect::new(0, 0, 5, 5);
        assert!(!left.overlaps(Rect::new(5, 0, 5, 5)));
        assert!(left.overlaps(Rect::new(4, 4, 5, 5)));
        assert!(!left.overlaps(Rect::new(2, 2, 0, 5)));
        assert!(left.contains(4, 4) && !left.contains(5, 4));
    }

    proptest! {
        #[test]
        fn shares_add_up_keep_the_least_and_move_by_at_most_one_cell(
            total in 0u16..400,
            parts in proptest::collection::vec((0u16..30, 0u32..5000), 1..12),
        ) {
            let parts: Vec<Part> = parts.into_iter().map(|(least, weight)| Part { least, weight }).collect();
            let shares = share(total, &parts);
            let least: u16 = parts.iter().map(|p| p.least).sum();
            if least <= total {
                prop_assert_eq!(shares.iter().sum::<u16>(), total);
                prop_assert!(shares.iter().zip(&parts).all(|(s, p)| *s >= p.least), "{:?}", shares);
            } else {
                prop_assert_eq!(shares.iter().sum::<u16>(), total);
            }
            if parts.iter().all(|p| p.least == 0) {
                let more = share(total + 1, &parts);
                let (mut a, mut b) = (0i32, 0i32);
                for (one, other) in shares.iter().zip(&more) {
                    a += i32::from(*one);
                    b += i32::from(*other);
                    prop_assert!((0..=1).contains(&(b - a)));
                }
            }
        }
    }
}
