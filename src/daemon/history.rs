//! What an agent printed, read back: from the blocks on disk and, for the newest of it, from its holder's memory. The
//! daemon's loop has no part in it.

use std::path::Path;
use std::time::Duration;

use crate::protocol::{Code, HistoryRecord, Problem};
use crate::pty::{Block, Event, Found, History, Place, Stored, search};

use super::HistoryPlace;

/// How long a holder may take to tell what it has in memory. Of one that does not, what is on disk is told.
const PATIENCE: Duration = Duration::from_secs(10);

/// Returns the newest `bytes` of an agent's output as records.
///
/// # Errors
/// If the kept output cannot be read.
pub async fn read_history(place: HistoryPlace, bytes: u64) -> Result<Vec<u8>, Problem> {
    let refused = |cause: String| Problem::new(Code::Storage, "read what the agent printed").cause(cause);
    let tail = match &place.holder {
        Some(holder) => tokio::time::timeout(PATIENCE, tail(holder)).await.unwrap_or_default(),
        None => Tail::default(),
    };
    let read = tokio::task::spawn_blocking(move || stored(&place.folder, &tail, bytes)).await;
    read.map_err(|e| refused(e.to_string()))?.map_err(|e| refused(e.to_string()))
}

/// What a holder has in memory, and where its output ends.
#[derive(Default)]
struct Tail {
    blocks: Vec<Block>,
    end: Option<u64>,
}

/// Asks a holder for everything it has in memory. One that is gone has written it all to disk.
async fn tail(holder: &Place) -> Tail {
    let Ok(Found::Here(status, mut reader, mut writer)) = search(holder, None).await else {
        return Tail::default();
    };
    let mut blocks = Vec::new();
    let mut from = status.first;
    while from < status.end && writer.tail(from).await.is_ok() {
        match reader.next().await {
            Ok(Some(Event::Tail(block))) if block.end() > from => {
                if block.first() > from {
                    // The agent printed so much meanwhile that what comes between is in memory no more, but on disk,
                    // and so is all before it.
                    blocks.clear();
                }
                from = block.end();
                blocks.push(block);
            }
            Ok(Some(Event::Status(_))) => {}
            Ok(Some(_) | None) | Err(_) => break,
        }
    }
    Tail { blocks, end: Some(status.end) }
}

/// Joins what is on disk with what is in memory.
fn stored(folder: &Path, tail: &Tail, bytes: u64) -> std::io::Result<Vec<u8>> {
    let history = History::new(folder);
    let kept_end = history.ranges()?.last().map_or(0, |range| range.end);
    let end = tail.end.unwrap_or(kept_end).max(kept_end);
    let from = end.saturating_sub(bytes);
    let mut out = Records::default();
    let in_memory = tail.blocks.first().map_or(u64::MAX, Block::first);
    for stored in history.read(from)? {
        match stored? {
            Stored::Block(block) => out.block(&block.part(from, in_memory)),
            Stored::Gap { from: gap, .. } if gap > from => HistoryRecord::Gap.put(&mut out.bytes),
            Stored::Gap { .. } => {}
        }
    }
    tail.blocks.iter().for_each(|block| out.block(&block.part(from, u64::MAX)));
    Ok(out.bytes)
}

#[derive(Default)]
struct Records {
    bytes: Vec<u8>,
    size: Option<(u16, u16)>,
}

impl Records {
    fn block(&mut self, block: &Block) {
        for piece in block.pieces() {
            let size = (piece.mark.size.rows(), piece.mark.size.cols());
            if self.size.replace(size) != Some(size) {
                HistoryRecord::Size { rows: size.0, cols: size.1 }.put(&mut self.bytes);
            }
            HistoryRecord::Output(piece.bytes).put(&mut self.bytes);
        }
    }
}
