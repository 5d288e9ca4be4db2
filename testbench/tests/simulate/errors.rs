//! Inputs that are refused: every message, in full, in the golden file `errors.txt`.
//!
//! A case is a line `## ` with the fields of the simulation, then what the command says. The files of
//! [`refused_inputs_say_what_is_wrong`] lie beside every case.

use super::fixture::{Folder, RELAY, npy_bytes};
use crate::golden;
use std::path::Path;

const CASES: &str = "tests/simulate/errors.txt";

/// What the command says about a simulation with these fields.
fn said(fields: &str) -> String {
    let folder = Folder::new();
    folder.file("net.ron", RELAY);
    folder.file("good.npy", npy_bytes("|u1", false, &[3, 4], &[0; 12]));
    folder.file("wide.npy", npy_bytes("|u1", false, &[3, 5], &[0; 15]));
    folder.file("long.npy", npy_bytes("|u1", false, &[9, 4], &[0; 36]));
    folder.file("real.npy", npy_bytes("<f8", false, &[3, 4], &[0; 96]));
    folder.file("cut.npy", &npy_bytes("|u1", false, &[3, 4], &[0; 12])[..80]);
    folder.file("two.npy", npy_bytes("|u1", false, &[3, 4], &[0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0]));
    let large = [0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    folder.file("huge.npy", npy_bytes("<i4", false, &[1, 4], &large));
    folder.file("labels.npy", npy_bytes("|u1", false, &[2], &[0, 4]));
    folder.file("beyond.csv", "step,neuron\n0,3\n1,4\n");
    folder.file("late.csv", "step,neuron\n0,3\n6,0\n");
    folder.file("twice.csv", "step,neuron\n0,3\n0,3\n");
    folder.file("words.csv", "step,neuron\n0,three\n");
    folder.experiment(fields);
    folder.refused()
}

#[test]
fn refused_inputs_say_what_is_wrong() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(CASES);
    let cases = std::fs::read_to_string(&path).unwrap();
    let fields = cases.split("## ").skip(1).map(|case| case.split_once('\n').unwrap().0);
    let said: Vec<String> = fields.map(|fields| format!("## {fields}\n{}", said(fields))).collect();
    assert_eq!(said.len(), 54);
    golden::hold(&path, &said.join("\n"));
}
