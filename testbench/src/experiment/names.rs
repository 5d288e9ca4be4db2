//! Names that are asked for and not there.

use synfire_chip::files::{Diagnostic, nearest};

/// A name that is not among `allowed`.
#[must_use]
pub fn unknown(kind: &str, name: &str, allowed: Vec<&str>) -> Diagnostic {
    let problem = Diagnostic::new(format!("unknown {kind} `{name}`"));
    let problem = match nearest(name, allowed.iter().copied()) {
        Some(near) => problem.noted("help", format!("did you mean `{near}`?")),
        None => problem,
    };
    problem.noted("allowed", allowed.join(", "))
}
