//! Joining what several folders have of one sweep.
//!
//! Promises: every result is checked by its hash; two results of one trial that are not the same are refused; what no
//! folder has is named. Absent on purpose: the tables (`tables`).

use super::another;
use super::error::SweepError;
use super::opened::Sweep;
use super::store::{self, Kept, Manifest, Outcome, SHARDS, Store};
use std::path::{Path, PathBuf};

/// What was joined.
#[derive(Debug)]
pub struct Merged {
    /// The sweep, as it was planned.
    pub sweep: Sweep,
    /// The folder that has everything now.
    pub store: Store,
    /// Numbers of trials that nobody has.
    pub missing: Vec<usize>,
}

/// Joins the results of `folders`, and of the shards below them, into `out`.
///
/// # Errors
/// When one is no folder of a sweep, two are not of the same, a result is damaged, or two of one trial differ.
pub fn merge(folders: &[PathBuf], out: &Path) -> Result<Merged, SweepError> {
    let found = found(folders)?;
    let Some(((_, first), others)) = found.split_first() else {
        return Err(SweepError::Usage("nothing to merge\n   = allowed: folders of a sweep".to_owned()));
    };
    if let Some((folder, other)) = others.iter().find(|(_, other)| other.sweep != first.sweep) {
        return Err(SweepError::Usage(format!(
            "two sweeps: beside that of `{}`, `{}` {}\n   = allowed: folders of one sweep, planned from the same files",
            found[0].0.display(),
            folder.display(),
            another::told(&other.of, &first.of)
        )));
    }
    let sweep = first.of.clone();
    let own = Store::enter(out, &sweep, None)?;
    let stores: Vec<Store> = found.iter().map(|(folder, _)| Store::read_only(folder)).collect();
    let mut missing = Vec::new();
    for (number, trial) in sweep.trials.iter().enumerate() {
        let mut best: Option<(Kept, &Store)> = None;
        for store in &stores {
            let Some(kept) = store.result(&trial.hash)? else { continue };
            best = Some(match best {
                None => (kept, store),
                Some(before) => better(before, (kept, store))?,
            });
        }
        match best {
            Some((kept, _)) => {
                if own.result(&trial.hash)?.as_ref() != Some(&kept) {
                    own.keep(&kept)?;
                }
            }
            None => missing.push(number),
        }
    }
    Ok(Merged { sweep, store: own, missing })
}

/// The folders, and the shards below them, with what they hold.
fn found(folders: &[PathBuf]) -> Result<Vec<(PathBuf, Manifest)>, SweepError> {
    let mut all = Vec::new();
    for folder in folders {
        let before = all.len();
        all.extend(store::manifest(folder)?.map(|manifest| (folder.clone(), manifest)));
        let mut shards: Vec<PathBuf> = std::fs::read_dir(folder.join(SHARDS))
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .collect();
        shards.sort();
        for shard in shards {
            let manifest = store::manifest(&shard)?;
            all.extend(manifest.map(|manifest| (shard, manifest)));
        }
        if all.len() == before {
            return Err(SweepError::Usage(format!(
                "`{}` is no folder of a sweep\n   = allowed: a folder that `synfire sweep` or `synfire sweep plan` wrote",
                folder.display()
            )));
        }
    }
    Ok(all)
}

/// Of two results of a trial the one that is done; both are, and must be the same.
fn better<'a>(first: (Kept, &'a Store), second: (Kept, &'a Store)) -> Result<(Kept, &'a Store), SweepError> {
    match (&first.0.outcome, &second.0.outcome) {
        (Outcome::Failed(_), Outcome::Done(_)) => Ok(second),
        (Outcome::Done(_), Outcome::Done(_)) if first.0.sha256 != second.0.sha256 => {
            Err(SweepError::Usage(format!(
                "trial {} has two results, in `{}` and `{}`, that are not the same\n   = help: run it again by hand, and \
                 delete the wrong one",
                first.0.hash,
                first.1.folder().display(),
                second.1.folder().display()
            )))
        }
        _ => Ok(first),
    }
}
