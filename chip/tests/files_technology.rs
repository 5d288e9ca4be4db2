//! Technology files that are wrong: each problem shows its place, what was found and what is allowed.

use std::path::Path;
use synfire_chip::files::{load_technology, technologies};

/// The carried technology in a folder, after `change` of the header and of the table of memories.
fn changed(header: (&str, &str), sram: (&str, &str)) -> Result<(), String> {
    let folder = tempfile::tempdir().expect("a folder");
    let carried = &technologies()[0];
    let table = |name| carried.table(name).expect("a table");
    let replace = |text: &str, (from, to): (&str, &str)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    };
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).expect("a file");
    write("mine.ron", replace(carried.text, header));
    write("sram.csv", replace(table("sram.csv"), sram));
    write("logic.csv", table("logic.csv").to_owned());
    load_technology("mine.ron", folder.path()).map(|_| ()).map_err(|problems| problems.to_string())
}

const SAME: (&str, &str) = ("", "");

#[test]
fn a_user_s_own_table_loads() {
    changed(SAME, SAME).expect("the carried technology, as files");
    changed(SAME, ("65,8,64,", "# of my own\n65, 8 ,64,")).expect("comments and spaces");
}

#[test]
fn a_wrong_table_shows_line_column_found_and_allowed() {
    let line_2 = "65,8,64,550.1,0.0262,0.6026,0.9832,1.0205";
    for (from, to, wanted) in [
        (line_2, "65,8,64,550.1,0.0262,-0.6,0.9832,1.0205", ["sram.csv:2:22", "found `-0.6`", "above 0"]),
        (line_2, "65,8,64,550.1,0,0.6,0.9832,1.0205", ["sram.csv:2:15", "found `0`", "above 0"]),
        (line_2, "65,8,64,550.1,0.02,0.6,0.98", ["sram.csv:2:1", "found 7 cells", "8 cells"]),
        (line_2, "65,8,64,550.1,0.02,nan,0.9,1", ["sram.csv:2:20", "found `nan`", "at most six places"]),
        (line_2, "65,8,0,550.1,0.02,0.6,0.9,1", ["sram.csv:2:6", "found `0`", "1..=1073741824"]),
        (line_2, "", ["the grid has a hole", "64 words of 8 bits at 65 nm", "every node"]),
        ("65,8,128,", "65,8,64,", ["sram.csv:3:1", "stands in the table twice", "a line a point"]),
        ("leak_uW", "leak_mW", ["sram.csv:1:1", "no column `leak_uW`", "word_bits"]),
    ] {
        let found = changed(SAME, (from, to)).expect_err(to);
        for part in wanted {
            assert!(found.contains(part), "{to}: {part} in\n{found}");
        }
    }
}

#[test]
fn a_wrong_header_is_shown_at_its_field() {
    for (from, to, wanted) in [
        (
            "source: \"assumed: no second source\"",
            "source: \" \"",
            ["mine.ron:", "`logic.register` does not say"],
        ),
        ("(45, 1.1)", "(44, 1.1)", ["mine.ron:", "45 nm must be stated here"]),
        ("alpha: 1.3", "alpha: 3", ["found `3`", "1 to 2"]),
        ("energy: (0.6, 1.7)", "energy: (1.6, 1.7)", ["`sram.spread.energy[0]`", "0.001 to 1"]),
        ("(0.05, 0.1, 0.25)", "(0.2, 0.1, 0.25)", ["do not ascend", "low <= nominal <= high"]),
        ("range: (0.7, 1.2)", "range: (0.4, 1.2)", ["is not above the threshold", "above 0.5"]),
        ("table: \"sram.csv\"", "table: \"dram.csv\"", ["cannot read", "a CSV table"]),
        ("kind: Simulated", "kind: Guessed", ["unknown choice `Guessed`", "Measured"]),
        ("synfire-technology/1", "synfire-chip/1", ["synfire-technology/1", "mine.ron:"]),
    ] {
        let found = changed((from, to), SAME).expect_err(to);
        for part in wanted {
            assert!(found.contains(part), "{to}: {part} in\n{found}");
        }
    }
    let found = load_technology("lstq", Path::new("")).expect_err("no such").to_string();
    assert!(found.contains("did you mean `lstp`?"), "{found}");
}
