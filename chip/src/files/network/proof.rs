//! The load-time proof that every dendritic sum fits its accumulator.
//!
//! Port 0 of a population adds all projections with an exponent of 0 or more; each projection with a negative one
//! has a port of its own, whose shifted sum joins port 0 as one more addend. Events are counted exactly: the
//! largest sum, over the neurons, of the multiplicity limits of the axons that reach the neuron.
//!
//! Promises: a network that passes cannot overflow an accumulator, whatever its weights become.
//! Absent on purpose: saturation of the registers, which is the neuron's own.

use crate::chip::Chip;
use crate::files::text::check::Check;
use crate::network::{Network, Projection};
use synfire_core::format::Overflow;
use synfire_core::width::{MAX_ACCUMULATOR_BITS, PortDemand};

/// Records a problem for each population whose sums can overflow.
pub(in crate::files) fn prove(check: &mut Check<'_>, network: &Network, chip: &Chip) {
    for population in 0..network.populations.len() {
        let inputs = network.projections.iter().enumerate().filter(|(_, p)| p.target == population);
        let inputs: Vec<_> = inputs.collect();
        prove_population(check, network, chip, population, &inputs);
    }
}

/// Bits that a population's accumulator may have before the input shift.
fn allowed_bits(chip: &Chip) -> u32 {
    let datapath = &chip.datapath;
    let lava = [datapath.current_overflow, datapath.membrane_overflow].contains(&Overflow::WrapLava);
    // Lava's register holds +2^(w-1): the sum in front of it keeps one bit in hand.
    MAX_ACCUMULATOR_BITS - u32::from(lava)
}

fn prove_population(
    check: &mut Check<'_>,
    network: &Network,
    chip: &Chip,
    population: usize,
    inputs: &[(usize, &Projection)],
) {
    let neurons = network.populations[population].neurons as usize;
    let mut events = Events::default();
    let mut joined = PortDemand::default();
    let mut widest = None;
    for (index, projection) in inputs {
        let format = projection.format;
        let exponent = u32::from(format.exponent.max(0).unsigned_abs());
        let addend_bits = u32::from(format.delivered_bits) + exponent;
        if widest.is_none_or(|(_, bits)| addend_bits > bits) {
            widest = Some((*index, addend_bits));
        }
        let limit = u64::from(network.max_events(projection.source));
        let pres = u64::from(network.source_neurons(projection.source));
        if format.exponent < 0 {
            let mut own = Events::default();
            own.add(projection, neurons, pres, limit);
            let own = PortDemand { addend_bits, events: own.most() };
            if own.bits() > MAX_ACCUMULATOR_BITS {
                refuse(check, network, *index, own, 0, MAX_ACCUMULATOR_BITS);
            }
            let shift = u32::from(format.exponent.unsigned_abs());
            let shifted = own.bits().saturating_sub(shift).max(1);
            joined = joined.join(PortDemand { addend_bits: shifted, events: 1 });
        } else {
            events.add(projection, neurons, pres, limit);
            joined.addend_bits = joined.addend_bits.max(addend_bits);
        }
    }
    joined.events += events.most();
    let input_shift = u32::from(chip.datapath.input_shift);
    if let Some((index, _)) = widest.filter(|_| joined.bits() + input_shift > allowed_bits(chip)) {
        refuse(check, network, index, joined, input_shift, allowed_bits(chip));
    }
}

fn refuse(
    check: &mut Check<'_>,
    network: &Network,
    index: usize,
    demand: PortDemand,
    input_shift: u32,
    allowed: u32,
) {
    let projection = &network.projections[index];
    let population = &network.populations[projection.target].name;
    let format = projection.format;
    let carry = demand.bits() - demand.addend_bits;
    let shift = if input_shift > 0 { format!(" + {input_shift} (input shift)") } else { String::new() };
    let bits = demand.bits() + input_shift;
    let problem = check
        .at(
            &format!("projections[{index}].store"),
            format!("sums of `{population}` can overflow their accumulator"),
        )
        .labelled(format!("delivers {} bits, exponent {}", format.delivered_bits, format.exponent))
        .noted(
            "found",
            format!(
                "{} bits an event + {carry} bits for up to {} events a step and neuron{shift} = {bits} bits",
                demand.addend_bits, demand.events
            ),
        )
        .noted("allowed", format!("{allowed} bits: deliver fewer bits, or lower the exponent or the fan-in"));
    check.push(problem);
}

/// Events a step of each neuron of a population.
#[derive(Default)]
struct Events {
    /// Of every neuron.
    everywhere: u64,
    /// On top of it, of each neuron.
    each: Vec<u64>,
}

impl Events {
    fn add(&mut self, projection: &Projection, neurons: usize, pres: u64, limit: u64) {
        match projection.synapses.listed() {
            None => self.everywhere += pres * limit,
            Some(listed) => {
                self.each.resize(neurons, 0);
                for post in listed.posts {
                    self.each[*post as usize] += limit;
                }
            }
        }
    }

    fn most(&self) -> u64 {
        self.everywhere + self.each.iter().copied().max().unwrap_or(0)
    }
}
