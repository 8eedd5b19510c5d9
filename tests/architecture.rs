//! Holds the house to its plan: which room imports which, what a pure room must not touch, and that every file
//! says what it is for. The plan is the table in `src/lib.rs`; this test reads it from there.

#![expect(clippy::expect_used, reason = "a test that cannot read the source has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

struct Room {
    pure: bool,
    may_import: BTreeSet<String>,
    may_import_all: bool,
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn plan() -> BTreeMap<String, Room> {
    let map = fs::read_to_string(source().join("lib.rs")).expect("src/lib.rs is readable");
    let mut band = "";
    let mut rooms = BTreeMap::new();
    for line in map.lines().filter_map(|l| l.strip_prefix("//! ")) {
        let line = if let Some((word, rest)) =
            line.split_once(' ').filter(|(w, _)| ["PURE", "EDGE", "FRONT"].contains(w))
        {
            band = word;
            rest
        } else if line.starts_with("       ") && !band.is_empty() {
            line
        } else {
            if line.starts_with("```") {
                band = "";
            }
            continue;
        };
        let mut columns = line.trim().split("  ").filter(|c| !c.trim().is_empty());
        let (Some(name), Some(imports)) = (columns.next(), columns.next()) else { continue };
        rooms.insert(
            name.trim().to_owned(),
            Room {
                pure: band == "PURE",
                may_import: imports.split_whitespace().map(str::to_owned).collect(),
                may_import_all: imports.trim() == "*",
            },
        );
    }
    rooms
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a source folder is readable") {
        let path = entry.expect("an entry is readable").path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn sources() -> Vec<(String, PathBuf, String)> {
    let mut paths = Vec::new();
    files(&source(), &mut paths);
    paths
        .into_iter()
        .map(|path| {
            let inner = path.strip_prefix(source()).expect("it lies in src");
            let first = inner.components().next().expect("it has a name").as_os_str().to_string_lossy();
            let room = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).expect("a source file is readable");
            (room, inner.to_path_buf(), text)
        })
        .collect()
}

/// The code of a file without its comments and without what follows `#[cfg(test)]` on a module of its own.
fn code(text: &str) -> String {
    let mut out = String::new();
    let mut in_tests = false;
    for line in text.lines() {
        in_tests |= line.starts_with("#[cfg(test)]");
        if !in_tests && !line.trim_start().starts_with("//") {
            out.push_str(line);
            out.push('\n');
        }
        in_tests &= line != "}" && !line.starts_with("mod tests;");
    }
    out
}

/// Every room named in a path that starts at the crate's root, `use crate::{a, b::c}` included.
fn imports(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let word = |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = true;
            for (i, c) in list.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    c if start && c.is_alphanumeric() => {
                        rooms.insert(word(&list[i..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            rooms.insert(word(rest));
        }
    }
    rooms
}

#[test]
fn a_room_imports_only_what_the_map_allows() {
    let plan = plan();
    assert!(plan.len() >= 15, "the table in src/lib.rs was not understood: {:?}", plan.keys());
    let mut wrong = Vec::new();
    for (room, path, text) in sources() {
        if ["lib", "main"].contains(&room.as_str()) {
            continue;
        }
        let Some(row) = plan.get(&room) else {
            wrong.push(format!("{}: room `{room}` is not on the map in src/lib.rs", path.display()));
            continue;
        };
        for other in imports(&code(&text)) {
            if other != room && !row.may_import_all && !row.may_import.contains(&other) {
                wrong.push(format!("{}: `{room}` must not import `{other}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_room_on_the_map_exists() {
    for room in plan().keys() {
        let folder = source().join(room);
        assert!(folder.join("mod.rs").exists(), "the map names `{room}`, and src/{room}/mod.rs is not there");
    }
}

#[test]
fn the_map_has_no_circle() {
    let plan = plan();
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    while settled.len() < plan.len() {
        let next: Vec<&str> = plan
            .iter()
            .filter(|(name, _)| !settled.contains(name.as_str()))
            .filter(|(_, row)| {
                row.may_import_all || row.may_import.iter().all(|o| o == "-" || settled.contains(o.as_str()))
            })
            .map(|(name, _)| name.as_str())
            .collect();
        assert!(
            !next.is_empty(),
            "these rooms import each other in a circle or name an unknown room: {:?}",
            plan.keys().filter(|n| !settled.contains(n.as_str())).collect::<Vec<_>>()
        );
        settled.extend(next);
    }
}

#[test]
fn siblings_that_must_not_know_each_other_do_not() {
    for folder in ["kernel", "tui/overlay"] {
        let siblings: Vec<String> = sources()
            .iter()
            .filter(|(_, path, _)| path.parent() == Some(Path::new(folder)))
            .filter_map(|(_, path, _)| path.file_stem().map(|s| s.to_string_lossy().into_owned()))
            .filter(|name| name != "mod" && name != "tests")
            .collect();
        let inner = folder.replace('/', "::");
        for (_, path, text) in
            sources().iter().filter(|(_, path, _)| path.parent() == Some(Path::new(folder)))
        {
            if path.file_stem().is_some_and(|s| s == "mod" || s == "tests") {
                continue;
            }
            for sibling in &siblings {
                for spelling in [format!("super::{sibling}::"), format!("crate::{inner}::{sibling}::")] {
                    assert!(
                        !code(text).contains(&spelling),
                        "src/{}: imports its sibling `{sibling}`; let mod.rs join them",
                        path.display()
                    );
                }
            }
        }
    }
}

#[test]
fn a_pure_room_has_no_clock_no_randomness_no_io_and_no_async() {
    let plan = plan();
    let banned = [
        "std::fs",
        "std::net",
        "std::process",
        "std::thread",
        "std::io::stdin",
        "std::io::stdout",
        "std::env::var",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "tokio::",
        "async fn",
        ".await",
        "rand::",
        "rustix::",
        "println!",
        "eprintln!",
        "tracing::",
    ];
    let mut wrong = Vec::new();
    for (room, path, text) in sources() {
        if plan.get(&room).is_some_and(|row| row.pure) {
            let code = code(&text);
            for word in banned.iter().filter(|word| code.contains(**word)) {
                wrong.push(format!("{}: `{word}` in a pure room", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn only_the_terminal_room_uses_vt100_and_only_the_pty_room_portable_pty() {
    for (room, path, text) in sources() {
        let code = code(&text);
        for (word, home) in [("vt100::", "terminal"), ("portable_pty::", "pty"), ("rusqlite::", "store")] {
            assert!(
                room == home || !code.contains(word),
                "src/{}: only `{home}` may use `{word}`",
                path.display()
            );
        }
    }
}

#[test]
fn every_file_introduces_itself_and_is_one_thing() {
    for (_, path, text) in sources() {
        if path == Path::new("main.rs") {
            continue;
        }
        assert!(
            text.starts_with("//!"),
            "src/{}: its first line says what the file is for (`//!`)",
            path.display()
        );
        let lines = code(&text).lines().count();
        assert!(lines <= 600, "src/{}: {lines} lines of code; past 600 it is two things", path.display());
    }
}

#[test]
fn nothing_is_called_by_a_name_that_says_nothing() {
    for (_, path, _) in sources() {
        for part in path.iter().map(|p| p.to_string_lossy().trim_end_matches(".rs").to_owned()) {
            assert!(
                !["utils", "util", "common", "helpers", "helper", "types", "manager", "misc", "errors"]
                    .contains(&part.as_str()),
                "src/{}: `{part}` says nothing about what is in it",
                path.display()
            );
        }
    }
}
