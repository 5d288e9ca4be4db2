//! Where `synfire diff` says that a trace and an eligibility are: paths of an exported folder, with places in its memories.

use crate::folder::Folder;
use std::fs;

/// Runs `exp.ron` with a trace and exports it by `layout`; then `record` of the last step that has it gets another value.
/// What `diff` says of the two traces with these options.
fn said(folder: &Folder, layout: &str, record: &str, options: &[&str]) -> String {
    folder.succeeds(&["run", "exp.ron", "--out", "run", "--threads", "1", "--overwrite"]);
    folder.succeeds(&["export", "exp.ron", "--out", "exported", "--layout", layout, "--overwrite"]);
    let trace = fs::read_to_string(folder.path("run/retire.trace")).unwrap();
    let at = trace.rfind(&format!("\n{record} ")).unwrap_or_else(|| panic!("no `{record}` in {trace}")) + 1;
    let begin = at + record.len() + 1;
    let end = begin + trace[begin..].find([' ', '\n']).unwrap();
    let other = trace[begin..end].parse::<i64>().unwrap() ^ 1;
    fs::write(folder.path("other.trace"), format!("{}{other}{}", &trace[..begin], &trace[end..])).unwrap();
    let ended = folder.run(&[&["diff", "run/retire.trace", "other.trace"][..], options].concat());
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    ended.out + "\n"
}

/// Two sources onto a readout, whose `p` and `q` have the rest; a Poisson stimulus of each; these registers are traced.
fn folder(neuron: &str, registers: &str, [p, q]: [&str; 2]) -> Folder {
    let folder = Folder::new();
    let projection = |name: &str, from: &str, rest: &str| {
        format!(r#"(name: "{name}", from: "{from}", to: "out", store: (bits: 16, fraction: 14), {rest})"#)
    };
    let network = format!(
        r#"(format: "synfire-network/1", inputs: [(name: "a", neurons: 3), (name: "b", neurons: 4)],
        populations: [(name: "out", neurons: 2, cores: [0], {neuron})], projections: [{}, {}])"#,
        projection("p", "a", p),
        projection("q", "b", q)
    );
    fs::write(folder.path("net.ron"), network).unwrap();
    fs::write(folder.path("c.csv"), "step,event,channel,value\n0,learn,,1\n0,target,0,1\n0,target,1,1\n")
        .unwrap();
    fs::write(folder.path("e.csv"), "pre,post,weight\n0,1,900\n1,0,900\n1,1,900\n3,0,900\n3,1,900\n")
        .unwrap();
    let experiment = r#"(format: "synfire-experiment/1", title: "paths", chip: "small", task: Simulate((
        network: "net.ron", steps: 60, trace: (form: Text, registers: Named([REGISTERS])), stimuli: [
            Poisson(input: "a", rate_ppm: 300_000), Poisson(input: "b", rate_ppm: 300_000), Control(file: "c.csv")])))"#;
    fs::write(folder.path("exp.ron"), experiment.replace("REGISTERS", registers)).unwrap();
    folder
}

const MEMBRANE: &str =
    "neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1.0, spiking: false),
    learning: (third_factor: OwnError), readout: (signal: Membrane)";
const TRAINS: &str = "neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 0.2),
    learning: (third_factor: OwnError, surrogate: (shape: Triangle, half_width: 1.0)),
    readout: (signal: FilteredSpikes(q_decay: Factor(3353), p_decay: Factor(3706), increment: 128, shift: 2))";

/// A core of the RTL has one memory of traces: those of the second projection come behind those of the first.
#[test]
fn traces_of_the_rtl() {
    let rest = "connect: AllToAll, weights: Constant(0.1), learning: (shift: 14)";
    let folder = folder(MEMBRANE, r#""L", "Q""#, [rest, rest]);
    let node = "bench.chip_of_bench.node_0.core_of_node.with_learning.learning";
    for (record, path) in
        [("a 0 2 1", "traces_q[2]"), ("a 1 2 1", "traces_q[5]"), ("n 0 1", "third_factors[1]")]
    {
        let said = said(&folder, "rtl", record, &["--export", "exported"]);
        assert!(said.contains(&format!("  rtl       {node}.{path}\n")), "{record}: {said}");
    }
}

/// A layout of blocks names them, and the element of a listed row.
#[test]
fn traces_and_eligibility_of_blocks() {
    let rule = "learning: (shift: 16, eligibility: Filter(q_decay: Factor(3353), p_decay: Factor(3706), product_shift: 1))";
    let all = format!("connect: AllToAll, weights: Constant(0.1), {rule}");
    let folder = folder(
        TRAINS,
        r#""Q", "E1""#,
        [&all, &format!("connect: Edges(\"e.csv\"), encoding: Sparse, {rule}")],
    );
    let layout = r#"(format: "synfire-layout/1", name: "ours", nodes: ["tb"],
        axon_registers: {"P": "{node}.c{core}.p{block}[{axon}]", "Q": "{node}.c{core}.q{block}[{axon}]"},
        synapse_registers: {"E1": "{node}.c{core}.e{block}[{entry}] of {axon} onto {slot}"})"#;
    fs::write(folder.path("ours.ron"), layout).unwrap();
    for (record, path) in [
        ("a 1 3 1", "tb.c0.q1[2]"),
        ("w 0 2 1 1", "tb.c0.e0[5] of 2 onto 1"),
        ("w 1 1 1 1", "tb.c0.e1[2] of 1 onto 1"),
        ("w 1 3 0 1", "tb.c0.e1[3] of 2 onto 0"),
    ] {
        let said = said(&folder, "ours.ron", record, &["--export", "exported"]);
        assert!(said.contains(&format!("  rtl       {path}\n")), "{record}: {said}");
    }
    // The manifest alone does not say which axons a block has.
    fs::create_dir(folder.path("alone")).unwrap();
    fs::copy(folder.path("exported/manifest.json"), folder.path("alone/manifest.json")).unwrap();
    let said = said(&folder, "ours.ron", "a 1 3 1", &["--placement", "alone/manifest.json"]);
    assert!(said.contains("differs, core 0\n") && !said.contains("rtl "), "{said}");
}

/// Four neurons in two cores: an axon is where its synapses are, and without the images wherever its projection goes.
#[test]
fn an_axon_is_in_the_cores_that_have_it() {
    let rest = "learning: (shift: 14)";
    let all = format!("connect: AllToAll, weights: Constant(0.1), {rest}");
    let folder = folder(MEMBRANE, r#""Q""#, [&all, &format!("connect: Edges(\"e.csv\"), {rest}")]);
    let net = fs::read_to_string(folder.path("net.ron")).unwrap();
    let net = net.replace("neurons: 2, cores: [0]", "neurons: 4, max_per_core: 2");
    fs::write(folder.path("net.ron"), net).unwrap();
    fs::write(folder.path("e.csv"), "pre,post,weight\n0,3,900\n1,0,900\n2,1,900\n2,2,900\n").unwrap();
    for (record, cores) in [
        ("a 0 1 1", "core 0, core 1"),
        ("a 1 0 1", "core 1"),
        ("a 1 1 1", "core 0"),
        ("a 1 2 1", "core 0, core 1"),
    ] {
        let found = said(&folder, "synfire", record, &["--export", "exported"]);
        assert!(found.contains(&format!(" differs, {cores}\n")), "{record}: {found}");
    }
    fs::create_dir(folder.path("alone")).unwrap();
    fs::copy(folder.path("exported/manifest.json"), folder.path("alone/manifest.json")).unwrap();
    let found = said(&folder, "synfire", "a 1 0 1", &["--placement", "alone/manifest.json"]);
    assert!(found.contains(" differs, core 0, core 1\n"), "{found}");
}

/// Two maps in two cores: each holds the taps of its own channel alone.
#[test]
fn a_tap_is_in_the_core_that_reads_it() {
    let kernel = "connect: Convolution(input: (1, 1, 3), channels: 2, kernel: (1, 2))";
    let folder = folder(
        MEMBRANE,
        r#""W""#,
        [
            &format!("{kernel}, weights: Constant(0.1), learning: (shift: 10)"),
            "connect: AllToAll, weights: Constant(0.1)",
        ],
    );
    let net = fs::read_to_string(folder.path("net.ron")).unwrap();
    let net = net.replace("neurons: 2, cores: [0]", "neurons: 4, max_per_core: 2");
    fs::write(folder.path("net.ron"), net).unwrap();
    let events: String = (0..4).map(|channel| format!("0,target,{channel},1\n")).collect();
    fs::write(folder.path("c.csv"), format!("step,event,channel,value\n0,learn,,1\n{events}")).unwrap();
    let layout =
        r#"(format: "synfire-layout/1", name: "ours", memories: {"weights": (rtl: "{place}.w{part}")})"#;
    fs::write(folder.path("ours.ron"), layout).unwrap();
    for (record, core) in [("k 0 0 1", 0), ("k 0 0 2", 1)] {
        let found = said(&folder, "ours.ron", record, &["--export", "exported"]);
        assert!(found.contains(&format!(" differs, core {core}\n")), "{record}: {found}");
        let paths: Vec<&str> = found.lines().filter(|line| line.starts_with("  rtl ")).collect();
        assert_eq!(paths, [format!("  rtl       core{core}.w_block0")], "{record}: {found}");
    }
}

/// What a trace says of its network is what the folder says of its own, or both are named.
#[test]
fn a_folder_of_another_network_is_refused() {
    let rest = "connect: AllToAll, weights: Constant(0.1), learning: (shift: 14)";
    let folder = folder(MEMBRANE, r#""U", "Q", "W""#, [rest, rest]);
    let own = said(&folder, "synfire", "n 0 1", &["--export", "exported"]);
    assert!(own.contains(" differs, core 0 slot 1\n"), "{own}");
    let net = fs::read_to_string(folder.path("net.ron")).unwrap();
    let refused = |option: &str, file: &str, found: &str, allowed: &str| {
        let ended = folder.run(&["diff", "run/retire.trace", "other.trace", option, file]);
        let [found, allowed] = [format!("found {found}\n"), format!("= allowed: {allowed}, as ")];
        assert_eq!(ended.code, Some(2), "{}", ended.out);
        assert!(ended.err.contains("run/retire.trace: "), "{}", ended.err);
        assert!(
            ended.err.contains(&found) && ended.err.contains(&allowed),
            "{found}{allowed}: {}",
            ended.err
        );
    };
    for (from, to, found, allowed) in [
        (
            r#"name: "out""#,
            r#"name: "last""#,
            "population 0 `out` of 2 neurons",
            "population 0 `last` of 2 neurons",
        ),
        ("neurons: 2,", "neurons: 3,", "population 0 `out` of 2 neurons", "population 0 `out` of 3 neurons"),
        (r#"name: "q""#, r#"name: "r""#, "projection 1 `q`", "projection 1 `r`"),
        ("(bits: 16, fraction: 14)", "(bits: 8, fraction: 6)", "W of s16.14 of projection `p`", "W of s8.6"),
        ("the first projection", "", "projection 0 `p`", "projection 0 `q`"),
    ] {
        let mut other = net.replace(from, to);
        if to.contains("last") {
            other = other.replace(r#"to: "out""#, r#"to: "last""#);
        }
        if to.is_empty() {
            let begin = net.find(r#"(name: "p""#).unwrap();
            let end = net.find(r#"(name: "q""#).unwrap();
            other = net[..begin].to_owned() + &net[end..];
        }
        assert_ne!(other, net);
        fs::write(folder.path("net.ron"), other).unwrap();
        folder.succeeds(&["export", "exp.ron", "--out", "another", "--overwrite"]);
        refused("--export", "another", found, allowed);
        if !found.starts_with('W') {
            refused("--placement", "another/manifest.json", found, allowed);
        }
    }
    let manifest = fs::read_to_string(folder.path("exported/manifest.json")).unwrap();
    let contract = manifest.lines().find(|line| line.contains("\"contract\"")).unwrap();
    fs::write(folder.path("exported/manifest.json"), manifest.replace(contract, "\"contract\": \"2.0\","))
        .unwrap();
    let ours = synfire_core::ARITH_SPEC;
    refused("--export", "exported", &format!("contract {ours}"), "contract 2.0");
}
