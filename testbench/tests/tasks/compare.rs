//! `synfire compare`: what it takes, what it prints, how it goes on.

use crate::folder::{EXPERIMENT, Folder};

fn folder() -> Folder {
    let folder = Folder::new();
    folder.edit(
        EXPERIMENT,
        "compare: [",
        "stores: [Bits(bits: 16), Bits(bits: 8)],\n        linear: true,\n        compare: [",
    );
    folder
}

#[test]
fn rows_by_stores_with_paired_differences() {
    let folder = folder();
    let out = folder.succeeds(&["compare", EXPERIMENT, "--out", "out"]);
    for part in [
        "Score of `two-classes`",
        "minus 16 bits",
        "linear classifier, floating point",
        "always the largest class",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let page = String::from_utf8(folder.read("out/report.html")).expect("a text");
    assert!(
        page.contains("after each epoch, 16 bits") && page.contains("one sample of class"),
        "curves and a raster"
    );
    let lines = folder.succeeds(&["compare", EXPERIMENT, "--out", "out", "--json"]);
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{lines}");
}

#[test]
fn the_same_comparison_goes_on_and_another_begins() {
    let folder = folder();
    folder.succeeds(&["compare", EXPERIMENT, "--out", "out"]);
    let cell = "out/cells/two-classes--learned--8-bits-1.json";
    let finished = folder.read(cell);
    std::fs::remove_file(folder.path("out/cells/two-classes--frozen--8-bits-2.json"))
        .expect("a finished cell");
    for arguments in [&["compare", EXPERIMENT, "--out", "out"][..], &["resume", "out"]] {
        let ended = folder.run(arguments);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(
            ended.err.contains("going on in out") && ended.err.contains("(finished earlier)"),
            "{}",
            ended.err
        );
        assert_eq!(folder.read(cell), finished, "a finished cell stays as it is");
    }
    let ended = folder.run(&["compare", EXPERIMENT, "--quick", "--out", "out"]);
    assert!(!ended.err.contains("finished earlier"), "{}", ended.err);
}

#[test]
fn experiments_without_stores_are_refused_where_they_are_named() {
    let folder = Folder::new();
    let said = folder.refuses(&["compare", EXPERIMENT]);
    assert!(said.contains("experiment `two-classes` lists no `stores`: nothing to compare"), "{said}");
    let said = folder.refuses(&["compare", "temporal-xr"]);
    assert!(said.contains("did you mean the carried file `temporal-xor`?"), "{said}");
    let folder = self::folder();
    let said = folder.refuses(&["compare", EXPERIMENT, EXPERIMENT]);
    assert!(said.contains("experiment `two-classes` is named twice"), "{said}");
}
