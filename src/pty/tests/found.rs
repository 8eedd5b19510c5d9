//! Holders that are looked for: gone, silent, and without their sockets.

use super::*;
use crate::domain::{AgentId, Name};

/// Starts an agent in a place as the daemon does.
async fn start_in(folder: TempDir, script: &str) -> (Agent, Place) {
    let sockets = folder.path().join("h");
    fs::create_dir(&sockets).unwrap();
    let kept = folder.path().join("history");
    let place = Place::new(sockets, kept, Name::new("dev").unwrap(), AgentId(3), 7);
    let spec = Spec { socket: place.socket(), ..spec(folder.path(), &["/bin/sh", "-c", script]) };
    let running = start(&spec).await.unwrap();
    (Agent { folder, spec, running }, place)
}

#[tokio::test]
async fn a_holder_that_is_stopped_is_silent_and_answers_when_it_goes_on() {
    let (agent, place) = start_in(tempfile::tempdir().unwrap(), "echo ready; exec cat").await;
    let holder = Pid::from_raw(agent.running.holder.cast_signed()).unwrap();
    kill_process(holder, Signal::STOP).unwrap();
    let Found::Silent(mut silent) = search(&place, Some(0)).await.unwrap() else {
        panic!("it is not silent")
    };
    kill_process(holder, Signal::CONT).unwrap();
    assert_eq!(within("an answer", silent.answer()).await.unwrap().child, agent.running.child);
    let (mut reader, _writer) = silent.into_halves().unwrap();
    reader.until("ready").await;
}

#[tokio::test]
async fn a_holder_is_found_though_the_folder_of_its_socket_is_gone_or_another_one() {
    let (agent, place) = start_in(tempfile::tempdir().unwrap(), "echo ready; exec cat").await;
    fs::remove_dir_all(agent.folder.path().join("h")).unwrap();
    let elsewhere =
        Place::new("/nowhere".into(), place.folder().to_owned(), Name::new("dev").unwrap(), AgentId(3), 7);
    for place in [place, elsewhere] {
        let Found::Here(status, mut reader, _) = search(&place, Some(0)).await.unwrap() else {
            panic!("not found")
        };
        assert_eq!(status.child, agent.running.child);
        reader.until("ready").await;
    }
}

#[tokio::test]
async fn a_holder_that_is_gone_has_written_down_how_its_agent_ended() {
    let (agent, place) = start_in(tempfile::tempdir().unwrap(), "echo ready; exit 7").await;
    let kept = agent.folder.path().join("history/ended.json");
    eventually("its end is written down", || kept.exists()).await;
    agent.end().await;
    let Found::Ended(end) = search(&place, None).await.unwrap() else { panic!("its end is not known") };
    assert_eq!((end.exit, end.end), (Exit::Code(7), 7));
}

#[tokio::test]
async fn a_holder_that_was_killed_is_gone() {
    let (agent, place) = start_in(tempfile::tempdir().unwrap(), "echo ready; exec cat").await;
    kill_process(Pid::from_raw(agent.running.holder.cast_signed()).unwrap(), Signal::KILL).unwrap();
    agent.gone().await;
    assert!(matches!(search(&place, None).await, Ok(Found::Gone)));
}

#[tokio::test]
async fn a_holder_that_takes_nothing_is_not_waited_for_and_does_what_it_was_asked_when_it_goes_on() {
    let (agent, _) =
        start_in(tempfile::tempdir().unwrap(), "stty raw -echo; echo ready; exec cat >/dev/null").await;
    let (_reader, mut writer) = agent.until("ready").await;
    let holder = Pid::from_raw(agent.running.holder.cast_signed()).unwrap();
    kill_process(holder, Signal::STOP).unwrap();
    let much = vec![b'x'; 900_000];
    let error = within("the end of patience", writer.write(&much)).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    let error = timeout(Duration::from_secs(1), writer.kill()).await.expect("it waits again").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
    kill_process(holder, Signal::CONT).unwrap();
    within("the way to be free", async {
        while writer.kill().await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let child = PathBuf::from(format!("/proc/{}", agent.running.child));
    eventually("the agent is killed", || !child.exists()).await;
}
