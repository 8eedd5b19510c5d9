//! Everything there is to do, in one table: what it is called in a settings file, what it says in the palette and in
//! help, and which keys do it where nobody chose others. Keymap, help, palette, which-key box and the manual's table
//! are made from it.

/// What an action is about; the order is that of help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::tui) enum Group {
    /// Where keys go.
    Keys,
    /// From one agent to another.
    Moving,
    /// How the chart looks.
    View,
    /// What a pane shows.
    Pane,
    /// Agents.
    Agent,
    /// Teams.
    Team,
    /// The program itself.
    Program,
}

impl Group {
    /// All of them, in order.
    pub(in crate::tui) const ALL: [Group; 7] =
        [Group::Keys, Group::Moving, Group::View, Group::Pane, Group::Agent, Group::Team, Group::Program];

    /// Returns its heading.
    pub(in crate::tui) fn title(self) -> &'static str {
        match self {
            Group::Keys => "Where keys go",
            Group::Moving => "Moving about",
            Group::View => "The chart",
            Group::Pane => "Looking back",
            Group::Agent => "Agents",
            Group::Team => "Teams",
            Group::Program => "The program",
        }
    }
}

macro_rules! actions {
    ($($group:ident { $($action:ident $name:literal [$($key:literal)*] $title:literal;)* })*) => {
        /// Something a person can do with a key or from the palette.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(in crate::tui) enum Action {
            $($(#[doc = $title] $action,)*)*
        }

        impl Action {
            /// All of them, in the order of help.
            pub(in crate::tui) const ALL: &'static [Action] = &[$($(Action::$action,)*)*];

            /// Returns what it is called in a settings file.
            pub(in crate::tui) fn name(self) -> &'static str {
                match self { $($(Action::$action => $name,)*)* }
            }

            /// Returns what it does, in a few words.
            pub(in crate::tui) fn title(self) -> &'static str {
                match self { $($(Action::$action => $title,)*)* }
            }

            /// Returns what it is about.
            pub(in crate::tui) fn group(self) -> Group {
                match self { $($(Action::$action => Group::$group,)*)* }
            }

            /// Returns the keys that do it where nobody chose others; `leader` stands for the leader key.
            pub(in crate::tui) fn keys(self) -> &'static [&'static str] {
                match self { $($(Action::$action => &[$($key),*],)*)* }
            }
        }
    };
}

actions! {
    Keys {
        Direct "direct" ["leader d"] "keys go to the focused agent";
        Executive "executive" ["leader e"] "keys go to the executive";
        BroadcastTeam "broadcast-team" ["leader b"] "keys go to this agent's team";
        BroadcastAll "broadcast-all" ["leader B"] "keys go to every agent";
        BroadcastTo "broadcast-to" ["leader ctrl-b"] "keys go to a team that you pick";
        SendLeader "send-leader" ["leader leader"] "send the leader key itself";
        Message "message" ["leader s"] "send a message when it is ready";
        Held "held" ["leader H"] "messages that wait";
        Attention "attention" ["leader a"] "what waits for you, to be answered";
    }
    Moving {
        FocusLeft "focus-left" ["leader h" "leader left" "alt-shift-left"] "to the agent on the left";
        FocusDown "focus-down" ["leader j" "leader down" "alt-shift-down"] "to the agent below";
        FocusUp "focus-up" ["leader k" "leader up" "alt-shift-up"] "to the agent above";
        FocusRight "focus-right" ["leader l" "leader right" "alt-shift-right"] "to the agent on the right";
        FocusLeader "focus-leader" ["leader u" "alt-shift-pageup"] "up the tree, to its lead";
        FocusLed "focus-led" ["leader i" "alt-shift-pagedown"] "down the tree, to who it leads";
        FocusNext "focus-next" ["leader tab"] "to the next in the tree";
        FocusPrevious "focus-previous" ["leader shift-tab"] "to the one before in the tree";
        FocusNextSibling "focus-next-sibling" ["leader )"] "to the next under its lead";
        FocusPreviousSibling "focus-previous-sibling" ["leader ("] "to the one before under its lead";
        FocusExecutive "focus-executive" ["leader 0" "leader home"] "to the executive";
        FocusLast "focus-last" ["leader ;"] "to the agent focused before";
        FocusUrgent "focus-urgent" ["leader n"] "to the next that needs you";
        FocusFinished "focus-finished" ["leader m"] "to the next finished, not yet seen";
        Find "find" ["leader g"] "find an agent by name";
    }
    View {
        Zoom "zoom" ["leader z"] "the agent fills the window, or not";
        NextLayout "next-layout" ["leader space"] "the next layout";
        PickLayout "layout" ["leader y"] "pick a layout";
        PickTheme "theme" ["leader t"] "pick a theme";
        SaveLayout "save-layout" ["leader S"] "save this arrangement";
        ResetLayout "reset-layout" ["leader ="] "put borders, folds and pins back";
        Pin "pin" ["leader P"] "keep its pane live, or not";
        Fold "fold" ["leader f"] "fold its team, or unfold it";
    }
    Pane {
        Copy "copy" ["leader [" "leader pageup"] "scroll back and copy";
        Search "search" ["leader /"] "search what it printed";
        Paste "paste" ["leader ]"] "paste what was copied last";
    }
    Agent {
        NewAgent "new-agent" ["leader c"] "a new agent";
        Rename "rename" ["leader ,"] "rename the agent";
        Move "move" ["leader M"] "move it to another team";
        Promote "promote" ["leader ^"] "make it lead its team";
        Restart "restart" ["leader r"] "restart the agent";
        StartStop "start-stop" ["leader o"] "stop the agent, or start it";
        Kill "kill" ["leader x"] "kill the agent's processes";
        Delete "delete" ["leader X"] "delete the agent, history and all";
        Interrupt "interrupt" ["leader I"] "interrupt what it does";
        Resume "resume" ["leader R"] "start it in the conversation it was in";
        ResumeAll "resume-all" ["leader ctrl-r"] "bring back who ended unseen";
        NewConversation "new-conversation" ["leader N"] "start it in a new conversation";
        Clear "clear" ["leader ctrl-k"] "have it forget its conversation";
        Explain "explain" ["leader w"] "why it is in its state";
    }
    Team {
        NewTeam "new-team" ["leader C"] "a new team";
        RenameTeam "rename-team" ["leader ."] "rename the team";
        RecolorTeam "recolor-team" ["leader #"] "give the team another colour";
        MoveTeam "move-team" ["leader T"] "move the team into another";
        Disband "disband" ["leader D"] "disband the team";
    }
    Program {
        Palette "palette" ["leader p" "leader :"] "everything there is to do";
        Help "help" ["leader ?"] "every key and what it does";
        Redraw "redraw" ["leader ctrl-l"] "draw the screen anew";
        Leave "leave" ["leader q" "leader ctrl-d"] "close this window, agents go on";
    }
}

impl Action {
    /// Returns the action of this name in a settings file.
    pub(in crate::tui) fn named(name: &str) -> Option<Action> {
        Action::ALL.iter().copied().find(|action| action.name() == name)
    }
}
