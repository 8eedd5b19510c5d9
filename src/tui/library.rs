//! The themes and layouts there are: those built in, and a person's own, which go before built-in ones of their name.
//!
//! A file that is wrong is left out and named; the others are there all the same.

use crate::config::OwnFile;
use crate::domain::nearest;
use crate::layout::{self, Layout};
use crate::manifest::ManifestError;
use crate::theme::{self, ColorDepth, Theme};

/// The themes and layouts there are, by name, the default first.
#[derive(Clone, Debug)]
pub(super) struct Library {
    themes: Vec<(String, Theme)>,
    layouts: Vec<(String, Layout)>,
    depth: ColorDepth,
    /// What was wrong with files that are left out.
    pub(super) wrong: Vec<String>,
}

impl Library {
    /// Reads all of them, for a terminal of this depth.
    pub(super) fn read(themes: &[OwnFile], layouts: &[OwnFile], depth: ColorDepth) -> Library {
        let mut wrong = Vec::new();
        let themes = gather(&theme::BUILTIN, themes, &mut wrong, Theme::parse);
        let layouts = gather(&layout::BUILTIN, layouts, &mut wrong, Layout::parse);
        Library { themes, layouts, depth, wrong }
    }

    /// Returns a theme in the colours that the terminal shows. Only one that is wanted is reduced: it takes a search for
    /// the nearest colour of every role.
    pub(super) fn theme(&self, name: &str) -> Option<Theme> {
        self.themes.iter().find(|(own, _)| own == name).map(|(_, theme)| theme.reduced(self.depth))
    }

    /// Returns a layout.
    pub(super) fn layout(&self, name: &str) -> Option<&Layout> {
        self.layouts.iter().find(|(own, _)| own == name).map(|(_, layout)| layout)
    }

    /// Returns every theme's name and description.
    pub(super) fn themes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.themes.iter().map(|(name, theme)| (name.as_str(), theme.description.as_str()))
    }

    /// Returns every layout's name and description.
    pub(super) fn layouts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.layouts.iter().map(|(name, layout)| (name.as_str(), layout.description.as_str()))
    }

    /// Adds a layout, or puts it in the place of the one with its name.
    pub(super) fn keep_layout(&mut self, name: &str, layout: Layout) {
        match self.layouts.iter_mut().find(|(own, _)| own == name) {
            Some((_, kept)) => *kept = layout,
            None => self.layouts.push((name.to_owned(), layout)),
        }
    }

    /// Says that there is no theme or layout of a name, and which was probably meant.
    pub(super) fn missing<'a>(
        what: &str,
        name: &str,
        known: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> String {
        let hint = nearest(name, known.map(|(name, _)| name));
        let hint = hint.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        format!("there is no {what} `{name}`{hint}")
    }
}

type Resolve<'a> = &'a dyn Fn(&str) -> Option<String>;

fn gather<T>(
    builtin: &[(&str, &str)],
    own: &[OwnFile],
    wrong: &mut Vec<String>,
    parse: impl Fn(&str, &str, Resolve<'_>) -> Result<T, ManifestError>,
) -> Vec<(String, T)> {
    let mut found: Vec<(String, T)> = Vec::new();
    for (name, text) in builtin {
        match parse(&format!("{name}.toml"), text, &|_| None) {
            Ok(value) => found.push(((*name).to_owned(), value)),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    for file in own {
        // A file of a built-in name may build on the built-in one, which is found where this finds nothing.
        let others = |name: &str| {
            own.iter().find(|other| other.name == name && other.name != file.name).map(|o| o.text.clone())
        };
        match parse(&file.path.display().to_string(), &file.text, &others) {
            Ok(value) => match found.iter_mut().find(|(name, _)| *name == file.name) {
                Some((_, kept)) => *kept = value,
                None => found.push((file.name.clone(), value)),
            },
            Err(error) => wrong.push(error.to_string()),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(name: &str, text: &str) -> OwnFile {
        OwnFile { name: name.into(), path: format!("/x/{name}.toml").into(), text: text.into() }
    }

    #[test]
    fn everything_built_in_is_there_and_right() {
        let library = Library::read(&[], &[], ColorDepth::True);
        assert_eq!(library.wrong, Vec::<String>::new());
        assert_eq!(library.themes().count(), theme::BUILTIN.len());
        assert_eq!(library.layouts().next().map(|(name, _)| name), Some("org-chart"));
    }

    #[test]
    fn a_persons_own_go_first_and_may_build_on_the_built_in_one_of_their_name() {
        let themes =
            [own("dark", "extends = 'dark'\ndescription = 'mine'\n"), own("bad", "[roles]\ntxt = ''")];
        let library = Library::read(&themes, &[own("low", "extends = 'grid'\n")], ColorDepth::True);
        assert_eq!(library.theme("dark").map(|t| t.description).as_deref(), Some("mine"));
        assert!(library.layout("low").is_some() && library.theme("bad").is_none());
        assert!(library.wrong[0].contains("/x/bad.toml:2"), "{:?}", library.wrong);
        let missing = Library::missing("theme", "drak", library.themes());
        assert_eq!(missing, "there is no theme `drak`; did you mean `dark`?");
    }
}
