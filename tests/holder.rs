//! The holder's protocol as a stranger sees it: the real program, spoken to in the literal bytes of version 1. A
//! daemon of any later version must be able to speak like this, so nothing in here is ever edited.

use std::error::Error;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const HELLO: &[u8] = b"\x03\0\0\0\x01\x01\0";
const ATTACH_FROM_0: &[u8] = b"\x09\0\0\0\x02\0\0\0\0\0\0\0\0";
const OF_A_LATER_VERSION: &[u8] = b"\x05\0\0\0\xc8what";
const TYPE_HI: &[u8] = b"\x04\0\0\0\x03hi\n";
const RESIZE_TO_50_BY_200: &[u8] = b"\x05\0\0\0\x04\x32\0\xc8\0";
const END: &[u8] = b"\x01\0\0\0\x08";

fn start(folder: &Path, script: &str) -> Result<(Child, String), Box<dyn Error>> {
    let bytes = |text: &str| format!("{{\"Unix\":{:?}}}", text.as_bytes());
    let path = |name: &str| bytes(&folder.join(name).display().to_string());
    let spec = format!(
        r#"{{"socket":{},"keep":{{"folder":{},"cap":1000000}},"first_seq":0,"argv":[{},{},{}],"cwd":{},
            "env":[[{},{}]],"size":[24,80]}}"#,
        path("a.sock"),
        path("history"),
        bytes("/bin/sh"),
        bytes("-c"),
        bytes(script),
        path("."),
        bytes("PATH"),
        bytes("/usr/bin:/bin"),
    );
    let mut holder = Command::new(env!("CARGO_BIN_EXE_agentctl"))
        .arg("holder")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    holder.stdin.take().ok_or("no stdin")?.write_all(spec.as_bytes())?;
    // The holder lets go of its standard output when it is ready, or ends; either way this comes to an end.
    let mut answer = String::new();
    holder.stdout.take().ok_or("no stdout")?.read_to_string(&mut answer)?;
    Ok((holder, answer))
}

fn frame(stream: &mut UnixStream) -> Result<(u8, Vec<u8>), Box<dyn Error>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut frame = vec![0; usize::try_from(u32::from_le_bytes(length))?];
    stream.read_exact(&mut frame)?;
    Ok((frame.remove(0), frame))
}

/// Reads frames until the output ends with `text`; returns every resize in between.
fn until(stream: &mut UnixStream, output: &mut Vec<u8>, text: &str) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut resizes = Vec::new();
    while !output.ends_with(text.as_bytes()) {
        match frame(stream)? {
            (2, payload) => {
                let seq = u64::from_le_bytes(*payload.first_chunk().ok_or("an output is cut off")?);
                assert_eq!(seq, output.len() as u64);
                output.extend(payload.iter().skip(8));
            }
            (3, payload) => resizes.push(payload),
            other => return Err(format!("{other:?} after {output:?}").into()),
        }
    }
    Ok(resizes)
}

#[test]
fn version_1_is_understood() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let script =
        "trap 'stty size' WINCH; echo ready; read word; echo got $word; while :; do sleep 1000 & wait; done";
    let (mut holder, answer) = start(folder.path(), script)?;
    assert!(answer.starts_with("{\"ready\":{\"child\":") && answer.ends_with("}}\n"), "{answer}");

    let mut stream = UnixStream::connect(folder.path().join("a.sock"))?;
    stream.write_all(&[HELLO, OF_A_LATER_VERSION, ATTACH_FROM_0].concat())?;
    let (kind, hello) = frame(&mut stream)?;
    assert_eq!(
        (kind, hello.get(..6)),
        (1, Some([[1, 0].as_slice(), &holder.id().to_le_bytes()].concat().as_slice()))
    );

    let mut output = Vec::new();
    let told = until(&mut stream, &mut output, "ready\r\n")?;
    assert_eq!(told, [b"\0\0\0\0\0\0\0\0\x18\0\x50\0"]);
    stream.write_all(TYPE_HI)?;
    until(&mut stream, &mut output, "hi\r\ngot hi\r\n")?;
    stream.write_all(RESIZE_TO_50_BY_200)?;
    let told = until(&mut stream, &mut output, "50 200\r\n")?;
    assert_eq!(told, [b"\x13\0\0\0\0\0\0\0\x32\0\xc8\0"]);

    stream.write_all(END)?;
    stream.read_to_end(&mut Vec::new())?;
    assert!(holder.wait()?.success());
    assert!(!folder.path().join("a.sock").exists());
    let stored = fs::read(folder.path().join("history").join("00000000000000000000.log"))?;
    assert!(stored.starts_with(b"ACB\x01"));
    Ok(())
}

/// Added to version 1: a pace. Whether a holder knows it or not, every byte and the end come.
#[test]
fn a_pace_changes_nothing_but_when_output_comes() -> Result<(), Box<dyn Error>> {
    const PACE_OF_250_MS: &[u8] = b"\x05\0\0\0\x0b\xfa\0\0\0";
    let folder = tempfile::tempdir()?;
    let script = "i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo $i; sleep 0.01; done; exit 7";
    let (mut holder, _) = start(folder.path(), script)?;
    let mut stream = UnixStream::connect(folder.path().join("a.sock"))?;
    stream.write_all(&[HELLO, ATTACH_FROM_0, PACE_OF_250_MS].concat())?;
    assert_eq!(frame(&mut stream)?.0, 1);
    let mut output = Vec::new();
    until(&mut stream, &mut output, "\n100\r\n")?;
    let expected: String = (1..=100).map(|n| format!("{n}\r\n")).collect();
    assert_eq!(String::from_utf8(output)?, expected);
    assert_eq!(frame(&mut stream)?, (4, b"\x01\x07\0\0\0".to_vec()));
    stream.write_all(END)?;
    stream.read_to_end(&mut Vec::new())?;
    assert!(holder.wait()?.success());
    Ok(())
}

#[test]
fn a_failure_is_told_in_one_line() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    fs::create_dir(folder.path().join("a.sock"))?;
    let (mut holder, answer) = start(folder.path(), "true")?;
    assert!(answer.starts_with("{\"failed\":{\"no_socket\":{") && answer.lines().count() == 1, "{answer}");
    assert_eq!(holder.wait()?.code(), Some(1));
    Ok(())
}
