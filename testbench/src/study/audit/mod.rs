//! `synfire audit`: what a learning rule reads, writes and stores, declared and measured.
//!
//! A small network runs the rule on a chip whose plasticity units count every access to a learning variable. What was
//! counted must equal what the rule declares (`synfire_plasticity::variables`); a rule that reads what it does not
//! declare does not even compile. Learning memory is measured in the checkpoints of such chips at growing size, and
//! the exponent of its growth is compared with the paper's (Table 1 and V of Neftci, Mostafa and Zenke, 2019).
//!
//! Promises: nothing is typed in twice: variables come from declarations and counters, bits from checkpoints, widths
//! from the chip. Absent on purpose: accuracy (`synfire compare`).

pub mod count;
pub mod memory;
pub mod off_chip;
pub mod report;
pub mod rules;
