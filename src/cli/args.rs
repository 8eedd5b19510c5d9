//! The command line, defined once: parsing, help, shell completions and the manual all come from here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::domain::{Key, Name};
use crate::protocol::SESSION_VARIABLE;

/// Mission control for teams of AI coding agents: a living org chart of real terminals.
///
/// Without a command, opens the session of this folder: the one its agentctl.toml describes, or a first-run screen.
#[derive(Debug, Parser)]
#[command(name = "agentctl", version, propagate_version = true, max_term_width = 100, after_help = AFTER)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

const AFTER: &str = "Try it without any agent program: agentctl demo\n\
    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no daemon, 4 denied, 70 a bug.";

#[derive(Clone, Debug, Args)]
pub(super) struct Global {
    /// The session that is meant; otherwise the one of this folder
    #[arg(long, short, global = true, env = SESSION_VARIABLE, value_name = "NAME")]
    pub(super) session: Option<Name>,
    /// Answer in JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Open a demo: a whole organisation of scripted agents in real terminals
    Demo {
        /// Set it up without opening the screen
        #[arg(long)]
        detached: bool,
    },
    /// Start the session of a file, without a screen
    Up {
        /// The session file; otherwise agentctl.toml of this folder
        file: Option<PathBuf>,
    },
    /// Open the screen of a session that is there
    Attach {
        /// The session; otherwise the one of this folder
        name: Option<Name>,
    },
    /// End every process of a session; what is known of it is kept
    Down {
        /// Of every session
        #[arg(long)]
        all: bool,
    },
    /// Say what every agent of a session is doing
    Status,
    /// Agents: list, create, move, explain, …
    #[command(subcommand)]
    Agent(Agent),
    /// Adapters: what is known of agent programs
    #[command(subcommand)]
    Adapter(Adapter),
    /// Teams: list, create, disband, …
    #[command(subcommand)]
    Team(Team),
    /// Sessions: list, create, delete
    #[command(subcommand)]
    Session(Session),
    /// Type a text into an agent's input and submit it, once it is ready
    Send {
        /// The agent
        name: String,
        /// What to say; `-` reads it from standard input
        text: String,
        /// Fail rather than wait if the agent is not ready
        #[arg(long)]
        now: bool,
    },
    /// Press keys in an agent's terminal
    Keys {
        /// The agent
        name: String,
        /// Keys such as y, enter, ctrl-c, alt-x, f5, up
        #[arg(required = true, value_name = "KEY")]
        keys: Vec<Key>,
    },
    /// Send a text to every agent of a team and below it
    Broadcast {
        /// The team; `all` is everyone
        team: String,
        /// What to say; `-` reads it from standard input
        text: String,
        /// Leave out agents that are not ready, rather than wait for them
        #[arg(long)]
        now: bool,
    },
    /// Messages that wait for agents to be ready
    #[command(subcommand)]
    Message(Message),
    /// Say what happened, or what happens
    Events {
        /// Go on with what happens from now on
        #[arg(long, short)]
        follow: bool,
        /// Begin after the event of this number; otherwise the newest are shown
        #[arg(long, value_name = "NUMBER")]
        after: Option<u64>,
        /// At most so many of those that happened already
        #[arg(long, short = 'n', default_value_t = 100, value_name = "COUNT")]
        most: usize,
    },
    /// Start the daemon
    Start,
    /// End the daemon; the agents go on, and the next daemon finds them
    Stop,
    /// Say what is installed, what is wrong and how to mend it
    Doctor,
    /// Check a session file, a theme, a layout, an adapter or a file of screen rules
    Check {
        /// The file
        file: PathBuf,
        /// What kind of file it is; otherwise told by its name and folder
        #[arg(long)]
        kind: Option<FileKind>,
    },
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual, or write all its pages into a folder
    Man {
        /// The folder
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// Print the description of the API (OpenAPI)
    Openapi,
    #[command(hide = true)]
    Daemon,
    #[command(hide = true)]
    Holder,
    /// What the measurements of states need
    #[command(hide = true, subcommand)]
    Lab(super::lab::Lab),
    #[command(hide = true, name = crate::demo::SUBCOMMAND)]
    DemoAgent {
        name: String,
        #[arg(long, default_value_t = 1, env = "AGENTCTL_DEMO_PACE")]
        pace: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FileKind {
    /// A session file
    Session,
    /// A theme
    Theme,
    /// A layout
    Layout,
    /// Screen rules
    Rules,
    /// An adapter
    Adapter,
}

#[derive(Debug, Subcommand)]
pub(super) enum Agent {
    /// List agents, in the order of the chart
    List,
    /// Make an agent and start it
    Create {
        /// Its name; otherwise Agent_1, Agent_2 …
        name: Option<String>,
        /// The team it joins
        #[arg(long, short)]
        team: Option<String>,
        /// executive, coordinator (leads its team) or worker
        #[arg(long, short, default_value = "worker", value_name = "ROLE")]
        role: String,
        /// Its folder, seen from the session's
        #[arg(long, value_name = "FOLDER")]
        cwd: Option<PathBuf>,
        /// A variable set for it
        #[arg(long, short, value_name = "NAME=VALUE", value_parser = variable)]
        env: Vec<(String, String)>,
        /// Its program and arguments
        #[arg(required = true, last = true)]
        command: Vec<String>,
    },
    /// End an agent and take it out of the chart, with its history
    Delete { name: String },
    /// Give an agent another name
    Rename { name: String, new: String },
    /// Put an agent into another team
    Move {
        name: String,
        /// The team; without one it stands in none
        team: Option<String>,
    },
    /// Make an agent the lead of its team
    Promote { name: String },
    /// Start an agent that does not run
    Start { name: String },
    /// Ask an agent's processes to end, and force them after a grace
    Stop { name: String },
    /// End an agent's processes and start it anew
    Restart { name: String },
    /// End an agent's processes at once
    Kill { name: String },
    /// Say why an agent is believed to be in its state
    Explain { name: String },
    /// Print the screen of an agent's pane
    Screen {
        name: String,
        /// With colours
        #[arg(long)]
        ansi: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Adapter {
    /// List the agent programs that are known, and which of them are here
    List,
    /// Print what is known of a program
    Show { name: String },
    /// Check a file, or all of your own
    Check {
        /// The file
        file: Option<PathBuf>,
    },
    /// Have the daemon read the adapters anew
    Reload,
}

#[derive(Debug, Subcommand)]
pub(super) enum Team {
    /// List teams, in the order of the chart
    List,
    /// Make a team
    Create {
        name: String,
        /// The team it stands in
        #[arg(long, short)]
        parent: Option<String>,
        /// blue, green, orange, purple, cyan, pink, yellow, red, or #rrggbb
        #[arg(long, short)]
        color: Option<String>,
    },
    /// Take a team out of the chart; its agents move up
    Disband {
        name: String,
        /// End and delete its agents, too
        #[arg(long)]
        delete_agents: bool,
    },
    /// Give a team another name
    Rename { name: String, new: String },
    /// Put a team, with everything in it, into another one
    Move {
        name: String,
        /// The other team; without one it stands under the executive
        parent: Option<String>,
    },
    /// Give a team another colour
    Color { name: String, color: String },
}

#[derive(Debug, Subcommand)]
pub(super) enum Session {
    /// List sessions
    List,
    /// Make an empty session for a folder
    Create {
        name: Name,
        /// The folder its agents work in; otherwise this one
        #[arg(long, value_name = "FOLDER")]
        root: Option<PathBuf>,
    },
    /// End every process of a session and forget it
    Delete { name: Name },
}

#[derive(Debug, Subcommand)]
pub(super) enum Message {
    /// List messages that wait
    List,
    /// Take a message back
    Cancel { number: u32 },
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a variable is written NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn an_agents_command_stands_behind_two_dashes() {
        let cli = Cli::try_parse_from([
            "agentctl", "agent", "create", "x", "-e", "A=b=c", "--", "claude", "--model", "m",
        ])
        .unwrap();
        let Some(Command::Agent(Agent::Create { command, env, .. })) = cli.command else { panic!("{cli:?}") };
        assert_eq!(command, ["claude", "--model", "m"]);
        assert_eq!(env, [("A".to_owned(), "b=c".to_owned())]);
    }
}
