//! Names that are asked for and not there.

use synfire_chip::files::{Diagnostic, nearest, nearest_first};

/// Most names that a message lists; of more, the nearest.
const LISTED: usize = 12;

/// A name that is not among `allowed`.
#[must_use]
pub fn unknown(kind: &str, name: &str, allowed: Vec<&str>) -> Diagnostic {
    let problem = Diagnostic::new(format!("unknown {kind} `{name}`"));
    let problem = match nearest(name, allowed.iter().copied()) {
        Some(near) => problem.noted("help", format!("did you mean `{near}`?")),
        None => problem,
    };
    if allowed.len() <= LISTED {
        return problem.noted("allowed", allowed.join(", "));
    }
    let near = nearest_first(name, allowed.iter().copied())[..LISTED].join(", ");
    problem.noted("allowed", format!("{near} and {} more", allowed.len() - LISTED))
}
