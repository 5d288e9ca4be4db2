//! What the reference shows of a register: section 11.1 of `docs/arithmetic.md`.
//!
//! Promises: every register of that section, under the names that the chip's probes have for them; 0 where the section says
//! that nobody reads it. Absent on purpose: which registers a network has, and how a chip reads them.

use super::PlainChip;
use super::synapses::SynapseRows;
use synfire_chip::run::observable::Variable;
use synfire_plasticity::config::ThirdFactor;

impl PlainChip {
    /// What register `variable` of population, projection or input `of` holds after the last step.
    #[must_use]
    pub fn shown(&self, variable: Variable, of: usize) -> Vec<i64> {
        match variable {
            Variable::Events => self.sent[of].iter().map(|events| (*events).min(255)).collect(),
            Variable::TraceQ
            | Variable::TraceP
            | Variable::Arrivals
            | Variable::AxonQ
            | Variable::AxonP
            | Variable::Weight
            | Variable::EligibilityFirst
            | Variable::EligibilitySecond
            | Variable::Normaliser => self.of_projection(variable, of),
            _ => self.of_population(variable, of),
        }
    }

    fn of_projection(&self, variable: Variable, of: usize) -> Vec<i64> {
        let rows = &self.rows[of];
        match variable {
            Variable::Arrivals => of_axons(rows, &rows.arrived),
            Variable::AxonQ | Variable::TraceQ => of_axons(rows, &rows.trace_q),
            Variable::AxonP | Variable::TraceP => of_axons(rows, &rows.trace_p),
            Variable::Weight => rows.weights.clone(),
            Variable::EligibilityFirst => rows.eligibility.iter().map(|states| states.0).collect(),
            Variable::EligibilitySecond => rows.eligibility.iter().map(|states| states.1).collect(),
            _ => rows.normaliser.clone(),
        }
    }

    fn of_population(&self, variable: Variable, of: usize) -> Vec<i64> {
        let (neurons, learning) = (&self.neurons[of], &self.learning[of]);
        match variable {
            Variable::Dendritic(port) => neurons.ports[usize::from(port)].clone(),
            Variable::Spikes => neurons.fired.clone(),
            Variable::Current => neurons.current.clone(),
            Variable::Membrane => neurons.membrane.clone(),
            Variable::Compared => neurons.compared.clone(),
            Variable::Refractory => neurons.refractory.clone(),
            Variable::Adaptation => neurons.adaptation.clone(),
            Variable::Target => self.of_channels(of, &self.targets),
            Variable::ErrorFormed => self.of_channels(of, &self.formed),
            Variable::Error => self.heard(of),
            Variable::ErrorFirst => learning.error_traces.iter().map(|traces| traces.0).collect(),
            Variable::ErrorSecond => learning.error_traces.iter().map(|traces| traces.1).collect(),
            Variable::ThirdFactor => learning.third_factor.clone(),
            Variable::Compartment => learning.compartments.clone(),
            Variable::Surrogate => self.read_surrogates(of),
            Variable::SpikeCount => learning.spikes.clone(),
            Variable::GroupReadout => learning.outputs.concat(),
            Variable::GroupError => learning.group_errors.concat(),
            Variable::GroupErrorFormed => learning.formed.concat(),
            _ => self.of_mirror(variable, of),
        }
    }

    /// 7.1: the registers of a mirror are those of the readout's axons and synapses.
    fn of_mirror(&self, variable: Variable, of: usize) -> Vec<i64> {
        let rule = self.network.populations[of].learning.map(|learning| learning.third_factor);
        let Some(ThirdFactor::Mirror { projection, .. }) = rule else { return Vec::new() };
        let rows = &self.rows[usize::from(projection)];
        match variable {
            Variable::MirrorQ => rows.trace_q.clone(),
            Variable::MirrorP => rows.trace_p.clone(),
            Variable::MirrorFirst => rows.eligibility_before.clone(),
            Variable::MirrorSecond => rows.eligibility.iter().map(|states| states.1).collect(),
            _ => rows.weights.clone(),
        }
    }

    /// The channels of a readout population, of all.
    fn of_channels(&self, of: usize, all: &[i64]) -> Vec<i64> {
        let population = &self.network.populations[of];
        let Some(readout) = population.readout else { return Vec::new() };
        let first = usize::from(readout.first_channel);
        all[first..first + population.neurons as usize].to_vec()
    }

    /// Errors that arrived; 0 on a channel to which no population listens by broadcast.
    fn heard(&self, of: usize) -> Vec<i64> {
        let Some(readout) = self.network.populations[of].readout else { return Vec::new() };
        let mut errors = self.of_channels(of, &self.errors);
        for (neuron, error) in errors.iter_mut().enumerate() {
            let channel = usize::from(readout.first_channel) + neuron;
            let listens =
                self.network.populations.iter().filter_map(|population| population.learning).any(|rule| {
                    let first = usize::from(rule.first_channel);
                    let by_groups = matches!(rule.third_factor, ThirdFactor::Group { .. });
                    !by_groups && channel >= first && channel < first + usize::from(rule.channels)
                });
            *error = if listens { *error } else { 0 };
        }
        errors
    }

    /// Surrogates; 0 where L is 0 and no eligibility of synapses onto the population reads them.
    fn read_surrogates(&self, of: usize) -> Vec<i64> {
        let into = self.network.projections.iter().filter(|projection| projection.target == of);
        let in_every_step = into.filter_map(|p| p.learning).any(|rule| rule.eligibility.is_some());
        let learning = &self.learning[of];
        let pairs = learning.surrogate.iter().zip(&learning.third_factor);
        pairs.map(|(surrogate, l)| if in_every_step || *l != 0 { *surrogate } else { 0 }).collect()
    }
}

/// A register of axons. An axon without synapses is in no core.
fn of_axons(rows: &SynapseRows, register: &[i64]) -> Vec<i64> {
    let mut shown = vec![0; rows.axons.len()];
    for synapse in &rows.synapses {
        shown[synapse.axon] = register[synapse.axon];
    }
    shown
}
