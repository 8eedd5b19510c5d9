//! Input: in order, bounded, and in nobody's way.

use super::*;

#[tokio::test]
async fn what_is_typed_arrives_in_order_however_much_it_is() {
    let agent = Agent::sh("stty raw -echo; echo ready; head -c 600000").await;
    let (mut reader, mut writer) = agent.until("ready").await;
    let text: Vec<u8> = (0..600_000_u32).map(|n| b'a' + u8::try_from(n * 7 % 23).unwrap()).collect();
    let (written, output) = tokio::join!(writer.write(&text), reader.rest());
    written.unwrap();
    assert!(
        output.0.trim_start().as_bytes() == text && output.1 == Exit::Code(0),
        "the text came back changed"
    );
}

#[tokio::test]
async fn input_for_an_agent_that_does_not_read_is_refused_at_last_and_everything_else_goes_on() {
    let agent = Agent::sh("stty raw -echo; echo ready; sleep 1000").await;
    let (mut reader, mut writer) = agent.until("ready").await;
    writer.write(&vec![b'x'; 2 << 20]).await.unwrap();
    writer.resize(Size::new(50, 50)).await.unwrap();
    let mut refused = 0;
    loop {
        match reader.event().await {
            Event::InputFull { refused: more } => refused += more,
            Event::Resized { size, .. } if size == Size::new(50, 50) => break,
            _ => {}
        }
    }
    assert!((1_000_000..(1 << 20) + 1).contains(&refused), "{refused}");
    writer.kill().await.unwrap();
    assert_eq!(reader.stopped().await, 0);
}

#[tokio::test]
async fn signals_go_to_what_is_in_the_foreground() {
    let agent = Agent::start(&["/bin/bash", "--norc", "-i"], |spec| {
        spec.env.push(("PS1".into(), "prompt> ".into()));
    })
    .await;
    let (mut reader, mut writer) = agent.until("prompt> ").await;
    writer.write(b"sh -c 'echo run''s; exec sleep 1000'\r").await.unwrap();
    reader.until("runs").await;
    writer.signal(Signal::INT.as_raw()).await.unwrap();
    reader.until("prompt> ").await;
    writer.write(b"echo code $?\r").await.unwrap();
    reader.until("code 130").await;
    writer.signal(12345).await.unwrap();
    writer.write(b"exit 4\r").await.unwrap();
    assert_eq!(reader.rest().await.1, Exit::Code(4));
}

#[tokio::test]
async fn what_is_written_to_an_agent_that_has_ended_harms_nothing() {
    let agent = Agent::sh("exit 3").await;
    let (_, mut reader, mut writer) = agent.connect(Some(0)).await;
    assert_eq!(reader.rest().await.1, Exit::Code(3));
    writer.write(b"hello\r").await.unwrap();
    writer.resize(Size::new(9, 9)).await.unwrap();
    writer.signal(2).await.unwrap();
    writer.stop(Duration::from_secs(1)).await.unwrap();
    assert_eq!(reader.stopped().await, 0);
    writer.status().await.unwrap();
    assert_eq!(reader.answer().await.exit, Some(Exit::Code(3)));
}
