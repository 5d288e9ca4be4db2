//! The command `vectors`: its files are those of its seed, and a machine built from them alone writes the expected trace.

use crate::folder::Folder;
use std::fs;
use std::path::Path;
use synfire::experiment::file::{TraceFormFile, TracedRegisters};
use synfire::experiment::record::retired::Retired;
use synfire::hardware::import::import;
use synfire::hardware::vectors::vector::Vector;
use synfire_chip::run::machine::RunOptions;
use synfire_chip::run::probe::Recorder;

const VECTORS: u32 = 6;

/// Every file below a folder, with its content.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(own, content)| (format!("{name}/{own}"), content)));
        } else {
            found.push((name, fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn vectors_are_written_as_a_bench_needs_them() {
    let folder = Folder::new();
    let count = VECTORS.to_string();
    for out in ["one", "two"] {
        let ended = folder.run(&["vectors", "--seed", "5", "--count", &count, "--out", out]);
        assert_eq!(ended.code, Some(1), "so few vectors leave bins empty: {}", ended.err);
        for part in ["6 vectors", "values equal to the plain reference's", " bins", "empty: "] {
            assert!(ended.err.contains(part), "no `{part}` in {}", ended.err);
        }
        assert!(ended.err.contains(&format!("{out}: 6 vectors")), "{}", ended.err);
    }
    let (one, two) = (files(&folder.path("one")), files(&folder.path("two")));
    assert!(one == two && one.len() > 50, "{} files", one.len());
    let said = folder.refuses(&["vectors", "--out", "one"]);
    assert!(said.contains("a new or an empty folder"), "{said}");
    let said = folder.refuses(&["vectors", "--count", "0"]);
    assert!(said.contains("--count"), "{said}");

    for number in 0..VECTORS {
        let at = folder.path(&format!("one/{number:06}"));
        let vector = Vector::new(5, number);
        let mut imported = import(&at, false).unwrap_or_else(|error| panic!("{error}"));
        let steps = vector.program.len() as u32;
        let program: Vec<_> = (0..steps).map(|step| imported.events.step(step)).collect();
        let (registers, until) = (TracedRegisters::All, u64::from(steps));
        let retired =
            Retired::of(&vector.network, (&registers, TraceFormFile::Text), (0, until), "found").unwrap();
        let machine = &mut imported.machine;
        let mut recorder = Recorder::of(&vector.network, retired.probes().to_vec(), &machine.nodes);
        retired.follow(&vector.network, &machine.nodes, &mut recorder);
        let mut writing = retired.open(&at, None, 0).unwrap();
        machine.run(&program, RunOptions::default(), &mut recorder).unwrap();
        retired.write(&mut writing, &recorder.take(), &recorder.take_changes()).unwrap();
        writing.finish(&retired.name).unwrap();
        let [wanted, found] = ["expected.trace", "found.trace"].map(|name| fs::read(at.join(name)).unwrap());
        assert!(wanted == found && wanted.len() > 500, "vector {number}");
    }
}
