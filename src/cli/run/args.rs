//! The words of `agentctl run`, and how spans of time and amounts of money are written.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cli::word::variable;
use crate::domain::MicroUsd;
use crate::headless::Format;

/// What `agentctl run --help` ends with.
pub(in crate::cli) const AFTER: &str = "Progress goes to standard error, the answer to standard output. When a \
    limit is reached or Ctrl-C is pressed, the program is interrupted, and 30 seconds later everything it has started is \
    killed; a second Ctrl-C kills at once. What it leaves running is ended with it.\n\n\
    Exit codes: 0 done, 1 failed (or its budget is used up), 2 wrong usage, 124 its time is up, 130 interrupted; of \
    several, the greatest.";

/// `agentctl run …`
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct RunArgs {
    /// What to do; `-` reads it from standard input. Several are run at the same time
    #[arg(value_name = "PROMPT")]
    pub(super) prompts: Vec<String>,
    /// A file that holds a prompt; may be given several times
    #[arg(long, short, value_name = "FILE")]
    pub(super) file: Vec<PathBuf>,
    /// The blueprint it is run with: its model, prompt, tools and limits
    #[arg(long, short, conflicts_with = "command", value_name = "NAME")]
    pub(super) blueprint: Option<String>,
    /// The program: claude, codex, gemini, …; otherwise the blueprint's, or the first one on the PATH
    #[arg(long, conflicts_with = "command", value_name = "CLI")]
    pub(super) cli: Option<String>,
    /// The model
    #[arg(long, short, conflicts_with = "command")]
    pub(super) model: Option<String>,
    /// The folder to run it in
    #[arg(long, value_name = "FOLDER")]
    pub(super) cwd: Option<PathBuf>,
    /// A variable set for it
    #[arg(long, short, value_name = "NAME=VALUE", value_parser = variable)]
    pub(super) env: Vec<(String, String)>,
    /// The longest it may take: 90s, 10m, 1h30m
    #[arg(long, short, value_name = "TIME", value_parser = span)]
    pub(super) timeout: Option<Duration>,
    /// The most it may spend, in US dollars, as far as it tells or its price is known; said at 80 %
    #[arg(long, value_name = "DOLLARS", value_parser = amount)]
    pub(super) budget: Option<MicroUsd>,
    /// How many run at the same time
    #[arg(long, short, default_value_t = 8, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(super) jobs: u16,
    /// Say nothing of what goes on
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Run it in a pane of the session's chart
    #[arg(long)]
    pub(super) pane: bool,
    /// The pane's name; otherwise run-1, run-2 …
    #[arg(long, requires = "pane", value_name = "NAME")]
    pub(super) name: Option<String>,
    /// The team it stands in
    #[arg(long, requires = "pane")]
    pub(super) team: Option<String>,
    /// Leave the pane in the chart when it has ended
    #[arg(long, requires = "pane")]
    pub(super) keep: bool,
    /// What the command writes: claude-stream-json, codex-jsonl, gemini-stream-json, opencode-json,
    /// cursor-stream-json, text
    #[arg(long, requires = "command")]
    pub(super) format: Option<Format>,
    /// How long it has after an interrupt
    #[arg(long, hide = true, value_parser = span)]
    pub(super) grace: Option<Duration>,
    /// The folder of an order, for what runs in a pane
    #[arg(long, hide = true, value_name = "FOLDER")]
    pub(super) in_pane: Option<PathBuf>,
    /// A command of your own; {prompt} in it is the prompt, which otherwise comes on its standard input
    #[arg(last = true)]
    pub(super) command: Vec<String>,
}

/// Reads a span of time: `90`, `90s`, `10m`, `1h30m`, `500ms`.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    const UNITS: [(&str, u64); 5] =
        [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
    let wrong = || format!("`{text}` is no span of time; write, for example, 90s, 10m or 1h30m");
    let mut rest = text.trim();
    let mut sum: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        let unit_ends =
            rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
        let unit = match &rest[digits..unit_ends] {
            "" => "s",
            unit => unit,
        };
        let (_, factor) = UNITS.into_iter().find(|(known, _)| *known == unit).ok_or_else(wrong)?;
        sum = number.checked_mul(factor).and_then(|span| sum.checked_add(span)).ok_or_else(wrong)?;
        rest = &rest[unit_ends..];
    }
    if sum == 0 { Err(wrong()) } else { Ok(Duration::from_millis(sum)) }
}

/// Reads an amount of dollars: `0.50`, `$2`.
fn amount(text: &str) -> Result<MicroUsd, String> {
    let number = text.trim().trim_start_matches('$');
    match number.parse::<f64>() {
        Ok(usd) if usd > 0.0 && usd < 1e9 => Ok(MicroUsd::from_usd(usd)),
        _ => Err(format!("`{text}` is no amount of dollars; write, for example, 0.50")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_and_amounts_are_read_as_people_write_them() {
        let millis = |text| span(text).map(|span| span.as_millis());
        assert_eq!(millis("90"), Ok(90_000));
        assert_eq!(millis("1h30m"), Ok(5_400_000));
        assert_eq!(millis("250ms"), Ok(250));
        assert!(
            ["", "0", "m", "10x", "1.5m", "-1s", "99999999999999999999d"]
                .map(span)
                .iter()
                .all(Result::is_err)
        );
        assert_eq!(amount("$0.50"), Ok(MicroUsd(500_000)));
        assert!(["", "0", "-1", "nan", "lots"].map(amount).iter().all(Result::is_err));
    }
}
