//! A configuration that was edited, beside a manifest that was made to fit it: no hash says so, and no value of it may bring a
//! machine that cannot be.

use super::folder::export_to;
use super::random::case;
use serde_json::{Value, json};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use synfire::hardware::import::import;
use synfire::hardware::layout::Layout;
use synfire::hardware::manifest::{FILE, sha256};
use synfire_chip::network::Network;
use synfire_chip::run::machine::RunOptions;
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::StepEvents;
use tempfile::TempDir;

const CONFIGURATION: &str = "configuration.json";

/// The folder of a random network that has what `wanted` asks for, its configuration, and what comes in.
fn exported(wanted: impl Fn(&Network) -> bool) -> (TempDir, Value, Vec<StepEvents>) {
    let mut cases = (0..400).map(case);
    let (mut case, machine) = cases.find(|(case, _)| wanted(&case.network)).expect("such a network");
    let folder = tempfile::tempdir().unwrap();
    case.program.iter_mut().for_each(|events| events.injections.clear());
    case.program.truncate(12);
    let layout = Layout::open("synfire").unwrap();
    export_to(folder.path(), &case.network, &machine, &case.program, &layout).unwrap();
    let text = fs::read_to_string(folder.path().join(CONFIGURATION)).unwrap();
    (folder, serde_json::from_str(&text).unwrap(), case.program)
}

/// Writes a configuration, and its hash into the manifest.
fn forge(folder: &Path, configuration: &Value) {
    let text = configuration.to_string();
    let manifest = fs::read_to_string(folder.join(FILE)).unwrap();
    let mut manifest: Value = serde_json::from_str(&manifest).unwrap();
    manifest["configuration"]["sha256"] = json!(sha256(text.as_bytes()));
    fs::write(folder.join(CONFIGURATION), text).unwrap();
    fs::write(folder.join(FILE), manifest.to_string()).unwrap();
}

/// Pointers to every number and truth value below `at`.
fn leaves(value: &Value, at: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| leaves(value, &format!("{at}/{name}"), all))
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| leaves(value, &format!("{at}/{index}"), all));
        }
        Value::Number(_) | Value::Bool(_) => all.push(at.to_owned()),
        Value::Null | Value::String(_) => {}
    }
}

/// Each number and truth value becomes another: the folder is refused, or its machine runs.
#[test]
fn no_forged_value_panics() {
    let learns = |of: &Network| of.populations.iter().any(|own| own.learning.is_some());
    let mirrors = |of: &Network| {
        let mut rules = of.populations.iter().filter_map(|own| own.learning);
        rules.any(|rule| rule.third_factor.mirrored().is_some())
    };
    let shares = |of: &Network| of.projections.iter().any(|own| own.synapses.kernel().is_some());
    let (mut refused, mut taken) = (0, 0);
    for (folder, configuration, program) in [exported(learns), exported(mirrors), exported(shares)] {
        let mut pointers = Vec::new();
        for part in
            ["/network", "/chip/datapath", "/chip/learning", "/chip/limits", "/chip/mesh", "/chip/host"]
        {
            leaves(configuration.pointer(part).expect("a part"), part, &mut pointers);
        }
        for (turn, pointer) in pointers.into_iter().enumerate() {
            let own = configuration.pointer(&pointer).unwrap();
            // One for each place, in turn: there are many places.
            let other = match own {
                Value::Bool(own) => json!(!own),
                own => json!([0, own.as_i64().unwrap_or(0) + 1, 200, 60_000, i64::from(i32::MAX)][turn % 5]),
            };
            let mut forged = configuration.clone();
            *forged.pointer_mut(&pointer).unwrap() = other.clone();
            forge(folder.path(), &forged);
            let run = || match import(folder.path(), false) {
                Err(_) => false,
                Ok(mut imported) => {
                    let mut recorder = Recorder::new(Vec::new(), &imported.machine.nodes);
                    // What does not run says why, too.
                    let _ = imported.machine.run(&program, RunOptions::default(), &mut recorder);
                    true
                }
            };
            let ended = catch_unwind(AssertUnwindSafe(run));
            *(if ended.unwrap_or_else(|_| panic!("{pointer} = {other}")) {
                &mut taken
            } else {
                &mut refused
            }) += 1;
        }
    }
    assert!(refused > 60 && taken > 20, "{refused} refused, {taken} taken");
}

/// The field, what it is, and what is allowed.
#[test]
fn a_forged_value_is_named() {
    let listens = |of: &Network| {
        of.populations.first().is_some_and(|own| own.learning.is_some()) && of.projections.len() > 1
    };
    let (folder, configuration, _) = exported(listens);
    let populations = configuration["network"]["populations"].as_array().unwrap().len();
    let none = format!("one of {populations} populations");
    for (pointer, value, found, allowed) in [
        (
            "/network/projections/0/delays",
            json!({"Same": 65}),
            "`network.projections[0].delays`: 65",
            "1..=63",
        ),
        ("/network/projections/1/target", json!(99), "`network.projections[1].target`: 99", none.as_str()),
        ("/network/datapath/state_width", json!(40), "`network.datapath.state`: s40.", "sW.F, W = 12..=32"),
        (
            "/network/populations/0/learning/first_channel",
            json!(700),
            "`network.populations[0].learning.channels`",
            "those of one readout",
        ),
        ("/network/populations/0/parameters/noise_bits", json!(60), ".parameters.noise_bits`: 60", "0..="),
        ("/chip/mesh/columns", json!(0), "`chip.mesh.columns`: 0", "1..=256"),
    ] {
        let mut forged = configuration.clone();
        *forged.pointer_mut(pointer).expect(pointer) = value;
        forge(folder.path(), &forged);
        let error = import(folder.path(), false).err().expect(pointer).to_string();
        assert!(error.contains(CONFIGURATION) && error.contains(found), "{pointer}: {error}");
        assert!(error.contains(&format!("allowed: {allowed}")), "{pointer}: {error}");
    }
}
