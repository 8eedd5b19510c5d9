//! `agentctl hook CLI`: what the hooks of agent programs run. It passes on what it is given and prints what it is told
//! to.
//!
//! It must never disturb its program: whatever goes wrong, it prints nothing and says that all is well. Where it stands in
//! the place of a person's own status line, it prints what that one does.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::process::{Command as Shell, ExitCode, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::adapter::{own_status_line, said_last, status_line_files};
use crate::client::Client;
use crate::config::Paths;
use crate::domain::Name;
use crate::protocol::{AGENT_VARIABLE, EPOCH_VARIABLE, HookAnswer};

/// The most bytes that are passed on.
const MOST: u64 = 4 << 20;

/// The most bytes of a person's own status line.
const LONGEST_LINE: u64 = 64 << 10;

/// How much of the end of a chat is read for what was said last, in bytes.
const CHAT_END: u64 = 1 << 20;

/// How long a status line may take: it is asked for every other moment.
const LINE_WITHIN: Duration = Duration::from_millis(500);

/// Passes on what a hook was given. `payload` is what it tells where that does not come on standard input.
pub(super) fn hook(cli: &str, statusline: bool, payload: Option<String>, session: Option<&Name>) -> ExitCode {
    // Read whatever comes of it: a program may not like it if nobody does.
    let Some(payload) = payload.map(String::into_bytes).or_else(read) else { return ExitCode::SUCCESS };
    let said = pass_on(cli, statusline, &payload, session);
    let shown = match statusline {
        true => own_line(&payload).or(said).or_else(|| Some("agentctl".to_owned())),
        false => said,
    };
    if let Some(text) = shown {
        // A program that closed its end does not want to hear it.
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }
    ExitCode::SUCCESS
}

fn read() -> Option<Vec<u8>> {
    let mut read = Vec::new();
    std::io::stdin().lock().take(MOST + 1).read_to_end(&mut read).ok()?;
    Some(read)
}

/// Returns what the person's own status line prints, if there is one: it is run as its program would run it.
fn own_line(payload: &[u8]) -> Option<String> {
    let told: Value = serde_json::from_slice(payload).ok()?;
    let place = |of: &Value, field: &str| of.get(field).and_then(Value::as_str).map(PathBuf::from);
    let cwd = place(&told, "cwd").unwrap_or_default();
    let project = told.get("workspace").and_then(|workspace| place(workspace, "project_dir"));
    let config = std::env::var_os("CLAUDE_CONFIG_DIR").map(PathBuf::from);
    let config = config.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".claude")))?;
    let command = status_line_files(project.as_deref().unwrap_or(&cwd), &config).iter().find_map(|file| {
        let settings: Value = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
        own_status_line(&settings).map(str::to_owned)
    })?;
    let mut line = Shell::new("sh");
    line.args(["-c", &command]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    if cwd.is_dir() {
        line.current_dir(cwd);
    }
    let mut running = line.spawn().ok()?;
    let mut input = running.stdin.take()?;
    // It may not want to hear it; and it may print before it has heard all of it.
    let payload = payload.to_vec();
    let telling = std::thread::spawn(move || drop(input.write_all(&payload)));
    let mut printed = Vec::new();
    running.stdout.take()?.take(LONGEST_LINE).read_to_end(&mut printed).ok()?;
    drop((running.wait(), telling.join()));
    let printed = String::from_utf8_lossy(&printed).trim_end().to_owned();
    (!printed.is_empty()).then_some(printed)
}

/// Returns what a model said last, where its program tells that by a hook whose own text is not to be relied on.
fn said_in_chat(payload: &Value) -> Option<String> {
    let told = |field: &str| payload.get(field).and_then(Value::as_str);
    let chat = told("transcript_path").filter(|_| told("hook_event_name") == Some("AfterAgent"))?;
    let mut file = std::fs::File::open(chat).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(CHAT_END))).ok()?;
    let mut end = Vec::new();
    file.take(CHAT_END).read_to_end(&mut end).ok()?;
    said_last(&String::from_utf8_lossy(&end))
}

fn pass_on(cli: &str, statusline: bool, payload: &[u8], session: Option<&Name>) -> Option<String> {
    let agent = std::env::var(AGENT_VARIABLE).ok().and_then(|name| Name::new(name).ok())?;
    let cli = Name::new(cli).ok()?;
    if payload.len() as u64 > MOST {
        return None;
    }
    let mut payload: Value = serde_json::from_slice(payload).ok()?;
    if let Some(said) = said_in_chat(&payload) {
        payload["prompt_response"] = Value::from(said);
    }
    let epoch = std::env::var(EPOCH_VARIABLE).ok().and_then(|epoch| epoch.parse::<u32>().ok());
    let epoch = epoch.map(|epoch| format!("&epoch={epoch}")).unwrap_or_default();
    let path =
        format!("/v1/sessions/{}/agents/{agent}/hook?cli={cli}&statusline={statusline}{epoch}", session?);
    let client = Client::new(&Paths::of_user().ok()?.socket());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let answer: HookAnswer = runtime.block_on(async {
        let asked = client.post(&path, &payload);
        match statusline {
            true => tokio::time::timeout(LINE_WITHIN, asked).await.ok()?.ok(),
            false => asked.await.ok(),
        }
    })?;
    answer.print
}
