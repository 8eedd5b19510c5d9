//! A text that says only how it differs from another: `extends = "dark"`, the other's text, and so on to the end.

use serde::de::DeserializeOwned;

use super::{Manifest, ManifestError, Spanned};

/// One text of a line of texts that build on each other, and what it says.
#[derive(Clone, Debug)]
pub struct Ancestor<T> {
    /// The file, as the person knows it.
    pub file: String,
    /// What it says.
    pub text: String,
    /// What it says, read.
    pub value: T,
}

impl<T> Ancestor<T> {
    /// Returns the file's name and text, from which errors can point at a place.
    #[must_use]
    pub fn manifest(&self) -> Manifest<'_> {
        Manifest { file: &self.file, text: &self.text }
    }
}

/// Reads a text and every text that it builds on, the eldest first.
///
/// `extends` returns the word by which a text names the one it builds on, `resolve` the text of that name; `known`
/// are names worth suggesting. A text that builds on its own name builds on what `resolve` knows by that name, so a
/// person's `dark` can build on the `dark` that is built in, if `resolve` finds the latter.
///
/// # Errors
/// Says what [`Manifest::read`] says of each text, and names a text that does not exist or that builds on itself.
pub fn read_lineage<T: DeserializeOwned>(
    manifest: &Manifest<'_>,
    extends: impl Fn(&T) -> Option<&Spanned<String>>,
    resolve: &dyn Fn(&str) -> Option<String>,
    known: &[&str],
) -> Result<Vec<Ancestor<T>>, ManifestError> {
    let mut line: Vec<Ancestor<T>> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let (mut file, mut text) = (manifest.file.to_owned(), manifest.text.to_owned());
    loop {
        let value: T = Manifest { file: &file, text: &text }.read()?;
        let base = extends(&value).map(|base| (base.get_ref().clone(), base.span()));
        let child = Ancestor { file, text, value };
        let Some((name, span)) = base else {
            line.push(child);
            line.reverse();
            return Ok(line);
        };
        if names.contains(&name) {
            return Err(child.manifest().at(&span, "extends", format!("`{name}` builds on itself")));
        }
        let Some(base) = resolve(&name) else {
            let error = child.manifest().at(&span, "extends", format!("there is no `{name}` to build on"));
            return Err(error.did_you_mean(&name, known.iter().copied()));
        };
        (file, text) = (format!("{name}.toml"), base);
        names.push(name);
        line.push(child);
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        extends: Option<Spanned<String>>,
        size: Option<u16>,
    }

    fn read(text: &str) -> Result<Vec<Option<u16>>, ManifestError> {
        let resolve = |name: &str| match name {
            "one" => Some("size = 1".to_owned()),
            "two" => Some("extends = \"one\"\nsize = 2".to_owned()),
            "a" => Some("extends = \"b\"".to_owned()),
            "b" => Some("extends = \"a\"".to_owned()),
            "bad" => Some("size = \"x\"".to_owned()),
            _ => None,
        };
        let line = read_lineage(
            &Manifest { file: "mine.toml", text },
            |s: &Sample| s.extends.as_ref(),
            &resolve,
            &["one", "two"],
        )?;
        Ok(line.into_iter().map(|text| text.value.size).collect())
    }

    #[test]
    fn the_eldest_text_comes_first() {
        assert_eq!(read("extends = \"two\"\nsize = 3"), Ok(vec![Some(1), Some(2), Some(3)]));
        assert_eq!(read("size = 3"), Ok(vec![Some(3)]));
    }

    #[test]
    fn a_text_that_is_not_there_or_goes_in_a_circle_is_named_where_it_is_asked_for() {
        let error = read("size = 3\nextends = \"tow\"").unwrap_err();
        assert_eq!(
            error.to_string(),
            "mine.toml:2:11: `extends`: there is no `tow` to build on; did you mean `two`?"
        );
        assert_eq!(read("extends = \"a\"").unwrap_err().problem, "`a` builds on itself");
        assert_eq!(read("extends = \"bad\"").unwrap_err().file, "bad.toml");
    }
}
