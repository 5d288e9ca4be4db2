//! Who may import whom among the rooms of `testbench`: never upward.

use crate::sources::Crate;

/// The rooms from the ground up; those of one floor may import one another.
const FLOORS: [&[&str]; 7] = [
    &["report", "formats", "data"],
    &["reference"],
    &["experiment"],
    &["architect"],
    &["tasks"],
    &["study", "explore", "bench", "hardware"],
    &["cli"],
];

/// Rooms inside rooms that import nothing of the crate outside of themselves.
const ALONE: [&str; 1] = ["reference/plain/"];

/// The room of a file, or `None` for the crate's root.
fn room(file: &str) -> Option<&str> {
    let room = file.split('/').next()?.trim_end_matches(".rs");
    (room != "lib").then_some(room)
}

/// The kind of experiment that a file belongs to.
fn kind(file: &str) -> Option<&str> {
    let rest = file.strip_prefix("tasks/")?;
    rest.split_once('/').map(|(kind, _)| kind)
}

/// What is wrong with a file that imports from another.
fn wrong(from: &str, to: &str) -> Option<String> {
    let floor = |file: &str| {
        let room = room(file)?;
        Some(
            FLOORS
                .iter()
                .position(|rooms| rooms.contains(&room))
                .unwrap_or_else(|| panic!("{file}: on no floor")),
        )
    };
    if floor(from)? < floor(to)? {
        return Some("imports upward".to_owned());
    }
    if let Some(alone) = ALONE.iter().find(|alone| from.starts_with(*alone) && !to.starts_with(*alone)) {
        return Some(format!("{alone} stands alone"));
    }
    match (kind(from), kind(to)) {
        (Some(own), Some(other)) if own != other => Some("a kind of experiment names another".to_owned()),
        _ => None,
    }
}

#[test]
fn nobody_imports_upward() {
    let of = Crate::read("testbench");
    let file = |module: usize| of.modules[module].file.as_str();
    let broken: Vec<String> = of
        .imports
        .iter()
        .filter_map(|((from, to), path)| {
            let why = wrong(file(*from), file(*to))?;
            Some(format!("testbench/src/{} imports `{path}` of {}: {why}", file(*from), file(*to)))
        })
        .collect();
    assert!(of.imports.len() > 300, "{} imports", of.imports.len());
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_law_can_be_broken() {
    assert!(wrong("experiment/pool.rs", "tasks/classify/cell.rs").is_some());
    assert!(wrong("tasks/simulate/samples.rs", "tasks/classify/check.rs").is_some());
    assert!(wrong("reference/plain/mod.rs", "data/set.rs").is_some());
    assert!(wrong("study/audit/mod.rs", "bench/mod.rs").is_none());
    assert!(wrong("tasks/mod.rs", "tasks/classify/kind.rs").is_none());
}
