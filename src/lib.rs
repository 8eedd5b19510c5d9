//! agentctl: a team of AI coding agents as a living org chart of real terminals.
//!
//! This page is the map of the house. One binary is every process of it:
//!
//! ```text
//!   agentctl            (TUI)  ─┐
//!   agentctl status …   (CLI)  ─┤  one API: HTTP + WebSocket      ┌ holder ─ PTY ─ claude
//!   curl --unix-socket …        ─┼─ on a Unix socket ──▶ daemon ──┼ holder ─ PTY ─ codex
//!                                                        │        └ holder ─ PTY ─ bash
//!                                                     SQLite
//! ```
//!
//! * The **daemon** (one a user) decides, emulates screens, stores and serves. It may die at any moment.
//! * A **holder** (one an agent) opens the PTY, keeps the output with sequence numbers, and outlives the daemon.
//! * The **TUI** and the command line are clients of the one API; they have no power that `curl` has not.
//!
//! # Rooms
//!
//! A room may import only the rooms in its row; `tests/architecture.rs` reads this table and holds it.
//!
//! ```text
//! PURE   domain      -                                  what exists: ids, agents, teams, messages, keys
//!        manifest    domain                             a TOML text a person wrote, or what is wrong with it
//!        layout      domain manifest                    rectangles from the org chart
//!        theme       domain manifest                    colours by role
//!        terminal    domain                             the only user of vt100: screens, key encoding, replies
//!        adapter     domain manifest terminal           reads an agent's state from evidence; rules are data
//!        headless    domain                             reads what a program writes that runs one prompt without a screen
//!        price       domain manifest                    what tokens cost, and who has spent how much
//!        kernel      domain price                       commands, events, state and rules, one folder a part; decides
//!        blueprint   domain manifest adapter kernel     the session file and blueprints; a plan is ordinary commands
//!        protocol    domain kernel                      what goes over the socket, and its version
//! EDGE   config      domain manifest                    a person's settings, and where files are kept
//!        store       domain                             what is kept of a session, behind one trait: SQLite with group commit
//!        disk        -                                  files that are there whole or not at all
//!        process     -                                  what the system tells of processes; the only reader of /proc
//!        pty         domain disk process                 the holder, and the client to it
//!        run         domain disk headless price process  programs run to their end without a screen
//!        client      domain protocol                    the typed client to the daemon
//! FRONT  daemon      domain manifest terminal adapter blueprint price kernel protocol config store disk process pty
//!        http        domain protocol daemon             the API: one file a resource
//!        tui         domain manifest layout theme terminal protocol config disk client
//!        demo        domain kernel                      the scripted organisation of `agentctl demo`
//!        cli         *                                  composition root: one file a command
//! ```
//!
//! # The hot paths
//!
//! One keystroke, stop by stop. It is no command: it makes no event and waits for no disk, and its order is the order of
//! the calls.
//!
//! ```text
//!   tui/outer/input     bytes of the terminal -> a key, with its place on the keyboard
//!   tui/update          overlays from the top down, else the route that is chosen
//!   client/attach       one binary frame (protocol/press) on the WebSocket
//!   http/attach         the frame -> Handle::press
//!   daemon/session      Kernel::press: policy, route, targets -> an order to each pane
//!   daemon/pane         terminal/input encodes the key by the modes of its screen
//!   pty/client          one request to the holder
//!   pty/holder          the PTY
//! ```
//!
//! One chunk of output. It never passes the loop of the daemon.
//!
//! ```text
//!   pty/holder          the PTY -> the ring, then the socket; the disk has a thread of its own
//!   pty/client          the frame -> daemon/pane
//!   terminal/parse      bytes -> tokens, inline while there are few, else on the parsing threads
//!   terminal/screen     tokens -> verbs; terminal/grid alone speaks to vt100
//!   daemon/frames       the newest screen, for each client that shows it
//!   http/attach         what differs from what the client has -> one binary message
//!   client, tui/ink     rows -> cells -> the outer terminal
//! ```
//!
//! PURE rooms have no clock, no randomness, no I/O and no async: time is an argument. Where this table differs from
//! the first plan: `manifest` is new, because five rooms read files that people write and must complain alike;
//! `terminal` knows `domain`, because keys are words of a command before they are bytes of a terminal;
//! `blueprint` knows `adapter`, because what a blueprint says becomes a program's own words by its adapter's flags.

mod adapter;
mod blueprint;
mod cli;
mod client;
mod config;
mod daemon;
mod demo;
mod disk;
mod domain;
mod headless;
mod http;
mod kernel;
mod layout;
mod manifest;
mod price;
mod process;
mod protocol;
mod pty;
mod run;
mod store;
mod terminal;
mod theme;
mod tui;

pub use cli::main;
