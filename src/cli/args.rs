//! The command line, defined once: parsing, help, shell completions and the manual pages of commands come from here.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::word::{number, span, variable};
use crate::domain::{Key, Name};
use crate::protocol::{self, SESSION_VARIABLE};

/// Mission control for teams of AI coding agents: a living org chart of real terminals.
///
/// Without a command, opens the session of this folder: the one its agentctl.toml describes, or a first-run screen.
#[derive(Debug, Parser)]
#[command(name = "agentctl", version, propagate_version = true, max_term_width = 100, after_help = AFTER, disable_help_subcommand = true)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

const AFTER: &str = "Try it without any agent program: agentctl demo\n\
    The manual: agentctl help\n\
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
        /// Agents that can go on in their conversations do; otherwise they are left for you to decide on
        #[arg(long, conflicts_with = "fresh")]
        resume: bool,
        /// Agents that can go on in their conversations are started anew
        #[arg(long)]
        fresh: bool,
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
    /// Run a prompt to its end, without a screen, and print the answer
    #[command(after_help = super::run::AFTER)]
    Run(Box<super::run::RunArgs>),
    /// Say what was spent: tokens, and money where it is known
    Cost {
        /// Told apart by agent, team, model, day or for the session as a whole
        #[arg(long, value_enum, default_value = "agent")]
        by: CostBy,
    },
    /// Agents: list, create, move, explain, …
    #[command(subcommand)]
    Agent(Agent),
    /// Adapters: what is known of agent programs
    #[command(subcommand)]
    Adapter(Adapter),
    /// Teams: list, create, disband, …
    #[command(subcommand)]
    Team(Team),
    /// Blueprints, the reusable definitions of agents: list, show, create, …
    #[command(subcommand)]
    Blueprint(Blueprint),
    /// Sessions: list, create, delete
    #[command(subcommand)]
    Session(Session),
    /// Type a text into an agent's input and submit it, once it is ready
    Send {
        /// The agent
        name: String,
        /// What to say; `-` reads it from standard input
        #[arg(required_unless_present = "file")]
        text: Option<String>,
        /// Say what stands in this file
        #[arg(long, value_name = "FILE", conflicts_with = "text")]
        file: Option<PathBuf>,
        /// Fail rather than wait if the agent is not ready
        #[arg(long)]
        now: bool,
        /// Give up if it could not be typed within this time, such as 30s, 10m, 2h
        #[arg(long, value_name = "TIME", value_parser = span)]
        expires: Option<Duration>,
        /// Wait until the turn that it begins is over, and print what the agent said last
        #[arg(long)]
        wait: bool,
        /// Wait no longer than this
        #[arg(long, value_name = "TIME", default_value = "30m", requires = "wait", value_parser = span)]
        timeout: Duration,
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
        /// Give up where it could not be typed within this time, such as 30s, 10m, 2h
        #[arg(long, value_name = "TIME", value_parser = span)]
        expires: Option<Duration>,
    },
    /// Messages: those that wait, and what became of the others
    #[command(subcommand)]
    Message(Message),
    /// What agents ask: list, show, allow, deny, choose
    #[command(subcommand)]
    Approval(Approval),
    /// Bring back agents that ended unseen or with the session, each in the conversation it was in
    Resume {
        /// The agents
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        names: Vec<String>,
        /// All of them
        #[arg(long)]
        all: bool,
    },
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
    /// Check a session file, a blueprint, a theme, a layout, an adapter or a file of screen rules
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
    /// Show a page of the manual, or list its pages: session-file, keys, settings, …
    Help {
        /// The page, or a command such as `agent create`
        topic: Vec<String>,
    },
    /// Print a manual page for `man`, or write all of them into a folder
    Man {
        /// The page, as `agentctl help` lists it; otherwise the program's own
        #[arg(conflicts_with = "out")]
        topic: Option<String>,
        /// The folder
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// Print the description of the API (OpenAPI)
    Openapi,
    /// For the hooks of agent programs: pass on what they tell
    #[command(hide = true)]
    Hook {
        /// The program's adapter
        cli: String,
        /// Be its status line
        #[arg(long)]
        statusline: bool,
        /// What it tells, where its program does not write that to standard input
        payload: Option<String>,
    },
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

/// How spending is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CostBy {
    /// By agent
    Agent,
    /// By team, with what stands in it
    Team,
    /// By model
    Model,
    /// By day
    Day,
    /// The session as a whole
    Session,
}

impl From<CostBy> for protocol::CostBy {
    fn from(by: CostBy) -> protocol::CostBy {
        match by {
            CostBy::Agent => protocol::CostBy::Agent,
            CostBy::Team => protocol::CostBy::Team,
            CostBy::Model => protocol::CostBy::Model,
            CostBy::Day => protocol::CostBy::Day,
            CostBy::Session => protocol::CostBy::Session,
        }
    }
}

/// A kind of file that a person writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FileKind {
    /// A session file
    Session,
    /// A blueprint
    Blueprint,
    /// A theme
    Theme,
    /// A layout
    Layout,
    /// Screen rules
    Rules,
    /// An adapter
    Adapter,
    /// The settings, config.toml
    Config,
    /// Names of models and tools, models.toml
    Models,
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
        /// The blueprint it is made from, in place of a program
        #[arg(long, short, value_name = "NAME", conflicts_with = "command")]
        blueprint: Option<String>,
        /// The program, in place of the blueprint's: claude, codex, …
        #[arg(long, requires = "blueprint")]
        cli: Option<String>,
        /// The model, in place of the blueprint's: strong, balanced, fast, or its name
        #[arg(long, requires = "blueprint")]
        model: Option<String>,
        /// What is put behind the blueprint's prompt
        #[arg(long, requires = "blueprint", value_name = "TEXT")]
        prompt_suffix: Option<String>,
        /// Its program and arguments
        #[arg(required_unless_present = "blueprint", last = true)]
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
    /// Start an agent in the conversation it was in; one that runs is stopped first. Where nothing was said in it yet, a new one begins
    Resume {
        name: String,
        /// The conversation, as `agent conversations` lists it; otherwise the last in which something was said
        #[arg(long, value_name = "ID")]
        conversation: Option<String>,
    },
    /// List the conversations that an agent was in, the newest first
    Conversations { name: String },
    /// Start an agent in a new conversation; one that runs is stopped first
    NewConversation { name: String },
    /// Have an agent forget its conversation, by its program's own command
    Clear { name: String },
    /// Interrupt an agent's turn, by its program's own keys
    Interrupt {
        name: String,
        /// Even though a dialog is open, which the keys would answer, or it is not busy
        #[arg(long)]
        force: bool,
    },
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
pub(super) enum Blueprint {
    /// List blueprints: the session's, your own and the built-in ones
    List,
    /// Say what a blueprint comes to, or what it is on a program's command line
    Show {
        name: String,
        /// Show the command line of this program instead
        #[arg(long, value_name = "CLI")]
        command: Option<String>,
    },
    /// Make a blueprint
    Create {
        name: Name,
        /// The blueprint it builds on
        #[arg(long, value_name = "NAME")]
        from: Option<String>,
        /// Among your own settings, for every session; so it is if nothing is said
        #[arg(long, conflicts_with = "in_session")]
        user: bool,
        /// In the folder of this session, for it alone
        #[arg(long)]
        in_session: bool,
    },
    /// Open a blueprint in your editor, and check it afterwards; of a built-in one, a copy of your own is made
    Edit { name: String },
    /// Allow agents to be made from a blueprint again
    Enable { name: String },
    /// Allow no more agents to be made from a blueprint; those there are go on
    Disable { name: String },
    /// Remove a blueprint's file
    Delete {
        name: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Check blueprints: all of them, or those of these names or files
    Validate {
        #[arg(value_name = "NAME|FILE")]
        which: Vec<String>,
    },
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
    List {
        /// The agent they are for; otherwise every agent
        agent: Option<String>,
        /// Those that are off the queue, too
        #[arg(long)]
        all: bool,
    },
    /// Show a message, and what became of it
    Show {
        #[arg(value_parser = number)]
        number: u32,
    },
    /// Take a message back
    Cancel {
        #[arg(value_parser = number)]
        number: u32,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Approval {
    /// List what agents ask
    List,
    /// Show what an agent asks, and what became of it
    Show {
        #[arg(value_parser = number)]
        number: u32,
    },
    /// Say yes, this once
    Allow {
        #[arg(value_parser = number)]
        number: u32,
    },
    /// Say no
    Deny {
        #[arg(value_parser = number)]
        number: u32,
        /// Why, for the agent to read
        #[arg(long)]
        reason: Option<String>,
    },
    /// Choose one of the options, counted from 1
    Choose {
        #[arg(value_parser = number)]
        number: u32,
        #[arg(value_parser = clap::value_parser!(u16).range(1..))]
        option: u16,
    },
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
