//! Copy mode in one line of words: where the cursor is, what is searched for and how much was found.

use super::Copy;
use super::search::{LIMIT, Search};

impl Copy {
    /// Returns what the status line says.
    pub(in crate::tui) fn status(&self) -> String {
        if let Some(prompt) = &self.prompt {
            let way = if prompt.backwards { "search back" } else { "search" };
            let found = self.search.as_ref().map(|search| format!("  ({})", self.found(search)));
            return format!("{way}: {}{}", prompt.text, found.unwrap_or_default());
        }
        let lines = self.lines().len() as u64;
        let mut out =
            format!("copy mode  line {} of {}", grouped(self.cursor.row as u64 + 1), grouped(lines));
        if let Some(search) = &self.search {
            let sign = if search.backwards { '?' } else { '/' };
            out.push_str(&format!("  {sign}{}: {}", search.text, self.found(search)));
        }
        if self.waits {
            out.push_str("  (older lines are being fetched)");
        } else if self.left_out > 0 && self.top == 0 {
            out.push_str(&format!("  ({} older lines were left out)", grouped(self.left_out)));
        }
        out
    }

    fn found(&self, search: &Search) -> String {
        match (search.number(self.cursor), search.count()) {
            (_, Some(0)) => "not found".to_owned(),
            (Some(number), Some(count)) => format!("{} of {}", grouped(number as u64), grouped(count as u64)),
            (None, Some(1)) => "1 match".to_owned(),
            (None, Some(count)) => format!("{} matches", grouped(count as u64)),
            (_, None) => format!("{}+ matches", grouped(LIMIT as u64)),
        }
    }
}

/// Returns a number with its thousands set apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
