//! `agentctl hook CLI`: what the hooks of agent programs run. It passes on what it is given and prints what it is told
//! to.
//!
//! It must never disturb its program: whatever goes wrong, it prints nothing and says that all is well.

use std::io::{Read as _, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::Value;

use crate::client::Client;
use crate::config::Paths;
use crate::domain::Name;
use crate::protocol::{AGENT_VARIABLE, EPOCH_VARIABLE, HookAnswer};

/// The most bytes that are passed on.
const MOST: u64 = 4 << 20;

/// How long a status line may take: it is asked for every other moment.
const LINE_WITHIN: Duration = Duration::from_millis(500);

/// Passes on what a hook was given. `payload` is what it tells where that does not come on standard input.
pub(super) fn hook(cli: &str, statusline: bool, payload: Option<String>, session: Option<&Name>) -> ExitCode {
    let said = pass_on(cli, statusline, payload, session);
    let shown = said.or_else(|| statusline.then(|| "agentctl".to_owned()));
    if let Some(text) = shown {
        // A program that closed its end does not want to hear it.
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }
    ExitCode::SUCCESS
}

fn pass_on(cli: &str, statusline: bool, payload: Option<String>, session: Option<&Name>) -> Option<String> {
    // Read whatever comes of it: a program may not like it if nobody does.
    let payload = match payload {
        Some(payload) => payload.into_bytes(),
        None => {
            let mut read = Vec::new();
            std::io::stdin().lock().take(MOST + 1).read_to_end(&mut read).ok()?;
            read
        }
    };
    let agent = std::env::var(AGENT_VARIABLE).ok().and_then(|name| Name::new(name).ok())?;
    let cli = Name::new(cli).ok()?;
    if payload.len() as u64 > MOST {
        return None;
    }
    let payload: Value = serde_json::from_slice(&payload).ok()?;
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
