//! What an agent gets, and what is said when it cannot be started.

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::pty::launch::LaunchError;

fn write(path: &Path, text: impl AsRef<[u8]>, mode: u32) -> String {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    path.display().to_string()
}

/// Tries to start an agent, and returns why that is not possible; nothing may be left of the attempt.
async fn failure(change: impl FnOnce(&mut Spec, &Path)) -> LaunchError {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = spec(folder.path(), &["true"]);
    change(&mut spec, folder.path());
    let error = match start(&spec).await.unwrap_err() {
        SpawnError::Launch(error) => error,
        other => panic!("{other}"),
    };
    assert!(matches!(
        connect(&spec.socket, None).await,
        Err(ConnectError::Gone { .. } | ConnectError::Broken { .. })
    ));
    error
}

#[tokio::test]
async fn every_way_not_to_start_has_its_message() {
    let set = |argv0: &str| {
        let argv = vec![OsString::from(argv0)];
        move |spec: &mut Spec, _: &Path| spec.argv = argv
    };
    let error = failure(set("no-such-command")).await;
    assert_eq!(error.to_string(), "`no-such-command` is not found in PATH");
    let error = failure(set("/no/such/command")).await;
    assert_eq!(error.to_string(), "`/no/such/command` does not exist");
    assert_eq!(failure(set("/")).await.to_string(), "`/` is not an executable file");
    assert_eq!(failure(|spec, _| spec.argv.clear()).await, LaunchError::NoCommand);
    assert_eq!(failure(set("")).await, LaunchError::NoCommand);

    let error = failure(|spec, _| spec.cwd = "/no/such/folder".into()).await;
    assert_eq!(error.to_string(), "the folder `/no/such/folder` does not exist");
    let error = failure(|spec, _| spec.cwd = "/dev/null".into()).await;
    assert_eq!(error.to_string(), "`/dev/null` is not a folder that can be entered");

    let error = failure(|spec, folder| {
        spec.argv = vec![write(&folder.join("script"), "#!/no/such/interpreter -x\n", 0o755).into()];
    })
    .await;
    assert!(
        error
            .to_string()
            .ends_with("/script` needs `/no/such/interpreter`, which does not exist or cannot be executed"),
        "{error}"
    );
    let error = failure(|spec, folder| {
        write(&folder.join("plain"), "#!/bin/sh\n", 0o644);
        spec.argv = vec!["plain".into()];
        spec.env = vec![("PATH".into(), folder.into())];
    })
    .await;
    assert!(error.to_string().ends_with("/plain` is not an executable file"), "{error}");

    let error = failure(|spec, _| spec.argv = vec!["true".into(), "x".repeat(200_000).into()]).await;
    assert_eq!(error, LaunchError::TooLong);
    let error = failure(|spec, _| spec.argv.push("a\0b".into())).await;
    assert!(matches!(&error, LaunchError::Refused { cause } if cause.contains("nul byte")), "{error}");
    let error = failure(|spec, folder| spec.socket = folder.join("x".repeat(200))).await;
    assert!(matches!(error, LaunchError::NoSocket { .. }), "{error}");
}

#[tokio::test]
async fn a_program_that_is_no_holder_leaves_its_last_words() {
    let folder = tempfile::tempdir().unwrap();
    let spec = spec(folder.path(), &["true"]);
    let script = OsStr::new("echo cannot load >&2; exit 3");
    let error = spawn(Path::new("/bin/sh"), &[OsStr::new("-c"), script], &spec).await.unwrap_err();
    assert_eq!(error.to_string(), "the holder ended at once (exit status: 3): cannot load");
    let error = spawn(Path::new("/no/such/holder"), &[], &spec).await.unwrap_err();
    assert_eq!(error.to_string(), "the holder `/no/such/holder` cannot be started");
}

#[tokio::test]
async fn a_socket_that_is_served_is_not_taken_over_and_a_dead_one_is() {
    let agent = Agent::sh("echo ready; read line").await;
    let error = start(&agent.spec).await.unwrap_err();
    assert!(matches!(error, SpawnError::Launch(LaunchError::NoSocket { .. })), "{error}");
    agent.until("ready").await;

    let folder = tempfile::tempdir().unwrap();
    drop(std::os::unix::net::UnixListener::bind(folder.path().join("agent.sock")).unwrap());
    let spec = spec(folder.path(), &["/bin/sh", "-c", "echo ready; read line"]);
    let second = Agent { running: start(&spec).await.unwrap(), folder, spec };
    second.until("ready").await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&second.spec.socket), 0o600);
    second.end().await;
    assert!(!second.spec.socket.exists());
}

#[tokio::test]
async fn the_agent_gets_exactly_what_the_spec_says_and_nothing_of_whoever_started_it() {
    let folder = tempfile::tempdir().unwrap();
    let script = "env | sort; pwd; tty >/dev/null && echo is a tty; stty size; stty -a | grep -o ' iutf8'; ls /proc/self/fd | tr '\\n' ' '; echo; \
                  ps -o sid= -p $$ | grep -q $$ && echo leads its session; cat /proc/self/status";
    let mut spec = spec(folder.path(), &["sh", "-c", script]);
    spec.env.push(("ODD".into(), "a b\n=c".into()));
    spec.size = Size::new(30, 100);
    // What starts the holder ignores signals, has descriptors open, and an environment.
    let wrapper =
        "trap '' HUP INT QUIT TERM USR1 TSTP ALRM; exec 7</dev/null 9>/dev/null; exec \"$0\" \"$@\"";
    let program = std::env::current_exe().unwrap();
    let args: Vec<&OsStr> = [OsStr::new("-c"), OsStr::new(wrapper), program.as_os_str()]
        .into_iter()
        .chain(HOLDER.map(OsStr::new))
        .collect();
    let running = within("the start", spawn(Path::new("/bin/sh"), &args, &spec)).await.unwrap();
    let agent = Agent { folder, spec, running };
    let (_, mut reader, _) = agent.connect(Some(0)).await;
    let (output, exit) = reader.rest().await;
    let here = agent.folder.path().canonicalize().unwrap();
    let output = output.replace("\r\n", "\n");
    let (said, status) = output.split_once("Name:").unwrap();
    // The fourth descriptor is the one through which the list is read.
    let expected = format!(
        "=c\nODD=a b\nPATH=/usr/local/bin:/usr/bin:/bin\nPWD={0}\nTERM=dumb\n{0}\nis a tty\n30 100\n iutf8\n0 1 2 3 \n\
         leads its session\n",
        here.display()
    );
    assert_eq!((said, exit), (expected.as_str(), Exit::Code(0)));
    for set in ["SigBlk:\t", "SigIgn:\t"] {
        let line = status.lines().find_map(|line| line.strip_prefix(set)).unwrap();
        // Beyond the standard ones are two signals that the C library keeps to itself.
        assert_eq!(u64::from_str_radix(line, 16).unwrap() & 0x7fff_ffff, 0, "{set}{line}");
    }
    let held = fs::read_dir(format!("/proc/{}/fd", running.holder)).unwrap();
    let held: Vec<_> =
        held.map(|fd| fs::read_link(fd.unwrap().path()).unwrap().display().to_string()).collect();
    let nulls = held.iter().filter(|path| *path == "/dev/null").count();
    assert_eq!(nulls, 3, "a holder holds on to nothing of whoever started it: {held:?}");
    assert!(held.iter().all(|path| !path.starts_with("pipe:")), "{held:?}");
    assert_eq!(fs::read_link(format!("/proc/{}/cwd", running.holder)).unwrap(), Path::new("/"));
}
