//! Shows each rule fail on a small bad example, and pass on the example mended.

use std::collections::BTreeMap;

use crate::house::House;
use crate::{pure, rules};

const TABLE: &str = "//! The table.
//!
//! ```text
//! PURE   plain    -              what exists
//!        rules    plain          decides
//! EDGE   disk     plain          keeps
//! FRONT  door     plain rules    lets in
//!        root     *              joins
//! ```
mod plain; mod rules; mod disk; mod door; mod root;
";

/// A house of the rooms in `TABLE`, each with an empty `mod.rs` unless the example gives another.
fn house(files: &[(&str, &str)]) -> House {
    let mut all: BTreeMap<String, String> = ["plain", "rules", "disk", "door", "root"]
        .into_iter()
        .map(|room| (format!("{room}/mod.rs"), "//! A room.\n".to_owned()))
        .collect();
    all.insert("lib.rs".to_owned(), TABLE.to_owned());
    all.extend(files.iter().map(|(file, text)| ((*file).to_owned(), format!("//! A file.\n{text}"))));
    House::of(all)
}

/// Holds that a rule finds each of these, in as many complaints.
fn finds(wrong: &[String], expected: &[&str]) {
    for part in expected {
        assert!(wrong.iter().any(|w| w.contains(part)), "not found: {part}\nfound: {wrong:#?}");
    }
    assert_eq!(wrong.len(), expected.len(), "{wrong:#?}");
}

fn pure_rules(code: &str) -> Vec<String> {
    pure::pure(&house(&[("rules/mod.rs", code)]), &[])
}

#[test]
fn an_import_that_the_table_does_not_name_is_found_however_it_is_spelled() {
    for code in [
        "use crate::disk::Store;",
        "use crate::{plain::Id, disk::{Store, Lock as Other}};",
        "use super::disk;",
        "fn f() { super::disk::open(); }",
        "fn f() { crate::disk::open(); }",
        "fn f() { let x: Vec<crate::disk::Store> = vec![]; }",
        "fn f() { println!(\"{}\", crate::disk::NAME); }",
        "#[serde(with = \"crate::disk::form\")] struct S;",
        "#[cfg(not(test))] use crate::disk::Store;",
        "mod inner { use super::super::disk::Store; }",
        "macro_rules! m { () => { $crate::disk::open() } }",
    ] {
        let wrong = rules::rooms(&house(&[("rules/mod.rs", code)]));
        assert!(
            !wrong.is_empty()
                && wrong.iter().all(|w| w.contains("is in `disk`, which `rules` must not import")),
            "{code}\n{wrong:#?}"
        );
    }
}

#[test]
fn an_import_that_the_table_names_and_one_of_tests_alone_are_not_complained_of() {
    for code in [
        "use crate::plain::Id; pub(super) fn f(_: Id) {}",
        "#[cfg(test)] mod tests { use crate::disk::Store; }",
        "#[cfg(test)] use crate::disk::Store;",
        "#[cfg(all(test, unix))] fn f() { crate::disk::open(); }",
        "#[cfg(test)] mod sample; // in a file of its own",
        "// crate::disk::open()\n/// `crate::disk::open`\nfn f() { let s = \"see crate::disk::open there\"; }",
    ] {
        let example = [("rules/mod.rs", code), ("rules/sample.rs", "use crate::disk::Store;")];
        assert_eq!(rules::rooms(&house(&example)), Vec::<String>::new(), "{code}");
    }
    // What a room passes on is its own.
    let example =
        [("plain/mod.rs", "pub use crate::disk::Store;"), ("rules/mod.rs", "use crate::plain::Store;")];
    finds(&rules::rooms(&house(&example)), &["src/plain/mod.rs:2: `crate::disk::Store` is in `disk`"]);
    // What stands below a module of tests is seen.
    let below = "#[cfg(test)] mod sample;\nuse crate::disk::Store;";
    let example = [("rules/mod.rs", below), ("rules/sample.rs", "")];
    finds(&rules::rooms(&house(&example)), &["src/rules/mod.rs:3: `crate::disk::Store`"]);
}

#[test]
fn a_room_that_is_not_in_the_table_is_found() {
    let table = TABLE.replace("mod root;", "mod root; mod attic;");
    let mut files = house(&[("attic/mod.rs", "use crate::plain::Id;")]).files;
    files.insert("lib.rs".to_owned(), table);
    finds(&rules::rooms(&House::of(files)), &["room `attic` is not in the table"]);
}

#[test]
fn a_table_with_a_circle_or_with_a_room_that_does_not_exist_is_found() {
    let change = |from: &str, to: &str| {
        let mut files = house(&[]).files;
        files.insert("lib.rs".to_owned(), TABLE.replace(from, to));
        rules::table(&House::of(files))
    };
    finds(&change("plain    - ", "plain    rules "), &["these rooms import each other in a circle"]);
    finds(&change("EDGE   disk     plain", "EDGE   disk     cellar"), &["or name an unknown room: disk"]);
    finds(
        &change("//! FRONT", "//!        cellar   plain     nothing\n//! FRONT"),
        &["src/cellar/mod.rs does not exist"],
    );
    finds(&rules::table(&house(&[])), &[]);
}

#[test]
fn what_is_not_pure_is_found_whatever_name_it_goes_by() {
    for (code, expected) in [
        ("use std::{fmt, fs}; fn f() { fs::read(\"x\"); }", "`std::fs`"),
        ("use std::fs::File as Paper; fn f() { Paper::open(\"x\"); }", "`std::fs`"),
        ("use std::env; fn f() { env::vars(); }", "`std::env`"),
        ("fn f(p: &std::path::Path) -> bool { p.exists() }", "`.exists()`"),
        ("fn f() -> bool { std::path::Path::new(\"x\").is_file() }", "`.is_file()`"),
        ("use std::time::Instant; fn f() { Instant::now(); }", "`std::time::Instant::now`"),
        ("use std::time as t; fn f() { t::SystemTime::now(); }", "`std::time::SystemTime::now`"),
        ("use jiff::Zoned; fn f() { Zoned::now(); }", "`jiff::Zoned::now`"),
        ("fn f(t: std::time::Instant) { t.elapsed(); }", "`.elapsed()`"),
        ("fn f() { println!(\"x\"); }", "`println!`"),
        ("use std::thread; fn f() { thread::spawn(|| ()); }", "`std::thread`"),
        ("use std::sync::{Arc, Mutex};", "`std::sync::Mutex`"),
        ("use std::sync::atomic::AtomicU8;", "`std::sync::atomic`"),
        ("static mut COUNT: u8 = 0;", "`static`"),
        ("thread_local! { static X: u8 = 0; }", "`thread_local!`"),
        ("async fn f() {}", "`async fn`"),
        ("fn f() { let _ = async { 1 }; }", "`async`"),
        ("use tokio::time;", "`tokio`"),
        ("fn f() { fastrand::u8(..); }", "`fastrand`"),
        ("use std::os::fd::OwnedFd;", "`std::os`"),
    ] {
        let wrong = pure_rules(code);
        assert!(!wrong.is_empty() && wrong.iter().all(|w| w.contains(expected)), "{code}\n{wrong:#?}");
    }
}

#[test]
fn the_order_of_a_hash_map_in_a_pure_room_is_found() {
    let finds_order = |code: &str| {
        let wrong = pure_rules(code);
        assert!(wrong.iter().any(|w| w.contains("differs at each start")), "{code}\n{wrong:#?}");
    };
    finds_order(
        "use std::collections::HashMap; struct S { m: HashMap<u8, u8> } fn f(s: &S) { s.m.values(); }",
    );
    finds_order("use std::collections::*; fn f(m: &std::collections::HashSet<u8>) { for x in m {} }");
    finds_order("fn f() { let m = std::collections::HashMap::new(); m.keys().next(); }");
    // To look a key up has no order, and a tree map has a fixed one.
    let lookup =
        "use std::collections::{BTreeMap, HashMap}; struct S { m: HashMap<u8, u8>, t: BTreeMap<u8, u8> }
        fn f(s: &S) { s.m.get(&1); s.t.values(); }";
    assert_eq!(pure_rules(lookup), Vec::<String>::new());
}

#[test]
fn pure_code_is_not_complained_of_and_an_exception_must_be_needed() {
    let code = "use std::{fmt, time::{Duration, Instant}}; use std::io::Read;
        fn f(now: Instant, then: Instant) -> Duration { now - then }
        fn g(fs: &str) -> String { let env = format!(\"{fs}\"); env }
        #[cfg(test)] fn h() { std::fs::read(\"x\"); }";
    assert_eq!(pure_rules(code), Vec::<String>::new());
    let example = house(&[("rules/mod.rs", "fn f() { std::fs::read(\"x\"); }")]);
    let exception = ("rules/mod.rs", "std::fs", "an example");
    finds(&pure::pure(&example, &[exception]), &[]);
    finds(&pure::pure(&house(&[]), &[exception]), &["the exception for `std::fs` is not needed any more"]);
    // A room that is not pure may do all of it.
    finds(&pure::pure(&house(&[("disk/mod.rs", "fn f() { std::fs::read(\"x\"); }")]), &[]), &[]);
}

#[test]
fn a_crate_outside_its_home_is_found() {
    let example = [
        ("door/mod.rs", "use rusqlite as db; fn f() { db::Connection::open(\"x\"); }"),
        ("disk/mod.rs", "mod store_like;"),
        ("disk/store_like.rs", "fn f() { let vt100 = 1; }"),
    ];
    let wrong = rules::homes(&house(&example));
    finds(&wrong, &["src/door/mod.rs:2: only `store` may use the crate `rusqlite`"]);
}

#[test]
fn siblings_that_know_each_other_are_found_by_any_spelling() {
    let example = |code: &str| {
        rules::siblings(
            &house(&[
                ("rules/mod.rs", "mod mail; mod life; mod join; pub use mail::send; pub use join::both;"),
                ("rules/mail/mod.rs", "pub fn send() {} pub struct Letter;"),
                ("rules/life/mod.rs", code),
                ("rules/join.rs", "pub fn both() { super::mail::send(); }"),
            ]),
            &["rules"],
            |_, file| file.ends_with("/mod.rs"),
        )
    };
    for code in [
        "use super::{join, mail}; fn f() { mail::send(); }",
        "use super::mail as post;",
        "fn f() { super::mail::send(); }",
        "fn f(_: crate::rules::mail::Letter) {}",
        "fn f() { super::send(); }",
        "use super::*; fn f() { send(); }",
    ] {
        let wrong = example(code);
        assert!(
            !wrong.is_empty() && wrong.iter().all(|w| w.contains("is in `mail`; `life` must not know it")),
            "{code}\n{wrong:#?}"
        );
    }
    finds(
        &example("use super::both; fn send() {} fn f() { send(); let mail = 1; g(mail); } fn g(_: u8) {}"),
        &[],
    );
}

#[test]
fn a_part_that_is_named_in_more_places_than_it_must_is_found() {
    let example = |event: &str, other: &str| {
        let example = house(&[
            ("rules/mod.rs", "mod mail; mod life; mod event; mod other;"),
            ("rules/mail/mod.rs", "pub struct Event; fn own() -> super::mail::Event { Event }"),
            ("rules/life/mod.rs", "pub struct Event;"),
            ("rules/event.rs", event),
            ("rules/other.rs", other),
        ]);
        rules::scattered(&example, &["rules"], &[("rules/event.rs", 2)])
    };
    let joins = "use super::{life, mail};\njoin! {\nMail(mail::Event),\nLife(life::Event),\n}";
    finds(&example(joins, ""), &[]);
    finds(
        &example(joins, "use super::event;\nuse super::mail;"),
        &["src/rules/other.rs names the part `mail` and joins no"],
    );
    let twice = format!("{joins}\nfn f(_: mail::Event) {{}}");
    finds(&example(&twice, ""), &["names the part `mail` on 3 lines, at most 2 are its share: {2, 4, 7}"]);
}

#[test]
fn a_circle_of_files_is_found_and_a_name_counts_for_its_own_file() {
    let circles = |a: &str, b: &str, c: &str| {
        let example = [
            ("rules/mod.rs", "mod a; mod b; mod c; pub use a::A; pub use b::B; pub use c::C;"),
            ("rules/a.rs", a),
            ("rules/b.rs", b),
            ("rules/c.rs", c),
        ];
        rules::circles(&house(&example))
    };
    let (a, b, c) = ("use super::b::B; pub struct A(B);", "use super::C; pub struct B(C);", "pub struct C;");
    // `mod.rs` passes names on; that makes no circle.
    assert_eq!(circles(a, b, c), Vec::<Vec<String>>::new());
    let closing = "use super::*; pub struct C(Box<A>);";
    assert_eq!(circles(a, b, closing), [["rules/a.rs", "rules/b.rs", "rules/c.rs"]]);
    // A parent that uses its child, which uses the parent, is one, too.
    let example =
        [("rules/mod.rs", "mod a; pub struct P(a::A);"), ("rules/a.rs", "pub struct A(Box<super::P>);")];
    let house = house(&example);
    let found = rules::circles(&house);
    assert_eq!(found, [["rules/a.rs", "rules/mod.rs"]]);
    assert!(
        rules::circle_explained(&house, &found[0])
            .contains("src/rules/a.rs:2: `super::P` is in rules/mod.rs")
    );
}

#[test]
fn a_file_without_a_head_and_one_that_is_too_long_are_found() {
    let mut files = house(&[]).files;
    files.insert("disk/mod.rs".to_owned(), "use std::fs;\n".to_owned());
    let long = "fn f() {}\n".repeat(rules::LONGEST_FILE + 1);
    files.insert("door/mod.rs".to_owned(), format!("//! Long.\n\n// Words do not count.\n{long}"));
    let tests = format!("//! Tested.\nfn f() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
    files.insert("root/mod.rs".to_owned(), tests);
    finds(
        &rules::heads(&House::of(files)),
        &["src/disk/mod.rs: its first line does not say", "src/door/mod.rs: 601 lines of code"],
    );
}

#[test]
fn a_function_that_does_not_fit_on_a_screen_is_found() {
    let body = "    let _x = 1;\n".repeat(rules::LONGEST_FUNCTION - 2);
    let fits = format!("fn f() {{\n{body}\n    // A word.\n}}\n");
    let long = format!("struct S; impl S {{\nfn g() {{\n{body}    g();\n}}\n}}\n");
    let wrong = rules::functions(&house(&[("rules/mod.rs", &format!("{fits}{long}"))]));
    finds(&wrong, &["`g` has 81 lines of code"]);
}

#[test]
fn a_name_that_says_nothing_is_found() {
    let example = [("rules/mod.rs", "mod utils;"), ("rules/utils.rs", "")];
    finds(&rules::names(&house(&example)), &["src/rules/utils.rs: `utils` says nothing"]);
}

#[test]
fn an_item_without_a_docstring_is_found_where_it_is_seen_beyond_its_parent() {
    let code = "pub struct A;\n/// A word.\npub fn b() {}\npub(super) fn own() {}\nimpl A { pub(crate) fn c(&self) {} fn d() {} }
        impl Clone for A { fn clone(&self) -> A { A } }\n#[cfg(test)] pub fn t() {}";
    let wrong = rules::docstrings(&house(&[("rules/mod.rs", code)]));
    finds(&wrong, &["src/rules/mod.rs:2: `A` has no docstring", "src/rules/mod.rs:6: `c` has no docstring"]);
}
