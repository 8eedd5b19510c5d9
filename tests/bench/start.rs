//! From the command to the first full screen, with ten agents running; and `agentctl status`, the whole process.

use std::time::Instant;

use crate::peer::{Home, Tmux};
use crate::table::{Table, percentile, time};

/// How many times each is done.
const ROUNDS: usize = 20;

pub fn run(table: &mut Table) {
    let home = Home::with(
        "[session]\nname='start'\n[executive]\nname='one'\ncommand=['sh','-c','echo FIRSTPANE; exec cat']\n\
         [[team]]\nname='team'\n[[team.agent]]\nname='a'\ncommand=['sh','-c','echo FIRSTPANE; exec cat']\ncount=9\n",
    );
    home.run(&["up"]);
    home.settles(10);
    let mut ours: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let window = home.window();
            // The last thing drawn of a first full screen is its last row: the bar with the session's name.
            window.sees("FIRSTPANE");
            window.sees("start");
            window.opened_at.elapsed().as_secs_f64()
        })
        .collect();
    let mut status: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            home.run(&["status"]);
            begun.elapsed().as_secs_f64()
        })
        .collect();
    let theirs = Tmux::new().map(|tmux| {
        let first = tmux.window(&["new-session", "sh", "-c", "echo FIRSTPANE; exec cat"]);
        first.sees("FIRSTPANE");
        for _ in 0..9 {
            tmux.run(&["split-window", "sh", "-c", "echo FIRSTPANE; exec cat"]);
            tmux.run(&["select-layout", "tiled"]);
        }
        let mut times: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let window = tmux.window(&["attach"]);
                window.sees("FIRSTPANE");
                window.opened_at.elapsed().as_secs_f64()
            })
            .collect();
        percentile(&mut times, 0.5)
    });
    let mine = percentile(&mut ours, 0.5);
    table.add(
        "first full screen, 10 agents, median",
        time(mine),
        theirs.map(|t| (time(t), mine / t)),
        "≤ 60 ms",
    );
    table.add("first full screen, 10 agents, slowest of 20", time(percentile(&mut ours, 1.0)), None, "–");
    table.add(
        "`agentctl status`, whole process, median",
        time(percentile(&mut status, 0.5)),
        None,
        "≤ 15 ms",
    );
}
