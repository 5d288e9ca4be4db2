//! Two sources onto one neuron, each by a projection of negative exponent: a port each, or one port of both.

use super::fixture::Folder;

/// Sums of every port, then the current, of the step in which both inputs arrive; the `Lanes(3)` of each are shifted by 1.
fn arrived(rest: &str) -> Vec<i32> {
    let folder = Folder::new();
    folder.file("s.csv", "step,neuron,count\n0,0,1\n");
    folder.file(
        "net.ron",
        format!(
            r#"(format: "synfire-network/1", inputs: [(name: "a", neurons: 1), (name: "b", neurons: 1)],
            populations: [(name: "out", neurons: 1, neuron: (current_decay: 0, membrane_decay: 0, threshold: 1,
                spiking: false))],
            projections: [
                (name: "p", from: "a", to: "out", connect: AllToAll, weights: Lanes(3),
                    store: (bits: 8, fraction: 0, exponent: -1)),
                (name: "q", from: "b", to: "out", connect: AllToAll, weights: Lanes(3),
                    store: (bits: 8, fraction: 0, exponent: -1){rest})])"#
        ),
    );
    let probes = "probes: [(population: \"out\", record: [Dendritic, Current])]";
    let stimuli = r#"[SpikeList(input: "a", file: "s.csv"), SpikeList(input: "b", file: "s.csv")]"#;
    folder.experiment(&format!("steps: 3, stimuli: {stimuli}, {probes}"));
    let run = folder.run("exp.ron", &["--threads", "2"]);
    let ports = (0..).map_while(|port| {
        let file = format!("out.dendritic_{port}.npy");
        run.has(&file).then(|| run.npy(&file, "<i4").1[1])
    });
    let mut values: Vec<i32> = ports.collect();
    values.push(run.npy("out.current.npy", "<i4").1[1]);
    values
}

#[test]
fn a_port_of_two_projections_is_shifted_once() {
    // 3 >> 1 twice, and (3 + 3) >> 1; the current is shifted by `input_shift`, 6 of Loihi.
    assert_eq!(arrived(""), [0, 3, 3, 2 << 6]);
    assert_eq!(arrived(", port_of: \"p\""), [0, 6, 3 << 6]);
}
