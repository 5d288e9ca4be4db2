//! The examples of `docs/formats.md` load.

mod files_common;

use files_common::{load, load_in, one_projection};
use std::path::Path;
use synfire_chip::files::{chip_from_text, presets};

/// The blocks of a language in the document.
fn blocks(language: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/formats.md");
    let text = std::fs::read_to_string(path).expect("docs/formats.md");
    let mark = format!("```{language}\n");
    let rest = text.split(&mark).skip(1);
    rest.map(|block| block.split("```").next().unwrap_or("").to_owned()).collect()
}

#[test]
fn examples_load() {
    let (mut chips, mut networks) = (0, 0);
    for block in blocks("ron") {
        if block.contains("synfire-chip/1") {
            chips += 1;
            chip_from_text("formats.md", &block, Path::new(""))
                .unwrap_or_else(|problems| panic!("{problems}"));
        } else if block.contains("synfire-network/1") {
            networks += 1;
            load(&block).unwrap_or_else(|problems| panic!("{problems}"));
        }
    }
    assert_eq!((chips, networks), (1, 1));
    let folder = tempfile::tempdir().expect("a folder");
    for list in blocks("csv") {
        std::fs::write(folder.path().join("e.csv"), list).expect("a file");
        let fields = "connect: Edges(\"e.csv\"), store: (bits: 8, fraction: 0, exponent: 0)";
        let network = load_in(&one_projection(10, 10, fields), folder.path());
        assert_eq!(network.unwrap_or_else(|problems| panic!("{problems}")).synapses(), 2);
    }
}

#[test]
fn every_field_of_the_presets_is_described() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/formats.md");
    let document = std::fs::read_to_string(path).expect("docs/formats.md");
    for (name, text) in presets() {
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
            let Some((field, _)) = line.split_once(':') else { continue };
            let stem = field.trim_end_matches("_cycles").trim_end_matches("_ps");
            let known = [format!("`{field}`"), format!("`{stem}_*`"), format!("### {field}")];
            assert!(known.iter().any(|form| document.contains(form)), "`{field}` of `{name}`");
        }
    }
}
