//! Memory an agent: with ten thousand lines of history at 200×50, daemon and holder together.

use crate::peer::Home;
use crate::process;
use crate::table::Table;

/// How many agents, so that what the daemon takes by itself can be told from what it takes for each.
const AGENTS: usize = 20;

pub fn run(table: &mut Table) {
    let text = "for n in $(seq 10000); do echo \\\"$n the quick brown fox jumps over the lazy dog and goes on to the next line of this log\\\"; done; exec cat";
    let home = Home::with(&format!(
        "[session]\nname='memory'\n[executive]\nname='one'\ncommand=['cat']\n\
         [[team]]\nname='team'\n[[team.agent]]\nname='a'\ncommand=['sh','-c',\"{text}\"]\ncount={AGENTS}\n"
    ));
    home.run(&["start"]);
    let daemon = process::of_home(home.path())["daemon"].first().copied().expect("a daemon");
    let empty = process::memory(daemon).unwrap_or(f64::NAN);
    let window = home.window();
    window.sees("memory");
    home.settles(AGENTS + 1);
    let processes = process::of_home(home.path());
    let holders: f64 = processes["holders"].iter().filter_map(|pid| process::memory(*pid)).sum();
    let full = process::memory(daemon).unwrap_or(f64::NAN);
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let each = (holders + full - empty) / (AGENTS + 1) as f64;
    let text = format!(
        "{:.1} MB (holder {:.1} MB, daemon {:.1} MB on top of its own {:.1} MB)",
        each / 1e6,
        holders / 1e6 / processes["holders"].len().max(1) as f64,
        each / 1e6 - holders / 1e6 / processes["holders"].len().max(1) as f64,
        empty / 1e6
    );
    table.add("memory an agent with 10,000 lines of history (PSS)", text, None, "≤ 6 MB");
}
