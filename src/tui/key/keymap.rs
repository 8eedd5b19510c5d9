//! Which keys do what: a trie of key sequences, made from the table of actions and a person's own `[keys]`.

use std::collections::BTreeMap;

use super::Action;
use crate::domain::{Key, nearest};
use crate::manifest::Spanned;

/// Every sequence of keys that does something.
#[derive(Clone, Debug)]
pub(in crate::tui) struct Keymap {
    leader: Key,
    bindings: Vec<(Vec<Key>, Action)>,
}

/// What a sequence of keys is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Found {
    /// It does this.
    Action(Action),
    /// It may become one of these: the next key, what it does at once, and how many lie behind it otherwise.
    Prefix,
    /// It is no sequence of ours.
    Nothing,
}

/// A place in the settings and what is wrong there.
pub(in crate::tui) type Wrong = (std::ops::Range<usize>, String, String);

/// A person's choices: the name of an action, and the sequences that do it.
pub(in crate::tui) type Choices = BTreeMap<Spanned<String>, Vec<Spanned<String>>>;

impl Keymap {
    /// Returns the keymap of the table with this leader.
    pub(in crate::tui) fn new(leader: Key) -> Keymap {
        let mut keymap = Keymap { leader: leader.canonical(), bindings: Vec::new() };
        for action in Action::ALL {
            let parse = |text: &&str| keymap.parse(text).ok();
            let sequences: Vec<Vec<Key>> = action.keys().iter().filter_map(parse).collect();
            keymap.bindings.extend(sequences.into_iter().map(|sequence| (sequence, *action)));
        }
        keymap
    }

    /// Puts a person's choices in the place of the table's: an action that is named has the keys that are given, and
    /// no others; a sequence that is given is taken from whoever had it.
    ///
    /// # Errors
    /// Names the place, the field and what is wrong: an unknown action, no key, two actions on one sequence.
    pub(in crate::tui) fn choose(&mut self, choices: &Choices) -> Result<(), Wrong> {
        let mut chosen: Vec<(Vec<Key>, Action)> = Vec::new();
        for (name, texts) in choices {
            let word = name.get_ref();
            let field = format!("keys.{word}");
            let Some(action) = Action::named(word) else {
                let names = Action::ALL.iter().map(|action| action.name());
                let hint = nearest(word, names).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
                return Err((name.span(), field, format!("there is nothing of that name to do{hint}")));
            };
            self.bindings.retain(|(_, bound)| *bound != action);
            for text in texts {
                let sequence = self.parse(text.get_ref()).map_err(|why| (text.span(), field.clone(), why))?;
                let other = chosen.iter().find(|(keys, _)| clash(keys, &sequence));
                if let Some((_, other)) = other.filter(|(_, other)| *other != action) {
                    let why = format!("`{}` is given to `{}` too", text.get_ref(), other.name());
                    return Err((text.span(), field, why));
                }
                self.bindings.retain(|(keys, _)| !clash(keys, &sequence));
                chosen.push((sequence, action));
            }
        }
        self.bindings.extend(chosen);
        Ok(())
    }

    /// Returns the leader key.
    pub(in crate::tui) fn leader(&self) -> Key {
        self.leader
    }

    /// Returns what a sequence is.
    pub(in crate::tui) fn find(&self, keys: &[Key]) -> Found {
        let mut found = Found::Nothing;
        for (sequence, action) in self.bindings.iter().filter(|(sequence, _)| sequence.starts_with(keys)) {
            if sequence.len() == keys.len() {
                return Found::Action(*action);
            }
            found = Found::Prefix;
        }
        found
    }

    /// Returns what can follow `keys`: each next key, and the action it leads to if it leads to one.
    pub(in crate::tui) fn after(&self, keys: &[Key]) -> Vec<(Key, Action)> {
        let longer = self.bindings.iter().filter(|(s, _)| s.len() > keys.len() && s.starts_with(keys));
        longer.filter_map(|(sequence, action)| Some((*sequence.get(keys.len())?, *action))).collect()
    }

    /// Returns the sequences that do something, as a person reads them.
    pub(in crate::tui) fn keys_of(&self, action: Action) -> Vec<String> {
        let own = self.bindings.iter().filter(|(_, bound)| *bound == action);
        own.map(|(sequence, _)| sequence_words(sequence)).collect()
    }

    fn parse(&self, text: &str) -> Result<Vec<Key>, String> {
        let key = |word: &str| match word {
            "leader" => Ok(self.leader),
            word => word.parse::<Key>().map(Key::canonical).map_err(|e| e.to_string()),
        };
        let keys = text.split_whitespace().map(key).collect::<Result<Vec<Key>, String>>()?;
        match keys.first() {
            None => Err("a sequence has at least one key".into()),
            Some(first) if keys.len() == 1 && types(*first) => {
                Err(format!("`{text}` is a key that agents need; put `leader` before it"))
            }
            Some(_) => Ok(keys),
        }
    }
}

/// Returns whether a key by itself writes something, and so cannot be taken from the agents.
fn types(key: Key) -> bool {
    use crate::domain::{KeyCode, Mods};
    let plain = !key.mods.has(Mods::CTRL) && !key.mods.has(Mods::ALT) && !key.mods.has(Mods::SUPER);
    plain && matches!(key.code, KeyCode::Char(_) | KeyCode::Enter | KeyCode::Tab | KeyCode::Backspace)
}

/// Returns whether one sequence hides the other.
fn clash(one: &[Key], other: &[Key]) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// Returns a sequence as a person reads it.
pub(in crate::tui) fn sequence_words(keys: &[Key]) -> String {
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<Key> {
        text.split(' ').map(|word| word.parse::<Key>().unwrap().canonical()).collect()
    }

    fn keymap() -> Keymap {
        Keymap::new("ctrl-a".parse().unwrap())
    }

    fn choices(text: &str) -> Choices {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn every_sequence_of_the_table_is_read_and_none_hides_another() {
        let keymap = keymap();
        let written: usize = Action::ALL.iter().map(|action| action.keys().len()).sum();
        assert_eq!(keymap.bindings.len(), written);
        for (n, (one, action)) in keymap.bindings.iter().enumerate() {
            assert_eq!(keymap.find(one), Found::Action(*action));
            for (other, _) in &keymap.bindings[n + 1..] {
                assert!(!clash(one, other), "{} and {}", sequence_words(one), sequence_words(other));
            }
        }
    }

    #[test]
    fn every_action_has_a_key_and_a_name_of_its_own() {
        let mut names: Vec<_> = Action::ALL.iter().map(|a| a.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Action::ALL.len());
        assert!(Action::ALL.iter().all(|action| !action.keys().is_empty()));
    }

    #[test]
    fn a_sequence_is_found_key_by_key() {
        let keymap = keymap();
        assert_eq!(keymap.find(&keys("ctrl-a")), Found::Prefix);
        assert_eq!(keymap.find(&keys("ctrl-a z")), Found::Action(Action::Zoom));
        assert_eq!(keymap.find(&keys("ctrl-a ctrl-a")), Found::Action(Action::SendLeader));
        assert_eq!(keymap.find(&keys("ctrl-a f12")), Found::Nothing);
        assert_eq!(keymap.find(&keys("z")), Found::Nothing);
        assert!(keymap.after(&keys("ctrl-a")).contains(&(keys("z")[0], Action::Zoom)));
    }

    #[test]
    fn chosen_keys_take_the_place_of_the_tables() {
        let mut keymap = keymap();
        keymap.choose(&choices("zoom = ['f11', 'leader leader']\nhelp = []")).unwrap();
        assert_eq!(keymap.find(&keys("f11")), Found::Action(Action::Zoom));
        assert_eq!(keymap.find(&keys("ctrl-a ctrl-a")), Found::Action(Action::Zoom));
        assert_eq!(keymap.find(&keys("ctrl-a z")), Found::Nothing);
        assert_eq!(keymap.keys_of(Action::Help), Vec::<String>::new());
        assert_eq!(keymap.keys_of(Action::Zoom), ["f11", "ctrl-a ctrl-a"]);
    }

    #[test]
    fn a_choice_that_cannot_be_is_named() {
        let wrong = |text: &str| keymap().choose(&choices(text)).unwrap_err();
        assert!(wrong("zom = ['f1']").2.ends_with("did you mean `zoom`?"));
        assert!(wrong("zoom = ['a']").2.contains("put `leader` before it"));
        assert!(wrong("zoom = ['f1']\nhelp = ['f1']").2.contains("is given to"));
        assert!(wrong("zoom = ['hyper-x']").2.contains("names no key"));
    }
}
