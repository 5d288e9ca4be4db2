//! Charts as SVG, drawn with `plotters`.
//!
//! Every chart is [`WIDTH`] units wide, so that on a phone, at three quarters of that, its text is still
//! read. Colours are those of a white page and come from [`palette`] only; a page that wants others
//! restyles them by attribute, which style sheets may ([`palette::dark_rules`]).
//!
//! Promises: the same block gives the same bytes; values that are not finite are left out; the size of a
//! raster is bounded by its pixels, not by its spikes.
//! Absent on purpose: titles (the page has them) and fonts (text is SVG text).

mod bars;
pub mod canvas;
mod confusion;
mod curves;
mod histogram;
pub mod palette;
mod plan;
mod raster;
mod timeline;

pub use canvas::{ChartError, WIDTH};

use super::model::Block;

/// The chart of `block`; `None` for blocks of words.
///
/// # Errors
/// When the drawing library fails.
pub fn chart(block: &Block) -> Result<Option<String>, ChartError> {
    match block {
        Block::Text(_) | Block::Table(_) | Block::Matrix(_) => Ok(None),
        Block::Curves(curves) => curves::draw(curves).map(Some),
        Block::Confusion(confusion) => confusion::draw(confusion).map(Some),
        Block::Raster(raster) => raster::draw(raster).map(Some),
        Block::Bars(bars) => bars::draw(bars).map(Some),
        Block::Plan(plan) => plan::draw(plan).map(Some),
        Block::Timeline(timeline) => timeline::draw(timeline).map(Some),
        Block::Histogram(histogram) => histogram::draw(histogram).map(Some),
    }
}
