//! Learning memory, measured in checkpoints: what a chip must keep for a rule beside neurons and weights.
//!
//! Every register of learning that a checkpoint holds is counted and multiplied by its width in the chip file. The
//! registers of the broadcast (targets, errors under way) are one set a core, whatever the rule and the size, and are
//! left out, as are fixed random matrices, which a hash can make. A field of the checkpoint that is not known here is
//! an error, so that no state is forgotten.

use super::count;
use super::rules::AuditedRule;
use serde_json::Value;
use synfire_chip::chip::Chip;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_plasticity::rules::NORMALISER_BITS;

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

/// Bits of learning state in the checkpoint of `machine`.
///
/// # Errors
/// Names a field that is not known.
pub fn bits(machine: &Machine, chip: &Chip) -> Result<u64, String> {
    let snapshot = serde_json::to_value(machine.snapshot()).map_err(|e| e.to_string())?;
    let Some(nodes) = snapshot["nodes"].as_array() else {
        return Err("a checkpoint without nodes".to_owned());
    };
    let widths = Widths::of(chip);
    let mut total = 0;
    for (node, saved) in machine.nodes.iter().zip(nodes) {
        for traces in saved[0]["traces"].as_array().into_iter().flatten() {
            total += widths.fields(traces, "traces")?;
        }
        let unit = &saved[1];
        let transported =
            node.unit.slices.iter().filter_map(|s| s.learning()?.third_factor.mirrored()).any(|(_, t)| t);
        let store = node.unit.slices.iter().filter_map(|slice| slice.mirror()).map(|m| m.store_bits()).max();
        let widths = Widths { mirror: u64::from(store.unwrap_or(0)), transported, ..widths };
        for list in ["slices", "blocks"] {
            for part in unit[list].as_array().into_iter().flatten() {
                total += widths.fields(part, list)?;
            }
        }
    }
    Ok(total)
}

/// Widths of the registers that a checkpoint's fields hold.
#[derive(Clone, Copy)]
struct Widths {
    trace: u64,
    eligibility: u64,
    error_trace: u64,
    error: u64,
    third_factor: u64,
    mirror: u64,
    /// Whether mirrored weights are brought from another core: then they are no memory of this one.
    transported: bool,
}

impl Widths {
    fn of(chip: &Chip) -> Self {
        let learning = &chip.learning;
        Self {
            trace: u64::from(learning.trace_bits),
            eligibility: u64::from(learning.eligibility_bits),
            error_trace: u64::from(learning.error_trace_bits),
            error: u64::from(learning.error.width),
            third_factor: u64::from(learning.third_factor.width),
            mirror: 0,
            transported: false,
        }
    }

    /// Bits of the registers in `value`, whose place in the checkpoint is `path`.
    fn fields(&self, value: &Value, path: &str) -> Result<u64, String> {
        let Value::Object(fields) = value else { return Ok(0) };
        let mut total = 0;
        for (name, value) in fields {
            let within = format!("{path}.{name}");
            let width = match within.as_str() {
                "slices.mirror" if self.transported => continue,
                "slices.state" | "slices.mirror" | "slices.state.error_traces" | "slices.state.groups" => {
                    total += self.fields(value, &within)?;
                    continue;
                }
                "slices.mirror.traces" => {
                    total += self.fields(value, "traces")?;
                    continue;
                }
                "traces.q" | "traces.p" => self.trace,
                "slices.state.error_traces.first" | "slices.state.error_traces.second" => self.error_trace,
                "slices.state.groups.output" => 32,
                "slices.state.groups.errors" | "slices.state.groups.formed" => self.error,
                "slices.state.spike_counts" => 8,
                "slices.state.compartments" => self.third_factor,
                "slices.mirror.weights" => self.mirror,
                "slices.mirror.under_way" => 1,
                "blocks.q" | "blocks.p" | "slices.mirror.first" | "slices.mirror.second" => self.eligibility,
                "blocks.normaliser" => NORMALISER_BITS,
                // The simulator's own bookkeeping of what it may skip, and a number of channels.
                "traces.active" | "blocks.rows" | "slices.mirror.awake" | "slices.state.groups.channels" => 0,
                _ => return Err(format!("the checkpoint's `{within}` is not known to the audit")),
            };
            total += width * value.as_array().map_or(0, |lanes| lanes.len() as u64);
        }
        Ok(total)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponent_is_a_slope() {
        let sizes = [32.0, 64.0, 128.0, 256.0];
        let squares: Vec<f64> = sizes.iter().map(|n| 3.0 * n * n).collect();
        assert!((exponent(&sizes, &squares) - 2.0).abs() < 1e-12);
        let flat = [7.0; 4];
        assert!(exponent(&sizes, &flat).abs() < 1e-12);
    }
}
