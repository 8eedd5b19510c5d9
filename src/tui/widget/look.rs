//! How things look within a box: every role, on the background of the box where its own paint names none.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use super::super::ink::Ink;
use crate::domain::{AgentState, TeamColor};
use crate::theme::{Color, Role, Theme};

/// A theme as it is painted with within a box.
#[derive(Clone, Copy, Debug)]
pub(in crate::tui) struct Look<'a> {
    theme: &'a Theme,
    ground: Role,
}

impl<'a> Look<'a> {
    /// Returns how things look within an overlay.
    pub(in crate::tui) fn over(theme: &'a Theme) -> Look<'a> {
        Look { theme, ground: Role::Overlay }
    }

    /// Returns how things look where nothing lies below.
    pub(in crate::tui) fn plain(theme: &'a Theme) -> Look<'a> {
        Look { theme, ground: Role::Text }
    }

    /// Returns how plain text looks.
    pub(in crate::tui) fn text(self) -> Style {
        Ink(self.theme).role(self.ground)
    }

    /// Returns how a role looks.
    pub(in crate::tui) fn role(self, role: Role) -> Style {
        self.grounded(Ink(self.theme).role(role), self.theme.paint(role).bg)
    }

    /// Returns how a state looks.
    pub(in crate::tui) fn state(self, state: AgentState) -> Style {
        self.grounded(Ink(self.theme).state(state), self.theme.state(state).bg)
    }

    /// Returns how a team looks.
    pub(in crate::tui) fn team(self, color: TeamColor) -> Style {
        self.grounded(Ink(self.theme).team(color), self.theme.team(color).bg)
    }

    /// Returns how something looks on the chosen line.
    pub(in crate::tui) fn chosen(self, style: Style) -> Style {
        let line = self.role(Role::OverlaySelected);
        let line = line.add_modifier(style.add_modifier);
        if style.fg == self.text().fg { line } else { Style { fg: style.fg, ..line } }
    }

    /// Paints an area's background, and empties it.
    pub(in crate::tui) fn clear(self, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        for position in area.positions() {
            if let Some(cell) = buffer.cell_mut(position) {
                cell.reset();
            }
        }
        buffer.set_style(area, self.text());
    }

    /// Returns text as it is.
    pub(in crate::tui) fn said(self, text: impl Into<String>) -> Span<'static> {
        Span::styled(text.into(), self.text())
    }

    /// Returns text painted in a role.
    pub(in crate::tui) fn in_role(self, role: Role, text: impl Into<String>) -> Span<'static> {
        Span::styled(text.into(), self.role(role))
    }

    /// Returns a state's glyph.
    pub(in crate::tui) fn glyph(self, state: AgentState) -> Span<'static> {
        Span::styled(state.glyph().to_string(), self.state(state))
    }

    fn grounded(self, style: Style, own: Color) -> Style {
        // A theme fills in its background where a paint names none.
        let unnamed = own == Color::Default || own == self.theme.background;
        match self.text().bg.filter(|_| unnamed) {
            Some(ground) => style.bg(ground),
            None => style,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::BUILTIN;

    #[test]
    fn what_names_no_background_stands_on_that_of_the_box() {
        let (name, text) = BUILTIN[0];
        let theme = Theme::parse(name, text, &|_| None).unwrap();
        let look = Look::over(&theme);
        assert_eq!(look.role(Role::Muted).bg, look.text().bg);
        assert_ne!(Ink(&theme).role(Role::Muted).bg, look.text().bg);
        assert_eq!(look.chosen(look.role(Role::Muted)).bg, look.role(Role::OverlaySelected).bg);
        assert_eq!(look.chosen(look.role(Role::Muted)).fg, look.role(Role::Muted).fg);
    }
}
