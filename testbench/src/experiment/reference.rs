//! Finding files: a path, or the name of a file that the program carries.
//!
//! A reference inside a file is relative to that file's folder; inside a carried file it names another carried
//! file. Promises: what the program carries never depends on the current folder; what a user names is a path
//! first.

use super::embedded;
use super::shared::Shared;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use synfire_chip::chip::Chip;
use synfire_chip::files::{self, Change, Diagnostic, Diagnostics, NetworkOverrides, Place, Root, SourceText};
use synfire_chip::network::Network;
use synfire_chip::place::mapping::MappingError;

/// Rows of `steps.csv` where an experiment states none.
pub const STEP_ROWS: u32 = 1000;
/// The most that it may state.
pub const MOST_STEP_ROWS: u32 = 1_000_000;

/// A file's text and where its own references are looked up.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Name for messages, and content; after changes to it, where there are any.
    pub source: Arc<SourceText>,
    /// The content as the file has it.
    pub file: Arc<SourceText>,
    /// Folder of a file on the disk; `None` for a carried file.
    pub folder: Option<PathBuf>,
    /// What whoever opened it changes: in the chips and networks that it refers to, after its own changes.
    pub changes: Vec<Change>,
    /// How many of a run's last steps are kept, of the part that its report shows.
    pub step_rows: u32,
    /// What others loaded of the same files.
    pub shared: Shared,
}

impl Opened {
    /// A file without changes.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>, folder: Option<PathBuf>) -> Self {
        let source = Arc::new(SourceText::new(name, text));
        let (changes, shared) = (Vec::new(), Shared::default());
        Self { file: Arc::clone(&source), source, folder, changes, step_rows: STEP_ROWS, shared }
    }

    /// Its name for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Its content.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// What the field `chip` of an experiment says.
    ///
    /// # Errors
    /// When it says nothing.
    pub fn chip(&self) -> Result<String, Diagnostics> {
        let span = self.source.locate("chip").ok_or_else(|| Diagnostic::new("missing field `chip`"))?;
        files::parse(self.name(), &self.text()[span])
    }

    /// Changes that arguments `PATH=VALUE` state; files that they name are looked up as the file's own.
    ///
    /// # Errors
    /// With the first that is none.
    pub fn arguments(&self, set: &[String]) -> Result<Vec<Change>, Diagnostics> {
        let change = |text: &String| Change::argument(text, self.here());
        set.iter().map(change).collect::<Result<_, _>>().map_err(Diagnostics::from)
    }

    /// Refuses changes to files that there are none of.
    ///
    /// # Errors
    /// With the first change to another file than one of `roots`.
    pub fn expect(&self, roots: &[Root]) -> Result<(), Diagnostics> {
        self.changes.iter().try_for_each(|change| change.within(roots)).map_err(Diagnostics::from)
    }

    /// The folder of the files that it names; of a carried file, the current one.
    #[must_use]
    pub fn here(&self) -> &Path {
        self.folder.as_deref().unwrap_or(Path::new("."))
    }
}

/// Names that a message lists, the nearest first; the others are one command away.
const MOST_NAMES: usize = 5;

/// What a reference that names nothing was to name, among what the program carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Experiment,
    Network,
    Sweep,
}

/// How the names of carried sweeps end.
const SWEEP: &str = ".sweep";

impl Wanted {
    fn name(self) -> &'static str {
        match self {
            Self::Experiment => "experiment",
            Self::Network => "network",
            Self::Sweep => "sweep",
        }
    }

    fn is(self, name: &str) -> bool {
        match self {
            Self::Experiment => !name.contains('.'),
            Self::Network => name.ends_with(".network"),
            Self::Sweep => name.ends_with(SWEEP),
        }
    }
}

/// Opens what the user named: a path, or a carried file.
///
/// # Errors
/// When there is no such file; names the nearest carried experiment.
pub fn open(reference: &str) -> Result<Opened, Diagnostics> {
    named(reference, Wanted::Experiment)
}

/// The same where a sweep is asked for.
///
/// # Errors
/// When there is no such file; names the nearest carried sweep.
pub fn open_sweep(reference: &str) -> Result<Opened, Diagnostics> {
    named(reference, Wanted::Sweep)
}

fn named(reference: &str, wanted: Wanted) -> Result<Opened, Diagnostics> {
    let path = Path::new(reference);
    // A folder that has the name of a carried file hides nothing.
    let on_disk = files::is_there(path) && (path.is_file() || embedded::find(reference).is_none());
    if on_disk { read(path) } else { carried(reference, reference, wanted) }
}

/// Opens what the user named: a path, a chip preset, or a carried file.
///
/// # Errors
/// When there is nothing of that name; names the nearest preset or carried file.
pub fn open_any(reference: &str) -> Result<Opened, Diagnostics> {
    if Path::new(reference).is_file() {
        return open(reference);
    }
    let presets = files::presets();
    if let Some((name, text)) = presets.iter().find(|(name, _)| *name == reference) {
        return Ok(Opened::new(*name, *text, None));
    }
    open(reference).map_err(|problems| {
        let names = presets.iter().map(|(name, _)| *name);
        match files::nearest(reference, names) {
            Some(near) => {
                problems.each(|of| of.noted("help", format!("did you mean the chip preset `{near}`?")))
            }
            None => problems,
        }
    })
}

/// Opens what `from` refers to.
///
/// # Errors
/// When there is no such file.
fn open_from(reference: &str, from: &Opened) -> Result<Opened, Diagnostics> {
    match &from.folder {
        // A carried file refers to carried files only, whatever lies in the current folder.
        None => carried(reference, reference, Wanted::Network),
        Some(folder) => {
            let path = folder.join(reference);
            if files::is_there(&path) {
                return read(&path);
            }
            carried(reference, &path.display().to_string(), Wanted::Network)
        }
    }
}

fn read(path: &Path) -> Result<Opened, Diagnostics> {
    let text = files::read_text(path)
        .map_err(|e| Diagnostics::from(Diagnostic::new(format!("cannot read `{}`: {e}", path.display()))))?;
    let folder = path.parent().map(Path::to_owned);
    Ok(Opened::new(path.display().to_string(), text, folder))
}

/// A carried file.
fn carried(reference: &str, shown: &str, wanted: Wanted) -> Result<Opened, Diagnostics> {
    if let Some((name, text)) = embedded::find(reference) {
        return Ok(Opened::new(name, text, None));
    }
    let names = embedded::FILES.iter().map(|(name, _)| name.trim_end_matches(".ron"));
    let names: Vec<&str> = names.filter(|name| wanted.is(name)).collect();
    // Of a path the file's own name: the folders before it are no misspelling, nor is a sweep's ending that is left out.
    let asked = Path::new(reference).file_name().and_then(|name| name.to_str()).unwrap_or(reference);
    let asked = asked.trim_end_matches(".ron");
    let ending = if wanted == Wanted::Sweep && !asked.ends_with(SWEEP) { SWEEP } else { "" };
    let asked = format!("{asked}{ending}");
    let mut problem = Diagnostic::new(format!("no file `{shown}`"));
    if let Some(near) = files::nearest(&asked, names.iter().copied()) {
        problem = problem.noted("help", format!("did you mean the carried file `{near}`?"));
    }
    let first = files::nearest_first(&asked, names.iter().copied());
    let first = first[..first.len().min(MOST_NAMES)].join(", ");
    let kind = wanted.name();
    let allowed = format!("a path, or a carried {kind}, such as {first} (all of them: synfire presets)");
    Err(problem.noted("allowed", allowed).into())
}

/// Loads the chip that a file refers to, with its changes.
///
/// # Errors
/// With everything that is wrong with it.
pub fn chip(reference: &str, from: &Opened) -> Result<Chip, Diagnostics> {
    let place = |problem: Diagnostic| match (&problem.place, from.source.locate("chip")) {
        (None, Some(span)) => problem.at(&from.source, span),
        _ => problem,
    };
    chip_with(reference, from, Vec::new()).map_err(|problems| problems.each(place))
}

/// The same after `changes`; those of the file come after them. Where there is no such chip, that has no place.
///
/// # Errors
/// As [`chip`].
pub fn chip_with(reference: &str, from: &Opened, mut changes: Vec<Change>) -> Result<Chip, Diagnostics> {
    changes.extend(from.changes.iter().cloned());
    let of = |folder: &PathBuf| {
        Some(folder.join(reference)).is_some_and(|path| files::is_there(&path) && path.is_file())
    };
    let on_disk = from.folder.as_ref().is_some_and(of);
    if !on_disk && let Some((name, text)) = embedded::find(reference) {
        return files::changed_chip_from_text(name, text, Path::new("."), &changes);
    }
    files::load_changed_chip(reference, from.here(), &changes)
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

/// As [`network`]; also the files that were read for it. A file that the program carries is not among them. Changes of
/// the file come after those of `overrides`.
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
    let mut overrides = overrides.clone();
    overrides.changes.extend(from.changes.iter().cloned());
    let read = files::network_and_files(opened.name(), opened.text(), opened.here(), chip, &overrides)?;
    let (network, read) = read;
    let own = opened.folder.is_some().then(|| PathBuf::from(opened.name()));
    Ok((network, own.into_iter().chain(read).collect()))
}

/// A network that does not fit after `changes`, shown where its file states what does not. Those of the file come after
/// them.
#[must_use]
pub fn misfit(reference: &str, from: &Opened, mut changes: Vec<Change>, error: &MappingError) -> Diagnostic {
    changes.extend(from.changes.iter().cloned());
    error.diagnostic(open_from(reference, from).ok().and_then(|opened| opened.misplaced(&changes, error)))
}

impl Opened {
    /// Where a network file after `changes`, or one that it extends or names, states what does not fit.
    #[must_use]
    pub fn misplaced(&self, changes: &[Change], error: &MappingError) -> Option<Place> {
        let what = (error.population(), error.field());
        files::misfit_place(self.name(), self.text(), self.here(), changes, what)
    }
}
