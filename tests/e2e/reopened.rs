//! Windows that come and go: closed, killed, two at once, of changing sizes, and a daemon that dies under them.

use crate::home::{Home, until};
use crate::window::Window;

const SHELLS: &str = "[session]\nname='s'\n[executive]\nname='chief'\ncommand=['sh']\nenv={PS1='$ '}\n\
    [[team]]\nname='team'\n[[team.agent]]\nname='a'\ncommand=['sh']\nenv={PS1='$ '}\ncount=3\n";

fn open(home: &Home, rows: u16, cols: u16) -> Window {
    let window = Window::open(home, rows, cols, &[]);
    window.shows("keys → chief");
    home.wait_for_state("chief", "idle");
    window
}

#[test]
fn a_window_that_is_closed_or_killed_leaves_everything_as_it_is() {
    let home = Home::with(SHELLS);
    let mut window = open(&home, 40, 120);
    let pid = home.agent("chief")["pid"].clone();
    window.press("echo kept$((1+1))\r");
    window.shows("kept2");
    window.kill();
    let mut window = open(&home, 40, 120);
    window.shows("kept2");
    assert_eq!(home.agent("chief")["pid"], pid);
    window.press("\x01q");
    assert_eq!(window.ends(), 0);
    let window = open(&home, 40, 120);
    window.shows("kept2");
    assert_eq!(home.agent("chief")["pid"], pid);
}

#[test]
fn the_terminal_is_left_as_it_was_found() {
    let home = Home::with(SHELLS);
    let mut window = open(&home, 40, 120);
    window.press("\x01q");
    assert_eq!(window.ends(), 0);
    let bytes = window.bytes();
    let count = |sequence: &str| memchr::memmem::find_iter(&bytes, sequence.as_bytes()).count();
    for mode in ["1049", "2004", "1004", "1000", "1002", "1006"] {
        assert_eq!(count(&format!("\x1b[?{mode}h")), count(&format!("\x1b[?{mode}l")), "mode {mode}");
    }
    let screen = window.screen();
    assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
}

#[test]
fn a_daemon_killed_under_an_open_window_is_replaced_and_the_window_goes_on() {
    let home = Home::with(SHELLS);
    let window = open(&home, 40, 120);
    window.press("echo before$((1+1))\r");
    window.shows("before2");
    let daemon = home.daemon();
    let killed = std::process::Command::new("kill").args(["-9", &daemon.to_string()]).status();
    assert!(killed.expect("kill can be run").success());
    until("another daemon to serve", || {
        let output = home.run(&["status", "--json"]);
        if output.status.success() && home.daemon() != daemon { Ok(()) } else { Err("none yet".to_owned()) }
    });
    window.shows("before2");
    // Keys pressed while there was no connection were refused, not queued; now they arrive again.
    until("keys to arrive", || {
        window.press("\x15echo after$((1+1))\r");
        let screen = home.ok(&["agent", "screen", "chief"]);
        if screen.contains("after2") { Ok(()) } else { Err(screen) }
    });
    window.shows("after2");
}

#[test]
fn two_windows_of_different_sizes_each_get_their_own_chart() {
    let home = Home::with(SHELLS);
    let (large, small) = (open(&home, 50, 200), open(&home, 24, 80));
    for (window, other) in [(&small, &large), (&large, &small)] {
        let wanted = until("its pane to be drawn", || {
            window.pane_size("chief").ok_or_else(|| window.screen().contents())
        });
        assert_ne!(Some(wanted), other.pane_size("chief"));
        window.press("clear; stty size\r");
        until("the size of the window that was typed in", || {
            let shown = home.ok(&["agent", "screen", "chief"]);
            if shown.contains(&format!("{} {}", wanted.0, wanted.1)) { Ok(()) } else { Err(shown) }
        });
    }
    // The small one shows what it can of it, and says so.
    small.shows("cropped");
}

#[test]
fn a_window_resized_again_and_again_ends_with_terminals_of_the_size_that_is_drawn() {
    let home = Home::with(SHELLS);
    let mut window = open(&home, 50, 200);
    for n in 0..40u16 {
        window.resize(10 + n % 7 * 6, 40 + n % 5 * 30);
    }
    window.resize(30, 100);
    until("the terminal to have the size that is drawn", || {
        window.press("\x15clear; stty size\r");
        let agent = home.ok(&["agent", "screen", "chief"]);
        let told = agent.lines().find_map(|line| {
            let (rows, cols) = line.trim().split_once(' ')?;
            Some((rows.parse::<u16>().ok()?, cols.parse::<u16>().ok()?))
        });
        let drawn = window.pane_size("chief");
        if told.is_some() && told == drawn {
            Ok(())
        } else {
            Err(format!("{told:?}, drawn {drawn:?}\n{}", window.screen().contents()))
        }
    });
}

#[test]
fn a_session_that_is_deleted_closes_its_window_and_says_why() {
    let home = Home::with(SHELLS);
    let mut window = open(&home, 40, 120);
    home.ok(&["session", "delete", "s"]);
    assert_eq!(window.ends(), 0);
    let said = String::from_utf8_lossy(&window.bytes()).into_owned();
    assert!(said.contains("the session was deleted"), "{said:?}");
}
