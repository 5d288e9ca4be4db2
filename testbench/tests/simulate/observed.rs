//! Probes of every register, and the retire trace: what is written of a run that learns.

use super::fixture::Folder;

/// Four Poisson inputs onto two readout neurons that learn a target.
fn folder(task: &str) -> Folder {
    let folder = Folder::new();
    folder.file("c.csv", "step,event,channel,value\n0,learn,,1\n0,target,0,60\n0,target,1,-60\n");
    folder.file(
        "net.ron",
        r#"(format: "synfire-network/1", inputs: [(name: "in", neurons: 4)], populations: [(name: "out", neurons: 2,
            neuron: (current_decay: 0, membrane_decay: Factor(3686), threshold: 1, spiking: false),
            learning: (third_factor: OwnError), readout: (signal: Membrane))],
            projections: [(name: "p", from: "in", to: "out", connect: AllToAll, weights: Lanes(3),
                store: (bits: 8, fraction: 0), learning: (shift: 4))])"#,
    );
    folder.experiment(&format!(
        "steps: 60, stimuli: [Poisson(input: \"in\", rate_ppm: 300_000), Control(file: \"c.csv\")], {task}"
    ));
    folder
}

#[test]
fn all_is_every_register_that_there_is() {
    let probes = r#"probes: [(population: "out", record: [All]), (projection: "p", record: [All]),
        (input: "in", record: [All])]"#;
    let kept = folder(probes);
    let run = kept.run("exp.ron", &["--threads", "2"]);
    let registers = ["dendritic_0", "current", "compared", "refractory", "target", "error_formed", "error"];
    for register in registers.into_iter().chain(["third_factor", "membrane"]) {
        let (shape, values) = run.npy(&format!("out.{register}.npy"), "<i4");
        assert_eq!(shape, [60, 2], "{register}");
        assert!(register == "refractory" || values.iter().any(|value| *value != 0), "{register}");
    }
    for register in ["arrivals", "trace_q", "trace_p"] {
        assert!(run.npy(&format!("p.{register}.npy"), "<i4").1.iter().any(|value| *value > 0), "{register}");
    }
    // What an input sent arrives one step later.
    let (sent, arrived) = (run.npy("in.events.npy", "<i4").1, run.npy("p.arrivals.npy", "<i4").1);
    assert_eq!(sent[..59 * 4], arrived[4..]);
    // An error that was formed is used one step later.
    let (formed, used) = (run.npy("out.error_formed.npy", "<i4").1, run.npy("out.error.npy", "<i4").1);
    assert_eq!(formed[..59 * 2], used[2..]);
    assert_eq!(used, run.npy("out.third_factor.npy", "<i4").1, "the rule takes the error itself");
    let (_, target) = run.npy("out.target.npy", "<i4");
    assert!(target.chunks(2).all(|two| two[0] > 0 && two[0] == -two[1]));
}

/// What the probe of an input wrote, as a list of spikes, gives the run again.
#[test]
fn a_random_run_can_be_replayed() {
    let probes = r#"probes: [(population: "out", record: [Membrane]), (input: "in", record: [Events])]"#;
    let folder = folder(probes);
    let drawn = folder.run("exp.ron", &[]);
    let (_, sent) = drawn.npy("in.events.npy", "<i4");
    let mut list = String::from("step,neuron,count\n");
    for (at, count) in sent.iter().enumerate().filter(|(_, count)| **count > 0) {
        list += &format!("{},{},{count}\n", at / 4, at % 4);
    }
    folder.file("sent.csv", list);
    folder.experiment(&format!(
        "steps: 60, stimuli: [SpikeList(input: \"in\", file: \"sent.csv\"), Control(file: \"c.csv\")], {probes}"
    ));
    let again = folder.run("exp.ron", &[]);
    for file in ["out.membrane.npy", "in.events.npy"] {
        assert_eq!(drawn.npy(file, "<i4"), again.npy(file, "<i4"), "{file}");
    }
}

#[test]
fn chosen_synapses_are_recorded_step_by_step() {
    let probes = r#"probes: [(projection: "p", record: [Weights], every: 1),
        (projection: "p", record: [Weights], synapses: [(pre: 3, post: 1), (pre: 0, post: 0, delay: 1)])]"#;
    let kept = folder(probes);
    let run = kept.run("exp.ron", &[]);
    let (shape, chosen) = run.npy("p.weight.npy", "<i4");
    assert_eq!(shape, [60, 2]);
    for step in 0..60 {
        let (_, whole) = run.npy(&format!("p.weights.{}.npy", step + 1), "<i4");
        assert_eq!(chosen[2 * step..2 * step + 2], [whole[3 * 2 + 1], whole[0]], "after step {step}");
    }
    assert!(run.text("p.weight.csv").starts_with("step,3.1,0.0\n"));
    let said =
        folder(r#"probes: [(projection: "p", record: [Weights], synapses: [(pre: 3, post: 2)])]"#).refused();
    assert!(said.contains("`p` has no such synapse") && said.contains("found 3 to 2"), "{said}");
    let said = folder(r#"probes: [(population: "out", record: [SpikeCount])]"#).refused();
    assert!(
        said.contains("`out` has no `SpikeCount`") && said.contains("it has: dendritic_0, current"),
        "{said}"
    );
}

/// Beside one another, each field chooses of what is its own; a group's columns are no neuron's own, and are all shown.
#[test]
fn fields_share_out_the_registers_of_all() {
    let both = "neurons: [3, 0], synapses: [(pre: 3, post: 1)]";
    let kept = folder(&format!("probes: [(projection: \"p\", record: [All], {both})]"));
    let run = kept.run("exp.ron", &[]);
    for register in ["arrivals", "trace_q", "trace_p"] {
        assert_eq!(run.npy(&format!("p.{register}.npy"), "<i4").0, [60, 2], "{register}");
    }
    assert_eq!(run.npy("p.weight.npy", "<i4").0, [60, 1]);
    let grouped = |record: &str| {
        let folder = folder(&format!("probes: [(population: \"out\", record: [{record}], neurons: [1])]"));
        let path = |name: &str| folder.path().join(name);
        let edit = |name: &str, from: &str, to: &str| {
            let text = std::fs::read_to_string(path(name)).unwrap();
            assert!(text.contains(from), "{from}: {text}");
            folder.file(name, text.replace(from, to));
        };
        let own = "third_factor: OwnError), readout: (signal: Membrane))]";
        let group = "listens_to: \"r\", third_factor: Group(neurons: 2, draw: Sign, scale: 8, shift: 3)))";
        let readout = "(name: \"r\", neurons: 3, neuron: (current_decay: 0, membrane_decay: 0, threshold: 1, \
                       spiking: false), learning: (third_factor: OwnError), readout: (signal: Membrane))]";
        edit("net.ron", own, &format!("{group}, {readout}"));
        edit("exp.ron", "chip: \"loihi\"", "chip: \"paper\"");
        folder
    };
    let kept = grouped("All");
    let run = kept.run("exp.ron", &[]);
    assert_eq!(run.npy("out.membrane.npy", "<i4").0, [60, 1]);
    // One group, three channels.
    assert_eq!(run.npy("out.group_readout.npy", "<i4").0, [60, 3]);
    let said = grouped("Membrane, GroupReadout").refused();
    assert!(said.contains("`neurons` chooses nothing of `GroupReadout`"), "{said}");
    assert!(said.contains("= allowed: a probe of its own without `neurons`: of groups all"), "{said}");
}

/// Every weight of the trace is the run's, and nothing else is in it.
#[test]
fn a_trace_has_a_record_of_each_weight_that_changed() {
    let task = r#"probes: [(projection: "p", record: [Weights], every: 1), (population: "out", record: [Compared])],
        trace: (registers: Named(["C", "W"]), from: 5, until: 50)"#;
    let kept = folder(task);
    let run = kept.run("exp.ron", &[]);
    let weights = |step: usize| run.npy(&format!("p.weights.{step}.npy"), "<i4").1;
    let (_, compared) = run.npy("out.compared.npy", "<i4");
    let mut expected = String::new();
    for step in 5..50 {
        expected += &format!("step {step}\n");
        for neuron in 0..2 {
            expected += &format!("n 0 {neuron} {}\n", compared[step * 2 + neuron]);
        }
        let (before, after) = (weights(step), weights(step + 1));
        for at in (0..8).filter(|at| before[*at] != after[*at]) {
            expected += &format!("w 0 {} {} 1 {}\n", at / 2, at % 2, after[at]);
        }
        expected += &format!("end {step}\n");
    }
    let text = run.text("retire.trace");
    let steps = &text[text.find("step 5\n").expect("its first step")..];
    assert!(steps.contains("\nw 0 "), "no weight changed");
    assert_eq!(steps, expected);
    let said = folder(r#"trace: (registers: Named(["C", "V_m"]))"#).refused();
    assert!(said.contains("unknown register `V_m`"), "{said}");
    let said = folder("trace: (until: 61)").refused();
    assert!(said.contains("`until` of a trace is out of range") && said.contains("found 61"), "{said}");
}
