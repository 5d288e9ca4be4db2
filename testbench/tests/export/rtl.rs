//! The layout of the reference RTL: the same function comes back, and the bench runs from the folder alone.

use super::folder::{export_to, run};
use super::layouts::Draw;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use synfire::hardware::import::import;
use synfire::hardware::layout::Layout;
use synfire_chip::chip::Chip;
use synfire_chip::files::{NetworkOverrides, load_chip, network_from_text};
use synfire_chip::network::Network;
use synfire_chip::placing::{Onto, Stated};
use synfire_chip::run::machine::Machine;
use synfire_chip::run::program::{Control, Program, StepEvents, StimulusSpike};
use synfire_core::neuron::{Adaptation, PerNeuron};
use synfire_plasticity::config::{ErrorSignal, Presynaptic, RateLimit};

/// Random networks.
const NETWORKS: u64 = 12;
/// Those that Icarus runs.
const BENCHED: u64 = 3;
const STEPS: usize = 60;

/// A hidden layer that learns on core 0, with feedback or in groups, its readout on core 1.
fn network(draw: &mut Draw, chip: &Chip) -> Network {
    let (inputs, hidden, outputs) = (3 + draw.below(6), 4 + 2 * draw.below(5), 2 + draw.below(2));
    let third = if draw.below(2) == 0 {
        "Feedback(draw: Uniform(max: 5), shift: 1)".to_owned()
    } else {
        format!("Group(neurons: {}, draw: Sign, decay: 0, scale: 11, shift: 2)", hidden / 2)
    };
    let (rounding, delay) = (["Stochastic", "Nearest", "Floor"][draw.below(3) as usize], 1 + draw.below(5));
    let shape = ["Triangle", "Boxcar", "Ramp", "Exponential"][draw.below(4) as usize];
    let (bits, seed) = (9 + draw.below(8), draw.below(1 << 31));
    let bias: Vec<String> = (0..hidden).map(|_| format!("0.0{}", draw.below(30))).collect();
    let text = format!(
        r#"(format: "synfire-network/1", name: "drawn", seed: {seed},
        inputs: [(name: "in", neurons: {inputs})],
        populations: [
            (name: "hidden", neurons: {hidden}, cores: [0],
             neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 0.5, bias: Cycle([{}])),
             learning: (listens_to: "out", third_factor: {third}, surrogate: (shape: {shape}, half_width: 2.0))),
            (name: "out", neurons: {outputs}, cores: [1],
             neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1.0, spiking: false),
             learning: (third_factor: OwnError), readout: (signal: Membrane, one_sided: 0.5))],
        projections: [
            (name: "in_hidden", from: "in", to: "hidden", connect: AllToAll, delay: {delay},
             weights: Uniform(low: -0.2, high: 0.4), store: (bits: {bits}, fraction: {}),
             learning: (shift: 12, rounding: {rounding})),
            (name: "recurrent", from: "hidden", to: "hidden", connect: Random(targets: 2),
             weights: Uniform(low: -0.3, high: 0.3), store: (bits: 8, fraction: 6)),
            (name: "hidden_out", from: "hidden", to: "out", connect: AllToAll,
             weights: Uniform(low: -0.1, high: 0.1), store: (bits: 16, fraction: 14), learning: (shift: 14))])"#,
        bias.join(", "),
        bits - 2
    );
    let read = network_from_text("drawn.ron", &text, Path::new("."), chip, &NetworkOverrides::default());
    read.unwrap_or_else(|problems| panic!("{problems}"))
}

fn program(draw: &mut Draw, network: &Network) -> Program {
    let mut program = vec![StepEvents::default(); STEPS];
    let target = |channel, value| Control::Target { channel, value };
    program[0].control = vec![target(0, 32768), target(1, -9000), Control::Learn(true)];
    program[STEPS / 2].control = vec![Control::Clear, target(1, 40000), Control::ShiftOffset(1)];
    for events in &mut program {
        for neuron in 0..network.inputs[0].neurons {
            if draw.below(3) == 0 {
                events.spikes.push(StimulusSpike { input: 0, neuron, count: 1 });
            }
        }
    }
    program
}

/// A chip of two cores with the arithmetic of `paper`.
fn chip() -> Chip {
    load_chip("small", Path::new(".")).unwrap()
}

#[test]
fn the_layout_of_the_rtl_brings_back_the_function() {
    let (chip, mut learned, mut fired) = (chip(), 0, false);
    for number in 0..NETWORKS {
        let mut draw = Draw(number);
        let network = network(&mut draw, &chip);
        let program = program(&mut draw, &network);
        let mut machine = Machine::new(&network, &chip).unwrap();
        let before = machine.memories();
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open("rtl").unwrap();
        let exported = export_to(folder.path(), &network, &machine, &program, &layout);
        exported.unwrap_or_else(|error| panic!("network {number}: {error}"));
        let imported =
            import(folder.path(), false).unwrap_or_else(|error| panic!("network {number}: {error}"));
        let mut other = imported.machine;
        run(&mut machine, &program);
        run(&mut other, &program);
        for projection in 0..network.projections.len() {
            let weights = machine.weights(&network, projection);
            assert_eq!(other.weights(&network, projection), weights, "network {number}");
        }
        for (own, found) in machine.nodes.iter().zip(&other.nodes) {
            for (own, found) in own.core.slices.iter().zip(&found.core.slices) {
                assert_eq!(own.registers, found.registers, "network {number}");
                fired |= own.registers.fired.contains(&1);
            }
        }
        learned += u32::from(machine.memories() != before);
    }
    assert!(fired && learned as u64 == NETWORKS, "{learned} networks learned");
}

/// An edited register, a weight beyond its store, a word where nothing is.
#[test]
fn words_of_the_rtl_are_checked() {
    let chip = chip();
    let mut draw = Draw(1);
    let network = network(&mut draw, &chip);
    let machine = Machine::new(&network, &chip).unwrap();
    for (file, line, text, parts) in [
        ("registers_0.hex", 39, "00000005", ["found 5", "registers are configuration"]),
        ("axons_0.hex", 1, "00000000", ["delay 0", "1..=63"]),
        ("thresholds_1.hex", 4, "000001", ["found 1", "nothing is there"]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        export_to(folder.path(), &network, &machine, &[], &Layout::open("rtl").unwrap()).unwrap();
        let path = folder.path().join(file);
        let content = fs::read_to_string(&path).unwrap();
        let mut lines: Vec<&str> = content.lines().collect();
        lines[line - 1] = text;
        fs::write(&path, lines.join("\n")).unwrap();
        let refused = import(folder.path(), true).map(|_| ()).unwrap_err().to_string();
        let place = format!("{file}, line {line}");
        for part in parts.into_iter().chain([place.as_str()]) {
            assert!(refused.contains(part), "no `{part}` in {refused}");
        }
    }
}

/// The bench shows of each population what the program's own trace has of it.
#[test]
fn the_header_states_what_there_is() {
    let chip = chip();
    let mut draw = Draw(3);
    let mut network = network(&mut draw, &chip);
    for learns in [true, false] {
        if !learns {
            network.populations[0].learning = None;
            network.projections[0].learning = None;
        }
        let machine = Machine::new(&network, &chip).unwrap();
        let folder = tempfile::tempdir().unwrap();
        export_to(folder.path(), &network, &machine, &[], &Layout::open("rtl").unwrap()).unwrap();
        let header = fs::read_to_string(folder.path().join("header.trace")).unwrap();
        let names = |of: &str| -> Vec<String> {
            let line = header.lines().find(|line| line.contains(&format!(" {of} "))).unwrap();
            let registers = line.split(' ').filter_map(|word| word.split_once(':'));
            registers.map(|(name, _)| name.to_owned()).collect()
        };
        let hidden = ["D0", "I", "U", "C", "S", "R", "L"];
        assert_eq!(names("hidden"), hidden[..hidden.len() - usize::from(!learns)], "{header}");
        assert_eq!(names("out"), ["D0", "I", "U", "C", "S", "R", "F", "L"], "{header}");
        assert_eq!(header.contains("in_hidden"), learns, "{header}");
        assert_eq!(names("hidden_out axons"), ["Q", "P"], "{header}");
    }
}

/// Asks for another core for the readout.
fn sits_on(network: &mut Network, core: u16) {
    let (len, field) = (network.populations[1].neurons, String::new());
    let stated = Stated { population: 1, first: 0, len, cores: vec![core], onto: Onto::One, field };
    network.placing.stated.retain(|other| other.population != 1);
    network.placing.stated.push(stated);
}

#[test]
fn what_the_rtl_lacks_is_refused() {
    let chip = chip();
    let mut draw = Draw(2);
    for (what, change) in [
        ("max_events", (|n| n.inputs[0].max_events = 2) as fn(&mut Network)),
        ("found `noise_bits: 3`\n   = allowed: `noise_bits: 0`", |n| {
            n.populations[0].parameters.noise_bits = 3
        }),
        ("found `adaptation`\n   = allowed: no `adaptation`", |n| {
            let [decay, increment] = [4000, 1].map(PerNeuron::Same);
            n.populations[0].parameters.adaptation = Some(Adaptation { decay, increment });
        }),
        ("found `rate_limit`\n   = allowed: no `rate_limit`", |n| {
            let limit = Some(RateLimit { spikes: 5, amount: 1 });
            n.populations[0].learning.iter_mut().for_each(|learning| learning.rate_limit = limit);
        }),
        ("found `presynaptic: Events`\n   = allowed: `presynaptic: Trace`", |n| {
            let rules = n.projections.iter_mut().filter_map(|projection| projection.learning.as_mut());
            rules.for_each(|rule| rule.presynaptic = Presynaptic::Events);
        }),
        ("an exponent of -1", |n| n.projections[0].format.exponent = -1),
        ("`signal: Membrane`", |n| {
            let signal = ErrorSignal::Modulation { shift: 1 };
            n.populations[1].readout.iter_mut().for_each(|readout| readout.signal = signal);
        }),
        ("core 0, or cores 0 and 1", |n| sits_on(n, 3)),
        ("one population a core", |n| sits_on(n, 0)),
    ] {
        let mut network = network(&mut draw, &chip);
        change(&mut network);
        let machine = Machine::new(&network, &chip).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let refused = export_to(folder.path(), &network, &machine, &[], &Layout::open("rtl").unwrap());
        let refused = refused.map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains(what) && refused.contains("layout `rtl`"), "no `{what}` in {refused}");
    }
}

/// Sources of the RTL and its bench, and a module that writes memories once the last step has begun.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let rtl = Path::new(env!("CARGO_MANIFEST_DIR")).join("rtl");
    let list = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "sv")).collect()
    };
    let mut files: Vec<PathBuf> = list(&rtl).into_iter().chain(list(&rtl.join("bench"))).collect();
    files.sort_by_key(|path| (!path.ends_with("synfire_pkg.sv"), path.clone()));
    let dump = folder.join("dump.sv");
    let core = |node: &str, number: u32| {
        let core = format!("bench.chip_of_bench.{node}.core_of_node");
        format!(
            "    $writememh(\"synapses_after_{number}.hex\", {core}.synapses.weights);\n    \
             $writememh(\"membranes_after_{number}.hex\", {core}.neurons.membranes);\n"
        )
    };
    let cores = core("node_0", 0) + &core("pair.node_1", 1);
    let text = format!(
        "module dump;\n  always @(bench.step) if (bench.step == {STEPS}) begin\n{cores}  end\nendmodule\n"
    );
    fs::write(&dump, text).unwrap();
    files.push(dump);
    files
}

/// The words of a file that `$writememh` wrote, or that an export did; unknown ones are all ones.
fn words(path: &Path) -> Vec<u64> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().filter(|line| !line.starts_with("//") && !line.is_empty());
    lines.map(|line| u64::from_str_radix(line.trim(), 16).unwrap_or(u64::MAX)).collect()
}

/// Icarus runs the bench from the folder alone; weights and membranes after it are the simulator's.
#[test]
#[expect(clippy::print_stderr, reason = "a missing tool must be seen")]
fn the_bench_runs_from_the_folder_alone() {
    if Command::new("iverilog").arg("-V").output().is_err() {
        eprintln!("!! IVERILOG IS NOT HERE: THE BENCH IS NOT RUN FROM EXPORTED FILES !!");
        return;
    }
    let chip = chip();
    for number in 0..BENCHED {
        let mut draw = Draw(100 + number);
        let network = network(&mut draw, &chip);
        let program = program(&mut draw, &network);
        let mut machine = Machine::new(&network, &chip).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let layout = Layout::open("rtl").unwrap();
        export_to(at, &network, &machine, &program, &layout).unwrap_or_else(|error| panic!("{error}"));
        let parameters = fs::read_to_string(at.join("parameters.txt")).unwrap();
        let parameters = parameters.lines().map(|line| format!("-Pbench.{line}"));
        let mut build = Command::new("nice");
        build.current_dir(at).args(["iverilog", "-g2012", "-s", "bench", "-s", "dump", "-o", "bench.out"]);
        let built = build.args(parameters).args(sources(at)).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let arguments = ["-n", "bench.out", "+dir=.", &format!("+steps={}", STEPS + 1), "+trace=trace.txt"];
        let ran = Command::new("vvp").current_dir(at).args(arguments).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));

        run(&mut machine, &program);
        let after = tempfile::tempdir().unwrap();
        export_to(after.path(), &network, &machine, &[], &layout).unwrap();
        for core in 0..2 {
            let name = format!("synapses_{core}.hex");
            let found = words(&at.join(format!("synapses_after_{core}.hex")));
            assert_eq!(found, words(&after.path().join(&name)), "network {number}: {name}");
            assert_ne!(found, words(&at.join(&name)), "network {number}: nothing learned on core {core}");
            let membranes = words(&at.join(format!("membranes_after_{core}.hex")));
            let slice = &machine.nodes[core].core.slices[0];
            let mask = (1u64 << network.datapath.state_width) - 1;
            let own: Vec<u64> = slice.registers.membrane.iter().map(|lane| *lane as u64 & mask).collect();
            assert_eq!(membranes[..slice.len], own, "network {number}: membranes of core {core}");
        }
    }
}
