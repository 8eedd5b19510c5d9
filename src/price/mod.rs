//! What tokens cost, and who has spent how much: arithmetic, and nothing else.
//!
//! [`Prices`] estimate the money of a usage whose program tells none. The [`Ledger`] folds running totals, as programs
//! tell them, into sums by agent, team, model and day, and never counts a token twice. [`crossed`] says when a
//! [`Budget`] is nearly or wholly used up. Money that was told, money that was estimated and tokens whose money nobody
//! knows stay apart all the way. Nothing here knows where usages come from, what day it is, or what is done about a
//! budget.

mod budget;
mod ledger;
mod settings;
mod spent;
mod sums;
mod table;

pub use budget::{AtLimit, Budget, Crossing, crossed};
pub use ledger::{Ledger, Place};
pub use settings::{Budgets, Settings};
pub use spent::{Day, Spent};
#[cfg(test)]
pub use table::Price;
pub use table::Prices;
