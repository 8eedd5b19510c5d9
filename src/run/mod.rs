//! Runs: programs that do one prompt to its end without a screen, within limits of time and money.
//!
//! An [`Order`] says what is run, [`run`] runs it and shows what goes on, a [`Report`] says what came of it. Whatever ends a
//! run, nothing of its process tree is left. This room knows nothing of the command line, and nothing of the daemon.

mod child;
mod order;
mod report;
mod show;
mod tree;

pub use child::{Stop, run};
pub use order::{Order, unique};
pub use report::{Ending, Report};
pub use show::{Show, harmless};
