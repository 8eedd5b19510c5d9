//! How single words of the command line are read: numbers, spans of time, variables.

use std::time::Duration;

/// Reads a number, or what stands for it where it is shown: `m12`, `q3`.
pub(super) fn number(text: &str) -> Result<u32, String> {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    digits.parse().map_err(|_| format!("`{text}` is not a number"))
}

/// Reads a span of time: `90`, `30s`, `10m`, `2h`.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    let (digits, unit) = text.split_at(text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len());
    let seconds = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(format!("`{text}` is not a time; write 30s, 10m or 2h")),
    };
    let count: u64 = digits.parse().map_err(|_| format!("`{text}` is not a time; write 30s, 10m or 2h"))?;
    Ok(Duration::from_secs(count.saturating_mul(seconds).min(366 * 24 * 3600)))
}

/// Reads a variable: `NAME=VALUE`.
pub(super) fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a variable is written NAME=VALUE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers_are_read_as_they_are_written() {
        let secs = |text| span(text).map(|span| span.as_secs());
        assert_eq!([secs("90"), secs("30s"), secs("10m"), secs("2h")], [Ok(90), Ok(30), Ok(600), Ok(7200)]);
        assert!(secs("soon").is_err() && secs("3d").is_err());
        assert_eq!((number("q3"), number("12")), (Ok(3), Ok(12)));
        assert!(number("q").is_err());
    }
}
