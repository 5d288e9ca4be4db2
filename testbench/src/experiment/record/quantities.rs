//! What an experiment file calls registers, and what the files that they are written to are called.
//!
//! Promises: a name of the file is one register (`experiment::file`), but for `All` and `Dendritic`. Absent on purpose: which
//! registers a population, projection or input has (`synfire_chip::run::observable`).

use crate::experiment::file::Recorded;
use synfire_chip::run::observable::Variable;

/// The registers that a quantity is, of a target that has `all` of them.
#[must_use]
pub fn variables(recorded: Recorded, all: &[Variable]) -> Vec<Variable> {
    let port = |variable: &Variable| matches!(variable, Variable::Dendritic(_));
    match recorded.register() {
        None => all.to_vec(),
        Some(register) if port(&register) => all.iter().copied().filter(port).collect(),
        Some(register) => vec![register],
    }
}

/// What a file's name says of its contents.
#[must_use]
pub fn suffix(variable: Variable) -> String {
    if let Variable::Dendritic(port) = variable {
        return format!("dendritic_{port}");
    }
    let name = match variable {
        Variable::AxonQ => "TraceQ".to_owned(),
        Variable::AxonP => "TraceP".to_owned(),
        other => format!("{other:?}"),
    };
    let mut words = String::new();
    for (at, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && at > 0 {
            words.push('_');
        }
        words.extend(letter.to_lowercase());
    }
    words
}
