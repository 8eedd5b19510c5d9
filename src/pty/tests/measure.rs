//! Figures, not verdicts: run by hand with `cargo test --release --lib pty::tests::measure -- --ignored --nocapture`.

use std::io::Write;
use std::time::Instant;

use super::*;
use crate::pty::wire::{self, Reply};

/// How fast the client takes output from a holder that has it ready.
#[tokio::test]
#[ignore = "it measures"]
async fn output_through_the_socket() {
    const TOTAL: u64 = 2 << 30;
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("fast.sock");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let chunk = vec![b'x'; wire::MAX_CHUNK];
    let status = Status {
        version: 1,
        holder: 1,
        child: 1,
        started_at: crate::domain::Timestamp(0),
        size: SIZE,
        first: 0,
        end: TOTAL,
        exit: None,
        history: Health::Off,
        lost: 0,
        program: String::new(),
    };
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut out = Vec::new();
        Reply::Hello(status).put(&mut out);
        for seq in (0..TOTAL).step_by(chunk.len()) {
            wire::put_output(&mut out, seq, &chunk, &[]);
            stream.write_all(&out).unwrap();
            out.clear();
        }
    });
    let (_, mut reader, _writer) = connect(&socket, Some(0)).await.unwrap();
    let (start, mut next) = (Instant::now(), 0);
    while next < TOTAL {
        if let Some(Event::Output { seq, bytes }) = reader.next().await.unwrap() {
            assert_eq!(seq, next);
            next += bytes.len() as u64;
        }
    }
    println!("{:.0} MB/s", TOTAL as f64 / 1e6 / start.elapsed().as_secs_f64());
    server.join().unwrap();
}

/// From a key to its echo by a program, through client, holder and terminal.
#[tokio::test]
#[ignore = "it measures"]
async fn a_key_and_its_echo() {
    let agent = Agent::sh("stty raw -echo; echo ready; exec cat").await;
    let (mut reader, mut writer) = agent.until("ready").await;
    let mut times = Vec::new();
    for _ in 0..2000 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let start = Instant::now();
        writer.write(b"k").await.unwrap();
        while !matches!(reader.event().await, Event::Output { bytes, .. } if bytes == b"k") {}
        times.push(start.elapsed());
    }
    times.sort_unstable();
    println!("p50 {:?}, p99 {:?}, worst {:?}", times[1000], times[1980], times[1999]);
}
