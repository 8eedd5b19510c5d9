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

/// Reads output until a lump of many lines has come: just then the wait begins anew.
async fn lump(reader: &mut Reader) {
    loop {
        if let Event::Output { bytes, .. } = reader.event().await
            && bytes.iter().filter(|byte| **byte == b'\n').count() > 20
        {
            return;
        }
    }
}

#[tokio::test]
async fn a_trickle_comes_in_few_pieces_and_whole() {
    let agent = Agent::sh(&format!("read go; {}", trickle(150))).await;
    let (_, mut reader, mut writer) = agent.connect(Some(0)).await;
    writer.pace(MOST).await.unwrap();
    writer.write(b"\n").await.unwrap();
    let (mut pieces, mut text) = (0, String::new());
    let exit = loop {
        match reader.event().await {
            Event::Output { bytes, .. } => {
                pieces += 1;
                text.push_str(std::str::from_utf8(&bytes).unwrap());
            }
            Event::Exited(exit) => break exit,
            _ => {}
        }
    };
    let expected: String = (1..=150).map(|n| format!("{n}\r\n")).collect();
    assert_eq!((text.trim_start(), exit), (expected.as_str(), Exit::Code(0)));
    // What was typed hurries the first tenth of a second.
    assert!(pieces < 75, "{pieces} pieces");
}

#[tokio::test]
async fn the_end_of_an_agent_and_an_answer_do_not_wait() {
    let listener = "(while read word <&3; do echo got $word; done) &";
    let agent = Agent::sh(&format!("stty -echo; exec 3<&0; {listener} {}", trickle(100_000))).await;
    let (status, mut reader, mut writer) = agent.connect(Some(0)).await;
    writer.pace(MOST).await.unwrap();
    lump(&mut reader).await;
    let typed_at = Instant::now();
    writer.write(b"word\n").await.unwrap();
    reader.until("got word").await;
    assert!(typed_at.elapsed() < MOST / 2, "{:?}", typed_at.elapsed());

    lump(&mut reader).await;
    let killed_at = Instant::now();
    kill_process(Pid::from_raw(status.child.cast_signed()).unwrap(), Signal::KILL).unwrap();
    reader.rest().await;
    assert!(killed_at.elapsed() < MOST / 2, "{:?}", killed_at.elapsed());
    writer.kill().await.unwrap();
    assert_eq!(reader.stopped().await, 0);
}

#[tokio::test]
async fn whoever_follows_next_gets_everything_as_it_comes() {
    let agent = Agent::sh(&trickle(100_000)).await;
    let (_, mut reader, mut writer) = agent.connect(Some(0)).await;
    writer.pace(MOST).await.unwrap();
    lump(&mut reader).await;
    let (status, mut next, _writer) = agent.connect(Some(0)).await;
    let mut end = 0;
    while end < status.end + 400 {
        if let Event::Output { seq, bytes } = next.event().await {
            end = seq + bytes.len() as u64;
            assert!(seq <= status.end || bytes.len() < 60, "{} bytes at once", bytes.len());
        }
    }
}
