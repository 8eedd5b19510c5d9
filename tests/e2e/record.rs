//! The record of a session that cannot be read: it is said, left alone, or brought back from its backup.

use std::path::PathBuf;

use crate::home::{Home, until};

const TEAM: &str = "[session]\nname='s'\n[executive]\nname='chief'\ncommand=['cat']\n\
    [[team]]\nname='team'\n[[team.agent]]\nname='a'\ncommand=['cat']\ncount=2\n";

fn file(home: &Home, name: &str) -> PathBuf {
    home.root().join("data/sessions/s").join(name)
}

fn names(home: &Home) -> Vec<String> {
    let beside = std::fs::read_dir(file(home, "")).expect("the session's folder");
    beside.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

/// Sets the format of the record, as a program of that format does.
fn set_format(home: &Home, format: i64) {
    let record = rusqlite::Connection::open(file(home, "session.db")).expect("the record");
    record.pragma_update(None, "user_version", format).expect("it can be changed");
}

#[test]
fn a_record_of_a_later_format_is_refused_with_a_word_and_left_alone() {
    let home = Home::with(TEAM);
    home.ok(&["up"]);
    let pid = home.wait_for_state("a-1", "idle")["pid"].clone();
    home.ok(&["stop"]);
    set_format(&home, 99);
    home.ok(&["start"]);
    let known = home.json(&["session", "list"]);
    let said = known[0]["trouble"].as_str().unwrap_or_default().to_owned();
    assert!(said.contains("format 99, this program knows 2"), "{known}");
    for args in [&["status"][..], &["up"]] {
        let output = home.run(args);
        let told = crate::home::text(&output.stderr);
        assert!(!output.status.success() && told.contains("format 99, this program knows 2"), "{told}");
    }
    assert!(!names(&home).iter().any(|name| name.contains("damaged")), "{:?}", names(&home));
    home.ok(&["stop"]);
    set_format(&home, 2);
    home.ok(&["start"]);
    assert_eq!(home.agent("a-1")["pid"], pid, "nothing of it was lost");
}

#[test]
fn a_record_that_is_gone_empty_or_a_folder_comes_back_from_its_backup() {
    let home = Home::with(TEAM);
    home.ok(&["up"]);
    let pid = home.wait_for_state("a-1", "idle")["pid"].clone();
    until("a backup of the chart", || match std::fs::read_to_string(file(&home, "session.json")) {
        Ok(copy) if copy.contains("a-2") => Ok(()),
        other => Err(format!("{other:?}")),
    });
    let spoil: [fn(&PathBuf); 3] = [
        |_| {},
        |path| drop(std::fs::File::create(path)),
        |path| std::fs::create_dir(path).expect("a folder"),
    ];
    for spoil in spoil {
        home.ok(&["stop"]);
        for name in ["session.db", "session.db-wal", "session.db-shm"] {
            // Only the first is always there.
            let _ = std::fs::remove_file(file(&home, name));
        }
        spoil(&file(&home, "session.db"));
        home.ok(&["start"]);
        until("the agent that lives is found", || match &home.agent("a-1")["pid"] {
            found if *found == pid => Ok(()),
            other => Err(other.to_string()),
        });
        assert!(home.ok(&["status"]).contains("! the "), "it is said");
    }
    home.ok(&["down"]);
    until("nothing is left", || match crate::home::processes_of(home.root()).as_slice() {
        [] => Ok(()),
        left => Err(format!("{left:?}")),
    });
}
