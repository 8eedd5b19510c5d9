//! A holder and its disk: one that hangs, and one that lost the agent's folder.

use std::process::Command;

use super::*;

#[tokio::test]
async fn a_disk_that_hangs_delays_no_key_no_resize_and_no_kill() {
    let script = "stty raw -echo; head -c 65536 /dev/urandom; exec cat";
    let smallest = |spec: &mut Spec| spec.keep = spec.keep.take().map(|keep| Keep { cap: 1, ..keep });
    let agent = Agent::start(&["/bin/sh", "-c", script], smallest).await;
    let history = agent.history();
    eventually("a segment is full", || {
        history.ranges().is_ok_and(|ranges| ranges.first() == Some(&(0..65_536)))
    })
    .await;
    // Opening the next one takes as long as nobody reads from it.
    let next = agent.folder.path().join("history/00000000000000065536.log");
    assert!(Command::new("mkfifo").arg(&next).status().unwrap().success());
    let (_, mut reader, mut writer) = agent.connect(Some(65_536)).await;
    writer.write(b"one").await.unwrap();
    reader.until("one").await;
    while !matches!(reader.answer().await.history, Health::Failing(cause) if cause.contains("not answer")) {}
    writer.write(b"two").await.unwrap();
    reader.until("two").await;
    writer.resize(Size::new(30, 100)).await.unwrap();
    writer.write(b"three").await.unwrap();
    reader.until("three").await;
    writer.kill().await.unwrap();
    assert_eq!(reader.stopped().await, 0);
    agent.end().await;
}

#[tokio::test]
async fn a_holder_whose_folder_is_removed_goes_with_its_agent_once_nobody_is_connected() {
    let agent = Agent::sh("echo ready; exec sleep 1000").await;
    let connection = agent.until("ready").await;
    let keep = agent.spec.keep.as_ref().unwrap().folder.clone();
    fs::remove_dir_all(&keep).unwrap();
    drop(connection);
    agent.gone().await;
    assert!(!Path::new(&format!("/proc/{}", agent.running.child)).exists());
    assert!(!keep.exists(), "it made its folder anew");
}

#[tokio::test]
async fn what_was_asked_of_a_holder_is_done_though_the_one_who_asked_is_gone() {
    let agent = Agent::sh("exec yes").await;
    let (_, mut reader, mut writer) = agent.connect(Some(0)).await;
    reader.until("y").await;
    writer.end().await.unwrap();
    drop((reader, writer));
    agent.gone().await;
}
