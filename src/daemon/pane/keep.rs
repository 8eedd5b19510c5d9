//! A pane's screen on disk, so that the next daemon need not read all output again.

use std::io;
use std::path::{Path, PathBuf};

use super::{About, Adopted, Connection, Link, Sought};
use crate::protocol::SESSION_VARIABLE;
use crate::pty::{Checkpoint, Checkpoints, Found, History, Orphan, Place, search};
use crate::terminal::{Screen, Size};

/// How many screens are kept: the newest, and one before it for when the newest is damaged.
const KEPT: usize = 2;

/// Keeps a screen as it is once all output before `seq` is on it.
pub(super) async fn store(folder: PathBuf, seq: u64, screen: Vec<u8>) {
    let stored =
        tokio::task::spawn_blocking(move || Checkpoints::new(folder, KEPT).store(seq, &screen)).await;
    if let Ok(Err(error)) = stored {
        // The next daemon has more to read then; nothing is lost.
        tracing::warn!("a screen could not be kept: {error}");
    }
}

/// Returns the sequence number at which an agent's kept output ends.
pub(super) async fn end_of(folder: PathBuf) -> u64 {
    let ranges = tokio::task::spawn_blocking(move || History::new(folder).ranges()).await;
    match ranges {
        Ok(Ok(ranges)) => ranges.last().map_or(0, |range| range.end),
        Ok(Err(error)) => {
            tracing::warn!("what an agent printed before cannot be read: {error}");
            0
        }
        Err(_) => 0,
    }
}

/// Forgets the screens of an earlier start: their numbers would be taken for this one's.
pub(super) async fn forget(folder: PathBuf, before: u64) {
    let forgotten =
        tokio::task::spawn_blocking(move || Checkpoints::new(folder, KEPT).forget_before(before)).await;
    if let Ok(Err(error)) = forgotten {
        tracing::warn!("an old screen could not be removed: {error}");
    }
}

/// Ends an agent that has lost its holder, before it is said to have ended: nobody could reach it any more.
pub(super) async fn end_orphan(about: &About, orphan: Option<Orphan>) {
    let Some(orphan) = orphan else { return };
    if let Ok(true) = tokio::task::spawn_blocking(move || orphan.end()).await {
        tracing::warn!(agent = %about.agent, "its holder is lost; the agent was ended");
    }
}

pub(super) async fn find(about: About, place: Place, pid: Option<u32>) -> Sought {
    let kept = latest(&about.folder).await;
    let restored = kept.and_then(|kept| match Screen::restore(&kept.bytes) {
        Ok(screen) => Some((kept.seq, Box::new(screen))),
        Err(error) => {
            tracing::warn!("a kept screen cannot be read: {error}");
            None
        }
    });
    let from = restored.as_ref().map_or(0, |(seq, _)| *seq);
    let screen = |size: (u16, u16)| match restored {
        Some((_, screen)) => screen,
        None => Box::new(Screen::new(Size::new(size.0, size.1))),
    };
    match search(&place, Some(from)).await {
        Ok(Found::Here(status, reader, writer)) => {
            let size = (status.size.rows(), status.size.cols());
            let (child, past, screen) = (status.child, status.end, screen(size));
            let link = Link::Open(reader, writer);
            Sought::Alive(Adopted { about, connection: Connection { child, size, screen, from, past, link } })
        }
        Ok(Found::Silent(silent)) => {
            tracing::warn!(agent = %about.agent, "its holder lives and does not answer; it is waited for");
            let screen = screen((24, 80));
            let size = (screen.size().rows(), screen.size().cols());
            let (child, link) = (pid.unwrap_or(0), Link::Silent(silent));
            let connection = Connection { child, size, screen, from, past: u64::MAX, link };
            Sought::Alive(Adopted { about, connection })
        }
        Ok(Found::Ended(end)) => Sought::Ended(about, end.exit),
        Ok(Found::Gone) => {
            let word = format!("{SESSION_VARIABLE}={}", about.session);
            end_orphan(&about, Some(Orphan::left(pid, place.mark(), &word))).await;
            Sought::Gone
        }
        Err(error) => {
            tracing::error!("an agent cannot be taken over: {error}");
            Sought::Gone
        }
    }
}

async fn latest(folder: &Path) -> Option<Checkpoint> {
    let folder = folder.to_owned();
    match tokio::task::spawn_blocking(move || Checkpoints::new(folder, KEPT).latest(u64::MAX)).await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => {
            tracing::warn!("kept screens cannot be read: {error}");
            None
        }
        Err(_) => None,
    }
}

/// Removes a folder with everything in it.
pub(in super::super) async fn remove_folder(folder: PathBuf) {
    match tokio::fs::remove_dir_all(&folder).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!("{} could not be removed: {error}", folder.display());
        }
        Ok(()) | Err(_) => {}
    }
}
