//! Stored sessions open: those of every format before, those that are damaged, and no later one.

use std::fmt::Write as _;

use super::*;
use crate::domain::{Actor, Agent, Timestamp};
use crate::kernel::{Command, org};
use crate::store::{Batch, Body, Change, Memory, PARTS, Row};

fn name() -> Name {
    Name::new("stored").unwrap()
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Returns what is read from a session, in words that do not change when the program does.
fn told(state: &State) -> String {
    let org = state.org();
    let team = |id: Option<_>| id.and_then(|id| org.team(id)).map_or("-", |team| team.name.as_str());
    let called = |id| org.agent(id).map_or("-", |agent| agent.name.as_str());
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").unwrap();
    line(format!("session {} in {}", state.name().unwrap(), state.root().display()));
    line(format!("a plan of {} steps", state.plan().len()));
    for known in org.teams() {
        let lead = known.lead.map_or("-", called);
        line(format!("team {} in {}, {}, led by {lead}", known.name, team(known.parent), known.color));
    }
    for agent in org.agents() {
        let live = state.live(agent.id).unwrap();
        let Agent { name, role, launch, .. } = agent;
        let is = format!("{} in {}: {:?}", role.word(), team(agent.team), launch.command);
        let env = launch.env.iter().map(|(name, value)| format!(" {name}={value}")).collect::<String>();
        line(format!("agent {name}, {is}{env}; start {}, {:?}, {}", live.epoch, live.phase, live.seen.state));
    }
    for message in state.all_mail() {
        line(format!("message {} waits for {}: {}", message.id, called(message.to), message.text));
    }
    for finished in state.finished() {
        let message = &finished.message;
        line(format!(
            "message {} to {}: {}: {:?}",
            message.id,
            called(message.to),
            message.text,
            finished.status
        ));
    }
    for open in org.agents().flat_map(|agent| state.approvals().of(agent.id)) {
        line(format!("{} asks: {:?}", called(open.approval.agent), open.approval.ask));
    }
    let total = state.ledger().total();
    line(format!("spent {total:?}"));
    out
}

#[test]
fn every_stored_session_opens_for_ever() {
    let mut seen = 0;
    for entry in std::fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().path()) {
        if !entry.is_dir() {
            continue;
        }
        seen += 1;
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::under(folder.path());
        std::fs::create_dir_all(paths.session(&name())).unwrap();
        for file in std::fs::read_dir(&entry).unwrap().map(Result::unwrap) {
            std::fs::copy(file.path(), paths.session(&name()).join(file.file_name())).unwrap();
        }
        let read = || {
            let (_, loaded) = store::open(&paths.session_store(&name()))?;
            read_back::<()>(&loaded, &paths.session_backup(&name()))
        };
        let session = read().unwrap_or_else(|error| panic!("{}: {error}", entry.display()));
        assert_eq!(session.lost, None, "{}", entry.display());
        let told = told(session.kernel.state());
        let expected = std::fs::read_to_string(entry.join("expected.txt")).unwrap_or_default();
        assert_eq!(told, expected, "{}:\n{told}", entry.display());
        let again = self::told(read().unwrap().kernel.state());
        assert_eq!(again, told, "once it is of the newest format");
    }
    assert!(seen >= 2, "the corpus is not there");
}

fn create(team: &str) -> Command {
    let name = Name::new(team).unwrap();
    Command::Org(org::Command::CreateTeam { name, parent: None, color: None })
}

/// A session in memory of one team a name, and its store.
fn kept(teams: &[&str]) -> (Memory, Kernel) {
    let memory = Memory::default();
    let (mut kernel, first) = Kernel::open(name(), "/w".into(), Timestamp(0));
    let mut records = vec![first];
    for team in teams {
        let command = create(team);
        let input = Input::Asked { actor: Actor::Person, command };
        records.extend(kernel.handle(input, Timestamp(1)).events);
    }
    let rows: Vec<Row> = records.iter().filter_map(|record| rows::of(record).unwrap()).collect();
    let reserved = rows.last().unwrap().seq + 500;
    keep(&memory, Batch { rows, reserved, ..Batch::default() });
    (memory, kernel)
}

fn keep(memory: &Memory, batch: Batch) {
    memory.open().0.append(batch).blocking_recv().unwrap().unwrap();
}

fn opened(memory: &Memory, backup: &Path) -> Result<ReadBack<()>, StoreError> {
    read_back(&memory.open().1, backup)
}

fn teams(session: &ReadBack<()>) -> Vec<String> {
    session.kernel.state().org().teams().map(|team| team.name.to_string()).collect()
}

#[test]
fn a_start_gives_no_number_that_may_have_been_shown_before_it() {
    let (memory, kernel) = kept(&["a"]);
    let mut session = opened(&memory, Path::new("/nowhere")).unwrap();
    assert_eq!((kernel.state().last_seq(), teams(&session)), (2, vec!["a".to_owned()]));
    let command = create("b");
    let input = Input::Asked { actor: Actor::Person, command };
    let outcome = session.kernel.handle(input, Timestamp(2));
    assert_eq!(outcome.events[0].seq, Some(503));
}

#[test]
fn an_event_or_a_part_of_a_later_format_is_refused_with_both_formats_named() {
    let (memory, _) = kept(&["a"]);
    let later = Row {
        seq: 9,
        at: Timestamp(1),
        stream: crate::store::Stream::Decision,
        kind: "task.claimed".into(),
        version: 99,
        body: r#"{"type":"task.claimed"}"#.into(),
    };
    let unknown = Row { version: 1, ..later.clone() };
    keep(&memory, Batch { rows: vec![later], reserved: 9, ..Batch::default() });
    let refused = opened(&memory, Path::new("/nowhere")).unwrap_err();
    assert!(matches!(refused, StoreError::TooNew { found: 99, .. }), "{refused}");
    let refused = refused.to_string();
    assert!(refused.contains("`task.claimed`") && refused.contains("this program knows"), "{refused}");

    let (memory, _) = kept(&["a"]);
    keep(&memory, Batch { rows: vec![unknown], reserved: 9, ..Batch::default() });
    let refused = opened(&memory, Path::new("/nowhere")).unwrap_err();
    assert!(matches!(refused, StoreError::Unreadable { .. }), "{refused}");

    for (key, body) in [("tasks", "{}"), ("state", "{}")] {
        let (memory, _) = kept(&["a"]);
        let (collection, key) = (PARTS.to_owned(), key.to_owned());
        let change = Change::Put { collection, key: key.clone(), version: 99, body: Body::Text(body.into()) };
        keep(&memory, Batch { changes: vec![change], covers: Some(2), reserved: 9, ..Batch::default() });
        let refused = opened(&memory, Path::new("/nowhere")).unwrap_err();
        assert!(matches!(refused, StoreError::TooNew { found: 99, .. }), "{refused}");
        assert!(refused.to_string().contains(&key), "{refused}");
    }
}

#[test]
fn a_hole_in_the_numbers_loses_nothing_of_what_follows() {
    let (memory, mut kernel) = kept(&["a"]);
    kernel.skip_to(100);
    let command = create("b");
    let outcome = kernel.handle(Input::Asked { actor: Actor::Person, command }, Timestamp(2));
    let rows = outcome.events.iter().filter_map(|record| rows::of(record).unwrap()).collect();
    keep(&memory, Batch { rows, reserved: 101, ..Batch::default() });
    assert_eq!(teams(&opened(&memory, Path::new("/nowhere")).unwrap()), ["a", "b"]);
}

#[test]
fn a_record_whose_end_is_lost_goes_on_from_its_backup_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("session.json");
    let (_, ahead) = kept(&["a", "b", "c"]);
    std::fs::write(&backup, serde_json::to_vec(ahead.state()).unwrap()).unwrap();
    for left in [kept(&["a"]).0, Memory::default()] {
        let session = opened(&left, &backup).unwrap();
        assert_eq!(teams(&session), ["a", "b", "c"]);
        assert!(session.lost.clone().unwrap().contains("goes on from its backup"), "{:?}", session.lost);
        assert!(
            session.kernel.state().last_seq() >= LOST,
            "numbers that nothing is known of are passed over"
        );
    }
    let whole = kept(&["a", "b", "c"]).0;
    assert_eq!(opened(&whole, &backup).unwrap().lost, None, "a backup that knows no more is not used");
}

#[test]
fn a_backup_that_does_not_parse_is_said_where_it_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("session.json");
    std::fs::write(&backup, "{").unwrap();
    let (_, loaded) = kept(&["a"]).0.open();
    let damaged = Loaded { set_aside: Some("/w/session.db.damaged-1".into()), ..loaded };
    let session: ReadBack<()> = read_back(&damaged, &backup).unwrap();
    assert_eq!(teams(&session), ["a"]);
    let trouble = session.lost.clone().unwrap();
    assert!(trouble.contains("session.db.damaged-1") && trouble.contains("session.json: "), "{trouble}");
    assert_eq!(opened(&kept(&["a"]).0, &backup).unwrap().lost, None);
}
