//! `synfire trace`: a retire trace as waves for GTKWave and Surfer.

use super::arguments::TraceOptions;
use super::error::CommandError;
use super::paths;
use super::progress::say;
use crate::experiment::whole;
use crate::hardware::wave_files::WaveForm;
use crate::hardware::waves::{self, Choice, WaveError};
use std::fs;
use std::ops::Range;
use std::path::Path;

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
    for (at, (_, path)) in files.iter().enumerate() {
        let others = files[..at].iter().map(|(_, other)| *other).chain([options.file.as_path()]);
        expect_another(path, others)?;
    }
    // Whole or not at all, and never through a link: a file of waves is renamed to its place.
    let partial: Vec<_> = files.iter().map(|(form, path)| (*form, whole::partial(path))).collect();
    let begun: Vec<_> = partial.iter().map(|(form, path)| (*form, path.as_path())).collect();
    let written = waves::show(&options.file, &choice, &begun).map_err(|error| {
        begun.iter().for_each(|(_, path)| drop(fs::remove_file(path)));
        match error {
            WaveError::Write { path, source } => {
                let named = files.iter().zip(&begun).find(|(_, (_, begun))| *begun == path);
                let path = named.map_or(path.as_path(), |((_, asked), _)| *asked);
                CommandError::Failed(format!("{}: cannot write: {source}", path.display()))
            }
            _ => CommandError::Usage(error.to_string()),
        }
    })?;
    for ((_, path), (_, partial)) in files.iter().zip(&begun) {
        fs::rename(partial, path).map_err(paths::failed(path))?;
    }
    for (_, path) in files {
        say(&format!("{}: signals {}, steps {}", path.display(), written.signals, written.steps));
    }
    Ok(())
}

/// Waves go to a file of their own.
fn expect_another<'a>(path: &Path, mut others: impl Iterator<Item = &'a Path>) -> Result<(), CommandError> {
    let same = |other: &Path| {
        let real = |path: &Path| fs::canonicalize(path).ok();
        other == path || real(path).is_some_and(|own| real(other) == Some(own))
    };
    if path.is_dir() || others.any(same) {
        let found = if path.is_dir() { "a folder" } else { "the trace, or the other file of waves" };
        let text = format!("`{}` is {found}\n   = allowed: another file for the waves", path.display());
        return Err(CommandError::Usage(text));
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
