//! The folder of a sweep: whose it is, who is at work in it, a file a result.
//!
//! `manifest.json` says which trials belong to it; `results/HASH.json` holds a trial's result, or its failure; `work/HASH`
//! what an interrupted one left. Promises: a file is written whole or not at all; one process at a time; results of another
//! sweep, version or contract are refused with what to do, and so is a file that was changed. Absent on purpose: tables.

use super::another;
use super::error::{SweepError, failed};
use super::figures::Figures;
use super::opened::{Sweep, VERSION};
use super::point::Trial;
use super::trial::Failure;
use crate::experiment::whole;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use synfire_chip::files;
use synfire_chip::run::checkpoint;
use synfire_core::ARITH_SPEC;

/// Name and format of the manifest.
pub const MANIFEST: &str = "manifest.json";
/// Format name of manifests.
pub const MANIFEST_FORMAT: &str = "synfire-sweep-manifest/1";
/// Format name of results.
pub const RESULT_FORMAT: &str = "synfire-sweep-result/1";
const LOCK: &str = "sweep.lock";
/// Folder of the shards below that of a sweep.
pub const SHARDS: &str = "shards";
const RESULTS: &str = "results";
const WORK: &str = "work";

/// What belongs to a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`MANIFEST_FORMAT`].
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// Contract of arithmetic.
    pub contract: String,
    /// SHA-256 of the list of trials: two sweeps of one name ask for the same results.
    pub sweep: String,
    /// The sweep, as it was opened.
    pub of: Sweep,
    /// What depends on the machine that planned.
    pub simulator: Pace,
}

/// How fast trials were when a sweep was planned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// Mean wall time of a trial; `None` where none was tried.
    pub seconds_a_trial: Option<f64>,
}

impl Manifest {
    /// Of a sweep.
    #[must_use]
    pub fn of(sweep: &Sweep) -> Self {
        Self {
            format: MANIFEST_FORMAT.to_owned(),
            version: VERSION.to_owned(),
            contract: ARITH_SPEC.to_owned(),
            sweep: sweep.name(),
            of: sweep.clone(),
            simulator: Pace::default(),
        }
    }
}

/// How a trial ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// With figures.
    Done(Figures),
    /// Without.
    Failed(Failure),
}

/// A result on the disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// [`RESULT_FORMAT`].
    pub format: String,
    /// Version of the program that computed it.
    pub version: String,
    /// Its contract of arithmetic.
    pub contract: String,
    /// Of everything that decides it: its name.
    pub hash: String,
    /// Its seed.
    pub seed: Option<u32>,
    /// Its changes.
    pub set: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// SHA-256 of all the above.
    pub sha256: String,
    /// What depends on the machine that ran it.
    pub simulator: Took,
}

/// How long a trial took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Took {
    /// Wall time, from opening the files to the figures.
    pub seconds: f64,
}

impl Kept {
    /// Of a trial.
    #[must_use]
    pub fn new(sweep: &Sweep, trial: &Trial, outcome: Outcome, seconds: f64) -> Self {
        let mut kept = Self {
            format: RESULT_FORMAT.to_owned(),
            version: VERSION.to_owned(),
            contract: ARITH_SPEC.to_owned(),
            hash: trial.hash.clone(),
            seed: trial.seed,
            set: sweep.points[trial.point].set.clone(),
            outcome,
            sha256: String::new(),
            simulator: Took { seconds },
        };
        kept.sha256 = kept.own_hash();
        kept
    }

    /// Of everything but itself and what depends on the machine.
    fn own_hash(&self) -> String {
        let text = serde_json::to_string(&(
            &self.format,
            &self.version,
            &self.contract,
            &self.hash,
            self.seed,
            &self.set,
            &self.outcome,
        ));
        // Plain data serialises without fail; what did not would never be read back.
        checkpoint::hex(&checkpoint::fingerprint(&text.unwrap_or_default()))
    }
}

/// A sweep's folder, held by this process.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    _lock: Option<File>,
}

/// What a folder that does not fit is told with.
const ELSEWHERE: &str = "allowed: another folder (`--out`)";

impl Store {
    /// Enters a folder for `sweep`, which it notes there; `grow` says whether it may take the place of another sweep, whose
    /// results stay, and `None` that nobody can ask for that.
    ///
    /// # Errors
    /// When the folder cannot be made, another process is at work in it, or it holds something else.
    pub fn enter(folder: &Path, sweep: &Sweep, grow: Option<bool>) -> Result<Self, SweepError> {
        let shown = folder.display();
        let foreign = fs::read_dir(folder).ok().into_iter().flatten().flatten().next().is_some()
            && ![MANIFEST, LOCK, SHARDS].iter().any(|name| folder.join(name).exists());
        if foreign || folder.is_file() {
            let text =
                format!("`{shown}` is no folder of a sweep\n   = allowed: a new or empty folder (`--out`)");
            return Err(SweepError::Usage(text));
        }
        let make = |path: &Path| {
            fs::create_dir_all(path).map_err(|error| {
                let text = format!("no folder at `{}`: {error}", path.display());
                not_there(&error, text)
            })
        };
        make(folder)?;
        let lock = lock(folder)?;
        match manifest(folder)? {
            Some(found) if found.sweep != sweep.name() && grow != Some(true) => {
                let or = grow.map_or("", |_| ", or `--grow`, which keeps the results that both have");
                let text = another::told(&found.of, sweep);
                return Err(SweepError::Usage(format!("`{shown}` {text}\n   = {ELSEWHERE}{or}")));
            }
            Some(found) if found.of == *sweep => {}
            Some(found) if found.sweep == sweep.name() => {
                // What is asked of the same trials is another: objectives, their bounds, the title.
                let manifest = Manifest { simulator: found.simulator, ..Manifest::of(sweep) };
                write_json(&folder.join(MANIFEST), &manifest)?;
            }
            _ => write_json(&folder.join(MANIFEST), &Manifest::of(sweep))?,
        }
        make(&folder.join(RESULTS))?;
        Ok(Self { folder: folder.to_owned(), _lock: Some(lock) })
    }

    /// A folder that is only read.
    #[must_use]
    pub fn read_only(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), _lock: None }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a trial leaves what it needs to go on.
    #[must_use]
    pub fn work(&self, trial: &Trial) -> PathBuf {
        self.folder.join(WORK).join(&trial.hash)
    }

    /// The result of a trial; `None` where there is none.
    ///
    /// # Errors
    /// When the file is another's, of another version or contract, or was changed.
    pub fn result(&self, hash: &str) -> Result<Option<Kept>, SweepError> {
        let path = self.folder.join(RESULTS).join(format!("{hash}.json"));
        let refused = |found: &str| {
            let help = "delete it to compute its trial anew, or restore it";
            SweepError::Usage(format!("{}: {found}\n   = help: {help}", path.display()))
        };
        let text = match files::read_text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refused(&error.to_string())),
        };
        same_program(&path, RESULT_FORMAT, &text)?;
        let kept: Kept =
            serde_json::from_str(&text).map_err(|error| refused(&format!("no result: {error}")))?;
        if kept.sha256 != kept.own_hash() {
            return Err(refused("its SHA-256 does not match its content"));
        }
        if kept.hash != hash {
            return Err(refused("it is another trial's"));
        }
        Ok(Some(kept))
    }

    /// Keeps a result.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, kept: &Kept) -> Result<(), SweepError> {
        write_json(&self.folder.join(RESULTS).join(format!("{}.json", kept.hash)), kept)
    }

    /// Notes how fast trials are.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note_pace(&self, sweep: &Sweep, pace: Pace) -> Result<(), SweepError> {
        write_json(&self.folder.join(MANIFEST), &Manifest { simulator: pace, ..Manifest::of(sweep) })
    }

    /// Writes a table.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<(), SweepError> {
        let path = self.folder.join(name);
        whole::write(&path, content.as_ref()).map_err(failed(&path))
    }

    /// Removes a table, where there is one.
    pub fn remove(&self, name: &str) {
        let _ = fs::remove_file(self.folder.join(name));
    }

    /// Removes what interrupted trials left, when none is left.
    pub fn tidy(&self) {
        // A folder that is not empty holds what goes on, and stays.
        let _ = fs::remove_dir(self.folder.join(WORK));
    }
}

/// Longest manifest that is read: 1 GiB, more than the most trials take.
const LONGEST_MANIFEST: u64 = 1 << 30;

/// The manifest of a folder; `None` where there is none.
///
/// # Errors
/// When it cannot be read, or is of another version or contract.
pub fn manifest(folder: &Path) -> Result<Option<Manifest>, SweepError> {
    let path = folder.join(MANIFEST);
    let bytes = match files::read_bytes(&path, LONGEST_MANIFEST) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(SweepError::Usage(format!("{}: {error}\n   = {ELSEWHERE}", path.display())));
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    same_program(&path, MANIFEST_FORMAT, &text)?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| {
        SweepError::Usage(format!("{}: no manifest: {error}\n   = {ELSEWHERE}", path.display()))
    })?;
    if manifest.sweep != manifest.of.name() {
        let text = format!("{}: it was changed: its trials are others\n   = {ELSEWHERE}", path.display());
        return Err(SweepError::Usage(text));
    }
    Ok(Some(manifest))
}

/// What every file of a sweep begins with.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: String,
    contract: String,
}

/// Refuses what another program wrote. What has no such head is refused by who reads it whole.
fn same_program(path: &Path, own: &str, text: &str) -> Result<(), SweepError> {
    let Ok(Head { format, version, contract }) = serde_json::from_str(text) else { return Ok(()) };
    let found = if format != own {
        format!("its format is `{format}`, not `{own}`")
    } else if version != VERSION || contract != ARITH_SPEC {
        format!(
            "written by synfire {version} with contract {contract}; this is synfire {VERSION} with contract {ARITH_SPEC}"
        )
    } else {
        return Ok(());
    };
    let allowed = "a folder of its own for each (`--out`), or the program that wrote it";
    Err(SweepError::Usage(format!("{}: {found}\n   = allowed: {allowed}", path.display())))
}

/// What cannot be made in a folder: the fault of who named it, or of the machine.
fn not_there(error: &std::io::Error, text: String) -> SweepError {
    if whole::is_of_path(error) {
        SweepError::Usage(format!("{text}\n   = {ELSEWHERE}"))
    } else {
        SweepError::Failed(text)
    }
}

/// Keeps other processes out of a folder until this one ends.
fn lock(folder: &Path) -> Result<File, SweepError> {
    let path = folder.join(LOCK);
    let held = whole::lock(&path);
    let held = held.map_err(|error| not_there(&error, format!("{}: {error}", path.display())))?;
    held.ok_or_else(|| {
        let folder = folder.display();
        SweepError::Usage(format!(
            "another sweep is at work in `{folder}`\n   = {ELSEWHERE}, or waiting until it ends"
        ))
    })
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), SweepError> {
    let text = serde_json::to_string(value)
        .map_err(|error| SweepError::Failed(format!("{}: {error}", path.display())))?;
    whole::write(path, (text + "\n").as_bytes()).map_err(failed(path))
}
