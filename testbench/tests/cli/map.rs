//! `synfire map`: what a network takes of a chip, and placements that are found, written and run.

use super::folder::{EXPERIMENT, Folder, NETWORK};

/// A chip on which the hidden layer needs several cores.
const FEW: [&str; 2] = ["--set", "chip.limits.neurons=4"];

fn map(folder: &Folder, arguments: &[&str]) -> String {
    folder.succeeds(&[&["map"], arguments, &FEW[..]].concat())
}

#[test]
fn what_binds_and_where() {
    let folder = Folder::new();
    let told = map(&folder, &[NETWORK]);
    for part in ["cores in use", "5 of 16", "what binds", "neurons", "core 0 has 4 of 4 (100.0 %)", "axons"] {
        assert!(told.contains(part), "no `{part}`:\n{told}");
    }
    assert!(told.contains("`hidden` is cut where `limits.neurons: 4` is full"), "{told}");
    // Where axons run out before neurons, slices end there.
    let neuron = "neuron: (current_decay: 0, membrane_decay: 0, threshold: 1)";
    folder.write(
        "axons.ron",
        format!(
            "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 12)], populations: [(name: \"a\", neurons: 12, \
             {neuron})], projections: [(name: \"p\", from: \"in\", to: \"a\", connect: OneToOne, weights: Constant(0.5), \
             store: (bits: 8, fraction: 7))])"
        ),
    );
    let axons = folder.succeeds(&["map", "axons.ron", "--set", "chip.limits.axons=5"]);
    for part in ["3 of 16", "`a` is cut where `limits.axons: 5` is full", "core 0 has 4 of 5 (80.0 %)"] {
        assert!(axons.contains(part), "no `{part}`:\n{axons}");
    }
    let json = map(&folder, &[NETWORK, "--json"]);
    let lines: Vec<serde_json::Value> =
        json.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2, "{json}");
}

#[test]
fn what_would_do_where_it_does_not_fit() {
    let folder = Folder::new();
    let small = ["map", NETWORK, "--set", "chip.mesh.columns=2", "--set", "chip.mesh.rows=2", "--set"];
    let refused = folder.refuses(&[&small[..], &["chip.limits.neurons=5"]].concat());
    for part in [
        "needs 5 cores, the chip has 4",
        "`mesh.rows: 3` would hold them",
        "`limits.neurons: 6` would do, 1.20 times what it is",
    ] {
        assert!(refused.contains(part), "no `{part}`:\n{refused}");
    }
    folder.succeeds(&[&small[..], &["chip.limits.neurons=6"]].concat());
}

/// Of a network by rates, of an experiment by its own spikes; what is written is what a run takes, and never slower.
#[test]
fn a_placement_is_found_written_and_run() {
    let folder = Folder::new();
    let quick = ["--moves", "2000", "--steps", "10"];
    let found = map(
        &folder,
        &[&[NETWORK, "--place", "greedy", "--rate", "hidden=0.1", "--out", "g.ron"][..], &quick].concat(),
    );
    for part in ["hops", "most loaded link", "traffic: rates as stated", "Placed load by load"] {
        assert!(found.contains(part), "no `{part}`:\n{found}");
    }
    let refused = folder.refuses(&["map", NETWORK, "--out", "g.ron"]);
    assert!(refused.contains("`g.ron` is there already"), "{refused}");
    for (goal, out) in [("hops", "h.ron"), ("link", "l.ron"), ("time", "t.ron")] {
        let arguments = [EXPERIMENT, "--place", "anneal", "--for", goal, "--simulations", "6", "--out", out];
        let found = map(&folder, &[&arguments[..], &quick].concat());
        for part in
            ["time of a step", "energy of a step", "placements simulated", "by the cycle model", "10 steps"]
        {
            assert!(found.contains(part), "no `{part}`:\n{found}");
        }
        let run = ["run", EXPERIMENT, "--placement", out, "--out", goal, "--seed", "1"];
        folder.succeeds(&[&run[..], &FEW].concat());
        assert_eq!(folder.read(&format!("{goal}/placement.ron")), folder.read(out));
    }
    // The same search once more: the same placement.
    let again = [EXPERIMENT, "--place", "anneal", "--for", "time", "--simulations", "6", "--out", "t2.ron"];
    map(&folder, &[&again[..], &quick].concat());
    assert_eq!(folder.read("t2.ron"), folder.read("t.ron"));
    // A run's own table says how often neurons fire.
    let spikes = [NETWORK, "--place", "greedy", "--spikes", "hops/populations.csv"];
    let told = map(&folder, &spikes);
    assert!(told.contains("spikes of each population in hops/populations.csv"), "{told}");
}

#[test]
fn what_map_does_not_know_is_refused() {
    let folder = Folder::new();
    folder.write("other.csv", "population,steps\nhidden,1\n");
    let cases: [(&[&str], &str); 7] = [
        (&[NETWORK, "--place", "anneal", "--for", "time"], "a network alone has no steps"),
        (&[NETWORK, "--place", "greedy", "--rate", "hiden=1"], "did you mean `hidden`?"),
        (&[NETWORK, "--place", "greedy", "--rate", "hidden=300"], "0..=255"),
        (&[NETWORK, "--place", "greedy", "--spikes", "other.csv"], "no column `neurons`"),
        (&[EXPERIMENT, "--chip", "small"], "an experiment names its chip"),
        (&[EXPERIMENT, "--row", "learnt"], "did you mean `learned`?"),
        (&[NETWORK, "--set", "network.placement=(rest: Anneal(moves: 0))"], "`rest.moves` is out of range"),
    ];
    for (arguments, wanted) in cases {
        let refused = folder.refuses(&[&["map"], arguments].concat());
        assert!(refused.contains(wanted), "no `{wanted}`: {refused}");
    }
    // The network's own search, beside a stated slice.
    let own = "network.placement=(slices: [(population: \"readout\", core: 15)], rest: Anneal(moves: 500, rates: [(\"hidden\", 0.5)]))";
    folder.succeeds(&["map", NETWORK, "--set", own, "--set", FEW[1], "--out", "own.ron"]);
    let text = String::from_utf8(folder.read("own.ron")).expect("a text");
    assert!(text.contains("(population: \"readout\", first: 0, count: 2, core: 15, tile: (3, 3))"), "{text}");
}

/// The carried experiment that needs more than eight cores of `small` is never slower as found, by the cycle model.
#[test]
fn a_carried_experiment_is_not_slower() {
    let folder = Folder::new();
    for goal in ["hops", "link"] {
        let told = folder.succeeds(&[
            "map",
            "layers",
            "--set",
            "experiment.chip=\"small\"",
            "--place",
            "anneal",
            "--for",
            goal,
            "--steps",
            "3",
            "--moves",
            "20000",
            "--json",
        ]);
        let lines = told.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
        let tables = lines.filter(|line| line["title"] == "In order, and as found");
        let rows: Vec<serde_json::Value> =
            tables.flat_map(|table| table["rows"].as_array().cloned().unwrap_or_default()).collect();
        let time = rows.iter().find(|row| row[0]["text"] == "time of a step").expect("a time");
        let [before, after] = [1, 2].map(|column| time[column]["number"].as_f64().expect("a number"));
        assert!(after <= before && after > 0.0, "{goal}: {before} ps, then {after} ps");
    }
}
