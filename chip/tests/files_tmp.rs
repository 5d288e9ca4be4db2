//! tmp
mod files_common;
use files_common::*;
#[test]
fn show() {
    for name in ["paper", "small", "loihi"] {
        let c = chip(name);
        println!("{name} {:?} {:?}", c.datapath, c.timing);
    }
    let n = load(DIGITS).unwrap_or_else(|p| panic!("{p}"));
    println!(
        "{:?} {:?}",
        n.populations,
        n.projections.iter().map(|p| (p.format, p.synapses.len())).collect::<Vec<_>>()
    );
    for (a, b) in [
        ("threshold: 1.0", "treshold: 1.0"),
        ("threshold: 1.0", "threshold: 300.0"),
        ("threshold: 1.0", "threshold: -1"),
        ("threshold: 1.0", "threshold: Lnaes(3)"),
        ("threshold: 1.0", "threshold: Npy(\"no.npy\")"),
        ("Factor(2048)", "Factor(4097)"),
        ("Factor(2048)", "0.5"),
        ("Factor(2048)", "Factor(0.5)"),
        ("neurons: 128", "neurons: 128.5"),
        ("neurons: 128", "neurons: 0"),
        ("neurons: 128,", "neurons: 128"),
        ("draw: Sign", "draw: Sing"),
        ("half_width: 2.0", "half_width: 3.0"),
        ("from: \"pixels\"", "from: \"pixel\""),
        ("to: \"hidden\"", "to: \"pixels\""),
        ("name: \"readout\"", "name: \"hidden\""),
        ("listens_to: \"readout\"", "listens_to: \"redout\""),
        ("bits: 16", "bits: 17"),
        ("fraction: 14", "fraction: 1"),
        ("learning: (shift: 16)", "delay: 64"),
        ("synfire-network/1", "synfire-chip/1"),
        ("    format: \"synfire-network/1\",\n", ""),
        ("AllToAll", "Random(targets: 129)"),
        ("AllToAll", "Edges(\"none.csv\")"),
        ("low: -0.08", "low: -3"),
        ("learning: (third_factor: OwnError),", ""),
        ("name: \"hidden\",", "name: \"hidden\", name: \"x\","),
        ("name: \"hidden\",\n", ""),
        ("seed: 7", "seed: \"7\""),
        ("seed: 7", "seed: -7"),
        ("max_events: 1", "max_events: 0"),
        ("current_decay: Factor(2048), ", ""),
        ("spiking: false", "spiking: no"),
        ("(shift: 14, rounding: Nearest)", "(shift: 14, rounding: TowardZero)"),
    ] {
        println!("=== {b}\n{}", refused(&digits_with(a, b)));
    }
}
