//! `synfire import`: a chip from exported images, run on what comes in.

use super::arguments::ImportOptions;
use super::cells::threads;
use super::error::CommandError;
use super::interrupt::Interrupt;
use super::progress::say;
use crate::hardware::export;
use crate::hardware::import;
use crate::hardware::replay;

/// Builds the chip, runs it, writes spikes and weights.
///
/// # Errors
/// [`CommandError`].
pub fn import(options: &ImportOptions, interrupt: &Interrupt) -> Result<(), CommandError> {
    let mut imported = import::import(&options.folder, options.edited)?;
    for file in &imported.edited {
        say(&format!("edited: {file}"));
    }
    let out = options.out.clone().unwrap_or_else(|| options.folder.join("imported"));
    export::empty(&out, false)?;
    let ran = replay::replay(&mut imported, &out, threads(options.threads), interrupt.flag())?;
    let all = imported.manifest.about.steps;
    say(&format!(
        "{}: {} spikes in {} of {all} steps, weights after them",
        out.display(),
        ran.spikes,
        ran.steps
    ));
    if ran.steps < all {
        return Err(CommandError::Failed(format!("interrupted after {} of {all} steps", ran.steps)));
    }
    Ok(())
}
