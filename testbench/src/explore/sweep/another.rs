//! How the sweep that a folder holds is another than the one that is asked for.
//!
//! Promises: files of the experiment that were edited since are named. Absent on purpose: what may be done about it (who
//! refuses says it).

use super::opened::Sweep;
use crate::experiment::hashed::HashedFile;

/// What `found` is, as it is no longer, or not, `asked`: the end of a sentence that begins with whose folder it is.
#[must_use]
pub fn told(found: &Sweep, asked: &Sweep) -> String {
    let since = since(&found.inputs, &asked.inputs);
    let decides = |sweep: &Sweep| (sweep.file.seeds.clone(), sweep.file.quick, sweep.file.row.clone());
    let same = found.points == asked.points && decides(found) == decides(asked);
    match since.as_str() {
        "" if same => {
            "holds this sweep of another build of the program, which carries other files".to_owned()
        }
        "" => format!("holds another sweep: {}", named(found)),
        since if same => format!("holds this sweep as it was before {since}"),
        since => format!("holds another sweep: {}; since then {since}", named(found)),
    }
}

fn named(sweep: &Sweep) -> String {
    format!("`{}`, {} trials of {}", sweep.file.title, sweep.trials.len(), sweep.experiment)
}

/// Files whose names are shown; of more it is said how many.
const MOST_NAMES: usize = 5;

/// Which files became others: those that both have, were left out, or were added.
fn since(before: &[HashedFile], now: &[HashedFile]) -> String {
    let of = |list: &[HashedFile], name: &str| list.iter().position(|file| file.file == name);
    let edited = |file: &&HashedFile| of(now, &file.file).is_some_and(|at| now[at].sha256 != file.sha256);
    let lost = |file: &&HashedFile| of(now, &file.file).is_none();
    let added = |file: &&HashedFile| of(before, &file.file).is_none();
    let parts = [
        listed(before.iter().filter(edited), "edited"),
        listed(before.iter().filter(lost), "left out"),
        listed(now.iter().filter(added), "added"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn listed<'a>(files: impl Iterator<Item = &'a HashedFile>, what: &str) -> Option<String> {
    let names: Vec<String> = files.map(|file| format!("`{}`", file.file)).collect();
    let shown = names[..names.len().min(MOST_NAMES)].join(", ");
    let more = names.len().saturating_sub(MOST_NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let was = if names.len() == 1 { "was" } else { "were" };
    (!names.is_empty()).then(|| format!("{shown}{more} {was} {what}"))
}
