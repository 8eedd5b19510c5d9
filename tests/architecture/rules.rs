//! The rules of the house. Each takes the source and returns what breaks it, one sentence a fault, with file and line.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::{House, Target};
use crate::syntax::Mention;

/// A module imports only the rooms that its room's row in `src/lib.rs` names. What a room passes on counts as its own.
pub fn rooms(house: &House) -> Vec<String> {
    let mut wrong = BTreeSet::new();
    for (at, placed) in house.modules.iter().enumerate() {
        let Some(room) = placed.path.first() else { continue };
        let Some(row) = house.plan.get(room) else {
            wrong.insert(format!("src/{}: room `{room}` is not in the table of src/lib.rs", placed.file));
            continue;
        };
        for mention in &placed.module.mentions {
            let Some(other) = house.named_room(at, &mention.path) else { continue };
            if other != room && !row.may_import_all && !row.may_import.contains(other) {
                wrong.insert(format!(
                    "src/{}:{}: `{}` is in `{other}`, which `{room}` must not import; see the table in src/lib.rs",
                    placed.file,
                    mention.line,
                    mention.path.join("::")
                ));
            }
        }
    }
    wrong.into_iter().collect()
}

/// Every room of the table exists, and the table has no circle.
pub fn table(house: &House) -> Vec<String> {
    let mut wrong: Vec<String> = house
        .plan
        .keys()
        .filter(|room| !house.files.contains_key(&format!("{room}/mod.rs")))
        .map(|room| format!("src/lib.rs: the table names `{room}`, and src/{room}/mod.rs does not exist"))
        .collect();
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    loop {
        let next: Vec<&str> = house
            .plan
            .iter()
            .filter(|(name, _)| !settled.contains(name.as_str()))
            .filter(|(_, row)| {
                row.may_import_all || row.may_import.iter().all(|o| o == "-" || settled.contains(o.as_str()))
            })
            .map(|(name, _)| name.as_str())
            .collect();
        if next.is_empty() {
            break;
        }
        settled.extend(next);
    }
    let rest: Vec<&str> = house.plan.keys().map(String::as_str).filter(|n| !settled.contains(n)).collect();
    if !rest.is_empty() {
        wrong.push(format!(
            "src/lib.rs: these rooms import each other in a circle, or name an unknown room: {}",
            rest.join(", ")
        ));
    }
    wrong
}

/// A crate that one place alone may use: its name, and the module that is its home.
pub const HOMES: [(&str, &[&str]); 3] =
    [("vt100", &["terminal"]), ("portable_pty", &["pty"]), ("rusqlite", &["store"])];

/// A crate that has a home is used nowhere else.
pub fn homes(house: &House) -> Vec<String> {
    let mut wrong = BTreeSet::new();
    for (placed, mention, target) in house.mentions() {
        let Target::Outside(outside) = target else { continue };
        for (name, home) in HOMES {
            if outside.first().is_some_and(|first| first == name) && !inside(&placed.path, home) {
                wrong.insert(format!(
                    "src/{}:{}: only `{}` may use the crate `{name}`",
                    placed.file,
                    mention.line,
                    home.join("::")
                ));
            }
        }
    }
    wrong.into_iter().collect()
}

fn inside(path: &[String], home: &[&str]) -> bool {
    path.len() >= home.len() && path.iter().zip(home).all(|(a, b)| a == b)
}

/// Modules below one parent do not know each other: neither by `super::`, nor through a name that the parent passes on.
pub fn siblings(house: &House, parent: &[&str], is_one: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let child = |path: &[String]| -> Option<String> {
        let name = path.get(parent.len()).filter(|_| inside(path, parent))?;
        let file = &house.modules.iter().find(|m| m.path == path[..=parent.len()])?.file;
        is_one(name, file).then(|| name.clone())
    };
    let mut wrong = BTreeSet::new();
    for (placed, mention, target) in house.mentions().filter(|(placed, ..)| inside(&placed.path, parent)) {
        let Target::Inside { module, .. } = target else { continue };
        if let (Some(from), Some(to)) = (child(&placed.path), child(&house.modules[*module].path))
            && from != to
        {
            wrong.insert(format!(
                "src/{}:{}: `{}` is in `{to}`; `{from}` must not know it, their parent `{}` joins them",
                placed.file,
                mention.line,
                mention.path.join("::"),
                parent.join("::")
            ));
        }
    }
    wrong.into_iter().collect()
}

/// Where a part below a parent is named outside its own folder: by file, the lines. That is what a new part costs.
pub fn places<'a>(house: &'a House, parent: &[&str], part: &str) -> BTreeMap<&'a str, BTreeSet<usize>> {
    let own =
        |path: &[String]| inside(path, parent) && path.get(parent.len()).is_some_and(|name| name == part);
    let mut places: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (placed, mention, target) in house.mentions().filter(|(placed, ..)| inside(&placed.path, parent)) {
        let Target::Inside { module, .. } = target else { continue };
        if !own(&placed.path) && own(&house.modules[*module].path) {
            places.entry(&placed.file).or_default().insert(mention.line);
        }
    }
    places
}

/// The parts below a parent: its modules that are folders.
pub fn parts(house: &House, parent: &[&str]) -> Vec<String> {
    let below = house.modules.iter().filter(|m| inside(&m.path, parent) && m.path.len() == parent.len() + 1);
    below.filter(|m| m.file.ends_with("/mod.rs")).filter_map(|m| m.path.last().cloned()).collect()
}

/// A part is named, outside its folder, only in the files that join the parts, and on few lines of each.
pub fn scattered(house: &House, parent: &[&str], joining: &[(&str, usize)]) -> Vec<String> {
    let mut wrong = Vec::new();
    let parts = parts(house, parent);
    // What one part says in another's files is for the rule of siblings.
    let in_part =
        |file: &str| parts.iter().any(|part| file.starts_with(&format!("{}/{part}/", parent.join("/"))));
    for part in &parts {
        for (file, lines) in places(house, parent, part).into_iter().filter(|(file, _)| !in_part(file)) {
            let most = joining.iter().find(|(name, _)| *name == file).map(|(_, most)| *most);
            match most {
                None => wrong
                    .push(format!("src/{file} names the part `{part}` and joins no parts: lines {lines:?}")),
                Some(most) if lines.len() > most => wrong.push(format!(
                    "src/{file} names the part `{part}` on {} lines, at most {most} are its share: {lines:?}",
                    lines.len()
                )),
                Some(_) => {}
            }
        }
    }
    wrong
}

/// The imports between files of one room: from, to, and the mention. A `pub use` passes a name on and is not an import;
/// a name counts for the file that defines it.
fn imports(house: &House) -> impl Iterator<Item = (&str, &str, &Mention)> {
    house.mentions().filter_map(|(placed, mention, target)| {
        let Target::Inside { module, .. } = target else { return None };
        let other = &house.modules[*module];
        let counts =
            !mention.passed_on && placed.path.first() == other.path.first() && placed.file != other.file;
        counts.then_some((placed.file.as_str(), other.file.as_str(), mention))
    })
}

/// The circles of files inside rooms: each a list of files that all import each other, directly or by way of others.
pub fn circles(house: &House) -> Vec<Vec<String>> {
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to, _) in imports(house) {
        edges.entry(from).or_default().insert(to);
    }
    let reach: BTreeMap<&str, BTreeSet<&str>> =
        edges.keys().map(|file| (*file, reached(&edges, file))).collect();
    let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
    for (file, all) in &reach {
        let circle: Vec<String> = all
            .iter()
            .filter(|other| reach.get(**other).is_some_and(|back| back.contains(file)))
            .map(|other| (*other).to_owned())
            .collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

fn reached<'a>(edges: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = edges.get(from).into_iter().flatten().copied().collect();
    while let Some(file) = open.pop() {
        if seen.insert(file) {
            open.extend(edges.get(file).into_iter().flatten().copied());
        }
    }
    seen
}

/// Why a circle is one: for each of its files, what it mentions in the others.
pub fn circle_explained(house: &House, circle: &[String]) -> String {
    let within = |file: &str| circle.iter().any(|one| one == file);
    let mut lines = BTreeMap::new();
    for (from, to, mention) in imports(house).filter(|(from, to, _)| within(from) && within(to)) {
        let line = format!("    src/{from}:{}: `{}` is in {to}", mention.line, mention.path.join("::"));
        lines.entry((from, to)).or_insert(line);
    }
    lines.into_values().collect::<Vec<_>>().join("\n")
}

/// A file says at its head what it is for, and is at most this long without its tests, blank lines and comments.
pub const LONGEST_FILE: usize = 600;

/// Every file introduces itself with `//!` and is one thing.
pub fn heads(house: &House) -> Vec<String> {
    let mut wrong = Vec::new();
    for (file, text) in &house.files {
        if !text.starts_with("//! ") {
            wrong.push(format!("src/{file}: its first line does not say what the file is for (`//! …`)"));
        }
        let lines = without_tests(text);
        if !house.tests.contains(file) && lines > LONGEST_FILE {
            wrong.push(format!("src/{file}: {lines} lines of code; past {LONGEST_FILE} it is two things"));
        }
    }
    wrong
}

/// Lines of code, up to the tests at a file's end.
fn without_tests(text: &str) -> usize {
    let code = text.find("\n#[cfg(test)]\nmod tests {").map_or(text, |at| &text[..at]);
    code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

/// A function fits on a screen.
pub const LONGEST_FUNCTION: usize = 80;

/// No function has more lines of code than fit on a screen.
pub fn functions(house: &House) -> Vec<String> {
    let mut wrong = Vec::new();
    for placed in &house.modules {
        for function in placed.module.functions.iter().filter(|f| f.lines > LONGEST_FUNCTION) {
            wrong.push(format!(
                "src/{}:{}: `{}` has {} lines of code; more than {LONGEST_FUNCTION} do not fit on a screen",
                placed.file, function.line, function.name, function.lines
            ));
        }
    }
    wrong
}

/// What is seen beyond its parent module has a docstring.
pub fn docstrings(house: &House) -> Vec<String> {
    let mut wrong = Vec::new();
    for placed in &house.modules {
        for item in &placed.module.unexplained {
            wrong.push(format!("src/{}:{}: `{}` has no docstring", placed.file, item.line, item.name));
        }
    }
    wrong
}

/// Names that say nothing about what is in a file.
const EMPTY_WORDS: [&str; 9] =
    ["utils", "util", "common", "helpers", "helper", "types", "manager", "misc", "errors"];

/// A file's name says what is in it.
pub fn names(house: &House) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in house.files.keys() {
        for part in file.split('/').map(|part| part.trim_end_matches(".rs")) {
            if EMPTY_WORDS.contains(&part) {
                wrong.push(format!("src/{file}: `{part}` says nothing about what is in it"));
            }
        }
    }
    wrong
}
