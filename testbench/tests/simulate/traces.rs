//! Probes of presynaptic traces: which projections have traces to show, and what their columns are called.

use super::fixture::Folder;

/// Four inputs onto two readout neurons that learn, through the pairs of `e.csv`, by `rule`.
fn folder(edges: &str, rule: &str) -> Folder {
    let folder = Folder::new();
    folder.file("e.csv", edges);
    folder.file(
        "net.ron",
        format!(
            "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 4)], populations: [(name: \"out\", neurons: 2, \
             neuron: (current_decay: 0, membrane_decay: Factor(3686), threshold: 1, spiking: false), \
             learning: (third_factor: OwnError), readout: (signal: Membrane))], projections: [(name: \"p\", from: \"in\", \
             to: \"out\", connect: Edges(\"e.csv\"), store: (bits: 8, fraction: 0, exponent: 0), \
             learning: (shift: 4{rule}))])"
        ),
    );
    folder.experiment("steps: 6, probes: [(projection: \"p\", record: [TraceP])]");
    folder
}

const ONE: &str = "pre,post,weight,delay\n0,0,1,1\n0,1,1,1\n1,0,1,2\n";
const SEVERAL: &str = "pre,post,weight,delay\n0,0,1,1\n1,0,1,1\n1,1,1,3\n";

#[test]
fn a_neuron_of_several_delays_has_several_traces() {
    let columns = |folder: Folder| {
        let text = folder.run("exp.ron", &[]).text("p.trace_p.csv");
        text.lines().next().map(str::to_owned)
    };
    assert_eq!(columns(folder(SEVERAL, "")).as_deref(), Some("step,0.1,1.1,1.3"));
    assert_eq!(columns(folder(ONE, "")).as_deref(), Some("step,0,1"));
}

#[test]
fn events_leave_no_traces() {
    let said = folder(ONE, ", presynaptic: Events").refused();
    assert!(
        said.starts_with("error: projection `p` learns from events, so its axons keep no traces"),
        "{said}"
    );
    assert!(said.contains("allowed: a projection with `presynaptic: Trace`"), "{said}");
}
