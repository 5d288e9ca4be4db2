//! The nearest allowed name to a misspelt one.
//!
//! Promises: a suggestion is close enough to be a slip (at most a third of its letters, at least one), or `None`.
//! Absent on purpose: correcting anything; a misspelt name is refused.

/// Characters of a name that are compared: no name is longer, and a comparison takes the product of both lengths.
const COMPARED: usize = 100;

/// The allowed name nearest to `found`, where one is near.
#[must_use]
pub fn nearest<'a>(found: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = &found.chars().take(COMPARED).collect::<String>()[..];
    let distance = |name: &str| strsim::damerau_levenshtein(&found.to_lowercase(), &name.to_lowercase());
    let prefixed = |name: &str| found.len() >= 3 && (name.starts_with(found) || found.starts_with(name));
    allowed
        .into_iter()
        .map(|name| (distance(name), name))
        .filter(|(far, name)| *far <= (name.chars().count() / 3).max(1) || prefixed(name))
        .min_by_key(|(far, _)| *far)
        .map(|(_, name)| name)
}

/// All allowed names, the nearest to `found` first; those equally far in their own order.
#[must_use]
pub fn nearest_first<'a>(found: &str, allowed: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let found: String = found.chars().take(COMPARED).collect();
    let mut names: Vec<&str> = allowed.into_iter().collect();
    names.sort_by_cached_key(|name| strsim::damerau_levenshtein(&found.to_lowercase(), &name.to_lowercase()));
    names
}

/// ``did you mean `x`?`` for the nearest name; empty where none is near.
#[must_use]
pub(in crate::files) fn did_you_mean<'a>(found: &str, allowed: impl IntoIterator<Item = &'a str>) -> String {
    nearest(found, allowed).map_or_else(String::new, |name| format!("did you mean `{name}`?"))
}

/// Names, comma-separated; `none` for an empty list.
#[must_use]
pub(in crate::files) fn listing<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
