//! Switching a blueprint on or off in its text, which stays otherwise as the person wrote it.

use crate::manifest::{Manifest, ManifestError};

use super::definition::Definition;

/// Returns a blueprint's text, switched on or off: the one line that says so is changed, or put before everything else.
///
/// # Errors
/// If the text is no blueprint.
pub fn switched(file: &str, text: &str, enabled: bool) -> Result<String, ManifestError> {
    let read: Definition = Manifest { file, text }.read()?;
    if read.enabled.unwrap_or(true) == enabled {
        return Ok(text.to_owned());
    }
    let Some(span) = Spot::of(file, text)? else {
        // Before the first line nothing is open: neither a table nor a text of several lines.
        return Ok(format!("enabled = {enabled}\n{text}"));
    };
    Ok(format!("{}{enabled}{}", &text[..span.start], &text[span.end..]))
}

/// The place of the word behind `enabled =`.
#[derive(Debug, serde::Deserialize)]
struct Spot {
    enabled: Option<crate::manifest::Spanned<bool>>,
}

impl Spot {
    fn of(file: &str, text: &str) -> Result<Option<std::ops::Range<usize>>, ManifestError> {
        let spot: Spot = Manifest { file, text }.read()?;
        Ok(spot.enabled.map(|enabled| enabled.span()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switching_changes_one_word_and_leaves_the_rest_as_it_was_written() {
        let text =
            "# mine\nprompt = \"\"\"\nenabled = true\n\"\"\"\nenabled  =  true # for now\n[env]\nA = '1'\n";
        let off = switched("f", text, false).unwrap();
        assert_eq!(off, text.replace("enabled  =  true", "enabled  =  false"));
        assert_eq!(switched("f", &off, true).unwrap(), text);
        assert_eq!(switched("f", text, true).unwrap(), text);
        let bare = "# mine\n[env]\nA = '1'\n";
        assert_eq!(switched("f", bare, false).unwrap(), format!("enabled = false\n{bare}"));
        assert_eq!(switched("f", bare, true).unwrap(), bare);
        assert!(
            switched("f", "enabeld = true", false)
                .unwrap_err()
                .to_string()
                .contains("did you mean `enabled`?")
        );
    }
}
