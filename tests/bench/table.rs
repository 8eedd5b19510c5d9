//! The table of results, in Markdown, with the machine it was measured on.

use std::fmt::Write as _;

/// The results so far.
pub struct Table {
    rows: Vec<[String; 5]>,
}

impl Table {
    pub fn new() -> Table {
        Table { rows: Vec::new() }
    }

    /// Adds a result: what, ours, the peer's, the ratio of ours to the peer's, what is aimed at.
    pub fn add(&mut self, what: &str, ours: String, peer: Option<(String, f64)>, goal: &str) {
        let (peer, ratio) =
            peer.map_or(("–".to_owned(), "–".to_owned()), |(peer, ratio)| (peer, format!("{ratio:.2}×")));
        eprintln!("  {what}: {ours} (tmux {peer}, {ratio}; goal {goal})");
        self.rows.push([what.to_owned(), ours, peer, ratio, goal.to_owned()]);
    }

    /// Returns the table.
    pub fn markdown(&self) -> String {
        let mut out =
            format!("\n{}\n\n| | agentctl | tmux | ratio | goal |\n|---|---|---|---|---|\n", machine());
        for [what, ours, peer, ratio, goal] in &self.rows {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "| {what} | {ours} | {peer} | {ratio} | {goal} |");
        }
        out
    }
}

fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model = cpuinfo
        .lines()
        .find_map(|l| l.strip_prefix("model name")?.split_once(": ").map(|(_, m)| m.to_owned()));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = read("/proc/sys/kernel/osrelease");
    let tmux = crate::peer::version()
        .unwrap_or_else(|| "no tmux on this machine: nothing to race against".to_owned());
    let today = jiff::Zoned::now().date();
    format!(
        "{today}, {cores} × {}, Linux {}; {tmux}",
        model.unwrap_or_else(|| "an unnamed processor".to_owned()),
        kernel.trim()
    )
}

/// Returns a time in the unit that reads best.
pub fn time(seconds: f64) -> String {
    if seconds >= 1.0 { format!("{seconds:.2} s") } else { format!("{:.2} ms", seconds * 1e3) }
}

/// Returns the value below which this share of the values lie.
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    let index = (last as f64 * share).round() as usize;
    values.get(index).copied().unwrap_or(f64::NAN)
}
