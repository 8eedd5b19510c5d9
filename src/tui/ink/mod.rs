//! From a theme's paints and a terminal's cells to ratatui's: the one place where colours become what is drawn.
//!
//! Whatever else is drawn takes its looks from an [`Ink`] by role; nothing beside it knows a colour.

mod extra;
mod line;

use ratatui::style::{Color, Modifier, Style};

use crate::domain::{AgentState, TeamColor};
use crate::theme::{self, Paint, Role, Theme};

pub(super) use extra::{Extra, extra};
pub(super) use line::put_line;

/// A theme as it is painted with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ink<'a>(pub(super) &'a Theme);

impl Ink<'_> {
    /// Returns how a role looks.
    pub(super) fn role(self, role: Role) -> Style {
        self.style(self.0.paint(role))
    }

    /// Returns how a state looks.
    pub(super) fn state(self, state: AgentState) -> Style {
        self.style(self.0.state(state))
    }

    /// Returns how a team's title and tree look.
    pub(super) fn team(self, color: TeamColor) -> Style {
        self.style(self.0.team(color))
    }

    /// Returns a paint, on the theme's background where it names no other.
    fn style(self, paint: Paint) -> Style {
        let bg = if paint.bg == theme::Color::Default { self.0.background } else { paint.bg };
        let mut style = Style::reset().fg(color(paint.fg)).bg(color(bg));
        let words = [
            (paint.bold, Modifier::BOLD),
            (paint.dim, Modifier::DIM),
            (paint.italic, Modifier::ITALIC),
            (paint.underline, Modifier::UNDERLINED),
            (paint.reverse, Modifier::REVERSED),
        ];
        for (_, modifier) in words.into_iter().filter(|(on, _)| *on) {
            style = style.add_modifier(modifier);
        }
        style
    }
}

/// Returns a theme's colour as ratatui's.
pub(super) fn color(color: theme::Color) -> Color {
    match color {
        theme::Color::Default => Color::Reset,
        theme::Color::Indexed(index) => Color::Indexed(index),
        theme::Color::Rgb(r, g, b) => Color::Rgb(r, g, b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dark() -> Theme {
        let (name, text) = theme::BUILTIN[0];
        Theme::parse(name, text, &|_| None).unwrap()
    }

    #[test]
    fn a_paint_without_a_background_has_the_themes() {
        let theme = dark();
        assert_eq!(Ink(&theme).role(Role::Text).bg, Some(Color::Rgb(0x14, 0x17, 0x1c)));
        let bar = Ink(&theme).role(Role::Bar);
        assert_eq!(bar.bg, Some(Color::Rgb(0x2b, 0x31, 0x3b)));
        assert!(Ink(&theme).role(Role::StateWaiting).add_modifier.contains(Modifier::BOLD));
    }
}
