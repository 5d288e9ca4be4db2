//! Classification: train a network on a labelled data set, on the chip, sample by sample; test it.
//!
//! A *cell* is one row of the experiment with one seed: its own split, weights and feedback. Cells are
//! independent and run in parallel; within a cell everything is sequential (batch size 1).
//!
//! Protocol: the training part's order is drawn anew every epoch; after every epoch the held-out part is
//! presented without learning; the last epoch's accuracy is the result, never the best one.
//! Absent on purpose: choosing settings on the test part.

pub mod answers;
pub mod cell;
pub mod check;
mod course;
pub mod drawn;
pub mod file;
pub mod kind;
pub mod result;
pub mod schedule;
pub mod sharing;
pub mod summary;
pub mod task;
