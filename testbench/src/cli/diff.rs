//! `synfire diff`: two retire traces compared.

use super::arguments::DiffOptions;
use super::error::CommandError;
use crate::formats::ArrayError;
use crate::hardware::placement::Placement;
use crate::hardware::{diff, diff_report, manifest, same_network};
use std::io::Write;

/// Compares two traces.
///
/// # Errors
/// [`CommandError::Failed`] where they differ, [`CommandError::Usage`] where one is no trace, or of another network than the
/// folder that is to say where its records are.
pub fn diff(options: &DiffOptions) -> Result<(), CommandError> {
    let manifest = options.export.as_ref().map(|folder| folder.join(manifest::FILE));
    let placement = options.placement.as_ref().or(manifest.as_ref());
    let placement = placement.map(|file| Placement::read(file)).transpose()?;
    let no_trace = |error: ArrayError| CommandError::Usage(error.to_string());
    if let Some(placement) = &placement {
        let header = diff::header(&options.expected).map_err(no_trace)?;
        same_network::check(&options.expected, &header, placement)?;
    }
    let diff = diff::compare(&options.expected, &options.actual, options.all).map_err(no_trace)?;
    let text = if options.json {
        diff_report::json(&diff, placement.as_ref()) + "\n"
    } else {
        let counts = options.all && diff.first().is_some();
        let counts = if counts { diff_report::counts(&diff) } else { String::new() };
        diff_report::text(&diff, placement.as_ref()) + &counts
    };
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(CommandError::Failed(format!("standard output: {error}")))
        }
        _ if diff.equal() => Ok(()),
        _ => Err(CommandError::Failed("the traces differ".to_owned())),
    }
}
