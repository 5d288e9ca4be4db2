//! A run as it is typed: the command that gives the same results again.
//!
//! Promises: a shell hands every argument on as it is. Absent on purpose: where the results go.

/// `synfire run` of an experiment, or another `command`, with one seed and changes.
#[must_use]
pub fn typed(command: &str, experiment: &str, quick: bool, seed: Option<u32>, set: &[String]) -> String {
    let mut text = format!("synfire {command} {}", quoted(experiment));
    if quick {
        text += " --quick";
    }
    if let Some(seed) = seed {
        text += &format!(" --seed {seed}");
    }
    for change in set {
        text += &format!(" --set {}", quoted(change));
    }
    text
}

/// A word as a shell takes it.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
