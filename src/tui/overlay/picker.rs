//! Picks a layout or a theme. What is selected is shown at once; leaving brings back what there was.

use super::{Intent, Picking, Reply};
use crate::tui::model::Model;
use crate::tui::widget::{Finder, Item, Mark, Pick};

/// Picks a layout or a theme.
#[derive(Debug)]
pub(in crate::tui) struct Picker {
    of: Of,
    names: Vec<String>,
    /// What there was.
    before: String,
    /// What is shown.
    shown: String,
    finder: Finder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Layouts,
    Themes,
}

impl Picker {
    /// Returns the layouts, the present one selected.
    pub(in crate::tui) fn layouts(model: &Model) -> Picker {
        // A file is known by its own name, whatever it says inside.
        Picker::new(Of::Layouts, model.layout_name.clone(), model.library.layouts())
    }

    /// Returns the themes, the present one selected.
    pub(in crate::tui) fn themes(model: &Model) -> Picker {
        Picker::new(Of::Themes, model.theme.name.to_string(), model.library.themes())
    }

    fn new<'a>(of: Of, before: String, known: impl Iterator<Item = (&'a str, &'a str)>) -> Picker {
        let (mut names, mut items) = (Vec::new(), Vec::new());
        for (name, description) in known {
            // Every line has the same width of mark, so that the names stand below each other.
            let (mark, level) = if name == before { (Mark::Now, 0) } else { (Mark::None, 1) };
            let (title, detail) = (name.to_owned(), description.to_owned());
            items.push(Item { mark, level, title, detail, keys: String::new() });
            names.push(name.to_owned());
        }
        let mut finder = Finder::new(items, "type to find");
        if let Some(now) = names.iter().position(|name| *name == before) {
            finder.select(now);
        }
        Picker { of, names, shown: before.clone(), before, finder }
    }

    fn intent(&self, name: &str) -> Intent {
        match self.of {
            Of::Layouts => Intent::Layout(name.to_owned()),
            Of::Themes => Intent::Theme(name.to_owned()),
        }
    }
}

impl Picking for Picker {
    fn title(&self) -> String {
        match self.of {
            Of::Layouts => "layouts".to_owned(),
            Of::Themes => "themes".to_owned(),
        }
    }

    fn hint(&self) -> String {
        "↑↓ shows it · enter keeps it · esc puts the former back".to_owned()
    }

    fn wants(&self, (columns, rows): (u16, u16)) -> (u16, u16) {
        let (wide, high) = self.finder.wants(44);
        // What is tried out should be seen beside the box.
        (wide.min(columns).min(72), high.min(rows).min(14))
    }

    fn finder(&self) -> &Finder {
        &self.finder
    }

    fn finder_mut(&mut self) -> &mut Finder {
        &mut self.finder
    }

    fn answer(&mut self, pick: Pick, _model: &Model) -> Reply {
        match pick {
            Pick::Nothing => Reply::Stay,
            Pick::Moved => {
                let selected = self.finder.selected().and_then(|n| self.names.get(n)).cloned();
                match selected.filter(|name| *name != self.shown) {
                    Some(name) => {
                        self.shown = name;
                        Reply::attempt(self.intent(&self.shown))
                    }
                    None => Reply::Stay,
                }
            }
            Pick::Picked(n) => match self.names.get(n) {
                // What there was and is still shown may carry borders that were moved: it is left alone.
                Some(name) if *name == self.before && *name == self.shown => Reply::Close,
                Some(name) => Reply::Done(vec![self.intent(name)]),
                None => Reply::Stay,
            },
            Pick::Left if self.shown == self.before => Reply::Close,
            Pick::Left => Reply::Done(vec![self.intent(&self.before)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{keys, model};
    use super::*;

    #[test]
    fn what_is_selected_is_shown_and_enter_keeps_it() {
        let model = model();
        let names: Vec<&str> = model.library.themes().map(|(name, _)| name).collect();
        let mut picker = Picker::themes(&model);
        assert_eq!(keys(&mut picker, &model, "down"), format!("try: Theme({:?})", names[1]));
        assert_eq!(keys(&mut picker, &model, "enter"), format!("done: Theme({:?})", names[1]));
    }

    #[test]
    fn leaving_puts_back_what_there_was() {
        let model = model();
        let mut picker = Picker::layouts(&model);
        let now = model.layout.name.to_string();
        assert_eq!(keys(&mut picker, &model, "enter"), "close");
        assert_eq!(keys(&mut picker, &model, "esc"), "close");
        assert!(keys(&mut picker, &model, "g r i d").starts_with("stay"));
        assert_eq!(keys(&mut picker, &model, "esc"), format!("done: Layout({now:?})"));
    }
}
