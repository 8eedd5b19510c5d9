//! Holds the house to its plan: which room imports which, what a pure room must not touch, which modules must not know
//! each other, that no files import each other in a circle, and that every file says what it is for. The plan is the
//! table in `src/lib.rs`. The source is parsed, and a path counts for what it leads to. `architecture/bad.rs` shows
//! each rule fail on a small bad example.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot read the source has failed")]

#[path = "architecture/bad.rs"]
mod bad;
#[path = "architecture/house.rs"]
mod house;
#[path = "architecture/pure.rs"]
mod pure;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/syntax.rs"]
mod syntax;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

use house::House;

static HOUSE: LazyLock<House> =
    LazyLock::new(|| House::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")));

/// How many files of a room import each other in a circle today. A number may only be lowered; a room that is split takes
/// its share along. Most circles end when what a `mod.rs` defines for its children moves to a file of its own.
const KNOWN_CIRCLES: &[(&str, usize)] = &[
    ("blueprint", 2),
    ("daemon", 20),
    ("kernel", 2),
    ("layout", 3),
    ("pty", 2),
    ("store", 2),
    ("terminal", 9),
    ("theme", 2),
    ("tui", 15),
];

/// Functions that are too long today. This list may only shrink.
const KNOWN_LONG: &[&str] = &["daemon/engine.rs: request"];

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_file_of_the_source_belongs_to_the_program() {
    let known: BTreeSet<&str> = HOUSE
        .modules
        .iter()
        .map(|placed| placed.file.as_str())
        .chain(HOUSE.tests.iter().map(String::as_str))
        .collect();
    let lost: Vec<&String> =
        HOUSE.files.keys().filter(|f| *f != "main.rs" && !known.contains(f.as_str())).collect();
    assert!(lost.is_empty(), "no module names these files: {lost:?}");
    assert!(HOUSE.plan.len() >= 15, "the table in src/lib.rs was not understood: {:?}", HOUSE.plan.keys());
}

#[test]
fn a_room_imports_only_what_the_table_allows() {
    none(&rules::rooms(&HOUSE));
}

#[test]
fn the_table_names_rooms_that_exist_and_has_no_circle() {
    none(&rules::table(&HOUSE));
}

#[test]
fn a_pure_room_has_no_clock_no_randomness_no_io_no_async_and_no_threads() {
    none(&pure::pure(
        &HOUSE,
        &[(
            "terminal/grid/engine.rs",
            "thread_local!",
            "tells the panic hook that a panic of vt100 on this thread is contained",
        )],
    ));
}

#[test]
fn a_crate_that_has_a_home_is_used_nowhere_else() {
    none(&rules::homes(&HOUSE));
}

#[test]
fn parts_of_the_kernel_do_not_know_each_other() {
    none(&rules::siblings(&HOUSE, &["kernel"], |_, file| file.ends_with("/mod.rs")));
}

/// The files of the kernel that join its parts, and on how many lines each may name one part. A new part costs its own
/// folder, these lines and its rows of `policy.rs`; what its events cause in other parts stands in `react.rs`.
const JOINING: &[(&str, usize)] = &[
    ("kernel/command.rs", 2),
    ("kernel/event.rs", 2),
    ("kernel/input.rs", 3),
    ("kernel/outcome.rs", 4),
    ("kernel/state.rs", 7),
    ("kernel/present.rs", 3),
    ("kernel/mod.rs", 8),
    ("kernel/policy.rs", usize::MAX),
    ("kernel/react.rs", usize::MAX),
];

#[test]
fn a_part_of_the_kernel_is_named_in_few_places() {
    none(&rules::scattered(&HOUSE, &["kernel"], JOINING));
}

#[test]
fn overlays_do_not_know_each_other() {
    none(&rules::siblings(&HOUSE, &["tui", "overlay"], |_, _| true));
}

#[test]
fn no_files_of_a_room_import_each_other_in_a_circle() {
    let circles = rules::circles(&HOUSE);
    let mut rooms: BTreeMap<&str, Vec<&Vec<String>>> = BTreeMap::new();
    for circle in &circles {
        let room = circle[0].split('/').next().unwrap_or_default();
        rooms.entry(room).or_default().push(circle);
    }
    let mut wrong = Vec::new();
    for (room, circles) in rooms {
        let known = KNOWN_CIRCLES.iter().find(|(name, _)| *name == room).map_or(0, |(_, count)| *count);
        let count: usize = circles.iter().map(|circle| circle.len()).sum();
        if count > known {
            wrong.push(format!(
                "src/{room}: {count} files import each other in a circle; at most {known} may"
            ));
            for circle in circles {
                let explained = rules::circle_explained(&HOUSE, circle);
                wrong.push(format!("  {}\n{explained}", circle.join(", ")));
            }
        }
    }
    none(&wrong);
}

#[test]
fn every_file_introduces_itself_and_is_one_thing() {
    none(&rules::heads(&HOUSE));
}

#[test]
fn every_function_fits_on_a_screen() {
    let wrong = rules::functions(&HOUSE);
    let known = |wrong: &str| {
        KNOWN_LONG.iter().filter_map(|k| k.split_once(": ")).any(|(file, name)| {
            wrong.starts_with(&format!("src/{file}:")) && wrong.contains(&format!("`{name}`"))
        })
    };
    none(&wrong.into_iter().filter(|wrong| !known(wrong)).collect::<Vec<_>>());
}

#[test]
fn what_is_seen_beyond_its_parent_has_a_docstring() {
    none(&rules::docstrings(&HOUSE));
}

#[test]
fn nothing_is_called_by_a_name_that_says_nothing() {
    none(&rules::names(&HOUSE));
}
