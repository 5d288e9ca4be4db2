//! `synfire trace`: a retire trace as waves for GTKWave and Surfer.

use super::arguments::TraceOptions;
use super::error::CommandError;
use super::progress::say;
use crate::hardware::wave_files::WaveForm;
use crate::hardware::waves::{self, Choice, WaveError};
use std::ops::Range;

/// Writes waves.
///
/// # Errors
/// [`CommandError::Usage`] for a trace or a choice that is none, [`CommandError::Failed`] where a file cannot be written.
pub fn trace(options: &TraceOptions) -> Result<(), CommandError> {
    let vcd = options.vcd.as_deref().map(|path| (WaveForm::Vcd, path));
    let fst = options.fst.as_deref().map(|path| (WaveForm::Fst, path));
    let files: Vec<_> = vcd.into_iter().chain(fst).collect();
    let neurons = options.neurons.iter().map(|text| range("--neurons", text, u64::from(u32::MAX - 1)));
    let choice = Choice {
        registers: options.registers.clone(),
        of: options.of.clone(),
        neurons: neurons
            .map(|some| some.map(|some| some.start as u32..some.end as u32))
            .collect::<Result<_, _>>()?,
        steps: options.steps.as_deref().map(|text| range("--steps", text, u64::MAX - 1)).transpose()?,
    };
    let written = waves::show(&options.file, &choice, &files).map_err(|error| match error {
        WaveError::Write { .. } => CommandError::Failed(error.to_string()),
        _ => CommandError::Usage(error.to_string()),
    })?;
    for (_, path) in files {
        say(&format!("{}: signals {}, steps {}", path.display(), written.signals, written.steps));
    }
    Ok(())
}

/// `3`, or `3..7` without the 7.
fn range(option: &str, text: &str, most: u64) -> Result<Range<u64>, CommandError> {
    let number = |text: &str| text.parse::<u64>().ok().filter(|number| *number <= most);
    let read = match text.split_once("..") {
        Some((first, until)) => number(first).zip(number(until)),
        None => number(text).map(|one| (one, one.saturating_add(1))),
    };
    read.filter(|(first, until)| first < until).map(|(first, until)| first..until).ok_or_else(|| {
        let allowed = format!("a number up to {most}, or a range such as 3..7 (without the 7)");
        CommandError::Usage(format!("{option} is `{text}`, allowed: {allowed}"))
    })
}
