//! Finding files: a path, or the name of a file that the program carries.
//!
//! A reference inside a file is relative to that file's folder; inside a carried file it names another carried
//! file. Promises: what the program carries never depends on the current folder; what a user names is a path
//! first.

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

/// Opens what the user named: a path, or a carried file.
///
/// # Errors
/// When there is no such file; names the nearest carried one.
pub fn open(reference: &str) -> Result<Opened, Diagnostics> {
    let path = Path::new(reference);
    if path.is_file() { read(path) } else { carried(reference, reference) }
}

/// Opens what `from` refers to.
///
/// # Errors
/// When there is no such file.
fn open_from(reference: &str, from: &Opened) -> Result<Opened, Diagnostics> {
    match &from.folder {
        // A carried file refers to carried files only, whatever lies in the current folder.
        None => carried(reference, reference),
        Some(folder) => {
            let path = folder.join(reference);
            if path.is_file() { read(&path) } else { carried(reference, &path.display().to_string()) }
        }
    }
}

fn read(path: &Path) -> Result<Opened, Diagnostics> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Diagnostics::from(Diagnostic::new(format!("cannot read {}: {e}", path.display()))))?;
    let folder = path.parent().map(Path::to_owned);
    Ok(Opened { name: path.display().to_string(), text, folder })
}

fn carried(reference: &str, shown: &str) -> Result<Opened, Diagnostics> {
    if let Some((name, text)) = embedded::find(reference) {
        return Ok(Opened { name: name.to_owned(), text: text.to_owned(), folder: None });
    }
    let names: Vec<&str> = embedded::FILES.iter().map(|(name, _)| name.trim_end_matches(".ron")).collect();
    let mut problem = Diagnostic::new(format!("no file `{shown}`"));
    if let Some(near) = files::nearest(reference, names.iter().copied()) {
        problem = problem.noted("help", format!("did you mean the carried file `{near}`?"));
    }
    let experiments = names.iter().filter(|n| !n.contains('.'));
    let list = experiments.copied().collect::<Vec<_>>().join(", ");
    Err(problem.noted("allowed", format!("a path, or one of {list}")).into())
}

/// Loads the chip that a file refers to.
///
/// # Errors
/// With everything that is wrong with it.
pub fn chip(reference: &str, from: &Opened) -> Result<Chip, Diagnostics> {
    if from.folder.is_none()
        && let Some((name, text)) = embedded::find(reference)
    {
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
    let opened = open_from(reference, from)?;
    let folder = opened.folder.as_deref().unwrap_or(Path::new("."));
    files::network_from_text(&opened.name, &opened.text, folder, chip, &NetworkOverrides { seed })
}
