//! Random vectors that reach every rule of the contract.
//!
//! | what | where |
//! | --- | --- |
//! | random networks and programs | `draw`; aimed at limits, equality, silence, bursts | `aim` |
//! | what a point and its sides are | `points` |
//! | which there are, and what a step of the plain reference reached | `observe` |
//! | how often each was | `coverage` |
//! | a vector, its run on the chip and by the reference, its files | `vector` |
//!
//! A *bin* is one side of a point: of a comparison less, equal, greater; of a register's end before, at and past it. Bins are
//! observed in the plain reference, between two of its steps: it knows nothing of them.
//!
//! Promises: a vector is a function of seed and number; the list of points is held against `docs/arithmetic.md` by a test.
//! Absent on purpose: how a bench reads the files (`export`).

pub mod aim;
pub mod coverage;
pub mod draw;
pub mod observe;
pub mod points;
pub mod vector;
