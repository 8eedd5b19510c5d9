//! Stop means stop: nothing is left of the agent's tree.
#![expect(clippy::single_range_in_vec_init, reason = "a list of ranges of which there happens to be one")]

use super::*;

/// A tree of everything that likes to survive: a child that ignores what it is asked, a daemon that was forked twice
/// and has a session of its own, a stopped process, and, if wanted, one that forks away from its killer all the time.
fn tree(chain: bool) -> String {
    let chain = if chain { "run() { run & }; (run) 2>/dev/null &" } else { "" };
    format!(
        "(trap '' TERM HUP INT; while :; do sleep 1000; done) &
         setsid sh -c '(setsid sleep 2000 >/dev/null 2>&1 </dev/null &) ; exit' &
         (trap '' HUP; sleep 3000; echo never) & kill -STOP $!
         {chain}
         trap '' HUP TERM; echo ready; while :; do sleep 1000; done"
    )
}

/// Starts the tree with something by which every process of it can be recognised.
async fn plant(tag: &str, script: &str) -> Agent {
    let agent =
        Agent::start(&["/bin/sh", "-c", script], |spec| spec.env.push(("TAG".into(), tag.into()))).await;
    agent.until("ready").await;
    agent
}

#[tokio::test]
async fn a_stopped_tree_has_no_survivors_and_no_zombies() {
    for round in 0..10 {
        let tag = format!("stop-{}-{round}", std::process::id());
        let agent = plant(&tag, &tree(false)).await;
        eventually("the daemon has come to the holder", || children(agent.running.holder).len() >= 2).await;
        let (_, mut reader, mut writer) = agent.connect(None).await;
        writer.stop(Duration::from_millis(30)).await.unwrap();
        assert_eq!(reader.stopped().await, 0);
        assert_eq!((tagged(&tag), children(agent.running.holder)), (vec![], vec![]));
        let (_, mut reader, _) = agent.connect(Some(0)).await;
        assert_eq!(reader.rest().await.1, Exit::Signal(9), "it ignores all but the last signal");
        agent.end().await;
    }
}

#[tokio::test]
async fn a_process_that_forks_away_from_its_killer_is_caught() {
    for round in 0..5 {
        let tag = format!("chain-{}-{round}", std::process::id());
        let agent = plant(&tag, &tree(true)).await;
        let (_, mut reader, mut writer) = agent.connect(None).await;
        writer.kill().await.unwrap();
        assert_eq!(reader.stopped().await, 0);
        assert_eq!((tagged(&tag), children(agent.running.holder)), (vec![], vec![]));
        agent.end().await;
    }
}

#[tokio::test]
async fn ending_a_holder_kills_its_tree_and_keeps_its_last_words() {
    let tag = format!("end-{}", std::process::id());
    let agent = plant(&tag, &tree(false)).await;
    agent.end().await;
    assert_eq!(tagged(&tag), Vec::<String>::new());
    assert!(!agent.spec.socket.exists());
    assert_eq!(agent.history().ranges().unwrap(), [0..u64::try_from("ready\r\n".len()).unwrap()]);
}

#[tokio::test]
async fn who_ends_when_asked_is_not_killed() {
    let agent = Agent::sh(
        "trap 'echo asked; exit 6' TERM; trap '' HUP; sh -c 'echo ready; exec sleep 1000' & wait; sleep 1000",
    )
    .await;
    let (mut reader, mut writer) = agent.until("ready").await;
    writer.stop(Duration::from_secs(50)).await.unwrap();
    let (output, exit) = reader.rest().await;
    assert_eq!((output.trim(), exit), ("asked", Exit::Code(6)));
    assert_eq!(reader.stopped().await, 0);
}

#[tokio::test]
async fn a_tree_is_stopped_also_after_the_agent_itself_has_ended() {
    let tag = format!("orphan-{}", std::process::id());
    let argv = ["/bin/sh", "-c", "setsid sh -c 'echo up; exec sleep 1000' & read line; exit 2"];
    let agent = Agent::start(&argv, |spec| spec.env.push(("TAG".into(), tag.clone().into()))).await;
    let (mut reader, mut writer) = agent.until("up").await;
    writer.write(b"\r").await.unwrap();
    assert_eq!(reader.rest().await.1, Exit::Code(2));
    assert_eq!(children(agent.running.holder).len(), 1, "what an agent leaves running goes on");
    writer.stop(Duration::from_secs(50)).await.unwrap();
    assert_eq!(reader.stopped().await, 0);
    assert_eq!((tagged(&tag), children(agent.running.holder)), (vec![], vec![]));
}

#[tokio::test]
async fn the_dead_are_buried_while_the_agent_lives() {
    let agent =
        Agent::sh("for i in 1 2 3 4 5 6 7 8; do (sh -c 'exit 1' &) ; done; echo ready; read line").await;
    let _connection = agent.until("ready").await;
    eventually("the agent is the holder's only child", || children(agent.running.holder) == ['S']).await;
}
