//! The whole source as one thing: the table of rooms, the tree of modules, and what a path in a module leads to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::syntax::{self, Mention, Module};

/// A row of the table in `src/lib.rs`.
#[derive(Debug)]
pub struct Room {
    pub pure: bool,
    pub may_import: BTreeSet<String>,
    pub may_import_all: bool,
}

/// A module of the program, tests left out.
#[derive(Debug)]
pub struct Placed {
    /// Its path from the root.
    pub path: Vec<String>,
    /// The file, seen from `src`.
    pub file: String,
    pub module: Module,
    /// What each of the module's mentions leads to, in the same order.
    pub targets: Vec<Target>,
    parent: usize,
    children: BTreeMap<String, usize>,
}

/// The source of a program.
#[derive(Debug, Default)]
pub struct House {
    pub plan: BTreeMap<String, Room>,
    /// Every file with its text, tests too.
    pub files: BTreeMap<String, String>,
    /// The modules; the root is the first.
    pub modules: Vec<Placed>,
    /// Files that are compiled for tests alone.
    pub tests: BTreeSet<String>,
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A module of the program, by its place in `House::modules`, or something in it.
    Inside { module: usize, item: Option<String> },
    /// Something in another crate.
    Outside(Vec<String>),
    /// A local name, or a word of the language.
    Nothing,
}

/// Where a module is put.
struct Spot<'a> {
    path: &'a [String],
    file: &'a str,
    /// The folder of its children.
    folder: &'a str,
    parent: usize,
    tests_only: bool,
}

impl House {
    /// Reads the source below a folder.
    pub fn read(folder: &Path) -> House {
        let mut files = BTreeMap::new();
        gather(folder, folder, &mut files);
        House::of(files)
    }

    /// Reads a source that is given as text, by file.
    pub fn of(files: BTreeMap<String, String>) -> House {
        let plan = files.get("lib.rs").map(|text| plan(text)).unwrap_or_default();
        let mut house = House { plan, files, ..House::default() };
        house.place(&[], "lib.rs", 0, false);
        for at in 0..house.modules.len() {
            let mentions = &house.modules[at].module.mentions;
            let targets = mentions.iter().map(|mention| house.target(at, mention)).collect();
            house.modules[at].targets = targets;
        }
        house
    }

    fn place(&mut self, path: &[String], file: &str, parent: usize, tests_only: bool) {
        let Some(text) = self.files.get(file) else {
            panic!("src/{file}: a module is declared and has no file");
        };
        let module = syntax::read(text).unwrap_or_else(|e| panic!("src/{file}: {e}"));
        if tests_only {
            self.tests.insert(file.to_owned());
        }
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        let folder = match name {
            "mod.rs" | "lib.rs" => folder.to_owned(),
            name => joined(folder, name.trim_end_matches(".rs")),
        };
        self.put(&Spot { path, file, folder: &folder, parent, tests_only }, module);
    }

    fn put(&mut self, spot: &Spot, mut module: Module) {
        let inline = std::mem::take(&mut module.inline);
        let children = std::mem::take(&mut module.children);
        let at = self.modules.len();
        let below = |name: &String| spot.path.iter().cloned().chain([name.clone()]).collect::<Vec<_>>();
        if !spot.tests_only {
            if let Some(name) = spot.path.last() {
                self.modules[spot.parent].children.insert(name.clone(), at);
            }
            self.modules.push(Placed {
                path: spot.path.to_vec(),
                file: spot.file.to_owned(),
                module,
                targets: Vec::new(),
                parent: spot.parent,
                children: BTreeMap::new(),
            });
        }
        for (name, inner) in inline {
            let folder = joined(spot.folder, &name);
            self.put(&Spot { path: &below(&name), folder: &folder, parent: at, ..*spot }, inner);
        }
        for child in children {
            let beside = spot.file.rsplit_once('/').map_or("", |(folder, _)| folder);
            let candidates = match &child.path {
                Some(path) => vec![joined(beside, path)],
                None => vec![
                    joined(spot.folder, &format!("{}.rs", child.name)),
                    joined(spot.folder, &format!("{}/mod.rs", child.name)),
                ],
            };
            let Some(found) = candidates.iter().find(|f| self.files.contains_key(*f)).cloned() else {
                panic!("src/{}: `mod {}` has no file", spot.file, child.name);
            };
            self.place(&below(&child.name), &found, at, spot.tests_only || child.tests_only);
        }
    }

    /// Every mention of a path, with its module and what it leads to.
    pub fn mentions(&self) -> impl Iterator<Item = (&Placed, &Mention, &Target)> {
        self.modules.iter().flat_map(|placed| {
            placed.module.mentions.iter().zip(&placed.targets).map(move |(m, t)| (placed, m, t))
        })
    }

    fn target(&self, module: usize, mention: &Mention) -> Target {
        match self.resolve(module, &mention.path, 0) {
            // A bare word that is also a module's name is a variable.
            Target::Inside { item: None, .. } if mention.bare => Target::Nothing,
            target => target,
        }
    }

    /// What a path leads to from a module.
    pub fn resolve(&self, module: usize, path: &[String], depth: usize) -> Target {
        let Some((first, rest)) = path.split_first() else { return Target::Nothing };
        match first.as_str() {
            "crate" => self.descend(0, rest, depth),
            "self" => self.descend(module, rest, depth),
            "super" => {
                let ups = path.iter().take_while(|word| *word == "super").count();
                let at = (0..ups).fold(module, |at, _| self.modules[at].parent);
                self.descend(at, &path[ups..], depth)
            }
            "Self" => Target::Nothing,
            "" => Target::Outside(rest.to_vec()),
            _ => match self.look_up(module, first, rest, depth) {
                Some(target) => target,
                None if rest.is_empty() && !first.ends_with('!') => Target::Nothing,
                None => Target::Outside(path.to_vec()),
            },
        }
    }

    /// The room that a path names by itself, from the root or by `super`: where it leads at once, and not what that room
    /// passes on from others. A path that begins with a name brought by `use` names none: its `use` does.
    pub fn named_room<'a>(&'a self, module: usize, path: &'a [String]) -> Option<&'a str> {
        let (at, rest) = match path.first()?.as_str() {
            "crate" => (0, &path[1..]),
            "super" => {
                let ups = path.iter().take_while(|word| *word == "super").count();
                ((0..ups).fold(module, |at, _| self.modules[at].parent), &path[ups..])
            }
            _ => return None,
        };
        match self.modules[at].path.first() {
            Some(room) => Some(room),
            None => rest.first().map(String::as_str),
        }
    }

    /// Follows a path down from a module.
    fn descend(&self, module: usize, path: &[String], depth: usize) -> Target {
        let Some((first, rest)) = path.split_first() else {
            return Target::Inside { module, item: None };
        };
        self.look_up(module, first, rest, depth)
            .unwrap_or(Target::Inside { module, item: Some(first.clone()) })
    }

    /// What a name in a module leads to, with the rest of the path; nothing where the module has no such name.
    fn look_up(&self, module: usize, name: &str, rest: &[String], depth: usize) -> Option<Target> {
        // Names that lead to each other in a circle are those of other crates.
        if depth > 16 {
            return None;
        }
        let here = &self.modules[module];
        if let Some(child) = here.children.get(name) {
            return Some(self.descend(*child, rest, depth));
        }
        if here.module.items.contains(name) {
            return Some(Target::Inside { module, item: Some(name.to_owned()) });
        }
        if let Some(alias) = here.module.imported.get(name) {
            let whole: Vec<String> = alias.iter().chain(rest).cloned().collect();
            if alias.first().is_some_and(|first| first == name) {
                return Some(Target::Outside(whole));
            }
            return Some(self.resolve(module, &whole, depth + 1));
        }
        here.module.globs.iter().find_map(|glob| match self.resolve(module, glob, depth + 1) {
            Target::Inside { module: other, item: None } if other != module => {
                self.look_up(other, name, rest, depth + 1)
            }
            _ => None,
        })
    }
}

fn joined(folder: &str, name: &str) -> String {
    let whole = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn gather(root: &Path, folder: &Path, out: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a source folder is readable") {
        let path = entry.expect("an entry is readable").path();
        if path.is_dir() {
            gather(root, &path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let inner = path.strip_prefix(root).expect("it lies in src").to_string_lossy().into_owned();
            out.insert(inner, std::fs::read_to_string(&path).expect("a source file is readable"));
        }
    }
}

/// The table of rooms in the text of `lib.rs`.
fn plan(text: &str) -> BTreeMap<String, Room> {
    let mut band = "";
    let mut rooms = BTreeMap::new();
    for line in text.lines().filter_map(|l| l.strip_prefix("//! ")) {
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
