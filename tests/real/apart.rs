//! A test apart from the network: it runs itself once more in a namespace in which there is loopback and nothing else.
//!
//! The model server, the daemon and the agents then share that namespace, so that what an agent program would send to
//! anybody else has no way out. Where the system gives no such namespace, the test goes on where it is, with a word:
//! the programs then still know no other address than the model server's.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// Set where a test is apart already.
const APART: &str = "AGENTCTL_LAB_APART";

/// Runs the body of a test apart from the network.
pub fn apart<F: FnOnce()>(body: F) {
    if std::env::var_os(APART).is_some() {
        body();
        return;
    }
    if !possible() {
        println!(
            "not apart: this system gives no namespace without a network (unshare -rn); going on with loopback"
        );
        body();
        return;
    }
    let name = std::any::type_name::<F>();
    let name = name.split_once("::").map_or(name, |(_, rest)| rest).trim_end_matches("::{{closure}}");
    let this = std::env::current_exe().expect("the test's own file");
    // Loopback has to be switched on in there.
    let script = "ip link set lo up && exec \"$0\" \"$@\" 2>&1";
    let mut inner = Command::new("unshare");
    inner.args(["-rn", "sh", "-c", script]).arg(this).args([
        name,
        "--exact",
        "--include-ignored",
        "--nocapture",
    ]);
    inner.args(["--test-threads", "1"]).env(APART, "1").stdin(Stdio::null()).stdout(Stdio::piped());
    let mut inner = inner.spawn().expect("unshare can be run");
    let said = BufReader::new(inner.stdout.take().expect("its output"));
    let mut ran = false;
    for line in said.lines().map_while(Result::ok) {
        ran |= line.starts_with("running 1 test");
        println!("{line}");
    }
    assert!(ran, "no test is called {name}");
    assert!(inner.wait().expect("it ends").success(), "the test failed apart from the network");
}

fn possible() -> bool {
    let tried = Command::new("unshare")
        .args(["-rn", "ip", "link", "set", "lo", "up"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}
