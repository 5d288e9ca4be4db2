//! The fields of every memory: which values it can hold, by chip and network.
//!
//! Promises: a memory that is read holds what the contract's registers hold; what the loader of networks would refuse is
//! refused here too. Absent on purpose: how many words there are.

use super::array::Field;
use synfire_chip::chip::Chip;
use synfire_chip::network::Network;
use synfire_core::format::Format;
use synfire_core::neuron::{NeuronParameters, PerNeuron, Reset};
use synfire_core::weight::WeightFormat;
use synfire_plasticity::config::Eligibility;

/// A parameter of neurons: the name of its memory, whether it has one where all neurons share a value, where it is.
pub struct Parameter {
    /// Memory.
    pub memory: &'static str,
    /// Whether it has one in any case.
    pub always: bool,
    of: fn(&NeuronParameters) -> Option<&PerNeuron>,
    put: fn(&mut NeuronParameters, PerNeuron),
}

/// All parameters of neurons. Those that all neurons of a population share are registers of its configuration, but for
/// thresholds and biases.
pub const PARAMETERS: [Parameter; 8] = [
    Parameter {
        memory: "thresholds",
        always: true,
        of: |p| Some(&p.threshold),
        put: |p, values| p.threshold = values,
    },
    Parameter { memory: "biases", always: true, of: |p| Some(&p.bias), put: |p, values| p.bias = values },
    Parameter {
        memory: "current_decays",
        always: false,
        of: |p| Some(&p.current_decay),
        put: |p, values| p.current_decay = values,
    },
    Parameter {
        memory: "membrane_decays",
        always: false,
        of: |p| Some(&p.membrane_decay),
        put: |p, values| p.membrane_decay = values,
    },
    Parameter {
        memory: "initial_currents",
        always: false,
        of: |p| Some(&p.initial_current),
        put: |p, values| p.initial_current = values,
    },
    Parameter {
        memory: "initial_membranes",
        always: false,
        of: |p| Some(&p.initial_membrane),
        put: |p, values| p.initial_membrane = values,
    },
    Parameter {
        memory: "adaptation_decays",
        always: false,
        of: |p| p.adaptation.as_ref().map(|a| &a.decay),
        put: |p, values| p.adaptation.iter_mut().for_each(|a| a.decay = values.clone()),
    },
    Parameter {
        memory: "adaptation_increments",
        always: false,
        of: |p| p.adaptation.as_ref().map(|a| &a.increment),
        put: |p, values| p.adaptation.iter_mut().for_each(|a| a.increment = values.clone()),
    },
];

impl Parameter {
    /// Its values, where it has a memory.
    #[must_use]
    pub fn kept<'a>(&self, parameters: &'a NeuronParameters) -> Option<&'a PerNeuron> {
        (self.of)(parameters).filter(|values| self.always || values.differs())
    }

    /// Puts what a memory holds in place: one value for all where the configuration has one and all words are equal.
    pub fn put(&self, parameters: &mut NeuronParameters, values: Vec<i32>) {
        let same = (self.of)(parameters).is_some_and(|own| !own.differs());
        let first = values.first().copied().filter(|first| same && values.iter().all(|v| v == first));
        (self.put)(parameters, first.map_or(PerNeuron::Each(values), PerNeuron::Same));
    }

    /// Its field in population `index`.
    #[must_use]
    pub fn field(&self, network: &Network, index: usize) -> Field {
        let population = &network.populations[index];
        let datapath = &network.datapath;
        let fraction = datapath.decay_fraction;
        let state = Format::signed(datapath.state_width, datapath.state_fraction);
        let lanes = Field::lanes("value", state, true);
        // Lanes that are not negative keep their register's format.
        let positive = |least: i64| Field { low: least, ..lanes };
        let follows = network.projections.iter().any(|projection| {
            let rule = projection.learning.and_then(|rule| rule.eligibility);
            projection.target == index && matches!(rule, Some(Eligibility::Adaptation { .. }))
        });
        let to_value = matches!(population.parameters.reset, Reset::ToValue(_));
        match self.memory {
            "current_decays" | "membrane_decays" | "adaptation_decays" => {
                let format = Format::unsigned(fraction + 1, fraction);
                Field { name: "value", format, low: 0, high: 1 << fraction }
            }
            // beta is the increment by the threshold.
            "thresholds" if follows => positive(1),
            "thresholds" if !to_value || population.parameters.adaptation.is_some() => positive(0),
            "adaptation_increments" => positive(0),
            _ => lanes,
        }
    }
}

/// A weight of a projection.
#[must_use]
pub fn weight(format: WeightFormat, plastic: bool) -> Field {
    // A store of more fraction than bits is one, too.
    let own = Format::signed(format.store_bits, format.fraction);
    Field::lanes("weight", own, plastic)
}

/// An entry of B or G.
#[must_use]
pub fn entry() -> Field {
    Field::lanes("entry", Format::signed(8, 0), true)
}

/// Presynaptic neuron and delay of an axon.
#[must_use]
pub fn axon(network: &Network, projection: usize) -> Vec<Field> {
    let neurons = network.source_neurons(network.projections[projection].source) as usize;
    vec![Field::index("pre", neurons), delay()]
}

/// A delay of 1 to 64 steps; 64 is 0.
#[must_use]
pub fn delay() -> Field {
    Field { name: "delay", format: Format::unsigned(6, 0), low: 0, high: 63 }
}

/// A delay as its field holds it.
#[must_use]
pub fn delay_field(delay: u8) -> i64 {
    i64::from(delay % 64)
}

/// The delay that a field holds.
#[must_use]
pub fn delay_of(field: i64) -> u8 {
    if field == 0 { 64 } else { field as u8 }
}

/// Where the entries of each of some lists begin, in a memory of so many entries.
#[must_use]
pub fn start(entries: usize) -> Field {
    Field::index("start", entries + 1)
}

/// Block and axon behind an input address.
#[must_use]
pub fn address(blocks: usize, axons: usize) -> Vec<Field> {
    vec![Field::index("block", blocks), Field::index("axon", axons)]
}

/// A destination: a core, and an input address of it.
#[must_use]
pub fn route(chip: &Chip) -> Vec<Field> {
    // Addresses of a core are at most as many as its axons.
    vec![core(chip), Field::index("address", chip.limits.axons as usize)]
}

/// A core.
#[must_use]
pub fn core(chip: &Chip) -> Field {
    Field::index("core", chip.mesh.cores())
}
