//! `docs/architecture.md` names every room, and the repository's first page has nothing that nobody expects.

use crate::sources::{CRATES, workspace};
use std::collections::BTreeSet;
use std::path::Path;

/// What lies at the top of the repository, beside what no listing shows.
const TOP: [&str; 8] =
    ["Cargo.toml", "README.md", "chip", "core", "docs", "plasticity", "router", "testbench"];
/// What every repository of this language has.
const EVERYWHERE: [&str; 5] = ["Cargo.lock", "LICENSE-APACHE", "LICENSE-MIT", "rustfmt.toml", "target"];

/// Folders below `folder` that hold sources, relative to `source`.
fn folders(source: &Path, folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        // A folder that holds nothing is in no clone.
        if entry.is_dir() && std::fs::read_dir(&entry).unwrap().next().is_some() {
            found.insert(entry.strip_prefix(source).unwrap().display().to_string().replace('\\', "/"));
            folders(source, &entry, found);
        }
    }
}

/// The rooms that the page's table of a crate names: the words in backticks of its first column.
fn named(page: &str, name: &str) -> BTreeSet<String> {
    let head = format!("| room of `{name}` |");
    let table = page.split(&head).nth(1).map_or("", |rest| rest.split("\n\n").next().unwrap());
    let cells = table.lines().skip(2).filter_map(|line| line.split('|').nth(1));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

#[test]
fn the_map_names_every_room() {
    let page = std::fs::read_to_string(workspace().join("docs/architecture.md")).unwrap();
    for name in CRATES {
        let mut rooms = BTreeSet::new();
        let source = workspace().join(name).join("src");
        folders(&source, &source, &mut rooms);
        assert_eq!(rooms, named(&page, name), "rooms of {name}/src, and those of docs/architecture.md");
    }
}

#[test]
fn the_first_page_of_the_repository() {
    let entries = std::fs::read_dir(workspace()).unwrap().map(|entry| entry.unwrap().file_name());
    let entries = entries.map(|name| name.into_string().unwrap());
    let shown: BTreeSet<String> =
        entries.filter(|name| !name.starts_with('.') && !EVERYWHERE.contains(&name.as_str())).collect();
    assert_eq!(shown, TOP.map(str::to_owned).into());
}
