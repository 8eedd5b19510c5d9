//! The mouse: a click focuses, the wheel scrolls, a drag selects or moves a border; a program that asked for the mouse
//! gets it in the focused pane, unless shift is held.

use std::time::Duration;

use super::Turn;
use crate::domain::{AgentId, Button, Gesture, Input, Mods, Mouse, Route, clean};
use crate::layout::{Hit, Rect};
use crate::protocol::ClientMessage;
use crate::terminal::{Modes, MouseTracking};
use crate::tui::model::{Click, Routing};
use crate::tui::msg::Cmd;
use crate::tui::view::{offset, overlay_area};

/// Presses this soon after each other are one double click.
const DOUBLE_WITHIN: Duration = Duration::from_millis(400);

/// How much of a link's address is shown, in characters.
const LONGEST_LINK: usize = 200;

/// Lines of one turn of the wheel.
const WHEEL_LINES: i32 = 3;

impl Turn<'_> {
    pub(super) fn mouse(&mut self, mouse: Mouse) {
        if !self.model.overlays.is_empty() {
            return self.mouse_over(mouse);
        }
        match mouse.gesture {
            Gesture::Down(button) => self.mouse_down(mouse, button),
            Gesture::Drag(button) => self.mouse_dragged(mouse, button),
            Gesture::Up(_) => self.mouse_up(mouse),
            Gesture::Move => self.mouse_moved(mouse),
            Gesture::WheelUp => self.wheel(mouse, -WHEEL_LINES),
            Gesture::WheelDown => self.wheel(mouse, WHEEL_LINES),
            Gesture::WheelLeft | Gesture::WheelRight => {
                if let Some(agent) = self.listener(mouse) {
                    self.hand_over(agent, mouse);
                }
            }
        }
    }

    fn mouse_over(&mut self, mouse: Mouse) {
        let Some(top) = self.model.overlays.last() else { return };
        let inner = overlay_area(top.as_ref(), self.model).1;
        let at = (mouse.column, mouse.row);
        match mouse.gesture {
            Gesture::Down(_) if inner.contains(ratatui::layout::Position::new(at.0, at.1)) => {
                let place = (at.0 - inner.x, at.1 - inner.y);
                self.over(|overlay, model| overlay.click(place, (inner.width, inner.height), model));
            }
            Gesture::WheelUp => drop(self.over(|overlay, model| overlay.wheel(-WHEEL_LINES, model))),
            Gesture::WheelDown => drop(self.over(|overlay, model| overlay.wheel(WHEEL_LINES, model))),
            _ => {}
        }
    }

    fn mouse_down(&mut self, mouse: Mouse, button: Button) {
        let at = (mouse.column, mouse.row);
        let again = self.model.mouse.click.filter(|click| {
            click.at == at && self.now.saturating_duration_since(click.pressed_at) < DOUBLE_WITHIN
        });
        let count = again.map_or(1, |click| click.count % 3 + 1);
        self.model.mouse.click = Some(Click { at, pressed_at: self.now, count });
        if let Some(agent) = self.listener(mouse) {
            self.model.mouse.grabbed = Some(agent);
            return self.hand_over(agent, mouse);
        }
        if button != Button::Left {
            return;
        }
        if let Some(handle) = self.model.arrangement.handle_at(at.0, at.1) {
            self.model.mouse.border = Some((handle.clone(), self.model.layout.weights.clone()));
        }
        match self.model.arrangement.hit(at.0, at.1) {
            Hit::Screen { agent, x, y } => {
                self.say_link(agent, x, y);
                self.focus(agent);
                if count > 1 && self.copy_of(agent) {
                    self.select(|copy| copy.press(x, y, count));
                } else if let Some(copy) = self.model.copy.as_mut().filter(|copy| copy.agent() == agent) {
                    let reply = copy.press(x, y, 1);
                    self.copied(reply);
                }
            }
            Hit::Agent(agent) => self.focus(agent),
            Hit::Team(team) if count == 2 => self.fold(Some(team)),
            Hit::Team(team) => {
                let lead = self.model.chart.team(team).and_then(|team| team.lead);
                let first = || self.model.chart.org.members(Some(team)).first().map(|agent| agent.id);
                if let Some(agent) = lead.or_else(first) {
                    self.focus(agent);
                }
            }
            Hit::Status | Hit::Nothing => {}
        }
    }

    /// Says where a link leads that was clicked: what an agent writes on it may say something else.
    fn say_link(&mut self, agent: AgentId, x: u16, y: u16) {
        let (Some(grid), Some(inner)) = (self.model.grids.get(&agent), self.inner(agent)) else { return };
        let (rows, cols) = offset(grid, inner);
        let Some(line) = grid.lines().get(usize::from(y + rows)) else { return };
        let mut column = 0;
        let cell = line.cells().find(|cell| {
            column += u16::from(cell.width);
            column > x + cols
        });
        if let Some(address) = cell.and_then(|cell| cell.style.link) {
            let text = format!("this link leads to {}", clean(address, LONGEST_LINK));
            self.say(text);
        }
    }

    fn mouse_dragged(&mut self, mouse: Mouse, button: Button) {
        if let Some(agent) = self.model.mouse.grabbed {
            return self.hand_over(agent, mouse);
        }
        if button != Button::Left {
            return;
        }
        if let Some((handle, weights)) = self.model.mouse.border.clone() {
            let to = match handle.axis {
                crate::layout::Axis::Width => mouse.column,
                crate::layout::Axis::Height => mouse.row,
            };
            self.model.layout.weights = weights;
            handle.drag(&mut self.model.layout.weights, to);
            self.rearrange = true;
            return;
        }
        self.drag_selection(mouse);
    }

    fn drag_selection(&mut self, mouse: Mouse) {
        let Some(start) = self.model.mouse.click.map(|click| click.at) else { return };
        let Hit::Screen { agent, x, y } = self.model.arrangement.hit(start.0, start.1) else { return };
        let Some(inner) = self.inner(agent) else { return };
        let selects = self.model.copy.as_ref().is_some_and(|copy| copy.agent() == agent && copy.selecting());
        if !selects {
            if start == (mouse.column, mouse.row) || !self.copy_of(agent) {
                return;
            }
            self.select(|copy| copy.press(x, y, 1));
        }
        if let Some(copy) = &mut self.model.copy {
            let relative = |at: u16, origin: u16| i32::from(at) - i32::from(origin);
            copy.drag(relative(mouse.column, inner.x), relative(mouse.row, inner.y));
            self.redraw();
        }
    }

    fn select(&mut self, press: impl FnOnce(&mut crate::tui::copy::Copy) -> crate::tui::copy::CopyReply) {
        if let Some(copy) = &mut self.model.copy {
            let reply = press(copy);
            self.copied(reply);
        }
    }

    fn mouse_up(&mut self, mouse: Mouse) {
        if let Some(agent) = self.model.mouse.grabbed.take() {
            return self.hand_over(agent, mouse);
        }
        if self.model.mouse.border.take().is_some() {
            return;
        }
        if let Some(copy) = self.model.copy.as_mut().filter(|copy| copy.selecting()) {
            let reply = copy.release();
            self.copied(reply);
        }
    }

    fn mouse_moved(&mut self, mouse: Mouse) {
        if let Some(agent) = self.listener(mouse)
            && self.modes(agent).mouse == MouseTracking::Motion
        {
            self.hand_over(agent, mouse);
        }
    }

    fn wheel(&mut self, mouse: Mouse, lines: i32) {
        let Hit::Screen { agent, .. } = self.model.arrangement.hit(mouse.column, mouse.row) else { return };
        if let Some(copy) = self.model.copy.as_mut().filter(|copy| copy.agent() == agent) {
            let reply = copy.wheel(lines);
            return self.copied(reply);
        }
        let modes = self.modes(agent);
        let wants = modes.mouse != MouseTracking::Off || (modes.alternate_screen && modes.alternate_scroll);
        if wants && !mouse.mods.has(Mods::SHIFT) {
            return self.hand_over(agent, mouse);
        }
        if lines < 0 {
            self.focus(agent);
            self.begin_copy(lines);
        }
    }

    /// Returns the agent whose program gets what the mouse does here: the focused one's, if it asked for the mouse.
    fn listener(&self, mouse: Mouse) -> Option<AgentId> {
        let Hit::Screen { agent, .. } = self.model.arrangement.hit(mouse.column, mouse.row) else {
            return None;
        };
        let direct = self.model.routing == Routing::Direct && self.model.focus == Some(agent);
        let free = self.model.copy.as_ref().is_none_or(|copy| copy.agent() != agent);
        let wants = self.modes(agent).mouse != MouseTracking::Off && !mouse.mods.has(Mods::SHIFT);
        (direct && free && wants).then_some(agent)
    }

    /// Gives an agent's program what the mouse did, at its own place.
    fn hand_over(&mut self, agent: AgentId, mouse: Mouse) {
        let Some(inner) = self.inner(agent).filter(|_| self.model.lost.is_none()) else { return };
        let within =
            |at: u16, origin: u16, length: u16| at.saturating_sub(origin).min(length.saturating_sub(1));
        // A terminal of another window's size may be cropped here.
        let (rows, cols) = self.model.grids.get(&agent).map(|grid| offset(grid, inner)).unwrap_or_default();
        let mouse = Mouse {
            column: within(mouse.column, inner.x, inner.width) + cols,
            row: within(mouse.row, inner.y, inner.height) + rows,
            ..mouse
        };
        let route = Route::Direct(agent.into());
        self.cmds.push(Cmd::Say(ClientMessage::Press { route, input: Input::Mouse(mouse) }));
    }

    fn inner(&self, agent: AgentId) -> Option<Rect> {
        self.model.arrangement.pane(agent).and_then(crate::layout::Slot::inner)
    }

    fn modes(&self, agent: AgentId) -> Modes {
        self.model.grids.get(&agent).map(crate::terminal::Mirror::modes).unwrap_or_default()
    }
}
