//! What a PURE room must not touch: clock, I/O, environment, randomness, async, threads and statics. Judged by what a
//! path leads to, whatever it is called where it stands.

use std::collections::BTreeSet;

use crate::house::{House, Target};

/// The crates that pure rooms may use; each computes and does nothing else. A crate with a clock is in `BANNED`, too.
const CRATES: [&str; 21] = [
    "alloc",
    "base64",
    "core",
    "crc32fast",
    "imbl",
    "jiff",
    "lz4_flex",
    "memchr",
    "regex",
    "serde",
    "serde_json",
    "serde_path_to_error",
    "shell_words",
    "std",
    "strsim",
    "thiserror",
    "toml",
    "unicode_segmentation",
    "unicode_width",
    "utoipa",
    "vt100",
];

/// Paths in those crates that are not pure, and why. A path bans what lies below it.
const BANNED: [(&str, &str); 34] = [
    ("std::env", "the environment is an argument"),
    ("std::fs", "I/O"),
    ("std::net", "I/O"),
    ("std::os", "I/O"),
    ("std::process", "I/O"),
    ("std::io::stdin", "I/O"),
    ("std::io::stdout", "I/O"),
    ("std::io::stderr", "I/O"),
    ("std::print!", "I/O"),
    ("std::println!", "I/O"),
    ("std::eprint!", "I/O"),
    ("std::eprintln!", "I/O"),
    ("print!", "I/O"),
    ("println!", "I/O"),
    ("eprint!", "I/O"),
    ("eprintln!", "I/O"),
    ("dbg!", "I/O"),
    ("std::time::Instant::now", "time is an argument"),
    ("std::time::SystemTime::now", "time is an argument"),
    ("std::time::SystemTime::elapsed", "time is an argument"),
    ("std::time::Instant::elapsed", "time is an argument"),
    ("jiff::Timestamp::now", "time is an argument"),
    ("jiff::Zoned::now", "time is an argument"),
    ("jiff::tz::TimeZone::system", "the time zone is an argument"),
    ("std::hash::RandomState", "randomness"),
    ("std::collections::hash_map::RandomState", "randomness"),
    ("std::thread", "threads"),
    ("std::thread_local!", "state outside its owner"),
    ("thread_local!", "state outside its owner"),
    ("std::sync::Mutex", "threads"),
    ("std::sync::RwLock", "threads"),
    ("std::sync::Condvar", "threads"),
    ("std::sync::mpsc", "threads"),
    ("std::sync::atomic", "threads"),
];

/// Methods that touch the disk or the clock, whatever they are called on.
const METHODS: [(&str, &str); 11] = [
    ("exists", "I/O"),
    ("try_exists", "I/O"),
    ("is_file", "I/O"),
    ("is_dir", "I/O"),
    ("is_symlink", "I/O"),
    ("canonicalize", "I/O"),
    ("metadata", "I/O"),
    ("symlink_metadata", "I/O"),
    ("read_dir", "I/O"),
    ("read_link", "I/O"),
    ("elapsed", "time is an argument"),
];

/// The ways through a hash map, whose order differs at each start.
const WAYS_THROUGH: [&str; 9] =
    ["iter", "iter_mut", "into_iter", "keys", "values", "values_mut", "into_values", "drain", "retain"];

/// Where a rule is set aside, and why: file, what is used there, reason.
pub type Exception = (&'static str, &'static str, &'static str);

/// A pure room touches nothing outside its arguments.
pub fn pure(house: &House, exceptions: &[Exception]) -> Vec<String> {
    let mut wrong = BTreeSet::new();
    let mut used: BTreeSet<&Exception> = BTreeSet::new();
    let mut complain = |file: &str, line: usize, what: &str, why: &str| match exceptions
        .iter()
        .find(|(f, w, _)| *f == file && *w == what)
    {
        Some(exception) => drop(used.insert(exception)),
        None => drop(wrong.insert(format!("src/{file}:{line}: `{what}` in a pure room ({why})"))),
    };
    for (at, placed) in house.modules.iter().enumerate() {
        if !placed.path.first().and_then(|room| house.plan.get(room)).is_some_and(|row| row.pure) {
            continue;
        }
        for (mention, target) in placed.module.mentions.iter().zip(&placed.targets) {
            let Target::Outside(outside) = target else { continue };
            if let Some((what, why)) = banned(outside) {
                complain(&placed.file, mention.line, &what, why);
            }
        }
        for keyword in &placed.module.keywords {
            complain(&placed.file, keyword.line, &keyword.name, "no async and no statics");
        }
        let hashed = hashed(house, at);
        for (receiver, method) in &placed.module.methods {
            if let Some((name, why)) = METHODS.iter().find(|(name, _)| *name == method.name) {
                complain(&placed.file, method.line, &format!(".{name}()"), why);
            }
            if hashed.contains(receiver.as_str()) && WAYS_THROUGH.contains(&method.name.as_str()) {
                let what = format!("{receiver}.{}()", method.name);
                complain(&placed.file, method.line, &what, "the order of a hash map differs at each start");
            }
        }
        for through in placed.module.loops.iter().filter(|l| hashed.contains(l.name.as_str())) {
            let what = format!("for … in {}", through.name);
            complain(&placed.file, through.line, &what, "the order of a hash map differs at each start");
        }
    }
    for (file, what, _) in exceptions.iter().filter(|exception| !used.contains(exception)) {
        wrong.insert(format!("src/{file}: the exception for `{what}` is not needed any more; take it out"));
    }
    wrong.into_iter().collect()
}

/// Names in a module whose type has a hash map or a hash set in it.
fn hashed(house: &House, module: usize) -> BTreeSet<&str> {
    let typed = &house.modules[module].module.typed;
    let typed = typed.iter().filter(|(_, ty)| match house.resolve(module, ty, 0) {
        Target::Outside(outside) => {
            matches!(outside.last().map(String::as_str), Some("HashMap" | "HashSet"))
                && outside.first().is_some_and(|first| first == "std")
        }
        _ => false,
    });
    typed.map(|(name, _)| name.as_str()).collect()
}

/// What is banned of a path into another crate, and why.
fn banned(outside: &[String]) -> Option<(String, &'static str)> {
    let whole = outside.join("::").replacen("core::", "std::", 1);
    if let Some((what, why)) = BANNED.iter().find(|(what, _)| {
        whole.strip_prefix(what).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }) {
        return Some(((*what).to_owned(), why));
    }
    let name = outside.first()?;
    let is_crate =
        outside.len() > 1 && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let primitive = [
        "bool", "char", "str", "f32", "f64", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32",
        "i64", "i128", "isize",
    ]
    .contains(&name.as_str());
    (is_crate && !primitive && !CRATES.contains(&name.as_str()))
        .then(|| (name.clone(), "this crate is not in the list of those that only compute"))
}
