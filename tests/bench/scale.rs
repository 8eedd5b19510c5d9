//! Ten, fifty, two hundred live agents: started, used, stopped; what one costs stays flat.

use std::time::{Duration, Instant};

use crate::peer::Home;
use crate::process;
use crate::table::{Table, percentile, time};
use crate::window::pass;

/// How long idle cost is watched.
const SPAN: Duration = Duration::from_secs(20);

pub fn run(table: &mut Table) {
    for agents in [10, 50, 200] {
        let home = Home::with(&format!(
            "[session]\nname='scale'\n[executive]\nname='one'\ncommand=['cat']\n\
             [[team]]\nname='team'\n[[team.agent]]\nname='a'\ncommand=['cat']\ncount={}\n",
            agents - 1
        ));
        let begun = Instant::now();
        home.run(&["up"]);
        home.settles(agents);
        let up = begun.elapsed().as_secs_f64();

        let mut sends: Vec<f64> = (1..agents.min(21))
            .map(|n| {
                let begun = Instant::now();
                home.run(&["keys", &format!("a-{n}"), "x", "enter"]);
                begun.elapsed().as_secs_f64()
            })
            .collect();
        pass(Duration::from_secs(3));
        let processes = process::of_home(home.path());
        let all: Vec<u32> = processes.values().flatten().copied().collect();
        let memory: f64 = all.iter().filter_map(|pid| process::memory(*pid)).sum();
        let cpu = || -> f64 { all.iter().filter_map(|pid| process::cpu(*pid)).sum() };
        let before = cpu();
        pass(SPAN);
        let idle = (cpu() - before) / SPAN.as_secs_f64();

        let begun = Instant::now();
        home.run(&["down"]);
        let down = begun.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let count = agents as f64;
        let text = format!(
            "up {} an agent, keys {}, {:.1} MB an agent, idle {:.2} % of a core, down {} in all",
            time(up / count),
            time(percentile(&mut sends, 0.5)),
            memory / count / 1e6,
            idle * 100.0,
            time(down)
        );
        table.add(&format!("{agents} live agents"), text, None, "flat");
    }
}
