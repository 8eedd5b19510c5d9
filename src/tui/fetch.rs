//! What takes a while: what an agent printed, why it is in its state, files. Each is done aside, and comes back as a
//! message.

use std::path::PathBuf;

use tokio::sync::mpsc;

use super::msg::Msg;
use crate::client::Client;
use crate::disk;
use crate::domain::{AgentId, Name};
use crate::protocol::{AgentDraft, HistoryRecord};
use crate::terminal::{History, Scrollback, Size};

/// How much of what an agent printed is read back, in bytes.
const BYTES: u64 = 16 << 20;
/// How many lines of it are kept.
const LINES: usize = 100_000;

/// Whoever fetches.
#[derive(Clone, Debug)]
pub(super) struct Fetch {
    /// The way to the daemon.
    pub(super) client: Client,
    /// The session.
    pub(super) session: Name,
    /// The folder of a person's own layouts.
    pub(super) layouts: PathBuf,
    /// Where what was fetched goes.
    pub(super) inbox: mpsc::Sender<Msg>,
}

impl Fetch {
    /// Reads back what an agent printed.
    pub(super) fn history(&self, agent: AgentId, name: &str) {
        let path = self.path(&format!("agents/{name}/history?bytes={BYTES}"));
        let client = self.client.clone();
        self.aside(async move {
            let records = client.bytes(&path).await.map_err(|e| e.to_string());
            let history = match records {
                // Parsing megabytes takes long enough to hold up keys.
                Ok(records) => {
                    tokio::task::spawn_blocking(move || read(&records)).await.map_err(|e| e.to_string())
                }
                Err(why) => Err(why),
            };
            Msg::History(agent, history)
        });
    }

    /// Asks why an agent is believed to be in its state.
    pub(super) fn explanation(&self, name: &str) {
        let path = self.path(&format!("agents/{name}/explain"));
        let client = self.client.clone();
        self.aside(async move { Msg::Explained(client.get(&path).await.map_err(|e| e.to_string())) });
    }

    /// Asks which messages wait.
    pub(super) fn messages(&self) {
        let path = self.path("messages");
        let client = self.client.clone();
        self.aside(async move { Msg::Held(client.get(&path).await.map_err(|e| e.to_string())) });
    }

    /// Asks which blueprints there are.
    pub(super) fn blueprints(&self) {
        let path = self.path("blueprints");
        let client = self.client.clone();
        self.aside(async move { Msg::Blueprints(client.get(&path).await.map_err(|e| e.to_string())) });
    }

    /// Has an agent made from a blueprint.
    pub(super) fn make(&self, draft: AgentDraft, text: String) {
        let path = self.path("agents");
        let client = self.client.clone();
        self.aside(
            async move { Msg::Made(text, client.post(&path, &draft).await.map_err(|e| e.to_string())) },
        );
    }

    /// Writes a layout into the folder of a person's own.
    pub(super) fn save(&self, name: String, text: String) {
        let folder = self.layouts.clone();
        self.aside(async move {
            let path = folder.join(format!("{name}.toml"));
            let file = path.clone();
            let save = move || {
                std::fs::create_dir_all(folder)?;
                disk::write(&file, text.as_bytes())
            };
            let written = tokio::task::spawn_blocking(save).await.unwrap_or_else(|e| Err(e.into()));
            Msg::Saved(name, written.map(|()| path).map_err(|e| e.to_string()))
        });
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/sessions/{}/{rest}", self.session)
    }

    fn aside(&self, work: impl Future<Output = Msg> + Send + 'static) {
        let inbox = self.inbox.clone();
        tokio::spawn(async move {
            // A window that is closed waits for nothing.
            let _ = inbox.send(work.await).await;
        });
    }
}

/// Computes the lines of what was printed.
fn read(records: &[u8]) -> History {
    let mut scrollback: Option<Scrollback> = None;
    for record in HistoryRecord::read(records) {
        match (record, &mut scrollback) {
            (HistoryRecord::Size { rows, cols }, Some(scrollback)) => {
                scrollback.resize(Size::new(rows, cols));
            }
            (HistoryRecord::Size { rows, cols }, none) => {
                *none = Some(Scrollback::new(Size::new(rows, cols), LINES));
            }
            (HistoryRecord::Output(bytes), Some(scrollback)) => scrollback.feed(bytes),
            (HistoryRecord::Output(bytes), none) => {
                none.insert(Scrollback::new(Size::new(24, 80), LINES)).feed(bytes);
            }
            (HistoryRecord::Gap, _) => {}
        }
    }
    scrollback.map(|scrollback| scrollback.history()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_become_lines_at_the_size_they_were_printed_in() {
        let mut records = Vec::new();
        HistoryRecord::Size { rows: 3, cols: 10 }.put(&mut records);
        HistoryRecord::Output(b"one\r\ntwo\r\nthree\r\nfour").put(&mut records);
        HistoryRecord::Gap.put(&mut records);
        HistoryRecord::Size { rows: 3, cols: 20 }.put(&mut records);
        HistoryRecord::Output(b"\r\nfive").put(&mut records);
        let lines: Vec<String> = read(&records).lines().iter().map(crate::terminal::Line::text).collect();
        assert_eq!(lines, ["one", "two", "three", "four", "five"]);
        assert!(read(&[]).lines().is_empty());
    }
}
