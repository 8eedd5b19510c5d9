//! Output: complete and in order, whatever readers do.

use super::*;
use crate::pty::history::Stored;

fn numbers(count: u32) -> String {
    (1..=count).map(|n| format!("{n}\r\n")).collect()
}

/// Checks that events continue each other, and keeps what they say.
struct Log {
    next: u64,
    text: Vec<u8>,
    size: Option<Size>,
    exit: Option<Exit>,
}

impl Log {
    fn new(next: u64) -> Log {
        Log { next, text: Vec::new(), size: None, exit: None }
    }

    fn add(&mut self, event: Event) {
        match event {
            Event::Output { seq, bytes } => {
                assert_eq!((seq, self.exit), (self.next, None));
                assert!(self.size.is_some(), "the size is told first");
                self.next += bytes.len() as u64;
                self.text.extend(bytes);
            }
            Event::Resized { seq, size } => {
                assert_eq!(seq, self.next);
                self.size = Some(size);
            }
            Event::Exited(exit) => self.exit = Some(exit),
            // Told to a connection that does not follow yet, when the agent ends just then.
            Event::Status(status) => assert!(status.exit.is_some()),
            other => panic!("{other:?}"),
        }
    }
}

/// Reads a log until the holder has said so many bytes, or all.
async fn follow(agent: &Agent, log: &mut Log, bytes: u64, impatient: bool) {
    let (_, mut reader, _writer) = agent.connect(Some(log.next)).await;
    let until = log.next + bytes;
    while log.next < until && log.exit.is_none() {
        // Whoever gives up waiting, over and over again, misses nothing.
        let event = if impatient {
            timeout(Duration::from_micros(30), reader.next()).await.ok()
        } else {
            Some(reader.next().await)
        };
        if let Some(event) = event {
            log.add(event.unwrap().unwrap());
        }
    }
}

#[tokio::test]
async fn every_line_arrives_once_and_in_order_across_fifty_broken_connections() {
    let agent = Agent::sh("seq 1 300000; exit 5").await;
    let (mut random, mut log) = (Random(42), Log::new(0));
    for round in 0..50 {
        let bytes = random.below(60_000);
        within("output", follow(&agent, &mut log, bytes, round % 5 == 0)).await;
        if round % 7 == 0 {
            // Nobody reads while the agent goes on; what leaves the memory comes from the disk afterwards.
            let (_, mut reader, mut writer) = agent.connect(None).await;
            let more = random.below(300_000);
            within("more output with nobody there", async {
                loop {
                    writer.status().await.unwrap();
                    let status = reader.answer().await;
                    if status.exit.is_some() || status.end >= log.next + more {
                        break;
                    }
                }
            })
            .await;
        }
    }
    while log.exit.is_none() {
        within("the rest", follow(&agent, &mut log, u64::MAX / 2, false)).await;
    }
    assert_eq!(log.exit, Some(Exit::Code(5)));
    let (text, whole) = (String::from_utf8(log.text).unwrap(), numbers(300_000));
    let wrong =
        text.bytes().zip(whole.bytes()).position(|(a, b)| a != b).unwrap_or(text.len().min(whole.len()));
    let context = &text[wrong.saturating_sub(30)..text.len().min(wrong + 60)];
    assert_eq!((text.len(), wrong), (whole.len(), whole.len()), "first wrong in `{context}`");
}

#[tokio::test]
async fn a_reader_that_does_not_read_stops_the_agent_and_loses_nothing() {
    let agent = Agent::sh("seq 1 400000").await;
    let (_, mut stalled, _writer) = agent.connect(Some(0)).await;
    let (_, mut reader, mut writer) = agent.connect(None).await;
    let stat = format!("/proc/{}/stat", agent.running.child);
    let (mut end, mut same) = (0, 0);
    // The agent sleeps, and its holder, which goes round its loop for every answer, reads nothing more.
    while same < 300 {
        writer.status().await.unwrap();
        let status = reader.answer().await;
        assert_eq!(status.exit, None, "the agent came to its end though nobody read");
        let sleeps = fs::read_to_string(&stat).unwrap().contains(") S ");
        same = if sleeps && status.end == end { same + 1 } else { 0 };
        end = status.end;
    }
    assert!(end < 2_000_000, "{end} bytes were read from the terminal and are with nobody");
    let (output, exit) = stalled.rest().await;
    assert!(output == numbers(400_000) && exit == Exit::Code(0), "something was lost");
}

#[tokio::test]
async fn a_flood_with_no_reader_goes_on_within_its_bounds_of_memory_and_disk() {
    let cap = 1 << 20;
    let argv = ["/bin/sh", "-c", "echo ready; read line; seq 1 1500000"];
    let agent = Agent::start(&argv, |spec| spec.keep.as_mut().unwrap().cap = cap).await;
    let memory = || memory(agent.running.holder);
    agent.until("ready").await;
    let before = memory();
    let (_, mut reader, mut writer) = agent.connect(None).await;
    writer.write(b"\r").await.unwrap();
    assert_eq!(reader.exit().await, Exit::Code(0));
    assert!(memory() < before + 2048, "{before} kB of memory became {} kB", memory());

    let (status, mut reader, _) = agent.connect(Some(0)).await;
    assert!(status.end > 12_000_000, "{}", status.end);
    let Event::Gap { from: 0, to } = reader.event().await else { panic!("it has more than its cap") };
    let mut log = Log::new(to);
    while log.exit.is_none() {
        log.add(reader.event().await);
    }
    assert_eq!(log.next, status.end);
    let text = String::from_utf8(log.text).unwrap();
    let whole = numbers(1_500_000);
    assert!(whole.ends_with(&text) && text.len() > 1_000_000, "what is kept is not the newest");

    agent.end().await;
    let files = fs::read_dir(&agent.spec.keep.as_ref().unwrap().folder).unwrap();
    let total: u64 = files.map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(total <= cap, "{total}");
}

#[tokio::test]
async fn the_newest_follower_gets_the_output_and_the_older_is_told() {
    let agent = Agent::sh("echo one; read line; echo two; read line").await;
    let (mut first, _first_writer) = agent.until("one").await;
    let (status, mut second, mut writer) = agent.connect(Some(0)).await;
    assert_eq!((status.version, status.exit, status.history), (1, None, Health::Fine));
    assert_eq!(first.event().await, Event::Superseded);
    assert_eq!(within("the end", first.next()).await.unwrap(), None);
    writer.write(b"\r").await.unwrap();
    second.until("two").await;
}

#[tokio::test]
async fn exits_are_told_behind_all_output_also_to_those_who_come_later() {
    let agent = Agent::sh("seq 1 5000; exit 7").await;
    let (_, mut reader, mut writer) = agent.connect(None).await;
    writer.status().await.unwrap();
    assert_eq!(reader.exit().await, Exit::Code(7));
    let (status, mut reader, _) = agent.connect(Some(0)).await;
    assert_eq!(status.exit, Some(Exit::Code(7)));
    assert_eq!(reader.rest().await, (numbers(5000), Exit::Code(7)));
    let (_, mut reader, _) = agent.connect(Some(status.end)).await;
    assert_eq!(reader.rest().await, (String::new(), Exit::Code(7)));
    let (_, mut reader, _) = agent.connect(Some(status.end + 9)).await;
    assert_eq!(reader.event().await, Event::Gap { from: status.end + 9, to: status.end });

    let agent = Agent::sh("echo bye; kill -9 $$").await;
    let (_, mut reader, _) = agent.connect(Some(0)).await;
    assert_eq!(reader.rest().await, ("bye\r\n".to_owned(), Exit::Signal(9)));
}

#[tokio::test]
async fn the_last_output_before_an_exit_is_never_cut() {
    for round in 0..40_u32 {
        let agent = Agent::sh(&format!("seq 1 {}", 1500 + round)).await;
        let (_, mut reader, _) = agent.connect(Some(0)).await;
        assert_eq!(reader.rest().await, (numbers(1500 + round), Exit::Code(0)));
        agent.end().await;
    }
}

#[tokio::test]
async fn resizes_come_at_their_place_live_and_from_history() {
    let script = "trap 'stty size' WINCH; echo ready; while :; do sleep 1000 & wait; done";
    let agent = Agent::sh(script).await;
    let (mut reader, mut writer) = agent.until("ready\r\n").await;
    for rows in 30..40 {
        writer.resize(Size::new(rows, 90)).await.unwrap();
        let Event::Resized { size, .. } = reader.event().await else {
            panic!("output came before the resize")
        };
        assert_eq!(size, Size::new(rows, 90));
        assert_eq!(reader.until("\n").await, format!("{rows} 90\r\n"));
    }
    writer.resize(Size::new(0, 0)).await.unwrap();
    reader.until("2 4\r\n").await;
    writer.tail(0).await.unwrap();
    let Event::Tail(tail) = reader.event().await else { panic!("no tail") };
    agent.end().await;
    let mut stored = Vec::new();
    for item in agent.history().read(0).unwrap() {
        let Stored::Block(block) = item.unwrap() else { panic!("a gap") };
        stored.push(block);
    }
    for blocks in [vec![tail], stored] {
        let mut size = None;
        let mut said = String::new();
        for piece in blocks.iter().flat_map(Block::pieces) {
            if size.replace(piece.mark.size).is_some_and(|before| before != piece.mark.size) {
                said.push_str(&format!("[{} {}]", piece.mark.size.rows(), piece.mark.size.cols()));
            }
            said.push_str(&String::from_utf8_lossy(piece.bytes));
        }
        let expected: String = (30..40).map(|rows| format!("[{rows} 90]{rows} 90\r\n")).collect();
        assert_eq!(said, format!("ready\r\n{expected}[2 4]2 4\r\n"));
    }
}

#[tokio::test]
async fn an_agent_that_is_started_again_goes_on_with_the_numbers_of_its_history() {
    let agent = Agent::sh("seq 1 30000").await;
    let (_, mut reader, _) = agent.connect(Some(0)).await;
    reader.rest().await;
    let (status, ..) = agent.connect(None).await;
    agent.end().await;
    let mut spec = agent.spec.clone();
    spec.argv = ["/bin/sh", "-c", "echo again"].map(OsString::from).to_vec();
    spec.first_seq = status.end;
    start(&spec).await.unwrap();
    let (_, mut reader, mut writer) = agent.connect(Some(0)).await;
    assert_eq!(reader.rest().await.0, numbers(30_000) + "again\r\n");
    writer.end().await.unwrap();
    while within("the end", reader.next()).await.unwrap().is_some() {}
}
