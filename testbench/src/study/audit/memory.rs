//! Learning memory, measured in checkpoints: what a chip must keep for a rule beside neurons and weights.
//!
//! Every register of learning that a checkpoint holds is looked up in the core's list of structures
//! (`synfire_chip::structures`), which says how many words of what width there are. The registers of the broadcast
//! (targets, errors under way) are one set a core, whatever the rule and the size, and are left out, as are fixed random
//! matrices, which a hash can make. A field of the checkpoint that is not known here is an error, and so is a register of
//! which list and checkpoint hold different numbers: no state is forgotten by either.

use super::count;
use super::rules::AuditedRule;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use synfire_chip::chip::Chip;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::structures::{Kind, Part, Structure, counted, total_bits};
use synfire_plasticity::mirror::Mirror;
use synfire_plasticity::registers::Register;
use synfire_plasticity::slice_learning::SliceLearning;

/// Neurons of a layer at which memory is measured.
pub const SIZES: [u32; 5] = [32, 64, 128, 256, 512];

/// Learning memory of the rule's network with layers of `neurons`, in bits.
///
/// # Errors
/// When the network does not fit the chip, or its checkpoint holds what is not known here.
pub fn measure(rule: &AuditedRule, neurons: u32, chip: &Chip) -> Result<u64, Diagnostics> {
    let (network, mut machine) = count::build(rule, neurons, chip)?;
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let options = RunOptions { threads: 1, interrupt: None };
    let problem = |text: String| Diagnostics::from(Diagnostic::new(text));
    machine.run(&count::program(&network, 3), options, &mut recorder).map_err(|e| problem(e.to_string()))?;
    bits(&machine, chip).map_err(problem)
}

/// Bits of learning state in the checkpoint of `machine`: the cores' lists of structures say how many words there are
/// of what width, and the checkpoint must hold as many.
///
/// # Errors
/// Names a field that is not known, or a register of which list and checkpoint hold different numbers.
pub fn bits(machine: &Machine, chip: &Chip) -> Result<u64, String> {
    let snapshot = serde_json::to_value(machine.snapshot()).map_err(|e| e.to_string())?;
    let Some(nodes) = snapshot["nodes"].as_array() else {
        return Err("a checkpoint without nodes".to_owned());
    };
    let mut total = 0;
    for (node, saved) in machine.nodes.iter().zip(nodes) {
        let mut lanes = BTreeMap::new();
        for traces in saved[0]["traces"].as_array().into_iter().flatten() {
            fields(traces, "traces", &mut lanes)?;
        }
        let unit = &saved[1];
        let parts = |list: &str| unit[list].as_array().cloned().unwrap_or_default();
        for (own, mut saved) in node.unit.slices.iter().zip(parts("slices")) {
            forget_unkept(own, &mut saved["mirror"]);
            fields(&saved, "slices", &mut lanes)?;
        }
        for saved in parts("blocks") {
            fields(&saved, "blocks", &mut lanes)?;
        }
        total += agreed(&counted::of_core(&node.core, &node.unit, &node.routes, chip), &lanes)?;
    }
    Ok(total)
}

/// Bits of the registers whose `lanes` a checkpoint holds, if the list holds as many words of each.
fn agreed(list: &[Structure], lanes: &BTreeMap<Kind, u64>) -> Result<u64, String> {
    let learning = |kind: Kind| kind.is_state() && matches!(kind.part(), Part::Traces | Part::Learning);
    let state = list.iter().map(|structure| structure.kind).filter(|kind| learning(*kind));
    let kinds: BTreeSet<Kind> = state.chain(lanes.keys().copied()).collect();
    let mut total = 0;
    for kind in kinds {
        let held = lanes.get(&kind).copied().unwrap_or(0);
        let own = || list.iter().filter(|structure| structure.kind == kind);
        let words: u64 = own().map(|structure| structure.words.count).sum();
        if kind == COMPARTMENT && held <= words {
            // Of third factors only those that are compartments outlive a step; all have one width.
            total += held * own().map(|structure| structure.words.bits).max().unwrap_or(0);
        } else if held == words {
            total += total_bits(list, |structure| structure.kind == kind);
        } else {
            return Err(format!("the checkpoint holds {held} of `{}`, the core {words}", kind.name()));
        }
    }
    Ok(total)
}

/// An error compartment is its neuron's third factor.
const COMPARTMENT: Kind = Kind::Learning(Register::ThirdFactor);

/// Takes out of a saved mirror what the hardware does not keep: all, where the weights are brought from another core;
/// traces and spikes of a mirror whose weights stay.
fn forget_unkept(own: &SliceLearning, mirror: &mut Value) {
    let brought = own.learning().and_then(|l| l.third_factor.mirrored()).is_some_and(|(_, brought)| brought);
    if brought {
        *mirror = Value::Null;
    } else if let Value::Object(fields) = mirror
        && !own.mirror().is_some_and(Mirror::learns)
    {
        fields.retain(|name, _| name == "weights");
    }
}

/// Adds the lanes of the registers in `value`, whose place in the checkpoint is `path`, to those of their kind.
fn fields(value: &Value, path: &str, lanes: &mut BTreeMap<Kind, u64>) -> Result<(), String> {
    let Value::Object(inner) = value else { return Ok(()) };
    for (name, value) in inner {
        let within = format!("{path}.{name}");
        let register = match within.as_str() {
            "slices.state"
            | "slices.mirror"
            | "slices.state.error_traces"
            | "slices.state.groups"
            | "slices.mirror.traces" => {
                fields(value, &within, lanes)?;
                continue;
            }
            "traces.q" | "traces.p" => None,
            "slices.mirror.traces.q" | "slices.mirror.traces.p" => Some(Register::MirrorTrace),
            "slices.state.error_traces.first" | "slices.state.error_traces.second" => {
                Some(Register::ErrorTrace)
            }
            "slices.state.groups.output" => Some(Register::GroupReadout),
            "slices.state.groups.errors" => Some(Register::GroupError),
            "slices.state.spike_counts" => Some(Register::SpikeCount),
            "slices.state.compartments" => Some(Register::ThirdFactor),
            "slices.mirror.weights" => Some(Register::MirrorWeight),
            "slices.mirror.under_way" => Some(Register::MirrorSpikes),
            "slices.mirror.first" | "slices.mirror.second" => Some(Register::MirrorEligibility),
            "blocks.q" | "blocks.p" => Some(Register::Eligibility),
            "blocks.normaliser" => Some(Register::Normaliser),
            // The simulator's own bookkeeping of what it may skip, a number of channels, and the other end of a
            // group's error: one register, read before it is written.
            "traces.active"
            | "slices.mirror.traces.active"
            | "blocks.rows"
            | "slices.mirror.awake"
            | "slices.state.groups.channels"
            | "slices.state.groups.formed" => continue,
            _ => return Err(format!("the checkpoint's `{within}` is not known to the audit")),
        };
        let kind = register.map_or(Kind::Trace, Kind::Learning);
        *lanes.entry(kind).or_default() += value.as_array().map_or(0, |lanes| lanes.len() as u64);
    }
    Ok(())
}

/// Exponent of `values` as a power of `sizes`: the slope of their logarithms, by least squares.
#[must_use]
pub fn exponent(sizes: &[f64], values: &[f64]) -> f64 {
    let points: Vec<(f64, f64)> = sizes.iter().zip(values).map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = points.len() as f64;
    let mean = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / count;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let (above, below) = points.iter().fold((0.0, 0.0), |(above, below), point| {
        (above + (point.0 - x) * (point.1 - y), below + (point.0 - x).powi(2))
    });
    above / below
}
