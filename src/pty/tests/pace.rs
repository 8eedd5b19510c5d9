//! The pace: a trickle waits where it may, and nothing else does.

use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};

use super::*;

/// What is asked for, and what no wait is longer than.
const MOST: Duration = Duration::from_secs(1);

/// Prints a line every few milliseconds, `count` of them.
fn trickle(count: u32) -> String {
    format!("i=0; while [ $i -lt {count} ]; do i=$((i+1)); echo $i; sleep 0.01; done")
}

/// Reads output until a lump of many lines has come: just then the wait begins anew. Returns all of it.
async fn lump(reader: &mut Reader) -> String {
    let mut seen = String::new();
    loop {
        if let Event::Output { bytes, .. } = reader.event().await {
            seen.push_str(std::str::from_utf8(&bytes).unwrap());
            if bytes.iter().filter(|byte| **byte == b'\n').count() > 20 {
                return seen;
            }
        }
    }
}

#[tokio::test]
async fn a_trickle_comes_in_few_pieces_and_whole() {
    // What is typed hurries the first tenth of a second, and on a busy machine what is meant as a trickle comes in
    // single drops between which there is quiet; so it goes on until twenty lines have come in one piece.
    let agent = Agent::sh(&format!("stty -echo; echo ready; read go; {}", trickle(100_000))).await;
    let (mut reader, mut writer) = agent.until("ready\r\n").await;
    writer.pace(MOST).await.unwrap();
    writer.write(b"\n").await.unwrap();
    let text = lump(&mut reader).await;
    let lines = text.lines().count();
    let expected: String = (1..=lines).map(|n| format!("{n}\r\n")).collect();
    assert_eq!(text, expected);
}

/// Does something that must not wait for the pace, until the machine is not too busy to see that it does not: whatever
/// waits begins to do so just before, and waits for all of the time.
async fn is_prompt(what: &str, act: impl AsyncFn() -> Duration) {
    let mut took = Vec::new();
    for _ in 0..20 {
        took.push(act().await);
        if took.iter().any(|took| *took < MOST / 2) {
            return;
        }
    }
    panic!("{what} waits: {took:?}");
}

#[tokio::test]
async fn an_answer_does_not_wait() {
    let listener = "(while read word <&3; do echo got $word; done) &";
    is_prompt("an answer", async || {
        let agent = Agent::sh(&format!("stty -echo; exec 3<&0; {listener} {}", trickle(100_000))).await;
        let (_, mut reader, mut writer) = agent.connect(Some(0)).await;
        writer.pace(MOST).await.unwrap();
        lump(&mut reader).await;
        let typed_at = Instant::now();
        writer.write(b"word\n").await.unwrap();
        reader.until("got word").await;
        typed_at.elapsed()
    })
    .await;
}

#[tokio::test]
async fn the_end_of_an_agent_does_not_wait() {
    is_prompt("the end of an agent", async || {
        let agent = Agent::sh(&trickle(100_000)).await;
        let (status, mut reader, mut writer) = agent.connect(Some(0)).await;
        writer.pace(MOST).await.unwrap();
        lump(&mut reader).await;
        let killed_at = Instant::now();
        kill_process(Pid::from_raw(status.child.cast_signed()).unwrap(), Signal::KILL).unwrap();
        reader.rest().await;
        let took = killed_at.elapsed();
        writer.kill().await.unwrap();
        assert_eq!(reader.stopped().await, 0);
        took
    })
    .await;
}

#[tokio::test]
async fn whoever_follows_next_gets_everything_as_it_comes() {
    let agent = Agent::sh(&trickle(100_000)).await;
    let (_, mut reader, mut writer) = agent.connect(Some(0)).await;
    writer.pace(MOST).await.unwrap();
    lump(&mut reader).await;
    let (status, mut next, _writer) = agent.connect(Some(0)).await;
    // A busy machine makes some pieces larger; what is held back comes in no small ones at all, one after the other.
    let (mut pieces, mut small) = (0, 0);
    while small < 10 {
        if let Event::Output { seq, bytes } = next.event().await
            && seq > status.end
        {
            pieces += 1;
            small = if bytes.len() < 60 { small + 1 } else { 0 };
            assert!(pieces < 1000, "the last of a thousand pieces has {} bytes", bytes.len());
        }
    }
}
