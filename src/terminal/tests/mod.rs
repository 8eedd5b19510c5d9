//! The room as a whole: what holds for any output, and how it compares with other terminals.

mod fidelity;
mod properties;
mod speech;
