//! The laboratory of states: real programs driven through every state they can reach, recorded, and the recordings
//! replayed through the detector.
//!
//! Recordings are kept in `.peers/recordings` and never committed: they are the vendors' screens. What is there is
//! replayed, what is not is recorded first; to record anew, remove it.

mod door;
mod drive;
mod matrix;
pub mod prose;
mod terminal;
mod truth;
