//! What a holder survives, what is found again, and what it costs when nothing happens.
#![expect(clippy::single_range_in_vec_init, reason = "a list of ranges of which there happens to be one")]

use rustix::process::{Resource, Rlimit, getrlimit, prlimit};

use super::*;

fn pid(id: u32) -> Pid {
    Pid::from_raw(id.cast_signed()).unwrap()
}

/// Returns the processor time a process has used, in clock ticks of 10 ms.
fn ticks(id: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[tokio::test]
async fn a_holder_survives_hangups_and_connections_that_break_in_the_middle() {
    let agent = Agent::sh("echo ready; read line; echo got $line").await;
    agent.until("ready").await;
    for signal in [Signal::HUP, Signal::PIPE, Signal::USR1, Signal::TTOU, Signal::ALARM] {
        kill_process(pid(agent.running.holder), signal).unwrap();
    }
    for garbage in [
        &b"\xff\xff\xff\xff\x01"[..],
        b"\0\0\0\0",
        b"\x09\0\0\0\x02aaaa",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x01\0\0\0\x08",
    ] {
        let mut stream = tokio::net::UnixStream::connect(&agent.spec.socket).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, garbage).await.unwrap();
    }
    let (_, mut reader, mut writer) = agent.connect(Some(0)).await;
    writer.write(b"it\r").await.unwrap();
    assert!(reader.rest().await.0.contains("got it"));
}

#[tokio::test]
async fn a_holder_that_is_told_to_go_takes_its_tree_along_and_saves_the_output() {
    let agent = Agent::sh("echo ready; sleep 1000").await;
    agent.until("ready").await;
    kill_process(pid(agent.running.holder), Signal::TERM).unwrap();
    agent.gone().await;
    assert!(!Path::new(&format!("/proc/{}", agent.running.child)).exists());
    assert!(!agent.spec.socket.exists());
    assert_eq!(agent.history().ranges().unwrap(), [0..7]);
}

#[tokio::test]
async fn what_was_said_is_on_disk_soon_after_also_when_the_holder_is_killed() {
    let agent = Agent::sh("seq 1 20000; sleep 1000").await;
    let (_, mut reader, _writer) = agent.connect(Some(0)).await;
    let output = reader.until("\n20000\r\n").await;
    let end = output.len() as u64;
    let history = agent.history();
    eventually("everything is on disk", || history.ranges().is_ok_and(|ranges| ranges == [0..end])).await;
    kill_process(pid(agent.running.holder), Signal::KILL).unwrap();
    agent.gone().await;
    let mut stored = Vec::new();
    for item in history.read(0).unwrap() {
        let Stored::Block(block) = item.unwrap() else { panic!("a gap") };
        stored.extend_from_slice(block.bytes());
    }
    assert!(stored == output.as_bytes());
    // Only its end is asked for, not that somebody buried it: a container's first process may bury nobody.
    let program = format!("/proc/{}/exe", agent.running.child);
    eventually("the agent is hung up", || fs::read_link(&program).is_err()).await;
    assert!(matches!(connect(&agent.spec.socket, None).await, Err(ConnectError::Gone { .. })));
}

#[tokio::test]
async fn a_holder_out_of_descriptors_serves_who_is_there_and_does_not_spin() {
    let agent = Agent::sh("echo ready; read line").await;
    let (mut reader, mut writer) = agent.until("ready").await;
    let history = agent.history();
    // What writes it has opened by then what it needs.
    eventually("the history is written", || history.ranges().is_ok_and(|ranges| ranges == [0..7])).await;
    let holder = pid(agent.running.holder);
    let descriptor = |n: &u64| Path::new(&format!("/proc/{}/fd/{n}", agent.running.holder)).exists();
    let open = (0..).find(|n| !descriptor(n)).unwrap();
    let maximum = getrlimit(Resource::Nofile).maximum;
    prlimit(Some(holder), Resource::Nofile, Rlimit { current: Some(open), maximum }).unwrap();
    let before = ticks(agent.running.holder);
    let waiting = connect(&agent.spec.socket, None);
    tokio::pin!(waiting);
    assert!(timeout(Duration::from_millis(500), &mut waiting).await.is_err(), "there was a descriptor left");
    writer.status().await.unwrap();
    assert_eq!(reader.answer().await.child, agent.running.child);
    assert!(ticks(agent.running.holder) - before <= 5, "it spins");
    prlimit(Some(holder), Resource::Nofile, Rlimit { current: Some(open + 5), maximum }).unwrap();
    within("the connection", waiting).await.unwrap();
}

#[tokio::test]
async fn one_connection_too_many_costs_the_oldest_that_only_waits() {
    let agent = Agent::sh("echo ready; read line; echo done").await;
    let (mut reader, mut writer) = agent.until("ready").await;
    let mut waiting = Vec::new();
    for _ in 0..20 {
        waiting.push(agent.connect(None).await);
    }
    assert_eq!(within("the end", waiting[0].1.next()).await.unwrap(), None);
    writer.write(b"\r").await.unwrap();
    reader.until("done").await;
}

#[tokio::test]
async fn who_asks_much_and_does_not_listen_gets_all_answers_and_costs_little() {
    let agent = Agent::sh("head -c 200000 /dev/urandom; printf '\\nready'; read line").await;
    let _connection = agent.until("\nready").await;
    let memory = || memory(agent.running.holder);
    let before = memory();
    let (_, mut deaf, mut asking) = agent.connect(None).await;
    let asked = tokio::spawn(async move {
        for _ in 0..1000 {
            asking.tail(0).await.unwrap();
        }
        asking
    });
    // Every answer to another is a round in which more could be taken from the one that does not listen.
    let (_, mut reader, mut writer) = agent.connect(None).await;
    for _ in 0..200 {
        writer.status().await.unwrap();
        reader.answer().await;
    }
    assert!(memory() < before + 2048, "{before} kB became {} kB", memory());
    for _ in 0..1000 {
        assert!(matches!(deaf.event().await, Event::Tail(block) if block.bytes().len() == 64 * 1024));
    }
    asked.await.unwrap();
}

#[tokio::test]
async fn an_idle_holder_uses_no_processor() {
    let agent = Agent::sh("echo ready; sleep 1000").await;
    let (_reader, _writer) = agent.until("ready").await;
    assert_eq!(
        fs::read(format!("/proc/{}/environ", agent.running.holder)).unwrap(),
        b"",
        "it keeps no secrets"
    );
    let history = agent.history();
    eventually("the history is written", || history.ranges().is_ok_and(|ranges| ranges == [0..7])).await;
    let switches = || {
        let status = fs::read_to_string(format!("/proc/{0}/task/{0}/status", agent.running.holder)).unwrap();
        status.lines().filter(|line| line.contains("ctxt_switches")).map(str::to_owned).collect::<Vec<_>>()
    };
    let threads = fs::read_dir(format!("/proc/{}/task", agent.running.holder)).unwrap().count();
    assert!(threads <= 3, "its loop, the writer of its history, and the test harness's");
    // What it did last it may still be doing, on a busy machine; a holder that wakes up by itself does so every time.
    let mut wakes = Vec::new();
    for _ in 0..10 {
        let before = (switches(), ticks(agent.running.holder));
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let after = (switches(), ticks(agent.running.holder));
        if before == after {
            return;
        }
        wakes.push((before, after));
    }
    panic!("it woke up for nothing: {wakes:?}");
}
