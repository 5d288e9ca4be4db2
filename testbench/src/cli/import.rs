//! `synfire import`: a chip from exported images, run on what comes in.

use super::arguments::ImportOptions;
use super::cells::threads;
use super::error::CommandError;
use super::interrupt::Interrupt;
use super::progress::say;
use crate::hardware::import;
use crate::hardware::replay;
use crate::hardware::staging::Staging;

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
    let staging = Staging::begin(&out, false)?;
    let ran = replay::replay(&mut imported, staging.path(), threads(options.threads), interrupt.flag())?;
    let all = imported.manifest.about.steps;
    if ran.steps < all {
        let text = format!("interrupted after {} of {all} steps; nothing was written", ran.steps);
        return Err(CommandError::Failed(text));
    }
    staging.publish(&ran.files)?;
    let merged = match imported.machine.merged_events() {
        0 => String::new(),
        merged => format!("; {merged} events met an axon that was full and were merged"),
    };
    say(&format!("{}: {} spikes in {all} steps, weights after them{merged}", out.display(), ran.spikes));
    Ok(())
}
