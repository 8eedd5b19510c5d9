//! The laboratory of states: real programs driven through every state they can reach, recorded, and the recordings
//! replayed through the detector.

pub mod prose;
mod terminal;
mod try_out;
