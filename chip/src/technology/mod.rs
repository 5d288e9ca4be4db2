//! What building blocks of a chip cost: memories by word and depth, arithmetic by width, at a node and a voltage.
//!
//! A [`Technology`] is a file's tables and laws, in integers as the file states them. [`Technology::at`] chooses a node
//! and a voltage; the [`Corner`] that it gives prices memories ([`memory`]) and arithmetic ([`logic`]).
//! Numbers between are `f64` from `libm` alone, so that they are the same on every machine; they are rounded once, where
//! a price is formed ([`value::Figure`]).
//!
//! | quantity | file | here |
//! | --- | --- | --- |
//! | energy | pJ | attojoules |
//! | area | square micrometres | square nanometres |
//! | leakage | uW, nW | picowatts |
//! | time | ns | femtoseconds |
//! | voltage | V | microvolts |
//!
//! Promises: a number that the tables do not hold is marked as derived, or refused; every number has a lower and an
//! upper end; nothing here can change a bit of a result. Absent on purpose: files (`files::technology`), chips, what an
//! operation is made of (`cost`).

pub mod corner;
pub mod grid;
pub mod logic;
pub mod memory;
pub mod nodes;
pub mod refusal;
pub mod tables;
pub mod value;

pub use corner::Corner;
pub use logic::Unit;
pub use memory::Organisation;
pub use refusal::Refusal;
pub use tables::Technology;
pub use value::{Bounds, Figure, Kind};
