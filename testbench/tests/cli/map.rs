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
    // What does not even load is told the same: too few neurons on all cores, in a network and in an experiment of it.
    for file in [NETWORK, EXPERIMENT] {
        let few = ["map", file, "--set", "chip.limits.neurons=1"];
        let refused = folder.refuses(&few);
        for part in [
            "more neurons than",
            "`limits.neurons: 2` would do, 2.00 times what it is",
            "`mesh.rows: 5` would do",
        ] {
            assert!(refused.contains(part), "no `{part}`:\n{refused}");
        }
        folder.succeeds(&["map", file, "--set", "chip.limits.neurons=2"]);
        folder.succeeds(&[&few[..], &["--set", "chip.mesh.rows=5"]].concat());
    }
    // Of memory a readout alone needs 25 times what there is.
    for file in [NETWORK, EXPERIMENT] {
        let refused = folder.refuses(&["map", file, "--set", "chip.limits.synapse_memory_bits=10"]);
        let wanted = "`limits.synapse_memory_bits: 256` would do, 25.60 times what it is";
        assert!(refused.contains(wanted), "no `{wanted}`:\n{refused}");
        folder.succeeds(&["map", file, "--set", "chip.limits.synapse_memory_bits=256"]);
    }
    let typo = folder.refuses(&["map", NETWORK, "--set", "chip.limits.neurns=1"]);
    assert!(typo.contains("did you mean `neurons`?") && !typo.contains("would do"), "{typo}");
}

/// Of a network by rates, of an experiment by its own spikes; what is written is what a run takes, and never slower.
#[test]
fn a_placement_is_found_written_and_run() {
    let folder = Folder::new();
    let quick = ["--moves", "2000", "--steps", "10"];
    let greedy = [NETWORK, "--place", "greedy", "--rate", "hidden=0.1", "--out", "g.ron"];
    let found = map(&folder, &[&greedy[..], &quick].concat()).replace('\n', " ");
    let traffic = "traffic: rates as stated of hidden; else one spike of every neuron in a step";
    for part in ["hops", "most loaded link", traffic, "Placed load by load"] {
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
    // A run's own table says how often neurons fire, of its inputs it says nothing.
    let spikes = [NETWORK, "--place", "greedy", "--spikes", "hops/populations.csv"];
    let refused = folder.refuses(&[&["map"], &spikes[..], &FEW].concat());
    assert!(refused.contains("does not say how often `pixels` fires"), "{refused}");
    let told = map(&folder, &[&spikes[..], &["--rate", "pixels=0.4"]].concat());
    let words = "traffic: rates as stated of pixels, spikes in hops/populations.csv of hidden, readout";
    assert!(told.replace('\n', " ").contains(words), "{told}");
}

/// The number that is said is the number that is made, and never more than was asked for.
#[test]
fn no_more_placements_are_simulated_than_asked_for() {
    let folder = Folder::new();
    let simulated = |goal: &str, how: &str, most: u64| -> (u64, String) {
        let (most, out) = (most.to_string(), format!("{goal}-{how}-{most}.ron"));
        let quick = ["--moves", "2000", "--steps", "10", "--out", &out];
        let search = [EXPERIMENT, "--place", how, "--for", goal, "--simulations", &most];
        let told = map(&folder, &[&search[..], &quick].concat()).replace('\n', " ");
        let before = told.split(" placements simulated").next().expect("how many");
        (before.rsplit(' ').next().expect("a word").parse().expect("a number"), out)
    };
    map(&folder, &[EXPERIMENT, "--out", "in-order.ron"]);
    for goal in ["time", "hops", "link"] {
        for how in ["anneal", "greedy"] {
            let (one, out) = simulated(goal, how, 1);
            assert_eq!(one, 1, "{goal}, {how}");
            // Beside the placement in order nothing was looked at.
            assert_eq!(folder.read(&out), folder.read("in-order.ron"), "{goal}, {how}");
            assert!((1..=3).contains(&simulated(goal, how, 3).0), "{goal}, {how}");
        }
    }
    assert_eq!([2, 5, 9].map(|most| simulated("time", "anneal", most).0), [2, 5, 9]);
}

/// Hops of a network whose neurons fire as files say: of single neurons, as a list or as an array.
#[test]
fn single_neurons_fire_as_files_say() {
    let folder = Folder::new();
    let hops = |spikes: &[&str]| -> f64 {
        let quiet = [NETWORK, "--place", "greedy", "--rate", "hidden=0", "--json"];
        let told = map(&folder, &[&quiet[..], spikes].concat());
        let lines = told.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
        let tables = lines.filter(|line| line["title"] == "In order, and as found");
        let rows: Vec<_> =
            tables.flat_map(|table| table["rows"].as_array().cloned().unwrap_or_default()).collect();
        rows.iter().find(|row| row[0]["text"] == "hops").expect("hops")[1]["number"]
            .as_f64()
            .expect("a number")
    };
    // Channel 2 fires twice in four steps, channel 7 once: of the eight that would be 8 packets a step to each core.
    folder.write("pixels.csv", "step,neuron\n0,2\n3,2\n3,7\n");
    let raster: Vec<u8> = (0..32).map(|at| u8::from([2, 26, 31].contains(&at))).collect();
    folder.write("pixels.npy", super::folder::npy("|u1", &[4, 8], &raster));
    let pairs: Vec<u8> = [0_u8, 2, 3, 2, 3, 7].to_vec();
    folder.write("pairs.npy", super::folder::npy("|u1", &[3, 2], &pairs));
    let all = hops(&["--rate", "pixels=1"]);
    for file in ["pixels.csv", "pixels.npy", "pairs.npy"] {
        let found = hops(&["--spikes", &format!("pixels={file}")]);
        assert!(all > 0.0 && (found - all * 3.0 / 32.0).abs() < 1e-9, "{file}: {found} of {all}");
    }
    for (text, wanted) in [
        ("step,neuron\n0,8\n", "pixels.csv: line 2: neuron is 8, allowed 0..=7"),
        ("step,neuron\n0,x\n", "line 2"),
        ("cell,neuron\n", "columns"),
    ] {
        folder.write("pixels.csv", text);
        let refused = folder.refuses(&["map", NETWORK, "--place", "greedy", "--spikes", "pixels=pixels.csv"]);
        assert!(refused.contains(wanted), "no `{wanted}`: {refused}");
    }
}

#[test]
fn what_map_does_not_know_is_refused() {
    let folder = Folder::new();
    folder.write("other.csv", "population,steps\nhidden,1\n");
    folder.write("part.csv", "population,neurons,steps,core.spikes\nreadout,2,10,0\n");
    let cases: [(&[&str], &str); 18] = [
        (
            &[NETWORK, "--place", "greedy", "--rate", "hidden=1", "--rate", "hidden=2"],
            "something else was said of `hidden`",
        ),
        (&[NETWORK, "--place", "greedy", "--spikes", "hiden=s.csv"], "did you mean `hidden`?"),
        (&[NETWORK, "--row", "learned"], "a network file has no rows"),
        (&[NETWORK, "--set", "network.placement=(rest: Greedy(moves: 5))"], "unknown field `moves`"),
        (&[NETWORK, "--place", "anneal", "--for", "time"], "a network alone has no steps"),
        (&[NETWORK, "--place", "greedy", "--rate", "hiden=1"], "did you mean `hidden`?"),
        (&[NETWORK, "--place", "greedy", "--rate", "hidden=300"], "0..=255"),
        (&[NETWORK, "--place", "greedy", "--rate", "readout=1"], "`readout` never fires"),
        (
            &[NETWORK, "--set", "network.placement=(rest: Greedy(rates: [(\"readout\", 0.5)]))"],
            "`readout` never fires: `spiking: false`",
        ),
        (&[NETWORK, "--rate", "hidden=0.1"], "--place <HOW>"),
        (&[NETWORK, "--place", "greedy", "--spikes", "other.csv"], "no column `neurons`"),
        (
            &[NETWORK, "--place", "greedy", "--spikes", "part.csv", "--rate", "pixels=1"],
            "`part.csv` does not say how often `hidden` fires",
        ),
        (&[EXPERIMENT, "--place", "greedy", "--rate", "hiden=1"], "did you mean `hidden`?"),
        (&[EXPERIMENT, "--place", "greedy", "--spikes", "hidden=none.csv"], "none.csv"),
        (&[EXPERIMENT, "--place", "greedy", "--spikes", "hidden=labels.npy"], "labels.npy"),
        (&[EXPERIMENT, "--chip", "small"], "an experiment names its chip"),
        (&[EXPERIMENT, "--row", "learnt"], "did you mean `learned`?"),
        (&[NETWORK, "--set", "network.placement=(rest: Anneal(moves: 0))"], "`rest.moves` is out of range"),
    ];
    for (arguments, wanted) in cases {
        let refused = folder.refuses(&[&["map"], arguments].concat());
        assert!(refused.contains(wanted), "no `{wanted}`: {refused}");
        // The network fits: no change of the chip helps.
        assert!(!refused.contains("would do"), "{refused}");
    }
    // The network's own search, beside a stated slice.
    let own = "network.placement=(slices: [(population: \"readout\", core: 15)], rest: Anneal(moves: 500, rates: [(\"hidden\", 0.5)]))";
    folder.succeeds(&["map", NETWORK, "--set", own, "--set", FEW[1], "--out", "own.ron"]);
    let text = String::from_utf8(folder.read("own.ron")).expect("a text");
    assert!(text.contains("(population: \"readout\", first: 0, count: 2, core: 15, tile: (3, 3))"), "{text}");
}

/// Files without a network, kinds without steps, networks in which nothing travels: a message or a sound answer.
#[test]
fn what_has_nothing_to_map_or_nothing_that_travels_is_told() {
    let folder = Folder::new();
    folder.write("s.ron", super::sweeps::SWEEP);
    folder.write("chip.ron", "(format: \"synfire-chip/1\", extends: \"small\")");
    for (file, format) in [("s.ron", "synfire-sweep/1"), ("chip.ron", "synfire-chip/1")] {
        let refused = folder.refuses(&["map", file]);
        let wanted = format!("a file of format `{format}` has no network to map");
        assert!(refused.contains(&wanted) && refused.contains(&format!("--> {file}:")), "{refused}");
    }
    for search in [&[][..], &["--place", "anneal", "--for", "time"]] {
        let refused = folder.refuses(&[&["map", "noc"], search].concat());
        assert!(refused.contains("noc.ron: an experiment of this kind has no steps to look at"), "{refused}");
    }
    // Networks that are made and trained off the chip have steps too.
    for kind in ["spike-time", "rate-network"] {
        let told = folder.succeeds(&["map", kind, "--place", "greedy", "--steps", "5"]);
        assert!(told.contains("cores in use") && told.contains("time of a step"), "{told}");
    }
    let neuron = "neuron: (current_decay: 0, membrane_decay: 0, threshold: 1.0)";
    folder.write(
        "silent.ron",
        format!(
            "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 3)], populations: [(name: \"a\", neurons: 300, \
             {neuron})], projections: [])"
        ),
    );
    folder.write(
        "exp.ron",
        "(format: \"synfire-experiment/1\", title: \"t\", chip: \"small\", task: Simulate((network: \"silent.ron\", steps: \
         3)))",
    );
    folder.succeeds(&["map", "silent.ron", "--out", "in-order.ron"]);
    let quiet = ["--place", "anneal", "--moves", "100", "--simulations", "3", "--out"];
    for (goal, out) in [("hops", "h.ron"), ("link", "l.ron"), ("time", "t.ron")] {
        let told = folder.succeeds(&[&["map", "exp.ron", "--for", goal], &quiet[..], &[out]].concat());
        assert!(
            told.replace('\n', " ").contains("no packet travels") && told.contains("1.00 times less"),
            "{told}"
        );
    }
    let told = folder.succeeds(&["map", "exp.ron", "--place", "greedy", "--rate", "a=0.5"]);
    assert!(!told.contains("no packet travels"), "{told}");
}

/// Routers that hold the keys of the placement in order and no more: what a search finds beyond them is passed over.
#[test]
fn a_placement_without_keys_is_passed_over() {
    let folder = Folder::new();
    let neuron = "neuron: (current_decay: 0, membrane_decay: Factor(3584), threshold: 1.0)";
    let population = |name: &str, neurons: u32| format!("(name: \"{name}\", neurons: {neurons}, {neuron})");
    let readout = population("c", 6).replace("threshold: 1.0", "threshold: 1.0, spiking: false");
    let projection = |from: &str, to: &str| {
        format!(
            "(name: \"{from}_{to}\", from: \"{from}\", to: \"{to}\", connect: AllToAll, weights: Uniform(low: -0.3, high: \
             0.4), store: (bits: 8, fraction: 8))"
        )
    };
    folder.write(
        "row.network.ron",
        format!(
            "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 40)], populations: [{}, {}, {}], projections: \
             [{}, {}, {}])",
            population("a", 48),
            population("b", 32),
            readout,
            projection("in", "a"),
            projection("a", "b"),
            projection("b", "c")
        ),
    );
    folder.write(
        "row.ron",
        "(format: \"synfire-experiment/1\", title: \"A row\", chip: \"small\", task: Simulate((network: \"row.network.ron\", \
         steps: 6, stimuli: [Poisson(input: \"in\", rate_ppm: 100_000)])))",
    );
    let noc = "chip.noc=(flit_bits: 16, channels: 2, depth: 4, pipeline: (lookahead: true, speculative: true, traversal: 1), \
               link: (bits: 16, latency: 1, credit_latency: 1), packets: (spike: 32, error: 32, target: 32, control: 32, \
               barrier: 32), multicast: Tree)";
    let chip = [
        "chip.mesh.addressing=SourceKey",
        "chip.limits.neurons=8",
        "chip.mesh.columns=12",
        "chip.mesh.rows=1",
        noc,
    ];
    let keys = |entries: u64| format!("chip.mesh.keys_in=Routers(entries: {entries})");
    let with = |entries: u64, command: &[&str]| -> Vec<String> {
        let set = chip.iter().map(|change| (*change).to_owned()).chain([keys(entries)]);
        command
            .iter()
            .map(|word| (*word).to_owned())
            .chain(set.flat_map(|change| ["--set".to_owned(), change]))
            .collect()
    };
    let as_words = |all: &[String]| folder.run(&all.iter().map(String::as_str).collect::<Vec<_>>());
    let refused = as_words(&with(1, &["check", "row.ron"]));
    let (_, needed) = refused.err.split_once("Routers(entries: ").expect("what would hold them");
    let needed: u64 = needed.split_once(')').expect("a number").0.parse().expect("a number");
    let search =
        ["--place", "anneal", "--for", "time", "--moves", "2000", "--simulations", "40", "--steps", "6"];
    let search = [&["map", "row.ron", "--out", "found.ron"][..], &search].concat();
    let found = as_words(&with(needed, &search));
    assert_eq!(found.code, Some(0), "{}", found.err);
    assert!(found.out.contains("that the routers have too few keys for"), "{}", found.out);
    let run = as_words(&with(needed, &["run", "row.ron", "--placement", "found.ron", "--out", "out"]));
    assert_eq!(run.code, Some(0), "{}", run.err);
    // A search that the network itself asks for passes over the same, and where nothing is left it is told what would do, as
    // `map` tells it.
    let own = "network.placement=(rest: Anneal(moves: 2000))";
    let run = as_words(&with(needed, &["run", "row.ron", "--set", own, "--out", "own"]));
    assert_eq!(run.code, Some(0), "{}", run.err);
    let network = ["--chip", "small", "row.network.ron"];
    for command in [
        &["check", "row.ron"][..],
        &["check", "row.ron", "--set", own],
        &["map", "row.ron", "--place", "anneal"],
    ]
    .into_iter()
    .map(<[&str]>::to_vec)
    .chain([[&["map"], &network[..]].concat(), [&["map", "--set", own], &network[..]].concat()])
    {
        let refused = as_words(&with(needed - 1, &command));
        let wanted = format!("`mesh.keys_in: Routers(entries: {needed})` would hold them");
        assert!(refused.code == Some(2) && refused.err.contains(&wanted), "{command:?}: {}", refused.err);
    }
}

/// The best by link that is slower stands beside what is taken in its place, and is taken where that is asked for.
#[test]
fn what_is_passed_over_is_shown_and_can_be_taken() {
    let folder = Folder::new();
    let neuron = |more: &str| {
        format!("(current_decay: Factor(0), membrane_decay: Factor(3584), threshold: 1.0, {more})")
    };
    let fires = neuron("reset: ToValue(0.0)");
    let synapses = "connect: AllToAll, weights: Uniform(low: -0.3, high: 0.4), store: (bits: 8, fraction: 8)";
    folder.write(
        "net.ron",
        format!(
            "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 40)], populations: [
             (name: \"a\", neurons: 48, neuron: {fires}), (name: \"b\", neurons: 32, neuron: {fires}),
             (name: \"out\", neurons: 6, neuron: {})], projections: [
             (name: \"in_a\", from: \"in\", to: \"a\", {synapses}), (name: \"a_b\", from: \"a\", to: \"b\", {synapses}),
             (name: \"b_out\", from: \"b\", to: \"out\", {synapses})])",
            neuron("spiking: false")
        ),
    );
    folder.write(
        "exp.ron",
        "(format: \"synfire-experiment/1\", title: \"t\", chip: \"small\", task: Simulate((network: \"net.ron\", steps: 20, \
         stimuli: [Poisson(input: \"in\", rate_ppm: 100_000)])))",
    );
    let look = |more: &[&str]| {
        let search = ["map", "exp.ron", "--place", "anneal", "--for", "link", "--moves", "1000", "--json"];
        let told = folder.succeeds(&[&search[..], &["--set", "chip.limits.neurons=8"], more].concat());
        let lines = told.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
        let lines: Vec<serde_json::Value> = lines.collect();
        assert_eq!(lines[0]["headlines"][2]["label"], "most loaded link", "{told}");
        let table =
            lines.into_iter().find(|line| line["title"] == "In order, and as found").expect("a table");
        ["most loaded link", "time of a step"].map(|name| {
            let mut rows = table["rows"].as_array().expect("rows").iter();
            let row = rows.find(|row| row[0]["text"] == name).expect(name).as_array().expect("cells").clone();
            let figures = row.iter().step_by(2).chain([&row[1]]).filter_map(|cell| cell["number"].as_f64());
            // As found, what was passed over, in order.
            figures.collect::<Vec<f64>>()
        })
    };
    let [link, time] = look(&[]);
    assert_eq!([link.len(), time.len()], [3, 3], "{link:?}, {time:?}");
    assert!(link[0] < link[2] && link[1] < link[0], "better than in order, and not the best: {link:?}");
    assert!(time[0] <= time[2] && time[1] > time[2], "for its steps are longer: {time:?}");
    let [taken, slower] = look(&["--slower"]);
    assert_eq!([taken, slower], [vec![link[1], link[2]], vec![time[1], time[2]]]);
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
