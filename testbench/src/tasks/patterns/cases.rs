//! The cases of a cell: a kind of data is a file that makes them, and a line here.

use super::case::{Case, Draw};
use super::file::{PatternData, Patterns};
use super::{cues, noise};
use synfire_chip::files::Diagnostics;

/// The cases of one cell.
///
/// # Errors
/// When an input is not in the network, or targets do not fit.
pub fn draw(settings: &Patterns, draw: &Draw<'_>) -> Result<Vec<Case>, Diagnostics> {
    match &settings.data {
        PatternData::Noise(data) => noise::cases(data, draw),
        PatternData::Cues(data) => cues::cases(data, draw),
    }
}
