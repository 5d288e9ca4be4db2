//! Reports: what a run has to say, and three ways to say it.
//!
//! A [`model::Report`] is headlines and generic blocks (tables, curves, heat maps, rasters, bars); it knows
//! nothing of chips or experiments. [`terminal`] prints it as plain text, [`json`] as JSON lines, [`html`]
//! as one self-contained page with the charts of [`svg`]. [`explorer`] puts points beside it that can be sorted, filtered
//! and drawn. [`quantity`] writes numbers with their units.
//!
//! Promises: the same report gives the same text; all three show the same numbers, which the caller formats.
//! Absent on purpose: what is worth reporting.

pub mod explorer;
pub mod html;
pub mod json;
pub mod model;
pub mod paired;
pub mod quantity;
pub mod svg;
pub mod terminal;
