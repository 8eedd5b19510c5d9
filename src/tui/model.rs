//! Everything the screen knows. `update` is the only one that changes it; drawing only reads it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::{Duration, Instant};

use super::chart::Chart;
use super::copy::Copy;
use super::library::Library;
use super::overlay::Overlay;
use super::settings::Settings;
use crate::domain::{AgentId, BroadcastId, Input, Key, KeyCode, Name, Route, Scope, Target};
use crate::layout::{Arrangement, Handle, Layout, Rect, View, Weights, arrange};
use crate::protocol::{ApprovalView, BlueprintView, ClientMessage, PaneView};
use crate::terminal::Mirror;
use crate::theme::{Role, Theme};

/// How often the ages of what waits are drawn anew, while they are shown.
const AGED: Duration = Duration::from_secs(5);

/// Everything the screen knows.
#[derive(Debug)]
pub(super) struct Model {
    /// The session's name.
    pub(super) name: Name,
    /// The person's settings.
    pub(super) settings: Settings,
    /// The themes and layouts there are.
    pub(super) library: Library,
    /// How everything looks.
    pub(super) theme: Theme,
    /// How the chart is laid out, with what the person dragged and folded.
    pub(super) layout: Layout,
    /// The name by which the library knows the layout.
    pub(super) layout_name: String,
    /// The layouts that were shown before, as the person left them.
    pub(super) arranged: BTreeMap<String, Layout>,
    /// The outer terminal's own text and background colours, `#rrggbb`, where it told them.
    pub(super) outer_colors: (Option<String>, Option<String>),
    /// The session.
    pub(super) chart: Chart,
    /// What agents ask, the longest first, and since when.
    pub(super) approvals: Vec<(ApprovalView, Instant)>,
    /// When the last thing happened.
    pub(super) now: Instant,
    /// What the agents in view show.
    pub(super) grids: BTreeMap<AgentId, Mirror>,
    /// The window.
    pub(super) area: Rect,
    /// Where everything is.
    pub(super) arrangement: Arrangement,
    /// The focused agent.
    pub(super) focus: Option<AgentId>,
    /// The one that was focused before.
    pub(super) focus_before: Option<AgentId>,
    /// Whether the focused agent fills the window.
    pub(super) zoom: bool,
    /// Agents whose panes stay live before others.
    pub(super) pinned: Vec<AgentId>,
    /// Where keys go.
    pub(super) routing: Routing,
    /// The keys of a sequence that is not complete.
    pub(super) pending: Vec<Key>,
    /// When the box of what can follow is shown.
    pub(super) which_key_at: Option<Instant>,
    /// Keys that were passed on and not yet released.
    pub(super) down: HashSet<KeyCode>,
    /// What lies over the chart, the topmost last.
    pub(super) overlays: Vec<Box<dyn Overlay>>,
    /// Copy mode, if a pane is in it.
    pub(super) copy: Option<Copy>,
    /// What the mouse is doing.
    pub(super) mouse: MouseState,
    /// Something said for a while.
    pub(super) notice: Option<Notice>,
    /// Agents on which a message just passed, and until when that is shown.
    pub(super) pulses: Vec<(AgentId, Instant)>,
    /// Why there is no connection, while there is none.
    pub(super) lost: Option<String>,
    /// What was asked of the session and is not answered.
    pub(super) asked: BTreeMap<u64, Asked>,
    /// The last question's number.
    pub(super) last_ask: u64,
    /// A broadcast that the person has not yet agreed to.
    pub(super) offered: Option<Offered>,
    /// An agent that was just made, and is focused when it stands in the chart.
    pub(super) expected: Option<AgentId>,
    /// The blueprints that agents can be made from, once they are known.
    pub(super) blueprints: Option<Vec<BlueprintView>>,
    /// The panes that the daemon was told of.
    pub(super) told: Option<ClientMessage>,
    /// The agent that the daemon was told was looked at.
    pub(super) looked_at: Option<AgentId>,
    /// Whether the window has the person's attention.
    pub(super) attended: bool,
    /// What was copied last.
    pub(super) copied: Option<String>,
    /// Whether the chart has come.
    pub(super) ready: bool,
    /// What is to be drawn anew.
    pub(super) dirty: Dirty,
}

/// Where keys go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Routing {
    /// To the focused agent.
    #[default]
    Direct,
    /// To the executive.
    Executive,
    /// To the confirmed targets of a broadcast.
    Broadcast(Offered),
}

/// A broadcast whose targets are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offered {
    /// Its number.
    pub(super) id: BroadcastId,
    /// Whom it is for.
    pub(super) scope: Scope,
    /// Its targets when they were named.
    pub(super) targets: Vec<Target>,
    /// Whether those with a dialog open get keys too.
    pub(super) include_dialogs: bool,
}

/// What the mouse is doing.
#[derive(Clone, Debug, Default)]
pub(super) struct MouseState {
    /// The border being dragged, and the weights when it was grabbed.
    pub(super) border: Option<(Handle, Weights)>,
    /// The agent whose program gets the events of the button that is down.
    pub(super) grabbed: Option<AgentId>,
    /// Where and when a button went down last, and how many times in a row.
    pub(super) click: Option<Click>,
}

/// A press of a button.
#[derive(Clone, Copy, Debug)]
pub(super) struct Click {
    /// The cell.
    pub(super) at: (u16, u16),
    /// When.
    pub(super) pressed_at: Instant,
    /// How many times in a row.
    pub(super) count: u8,
}

/// Something said for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    /// What.
    pub(super) text: String,
    /// Whether something went wrong.
    pub(super) bad: bool,
    /// Until when it is shown.
    pub(super) until: Instant,
}

/// Something that was asked of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Something; this is said once it is done.
    Something(String),
    /// A new agent; this is said once it is there.
    NewAgent(String),
    /// The targets of a broadcast.
    Broadcast {
        /// Whom it is for.
        scope: Scope,
        /// Whether those with a dialog open get keys too.
        include_dialogs: bool,
    },
    /// What a broadcast's targets got.
    Report,
    /// Something of which nobody hears.
    Quiet,
}

/// What is to be drawn anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dirty {
    /// Everything.
    pub(super) all: bool,
    /// These rows of these agents' terminals.
    pub(super) rows: BTreeMap<AgentId, BTreeSet<u16>>,
}

impl Dirty {
    /// Returns whether nothing is.
    pub(super) fn is_clean(&self) -> bool {
        !self.all && self.rows.is_empty()
    }
}

impl Model {
    /// Returns the screen of a session of which nothing is known yet, in a window of this size.
    pub(super) fn new(
        name: Name,
        settings: Settings,
        library: Library,
        (theme, layout): (Theme, Layout),
        area: Rect,
    ) -> Model {
        Model {
            name,
            settings,
            library,
            theme,
            layout_name: layout.name.to_string(),
            layout,
            arranged: BTreeMap::new(),
            outer_colors: (None, None),
            chart: Chart::default(),
            approvals: Vec::new(),
            now: Instant::now(),
            grids: BTreeMap::new(),
            area,
            arrangement: Arrangement::default(),
            focus: None,
            focus_before: None,
            zoom: false,
            pinned: Vec::new(),
            routing: Routing::Direct,
            pending: Vec::new(),
            which_key_at: None,
            down: HashSet::new(),
            overlays: Vec::new(),
            copy: None,
            mouse: MouseState::default(),
            notice: None,
            pulses: Vec::new(),
            lost: None,
            asked: BTreeMap::new(),
            last_ask: 0,
            offered: None,
            expected: None,
            blueprints: None,
            told: None,
            looked_at: None,
            attended: true,
            copied: None,
            ready: false,
            dirty: Dirty { all: true, rows: BTreeMap::new() },
        }
    }

    /// Lays the chart out anew.
    pub(super) fn arrange(&mut self) {
        let urgent = self.chart.urgent();
        let view = View { focus: self.focus, zoom: self.zoom, pinned: &self.pinned, urgent: &urgent };
        self.arrangement = arrange(&self.layout, &self.chart.org, self.area, &view);
    }

    /// Returns what the daemon is to know of what is in view.
    pub(super) fn in_view(&self) -> ClientMessage {
        let (mut panes, mut cards) = (Vec::new(), Vec::new());
        for slot in &self.arrangement.slots {
            match slot.inner() {
                Some(inner) => {
                    panes.push(PaneView { agent: slot.agent, rows: inner.height, cols: inner.width });
                }
                None => cards.push(slot.agent),
            }
        }
        cards.retain(|card| !panes.iter().any(|pane| pane.agent == *card));
        ClientMessage::View { panes, cards }
    }

    /// Returns the route that the next key takes, if it has one.
    pub(super) fn route(&self) -> Option<Route> {
        match &self.routing {
            Routing::Direct => self.focus.map(|focus| Route::Direct(focus.into())),
            Routing::Executive => self.chart.executive().map(|_| Route::Executive),
            Routing::Broadcast(open) => Some(Route::Broadcast(open.id)),
        }
    }

    /// Returns every agent that the next key reaches.
    pub(super) fn receivers(&self) -> Vec<AgentId> {
        let addressed: Vec<AgentId> = match &self.routing {
            Routing::Direct => self.focus.into_iter().collect(),
            Routing::Executive => self.chart.executive().into_iter().collect(),
            Routing::Broadcast(open) => open.targets.iter().map(|target| target.agent).collect(),
        };
        addressed.into_iter().filter(|agent| self.receives(*agent)).collect()
    }

    /// Returns whether the next key reaches an agent.
    pub(super) fn receives(&self, agent: AgentId) -> bool {
        match &self.routing {
            Routing::Direct => self.focus == Some(agent),
            Routing::Executive => self.chart.executive() == Some(agent),
            Routing::Broadcast(open) => {
                open.targets.iter().any(|target| target.agent == agent)
                    && self.chart.passed_over(agent, open.include_dialogs).is_none()
            }
        }
    }

    /// Returns the agent whose terminal the person's cursor stands in.
    pub(super) fn cursor_in(&self) -> Option<AgentId> {
        match self.routing {
            Routing::Direct | Routing::Broadcast(_) => self.focus,
            Routing::Executive => self.chart.executive(),
        }
    }

    /// Returns the colours of text and behind it, as programs that ask are told; none if they are not known.
    pub(super) fn colors(&self) -> Option<(String, String)> {
        let rgb = |color: crate::theme::Color| color.rgb().map(|(r, g, b)| format!("#{r:02x}{g:02x}{b:02x}"));
        let text = rgb(self.theme.paint(Role::Text).fg).or_else(|| self.outer_colors.0.clone());
        let behind = rgb(self.theme.background).or_else(|| self.outer_colors.1.clone());
        Some((text?, behind?))
    }

    /// Returns the next moment at which something changes by itself.
    pub(super) fn due(&self) -> Option<Instant> {
        let notice = self.notice.as_ref().map(|notice| notice.until);
        let pulse = self.pulses.iter().map(|(_, until)| *until).min();
        // Ages are shown in minutes, and grow by themselves.
        let aged = (!self.overlays.is_empty() && !self.approvals.is_empty()).then(|| self.now + AGED);
        [notice, pulse, self.which_key_at, aged].into_iter().flatten().min()
    }

    /// Returns whether an input can be passed on as it is.
    pub(super) fn press(&self, input: Input) -> Option<ClientMessage> {
        Some(ClientMessage::Press { route: self.route()?, input })
    }
}
