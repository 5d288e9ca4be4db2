//! `synfire map`: what a placement takes of a chip, and placements by traffic, before and after.
//!
//! `fit` says what the cores hold, `expected` how often neurons fire, `spikes` reads what earlier runs left of that, `search` looks for a placement, `trial` runs a few steps
//! on it, `told` is the report.
//!
//! Promises: a placement that is found is never worse, by what it was looked for, than the one in order; where there are
//! steps to try, it is not slower by the cycle model either, or the one in order is kept. Absent on purpose: how loads move
//! (`synfire_chip::place::traffic`), files (`cli`).

pub mod expected;
pub mod fit;
pub mod search;
pub mod spikes;
pub mod told;
pub mod trial;
