//! Finding files: a path, or the name of a file that the program carries.
//!
//! A reference inside a file is relative to that file's folder; inside a carried file it names another carried
//! file. Promises: a file on the disk wins over a carried one of the same name.

use super::embedded;
use std::path::{Path, PathBuf};
use synfire_chip::chip::Chip;
use synfire_chip::files::{self, Diagnostic, Diagnostics, NetworkOverrides};
use synfire_chip::network::Network;

/// A file's text and where its own references are looked up.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Name for messages.
    pub name: String,
    /// Content.
    pub text: String,
    /// Folder of a file on the disk; `None` for a carried file.
    pub folder: Option<PathBuf>,
}

/// Opens `reference` as seen from `folder`.
///
/// # Errors
/// When there is no such file; names the nearest carried one.
pub fn open(reference: &str, folder: Option<&Path>) -> Result<Opened, Diagnostics> {
    let path = folder.map_or_else(|| PathBuf::from(reference), |f| f.join(reference));
    if path.is_file() {
        let text = std::fs::read_to_string(&path).map_err(|e| {
            Diagnostics::from(Diagnostic::new(format!("cannot read {}: {e}", path.display())))
        })?;
        let folder = path.parent().map(Path::to_owned);
        return Ok(Opened { name: path.display().to_string(), text, folder });
    }
    if let Some((name, text)) = embedded::find(reference) {
        return Ok(Opened { name: name.to_owned(), text: text.to_owned(), folder: None });
    }
    let names: Vec<&str> = embedded::FILES.iter().map(|(name, _)| name.trim_end_matches(".ron")).collect();
    let mut problem = Diagnostic::new(format!("no file `{}`", path.display()));
    if let Some(near) = files::nearest(reference, names.iter().copied()) {
        problem = problem.noted("help", format!("did you mean the experiment `{near}`?"));
    }
    let experiments = names.iter().filter(|n| !n.ends_with(".network"));
    let list = experiments.copied().collect::<Vec<_>>().join(", ");
    Err(problem.noted("allowed", format!("a path, or one of {list}")).into())
}

/// Loads the chip that a file refers to.
///
/// # Errors
/// With everything that is wrong with it.
pub fn chip(reference: &str, from: &Opened) -> Result<Chip, Diagnostics> {
    if from.folder.is_none() && let Some((name, text)) = embedded::find(reference) {
        return files::chip_from_text(name, text, Path::new("."));
    }
    files::load_chip(reference, from.folder.as_deref().unwrap_or(Path::new(".")))
}

/// Loads the network that a file refers to.
///
/// # Errors
/// With everything that is wrong with it.
pub fn network(
    reference: &str,
    from: &Opened,
    chip: &Chip,
    seed: Option<u32>,
) -> Result<Network, Diagnostics> {
    let opened = open(reference, from.folder.as_deref())?;
    let folder = opened.folder.as_deref().unwrap_or(Path::new("."));
    files::network_from_text(&opened.name, &opened.text, folder, chip, &NetworkOverrides { seed })
}
