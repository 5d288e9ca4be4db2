//! The load-time proof that every dendritic sum fits its accumulator.
//!
//! Port 0 of a population adds all projections with an exponent of 0 or more; the shifted sum of every other port
//! ([`Network::ports`]) joins it as one more addend. Events are counted exactly: the largest sum, over the neurons, of the
//! multiplicity limits of the axons that reach the neuron.
//!
//! Promises: a network that passes cannot overflow an accumulator, whatever its weights become.
//! Absent on purpose: saturation of the registers, which is the neuron's own.

use crate::chip::Chip;
use crate::files::text::check::Check;
use crate::network::{Network, Port, Projection};
use synfire_core::format::Overflow;
use synfire_core::width::{MAX_ACCUMULATOR_BITS, PortDemand};

/// Records a problem for each population whose sums can overflow.
pub(in crate::files) fn prove(check: &mut Check<'_>, network: &Network, chip: &Chip) {
    for population in 0..network.populations.len() {
        prove_population(check, network, chip, population);
    }
}

/// Bits that a population's accumulator may have before the input shift.
fn allowed_bits(chip: &Chip) -> u32 {
    let datapath = &chip.datapath;
    let lava = [datapath.current_overflow, datapath.membrane_overflow].contains(&Overflow::WrapLava);
    // Lava's register holds +2^(w-1): the sum in front of it keeps one bit in hand.
    MAX_ACCUMULATOR_BITS - u32::from(lava)
}

fn prove_population(check: &mut Check<'_>, network: &Network, chip: &Chip, population: usize) {
    let mut joined = PortDemand::default();
    let ports = network.ports(population);
    for port in &ports {
        let own = demand(network, population, port);
        if port.shift == 0 {
            joined = joined.join(own);
            continue;
        }
        if let Some(index) = widest(network, &port.projections).filter(|_| own.bits() > MAX_ACCUMULATOR_BITS)
        {
            refuse(check, network, index, own, 0, MAX_ACCUMULATOR_BITS);
        }
        joined = joined.join(own.shifted(port.shift));
    }
    let input_shift = u32::from(chip.datapath.input_shift);
    let widest = widest(network, ports.iter().flat_map(|port| &port.projections));
    if let Some(index) = widest.filter(|_| joined.bits() + input_shift > allowed_bits(chip)) {
        refuse(check, network, index, joined, input_shift, allowed_bits(chip));
    }
}

/// What the projections into a port ask of it.
fn demand(network: &Network, population: usize, port: &Port) -> PortDemand {
    let neurons = network.populations[population].neurons as usize;
    let (mut addend_bits, mut events) = (0, Events::default());
    for projection in port.projections.iter().map(|number| &network.projections[*number]) {
        addend_bits = addend_bits.max(projection.format.addend_bits());
        let limit = u64::from(network.max_events(projection.source));
        let pres = u64::from(network.source_neurons(projection.source));
        events.add(projection, neurons, pres, limit);
    }
    PortDemand { addend_bits, events: events.most() }
}

/// The first of the projections with the widest addends.
fn widest<'a>(network: &Network, of: impl IntoIterator<Item = &'a usize>) -> Option<usize> {
    let bits = |number: usize| network.projections[number].format.addend_bits();
    of.into_iter().copied().min_by_key(|number| (std::cmp::Reverse(bits(*number)), *number))
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
