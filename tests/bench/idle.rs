//! What it costs when little happens: fifty idle agents with the screen open, and ten that write at 60 Hz of which nine
//! are not in view. All processes together: window, daemon and holders.

use std::path::Path;
use std::time::Duration;

use crate::peer::Home;
use crate::process;
use crate::table::Table;
use crate::window::pass;

/// How long each is watched.
const SPAN: Duration = Duration::from_secs(60);

pub fn run(table: &mut Table) {
    let home = Home::with(
        "[session]\nname='idle'\n[executive]\nname='one'\ncommand=['cat']\n\
         [[team]]\nname='team'\n[[team.agent]]\nname='a'\ncommand=['cat']\ncount=49\n",
    );
    let window = home.window();
    window.sees("idle");
    home.settles(50);
    window.rests(Duration::from_secs(2));
    let share = busy(home.path());
    table.add(
        "50 idle agents with the screen open, of one core over a minute",
        percent(share),
        None,
        "≤ 0.5 %",
    );
    drop(window);
    drop(home);

    // Bash can wait without starting a process: for a pipe on which nothing ever comes.
    let writer = "exec 3<> <(:); while :; do printf '\\\\r%s' $((n=n+1)); read -t 0.0167 -u 3; done";
    let home = Home::with(&format!(
        "[session]\nname='sixty'\n[executive]\nname='one'\ncommand=['bash','-c',\"{writer}\"]\n\
         [[team]]\nname='team'\n[[team.agent]]\nname='a'\ncommand=['bash','-c',\"{writer}\"]\ncount=9\n"
    ));
    let window = home.window();
    window.sees("sixty");
    // Zoomed: the executive alone is in view.
    window.press("\x01z");
    window.rests(Duration::from_millis(1));
    pass(Duration::from_secs(3));
    let share = busy(home.path());
    table.add(
        "10 agents writing at 60 Hz, 9 of them not in view, of one core",
        percent(share),
        None,
        "≤ 2 %",
    );
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// Returns which share of one core all processes of a home took over the span.
fn busy(home: &Path) -> f64 {
    let pids: Vec<u32> = process::of_home(home).into_values().flatten().collect();
    let total = || -> f64 { pids.iter().filter_map(|pid| process::cpu(*pid)).sum() };
    let before = total();
    pass(SPAN);
    (total() - before) / SPAN.as_secs_f64()
}
