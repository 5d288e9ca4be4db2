//! Which columns of its registers a probe chooses: `neurons` and `synapses` of the file as the machine numbers them.
//!
//! Promises: what is stated chooses among something that the probe records, or is refused where it stands. Absent on purpose:
//! what a probe is of, and which registers that has (`probes`).

use super::quantities::suffix;
use crate::experiment::file::{ProbeFile, Recorded, SynapseFile};
use crate::experiment::origin::Origin;
use synfire_chip::files::Diagnostics;
use synfire_chip::network::Network;
use synfire_chip::run::observable::{Owner, Per, Variable};

/// What a probe is of: an index among its kind, and a name.
#[derive(Clone, Copy)]
pub struct Target<'f> {
    /// Its kind.
    pub owner: Owner,
    /// Its index.
    pub index: usize,
    /// Its name.
    pub name: &'f str,
}

/// What a probe of a file chooses.
#[derive(Clone, Copy)]
pub struct Chosen<'a> {
    /// The network.
    pub network: &'a Network,
    /// The file that the probe stands in.
    pub origin: &'a Origin,
    /// The field that it is.
    pub at: &'a str,
    /// The probe.
    pub file: &'a ProbeFile,
    /// What it is of.
    pub target: Target<'a>,
}

/// A field that chooses columns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Neurons,
    Synapses,
}

impl Field {
    /// The one that chooses among columns of `variable`; none of a group's, which is no neuron's own.
    fn of(variable: Variable) -> Option<Self> {
        match variable.per() {
            Per::Weight => Some(Self::Synapses),
            Per::Group => None,
            Per::Neuron | Per::Channel | Per::Presynaptic | Per::Axon => Some(Self::Neurons),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Neurons => "neurons",
            Self::Synapses => "synapses",
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Neurons => Self::Synapses,
            Self::Synapses => Self::Neurons,
        }
    }
}

impl Chosen<'_> {
    fn states(&self, field: Field) -> bool {
        match field {
            Field::Neurons => self.file.neurons.is_some(),
            Field::Synapses => self.file.synapses.is_some(),
        }
    }

    /// Refuses a field that chooses nothing, or nothing of one of the registers `recorded`; what each is asked for by stands
    /// beside it.
    ///
    /// # Errors
    /// At the field.
    pub fn check(&self, recorded: &[(Recorded, Variable)]) -> Result<(), Diagnostics> {
        for field in [Field::Neurons, Field::Synapses].into_iter().filter(|field| self.states(*field)) {
            self.not_empty(field)?;
            let other = field.other();
            let mixed = recorded.iter().any(|(_, variable)| Field::of(*variable) == Some(field));
            // Two fields may share out the registers between them; of `All`, groups are shown as they are.
            let is_left = |(asked, variable): &&(Recorded, Variable)| match Field::of(*variable) {
                Some(own) if own == field => false,
                Some(_) => !mixed || !self.states(other),
                None => !mixed || *asked != Recorded::All,
            };
            let Some((asked, variable)) = recorded.iter().find(is_left) else { continue };
            let (field, other) = (field.name(), other.name());
            let register = match asked {
                Recorded::All => format!("`{}`, one of `All`", suffix(*variable)),
                asked => format!("`{asked:?}`"),
            };
            let allowed = match (Field::of(*variable), mixed) {
                (None, _) => format!("a probe of its own without `{field}`: of groups all are recorded"),
                (_, true) => format!("`{other}` beside it, or a probe of its own"),
                (_, false) if self.states(Field::of(*variable).unwrap_or(Field::Neurons)) => {
                    format!("`{other}` alone")
                }
                (_, false) => format!("`{other}`, or neither for all of it"),
            };
            let title = format!("`{field}` chooses nothing of {register}");
            return Err(self
                .origin
                .at(&format!("{}.{field}", self.at), title)
                .noted("allowed", allowed)
                .into());
        }
        Ok(())
    }

    fn not_empty(&self, field: Field) -> Result<(), Diagnostics> {
        let (neurons, synapses) = (self.file.neurons.as_deref(), self.file.synapses.as_deref());
        let (is_empty, of) = match field {
            Field::Neurons => (neurons.is_some_and(<[u32]>::is_empty), "neuron"),
            Field::Synapses => (synapses.is_some_and(<[SynapseFile]>::is_empty), "synapse"),
        };
        if !is_empty {
            return Ok(());
        }
        let allowed = format!("a {of} or more; without `{}` all", field.name());
        let title = format!("a probe of no {of}");
        Err(self.origin.refuse(&format!("{}.{}", self.at, field.name()), &title, "an empty list", &allowed))
    }

    /// The columns of a register, as the machine numbers them.
    ///
    /// # Errors
    /// With a neuron or synapse that there is not.
    pub fn columns(&self, variable: Variable) -> Result<Vec<u32>, Diagnostics> {
        let (network, index) = (self.network, self.target.index);
        let all = 0..variable.count(network, index) as u32;
        if variable.per() == Per::Weight {
            let Some(synapses) = &self.file.synapses else { return Ok(all.collect()) };
            return self.synapses(synapses);
        }
        let Some(neurons) = &self.file.neurons else { return Ok(all.collect()) };
        let count = match self.target.owner {
            Owner::Projection => network.source_neurons(network.projections[index].source),
            Owner::Population => network.populations[index].neurons,
            Owner::Input => network.inputs[index].neurons,
        };
        if let Some(place) = neurons.iter().position(|neuron| *neuron >= count) {
            let field = format!("{}.neurons[{place}]", self.at);
            let title = format!("`{}` has no such neuron", self.target.name);
            let allowed = format!("0..={}", i64::from(count) - 1);
            return Err(self.origin.refuse(&field, &title, &neurons[place].to_string(), &allowed));
        }
        Ok(match variable.per() {
            Per::Axon => {
                let projection = &network.projections[index];
                let axons: Vec<(u32, u32)> =
                    all.map(|axon| (projection.axon(axon as usize).0, axon)).collect();
                let of = |neuron: &u32| -> Vec<u32> {
                    let own = axons.iter().filter(|(pre, _)| pre == neuron);
                    own.map(|(_, axon)| *axon).collect()
                };
                neurons.iter().flat_map(of).collect()
            }
            Per::Channel => {
                let learning = network.populations[index].learning;
                let channels = learning.map_or(0, |learning| u32::from(learning.channels));
                neurons.iter().flat_map(|neuron| neuron * channels..(neuron + 1) * channels).collect()
            }
            Per::Group => all.collect(),
            _ => neurons.clone(),
        })
    }

    /// The places of chosen synapses in their projection's order.
    fn synapses(&self, synapses: &[SynapseFile]) -> Result<Vec<u32>, Diagnostics> {
        let projection = &self.network.projections[self.target.index];
        let posts = self.network.populations[projection.target].neurons;
        if projection.synapses.kernel().is_some() {
            let title = format!("synapses of `{}` share their weights", self.target.name);
            let problem = self.origin.at(&format!("{}.synapses", self.at), title);
            return Err(problem.noted("allowed", "all weights, without `synapses`").into());
        }
        let find = |synapse: &SynapseFile| {
            let axons = (0..projection.axons(self.network)).map(|axon| (axon, projection.axon(axon)));
            let mut own = axons.filter(|(_, (pre, delay))| {
                *pre == synapse.pre && synapse.delay.is_none_or(|asked| asked == *delay)
            });
            own.find_map(|(axon, _)| match projection.synapses.listed() {
                None => (synapse.post < posts).then_some(axon as u32 * posts + synapse.post),
                Some(listed) => {
                    let (start, end) = (listed.starts[axon] as usize, listed.starts[axon + 1] as usize);
                    let at = listed.posts[start..end].binary_search(&synapse.post).ok()?;
                    Some((start + at) as u32)
                }
            })
        };
        let mut places = Vec::new();
        for (number, synapse) in synapses.iter().enumerate() {
            let Some(place) = find(synapse) else {
                let field = format!("{}.synapses[{number}]", self.at);
                let title = format!("`{}` has no such synapse", self.target.name);
                let delay = synapse.delay.map_or_else(String::new, |delay| format!(" with delay {delay}"));
                let found = format!("{} to {}{delay}", synapse.pre, synapse.post);
                let allowed = "a pair, and delay, that it connects";
                return Err(self.origin.refuse(&field, &title, &found, allowed));
            };
            places.push(place);
        }
        Ok(places)
    }
}
