//! `synfire silicon`: organisations of published chips, predicted beside what was measured of them.

use super::error::CommandError;
use super::output;
use crate::architect::published;
use std::path::Path;
use synfire_chip::files;

/// The carried organisations of published chips.
pub const CARRIED: [&str; 2] = ["odin", "reckon"];

/// Reports on chips (presets or paths); on the carried ones without any.
///
/// # Errors
/// [`CommandError`].
pub fn silicon(asked: &[String], json: bool) -> Result<(), CommandError> {
    let carried = CARRIED.map(str::to_owned);
    let names = if asked.is_empty() { &carried[..] } else { asked };
    let mut chips = Vec::new();
    for name in names {
        let chip = files::load_chip(name, Path::new("."))?;
        if chip.measured.is_empty() {
            return Err(CommandError::Usage(format!(
                "chip `{name}` lists nothing that was measured: state rows `measured` in its file"
            )));
        }
        chips.push(chip);
    }
    output::print(&published::report(&chips), json)
}
