//! Clients of the WebSocket: several at once, of different sizes, slow ones among them.

use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

use crate::home::{Home, PATIENCE, until};

struct Client {
    socket: WebSocket<UnixStream>,
}

impl Client {
    /// Attaches, says hello, and subscribes to everything.
    fn attach(home: &Home, session: &str) -> Client {
        let mut client = Client::open(home, session);
        client.says(&json!({"type": "hello", "protocol": 2}));
        client.subscribes(&json!(["session", "chart", "team", "agent", "approval"]), &Value::Null);
        client
    }

    /// Opens the socket, and hears who answers.
    fn open(home: &Home, session: &str) -> Client {
        let stream = UnixStream::connect(home.root().join("run/daemon.sock")).expect("the daemon listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a patience");
        let (socket, _) =
            client(format!("ws://agentctl/v1/sessions/{session}/attach"), stream).expect("it attaches");
        let mut client = Client { socket };
        let welcome = client.hears("welcome");
        assert_eq!(welcome["protocol"], 2);
        client
    }

    fn subscribes(&mut self, topics: &Value, since: &Value) {
        self.says(&json!({"type": "subscribe", "topics": topics, "since": since}));
    }

    /// Waits for a value of a topic, and returns it with its key.
    fn is_told(&mut self, topic: &str) -> (String, Value) {
        loop {
            let set = self.hears("set");
            if set["topic"] == topic {
                return (set["key"].as_str().expect("a key").to_owned(), set["value"].clone());
            }
        }
    }

    fn says(&mut self, message: &Value) {
        self.socket.send(Message::text(message.to_string())).expect("it can be said");
    }

    /// Waits for a message of this type, passing over everything else.
    fn hears(&mut self, kind: &str) -> Value {
        loop {
            if let Message::Text(text) = self.socket.read().expect("something is heard") {
                let message: Value = serde_json::from_str(&text).expect("it is JSON");
                if message["type"] == kind {
                    return message;
                }
            }
        }
    }

    /// Waits for a frame of this agent's pane.
    fn sees(&mut self, agent: u32) -> Vec<u8> {
        loop {
            if let Message::Binary(frame) = self.socket.read().expect("something is heard")
                && frame[..4] == agent.to_le_bytes()
            {
                return frame[4..].to_vec();
            }
        }
    }

    fn views(&mut self, agent: u32, rows: u16, cols: u16) {
        self.says(&json!({"type": "view", "panes": [{"agent": agent, "rows": rows, "cols": cols}]}));
    }

    fn shows_card(&mut self, agent: u32) {
        self.says(&json!({"type": "view", "panes": [], "cards": [agent]}));
    }

    fn types(&mut self, agent: u32, text: &str) {
        for c in text.chars() {
            let code = if c == '\n' { json!("enter") } else { json!({"char": c}) };
            self.says(
                &json!({"type": "press", "route": {"direct": agent}, "input": {"key": {"code": code}}}),
            );
        }
    }
}

const SHELL: &str = "[session]\nname='s'\n[executive]\nname='shell'\ncommand=['sh']\nenv={PS1='$ '}\n";

fn shell() -> (Home, u32) {
    let home = Home::with(SHELL);
    home.ok(&["up"]);
    let shell = home.wait_for_state("shell", "idle");
    (home, shell["id"].as_u64().and_then(|id| u32::try_from(id).ok()).expect("it has an identity"))
}

#[test]
fn a_pane_has_the_size_of_whoever_typed_to_it_last() {
    let (home, agent) = shell();
    let (mut small, mut large) = (Client::attach(&home, "s"), Client::attach(&home, "s"));
    small.views(agent, 20, 70);
    small.sees(agent);
    large.views(agent, 40, 150);
    large.sees(agent);
    large.types(agent, "stty size\n");
    home.wait_for_screen("shell", "40 150");
    small.types(agent, "stty size\n");
    home.wait_for_screen("shell", "20 70");
    // Whoever looks on changes nothing, whatever happens to its window.
    large.views(agent, 44, 160);
    small.types(agent, "echo still; stty size\n");
    home.wait_for_screen("shell", "still\n20 70");
    drop(small);
    until("the pane to take the other's size", || {
        home.ok(&["keys", "shell", "s", "t", "t", "y", "space", "s", "i", "z", "e", "enter"]);
        let screen = home.ok(&["agent", "screen", "shell"]);
        if screen.contains("44 160") { Ok(()) } else { Err(screen) }
    });
}

/// Rows of text, each other than the one before, until it is ended.
const FLOOD: &str = "base64 -w 140 /dev/urandom &\n";

#[test]
fn a_pane_in_view_shows_what_its_agent_prints_after_it_was_started_anew() {
    let (home, agent) = shell();
    let mut client = Client::attach(&home, "s");
    client.views(agent, 24, 80);
    client.sees(agent);
    home.ok(&["agent", "restart", "shell"]);
    until("the agent to run anew", || {
        let agent = home.agent("shell");
        if agent["epoch"] == 2 && agent["state"] == "idle" { Ok(()) } else { Err(agent.to_string()) }
    });
    // Nothing that this client says asks for its screen.
    home.ok(&["keys", "shell", "e", "c", "h", "o", "space", "a", "g", "a", "i", "n", "enter"]);
    while !contains(&client.sees(agent), "again") {}
}

#[test]
fn a_client_that_never_reads_costs_the_others_nothing_and_gets_the_newest_in_the_end() {
    let (home, agent) = shell();
    let (mut stuck, mut other) = (Client::attach(&home, "s"), Client::attach(&home, "s"));
    // What is sent to a client and not read lies in its socket; the daemon's end has the same room as this one.
    let room = rustix::net::sockopt::socket_send_buffer_size(stuck.socket.get_ref()).expect("a size");
    stuck.views(agent, 40, 150);
    other.views(agent, 40, 150);
    other.types(agent, FLOOD);
    let mut shown = 0;
    while shown < 4 * room {
        shown += other.sees(agent).len();
    }
    // The flood ends in the middle of a row.
    other.types(agent, "kill $!; wait; printf '\\n%s is answered\\n' all\n");
    while !contains(&other.sees(agent), "all is answered") {}
    // The stuck one has not read a byte of all that; when it does, the newest screen is near.
    let mut kept = 0;
    loop {
        let frame = stuck.sees(agent);
        kept += frame.len();
        if contains(&frame, "all is answered") {
            break;
        }
    }
    assert!(kept < 2 * room, "{kept} bytes were kept for a client that did not read; {shown} were shown");
}

/// Returns the newest tick that a frame shows.
fn tick(frame: &[u8]) -> Option<u64> {
    let marks = memchr::memmem::find_iter(frame, "tick ");
    let digits = marks.filter_map(|at| std::str::from_utf8(frame.get(at + 5..at + 13)?).ok());
    digits.filter_map(|digits| digits.parse().ok()).max()
}

#[test]
fn a_card_is_shown_now_and_then_and_gives_no_pane_its_size() {
    let (home, agent) = shell();
    let (mut pane, mut card) = (Client::attach(&home, "s"), Client::attach(&home, "s"));
    pane.views(agent, 20, 70);
    pane.sees(agent);
    card.views(agent, 40, 150);
    card.sees(agent);
    card.types(agent, "stty size\n");
    home.wait_for_screen("shell", "40 150");
    // Its pane becomes a card: though it typed last, the pane takes the size of the one that still has it.
    card.shows_card(agent);
    card.types(agent, "echo now; stty size\n");
    home.wait_for_screen("shell", "now\n20 70");

    let next = |client: &mut Client| loop {
        if let Some(tick) = tick(&client.sees(agent)) {
            return tick;
        }
    };
    let begun = Instant::now();
    card.types(agent, "i=0; while :; do i=$((i+1)); printf 'tick %08d\\n' $i; done\n");
    let mut on_card = next(&mut card);
    for _ in 0..8 {
        on_card = next(&mut card);
    }
    let took = begun.elapsed();
    assert!(took > Duration::from_millis(1500), "8 frames of a card in {took:?}");
    // However slow the machine is, a pane is shown more often than a card of it.
    until("several frames of a pane between two of a card", || {
        while next(&mut pane) <= on_card {}
        on_card = next(&mut card);
        let mut frames = 1;
        while next(&mut pane) < on_card {
            frames += 1;
        }
        if frames > 4 { Ok(()) } else { Err(format!("{frames} frames")) }
    });
}

#[test]
fn a_card_that_becomes_a_pane_keeps_what_was_seen_of_it() {
    let (home, agent) = shell();
    let mut client = Client::attach(&home, "s");
    client.types(agent, "clear; printf 'old %s\\n' news\n");
    home.wait_for_screen("shell", "old news\n$");
    client.shows_card(agent);
    assert!(contains(&client.sees(agent), "old news"));
    client.views(agent, 24, 80);
    client.types(agent, "printf 'fresh %s\\n' news\n");
    let mut frames = Vec::new();
    while !contains(&frames, "fresh news") {
        frames.extend(client.sees(agent));
    }
    assert!(!contains(&frames, "old news"), "what was seen on the card was sent again");
}

#[test]
fn what_is_asked_is_answered_under_its_number_and_what_is_refused_is_said() {
    let (home, agent) = shell();
    let mut client = Client::attach(&home, "s");
    let (key, value) = client.is_told("agent");
    assert_eq!((key, &value["name"], &value["id"]), (agent.to_string(), &json!("shell"), &json!(agent)));
    client.says(&json!({"type": "ask", "id": 41, "command": {"command": "create_team", "name": "web"}}));
    let answer = client.hears("answer");
    assert_eq!((answer["id"].as_u64(), answer["result"]["Ok"]["name"].as_str()), (Some(41), Some("web")));
    client.says(&json!({"type": "ask", "id": 42, "command": {"command": "create_team", "name": "web"}}));
    assert_eq!(client.hears("answer")["result"]["Err"]["code"], "conflict");
    client.says(&json!({"type": "press", "route": {"broadcast": 7}, "input": {"key": {"code": "enter"}}}));
    assert!(
        client.hears("refused")["problem"]["error"]
            .as_str()
            .is_some_and(|e| e.contains("name its targets first"))
    );
    client.says(&json!({"type": "something of a later version"}));
    client.says(&json!({"type": "press", "route": "nowhere"}));
    assert_eq!(client.hears("refused")["problem"]["code"], "invalid");
    client.types(agent, "echo all is well\n");
    home.wait_for_screen("shell", "all is well");
}

#[test]
fn a_client_that_says_no_hello_or_another_version_is_refused() {
    let (home, agent) = shell();
    let view = json!({"type": "view", "panes": [{"agent": agent, "rows": 24, "cols": 80}]});
    for said in [view, json!({"type": "hello", "protocol": 1}), json!({"type": "hello", "protocol": 99})] {
        let mut client = Client::open(&home, "s");
        client.says(&said);
        assert_eq!(client.hears("refused")["problem"]["code"], "version", "{said}");
        assert!(matches!(client.socket.read(), Ok(Message::Close(_)) | Err(_)), "and the socket is closed");
    }
}

#[test]
fn a_client_is_told_what_changes_each_key_once_and_goes_on_where_it_was() {
    let (home, _) = shell();
    let mut client = Client::attach(&home, "s");
    assert_eq!(client.hears("subscribed")["whole"], true);
    let current = client.hears("current")["revision"].clone();
    drop(client);

    home.ok(&["team", "create", "web"]);
    let mut client = Client::open(&home, "s");
    client.says(&json!({"type": "hello", "protocol": 2, "features": ["of a later version"]}));
    client.subscribes(&json!(["team", "of a later version"]), &current);
    assert_eq!(client.hears("subscribed")["whole"], false);
    let (key, value) = client.is_told("team");
    assert_eq!(value["name"], "web");
    home.ok(&["team", "disband", "web"]);
    assert_eq!(client.is_told("team"), (key, Value::Null), "and of no other topic");
}

#[test]
fn a_client_that_does_not_read_loses_no_answer() {
    let (home, _) = shell();
    let mut client = Client::attach(&home, "s");
    for id in 0..500 {
        client.says(&json!({"type": "ask", "id": id, "command": {"command": "create_team", "name": "web"}}));
    }
    let mut answered: Vec<u64> = (0..500).filter_map(|_| client.hears("answer")["id"].as_u64()).collect();
    answered.sort_unstable();
    assert_eq!(answered, (0..500).collect::<Vec<u64>>());
}

#[test]
fn a_broadcast_ends_with_the_client_that_opened_it() {
    let (home, _) = shell();
    let mut client = Client::attach(&home, "s");
    client.says(&json!({"type": "ask", "id": 1, "command": {"command": "open_broadcast", "scope": "all"}}));
    let broadcast = client.hears("answer")["result"]["Ok"]["broadcast"].clone();
    assert!(broadcast.is_u64());
    drop(client);
    let mut other = Client::attach(&home, "s");
    let press =
        json!({"type": "press", "route": {"broadcast": broadcast}, "input": {"key": {"code": "enter"}}});
    until("the broadcast to be over", || {
        other.says(&press);
        other.says(&json!({"type": "ask", "id": 2, "command": {"command": "close_broadcast", "broadcast": broadcast}}));
        let answer = other.hears("answer");
        if answer["result"]["Err"]["code"] == "conflict" { Ok(()) } else { Err(answer.to_string()) }
    });
}

#[test]
fn a_session_that_goes_says_goodbye() {
    let (home, _) = shell();
    let mut client = Client::attach(&home, "s");
    client.hears("current");
    home.ok(&["session", "delete", "s"]);
    assert_eq!(client.hears("bye")["reason"], "the session was deleted");
    assert!(!home.root().join("data/sessions/s").exists());
    let socket = home.root().join("run/daemon.sock");
    let stream = UnixStream::connect(socket).expect("the daemon listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a patience");
    assert!(client_refused(stream));
}

fn contains(frame: &[u8], text: &str) -> bool {
    frame.windows(text.len()).any(|part| part == text.as_bytes())
}

fn client_refused(stream: UnixStream) -> bool {
    client("ws://agentctl/v1/sessions/s/attach".to_owned(), stream).is_err()
}
