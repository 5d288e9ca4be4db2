//! Finding files: a path, or the name of a file that the program carries.
//!
//! A reference inside a file is relative to that file's folder; inside a carried file it names another carried
//! file. Promises: what the program carries never depends on the current folder; what a user names is a path
//! first.

use super::embedded;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use synfire_chip::chip::Chip;
use synfire_chip::files::{self, Diagnostic, Diagnostics, NetworkOverrides, Place, Source};
use synfire_chip::network::Network;
use synfire_chip::place::mapping::MappingError;

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

/// Names that a message lists, the nearest first; the others are one command away.
const MOST_NAMES: usize = 5;

/// Opens what the user named: a path, or a carried file.
///
/// # Errors
/// When there is no such file; names the nearest carried one.
pub fn open(reference: &str) -> Result<Opened, Diagnostics> {
    let path = Path::new(reference);
    // A folder that has the name of a carried file hides nothing.
    let named = path.is_file() || (path.exists() && embedded::find(reference).is_none());
    if named { read(path) } else { carried(reference, reference, false) }
}

/// Opens what `from` refers to.
///
/// # Errors
/// When there is no such file.
fn open_from(reference: &str, from: &Opened) -> Result<Opened, Diagnostics> {
    match &from.folder {
        // A carried file refers to carried files only, whatever lies in the current folder.
        None => carried(reference, reference, true),
        Some(folder) => {
            let path = folder.join(reference);
            if path.exists() { read(&path) } else { carried(reference, &path.display().to_string(), true) }
        }
    }
}

fn read(path: &Path) -> Result<Opened, Diagnostics> {
    let text = files::read_text(path)
        .map_err(|e| Diagnostics::from(Diagnostic::new(format!("cannot read `{}`: {e}", path.display()))))?;
    let folder = path.parent().map(Path::to_owned);
    Ok(Opened { name: path.display().to_string(), text, folder })
}

/// A carried file. What an experiment refers to is a network, what a user names an experiment.
fn carried(reference: &str, shown: &str, network: bool) -> Result<Opened, Diagnostics> {
    if let Some((name, text)) = embedded::find(reference) {
        return Ok(Opened { name: name.to_owned(), text: text.to_owned(), folder: None });
    }
    let names = embedded::FILES.iter().map(|(name, _)| name.trim_end_matches(".ron"));
    let of_kind = |name: &&str| if network { name.ends_with(".network") } else { !name.contains('.') };
    let names: Vec<&str> = names.filter(of_kind).collect();
    // Of a path the file's own name: the folders before it are no misspelling.
    let wanted = Path::new(reference).file_name().and_then(|name| name.to_str()).unwrap_or(reference);
    let wanted = wanted.trim_end_matches(".ron");
    let mut problem = Diagnostic::new(format!("no file `{shown}`"));
    if let Some(near) = files::nearest(wanted, names.iter().copied()) {
        problem = problem.noted("help", format!("did you mean the carried file `{near}`?"));
    }
    let kind = if network { "network" } else { "experiment" };
    let first = files::nearest_first(wanted, names.iter().copied());
    let first = first[..first.len().min(MOST_NAMES)].join(", ");
    let allowed = format!("a path, or a carried {kind}, such as {first} (all of them: synfire presets)");
    Err(problem.noted("allowed", allowed).into())
}

/// Loads the chip that a file refers to.
///
/// # Errors
/// With everything that is wrong with it.
pub fn chip(reference: &str, from: &Opened) -> Result<Chip, Diagnostics> {
    let on_disk = from.folder.as_ref().is_some_and(|folder| folder.join(reference).is_file());
    if !on_disk && let Some((name, text)) = embedded::find(reference) {
        return files::chip_from_text(name, text, Path::new("."));
    }
    let place = |problem: Diagnostic| {
        if problem.place.is_some() {
            return problem;
        }
        let source = Arc::new(Source::new(from.name.clone(), from.text.clone()));
        let place = source.locate("chip").map(|span| Place { source, span });
        Diagnostic { place, ..problem }
    };
    files::load_chip(reference, from.folder.as_deref().unwrap_or(Path::new(".")))
        .map_err(|problems| problems.each(place))
}

/// Loads the network that a file refers to.
///
/// # Errors
/// With everything that is wrong with it.
pub fn network(
    reference: &str,
    from: &Opened,
    chip: &Chip,
    overrides: &NetworkOverrides,
) -> Result<Network, Diagnostics> {
    network_and_files(reference, from, chip, overrides).map(|(network, _)| network)
}

/// As [`network`]; also the files that were read for it. A file that the program carries is not among them.
///
/// # Errors
/// As [`network`].
pub fn network_and_files(
    reference: &str,
    from: &Opened,
    chip: &Chip,
    overrides: &NetworkOverrides,
) -> Result<(Network, Vec<PathBuf>), Diagnostics> {
    let opened = open_from(reference, from)?;
    let folder = opened.folder.as_deref().unwrap_or(Path::new("."));
    let (network, read) = files::network_and_files(&opened.name, &opened.text, folder, chip, overrides)?;
    let own = opened.folder.is_some().then(|| PathBuf::from(&opened.name));
    Ok((network, own.into_iter().chain(read).collect()))
}

/// A network that does not fit, shown where its file states the population.
#[must_use]
pub fn misfit(reference: &str, from: &Opened, error: &MappingError) -> Diagnostic {
    error.diagnostic(open_from(reference, from).ok().and_then(|opened| opened.population(error.population())))
}

impl Opened {
    /// Where a network file, or one that it extends, states a population.
    #[must_use]
    pub fn population(&self, name: &str) -> Option<Place> {
        let folder = self.folder.as_deref().unwrap_or(Path::new("."));
        files::population_place(&self.name, &self.text, folder, name)
    }
}
