//! Room for injected currents in the dendritic sums.
//!
//! An injected current joins the exact sum of a neuron beside its synapses, so the load-time proof must count it:
//! sums of `b` bits and a current of `c` bits need `max(b, c) + 1`. Source: `docs/arithmetic.md`, "Words".
//!
//! Promises: a current that was announced here cannot overflow a sum, and a sum is formed in 64 bits where it needs
//! them. Absent on purpose: where currents come from (`program`).

use crate::network::Network;
use crate::place::build::sum_bits;
use crate::run::machine::Machine;
use synfire_core::format::Overflow;
use synfire_core::width::MAX_ACCUMULATOR_BITS;

impl Machine {
    /// Announces that no neuron of `population` is injected with more than `magnitude` in one step.
    ///
    /// # Errors
    /// The largest magnitude that fits beside the population's synapses.
    pub fn announce_currents(
        &mut self,
        network: &Network,
        population: usize,
        magnitude: u64,
    ) -> Result<(), u64> {
        self.announce_currents_beside(sum_bits(network, population), population, magnitude)
    }

    /// The same where the sums of the population's synapses are known to have `synapses` bits.
    ///
    /// # Errors
    /// As [`Machine::announce_currents`].
    pub fn announce_currents_beside(
        &mut self,
        synapses: u32,
        population: usize,
        magnitude: u64,
    ) -> Result<(), u64> {
        if magnitude == 0 {
            return Ok(());
        }
        let datapath = &self.chip.datapath;
        let lava = [datapath.current_overflow, datapath.membrane_overflow].contains(&Overflow::WrapLava);
        let most = MAX_ACCUMULATOR_BITS - u32::from(lava) - u32::from(datapath.input_shift);
        let own = u64::BITS - magnitude.leading_zeros() + 1;
        let needed = synapses.max(own) + 1;
        if needed > most {
            let fits = if synapses < most { (1u64 << (most - 2)) - 1 } else { 0 };
            return Err(fits);
        }
        for slice in self.nodes.iter_mut().flat_map(|node| &mut node.core.slices) {
            if slice.population as usize == population {
                slice.widen_sums(needed);
            }
        }
        Ok(())
    }
}
