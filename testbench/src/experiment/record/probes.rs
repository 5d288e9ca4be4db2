//! Probes of an experiment file: names to indices, and the names of the files they are written to.
//!
//! Promises: no two probes share a file; a file's name has nothing in it that a folder or a shell could mistake.
//! Absent on purpose: recording (`synfire_chip::run::probe`), writing (`recording`).

use super::columns::columns;
use crate::experiment::file::{ProbeFile, Recorded, SynapseFile};
use crate::experiment::origin::Origin;
use synfire_chip::files::Diagnostics;
use synfire_chip::network::{Network, Projection};
use synfire_chip::run::observable::{self, Owner, Per, Variable};
use synfire_chip::run::probe::Probe;
use synfire_plasticity::config::Presynaptic;

/// Files of weights that one probe may ask for.
const MOST_WEIGHT_FILES: u64 = 100_000;

/// A probe of registers, and what its files are called.
#[derive(Clone, Debug)]
pub struct RegisterProbe {
    /// File name without ending.
    pub stem: String,
    /// What the machine records.
    pub probe: Probe,
    /// What the columns are called.
    pub columns: Vec<String>,
}

/// Weights of a projection, written at chosen steps.
#[derive(Clone, Debug)]
pub struct WeightProbe {
    /// Beginning of the files' names.
    pub stem: String,
    /// Index of the projection.
    pub projection: usize,
    /// After how many steps, ascending.
    pub after: Vec<u64>,
}

impl WeightProbe {
    /// The first of its steps after step `from`.
    #[must_use]
    pub fn next(&self, from: u64) -> Option<u64> {
        self.after.get(self.after.partition_point(|step| *step <= from)).copied()
    }

    /// Whether weights are written after `steps` steps.
    #[must_use]
    pub fn is_after(&self, steps: u64) -> bool {
        self.after.binary_search(&steps).is_ok()
    }

    /// The file of the weights after `steps` steps.
    #[must_use]
    pub fn name(&self, steps: u64) -> String {
        format!("{}.{steps}.npy", self.stem)
    }

    /// All its files.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.after.iter().map(|steps| self.name(*steps))
    }
}

/// Resolved probes.
#[derive(Clone, Debug, Default)]
pub struct Probes {
    /// What the machine records.
    pub registers: Vec<RegisterProbe>,
    /// What is read between steps.
    pub weights: Vec<WeightProbe>,
}

impl Probes {
    /// What `files`, the field `probes` of the task, ask of a run of `steps` steps.
    ///
    /// # Errors
    /// With unknown names, neurons beyond the last, steps beyond the run, or a quantity that the target does not have.
    pub fn resolve(
        files: &[ProbeFile],
        network: &Network,
        steps: u64,
        origin: &Origin,
    ) -> Result<Self, Diagnostics> {
        let mut resolver = Resolver { network, origin, steps, probes: Self::default() };
        for (index, file) in files.iter().enumerate() {
            for (number, recorded) in file.record.iter().enumerate() {
                resolver.one(&format!("probes[{index}]"), number, file, *recorded)?;
            }
        }
        Ok(resolver.probes)
    }

    /// Also the spikes of every population in every step, of those that no probe of their own names.
    #[must_use]
    pub fn and_spikes(mut self, network: &Network, steps: u64) -> Self {
        for (index, population) in network.populations.iter().enumerate() {
            let is_own = |p: &RegisterProbe| p.probe.target == index && p.probe.variable == Variable::Spikes;
            if !self.registers.iter().any(is_own) {
                let probe = Probe { until: steps, ..Probe::all(network, index, Variable::Spikes) };
                self.push(network, &population.name, probe);
            }
        }
        self
    }

    fn push(&mut self, network: &Network, name: &str, probe: Probe) {
        let stem = self.stem(name, &suffix(probe.variable));
        let columns = columns(network, &probe);
        self.registers.push(RegisterProbe { stem, probe, columns });
    }

    /// A name that no other file has.
    fn stem(&self, name: &str, suffix: &str) -> String {
        let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' };
        let stem = format!("{}.{suffix}", name.chars().map(plain).collect::<String>());
        let taken = |stem: &str| {
            self.registers.iter().any(|p| p.stem == stem) || self.weights.iter().any(|p| p.stem == stem)
        };
        let numbered = (2..).map(|n| format!("{stem}.{n}"));
        std::iter::once(stem.clone()).chain(numbered).find(|s| !taken(s)).unwrap_or(stem)
    }
}

struct Resolver<'a> {
    network: &'a Network,
    origin: &'a Origin,
    steps: u64,
    probes: Probes,
}

/// The registers that a quantity is, of a target that has `all` of them.
fn variables(recorded: Recorded, all: &[Variable]) -> Vec<Variable> {
    let port = |variable: &Variable| matches!(variable, Variable::Dendritic(_));
    match recorded.register() {
        None => all.to_vec(),
        Some(register) if port(&register) => all.iter().copied().filter(port).collect(),
        Some(register) => vec![register],
    }
}

/// What a file's name says of its contents.
fn suffix(variable: Variable) -> String {
    if let Variable::Dendritic(port) = variable {
        return format!("dendritic_{port}");
    }
    let name = match variable {
        Variable::AxonQ => "TraceQ".to_owned(),
        Variable::AxonP => "TraceP".to_owned(),
        other => format!("{other:?}"),
    };
    let mut words = String::new();
    for (at, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && at > 0 {
            words.push('_');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// What a probe of the file names: an index, a name, and the registers that it has.
struct Target<'f> {
    index: usize,
    name: &'f str,
    all: Vec<Variable>,
}

impl Resolver<'_> {
    fn one(
        &mut self,
        at: &str,
        number: usize,
        file: &ProbeFile,
        recorded: Recorded,
    ) -> Result<(), Diagnostics> {
        let steps = self.steps_of(at, file)?;
        let target = self.target(at, number, file, recorded)?;
        if let Some(projection) = &file.projection
            && matches!(recorded, Recorded::TraceQ | Recorded::TraceP)
        {
            let index = self.network.projection(projection).unwrap_or(target.index);
            self.traced(at, number, &self.network.projections[index])?;
        }
        if recorded == Recorded::Adaptation {
            self.adapts(at, number, target.index)?;
        }
        for variable in variables(recorded, &target.all) {
            if !target.all.contains(&variable) {
                let title = format!("`{}` has no `{recorded:?}`", target.name);
                let problem = self.origin.at(&format!("{at}.record[{number}]"), title);
                let has: Vec<String> = target.all.iter().map(|variable| suffix(*variable)).collect();
                return Err(problem.noted("it has", has.join(", ")).into());
            }
            if variable == Variable::Weight && file.synapses.is_none() {
                self.whole_weights(at, file, &target, steps)?;
                continue;
            }
            let neurons = self.chosen(at, file, &target, variable)?;
            let (from, until, every) = steps;
            let probe = Probe { target: target.index, variable, neurons, from, until, every };
            self.probes.push(self.network, target.name, probe);
        }
        Ok(())
    }

    /// Weights as a whole: after how many steps; the end of the run belongs to it. Without `every`, once.
    fn whole_weights(
        &mut self,
        at: &str,
        file: &ProbeFile,
        target: &Target<'_>,
        (from, _, _): (u64, u64, u64),
    ) -> Result<(), Diagnostics> {
        let last = file.until.unwrap_or(self.steps);
        if let Some(every) = file.every.filter(|every| (last - from) / every >= MOST_WEIGHT_FILES) {
            let title = "too many files of weights";
            let least = (last - from) / MOST_WEIGHT_FILES + 1;
            let allowed = format!("{least} or more: {MOST_WEIGHT_FILES} files at most");
            return Err(self.origin.refuse(&format!("{at}.every"), title, &every.to_string(), &allowed));
        }
        let after = match file.every {
            Some(every) => (from..=last).step_by(every as usize).collect(),
            None => vec![last],
        };
        let stem = self.probes.stem(target.name, "weights");
        self.probes.weights.push(WeightProbe { stem, projection: target.index, after });
        Ok(())
    }

    /// What a probe names, where the quantity is that kind's.
    fn target<'f>(
        &self,
        at: &str,
        number: usize,
        file: &'f ProbeFile,
        recorded: Recorded,
    ) -> Result<Target<'f>, Diagnostics> {
        let network = self.network;
        let kind = match recorded.register() {
            Some(register) => register.owner(),
            None if file.input.is_some() => Owner::Input,
            None if file.projection.is_some() => Owner::Projection,
            None => Owner::Population,
        };
        match kind {
            Owner::Population => {
                let (index, name) = self.population(at, number, file, recorded)?;
                Ok(Target { index, name, all: observable::of_population(network, index) })
            }
            Owner::Projection => {
                let (index, name) = self.projection(at, number, file, recorded)?;
                Ok(Target { index, name, all: observable::of_projection(network, index) })
            }
            Owner::Input => {
                let (Some(name), None, None) = (&file.input, &file.population, &file.projection) else {
                    return Err(self.wrong_target(at, number, recorded, "input"));
                };
                let names = network.inputs.iter().map(|input| input.name.as_str());
                let index = network.input(name);
                let field = format!("{at}.input");
                let index = index.ok_or_else(|| self.origin.unknown(&field, "input", name, names))?;
                Ok(Target { index, name, all: vec![Variable::Events] })
            }
        }
    }

    /// The columns of a register that a probe chooses, as the machine numbers them.
    fn chosen(
        &self,
        at: &str,
        file: &ProbeFile,
        target: &Target<'_>,
        variable: Variable,
    ) -> Result<Vec<u32>, Diagnostics> {
        let network = self.network;
        let all = 0..variable.count(network, target.index) as u32;
        if variable.per() == Per::Weight {
            let Some(synapses) = &file.synapses else { return Ok(all.collect()) };
            return self.synapses(at, synapses, target);
        }
        let Some(neurons) = &file.neurons else { return Ok(all.collect()) };
        let count = match variable.owner() {
            Owner::Projection => network.source_neurons(network.projections[target.index].source),
            Owner::Population => network.populations[target.index].neurons,
            Owner::Input => network.inputs[target.index].neurons,
        };
        if let Some(place) = neurons.iter().position(|neuron| *neuron >= count) {
            let field = format!("{at}.neurons[{place}]");
            let title = format!("`{}` has no such neuron", target.name);
            let allowed = format!("0..={}", i64::from(count) - 1);
            return Err(self.origin.refuse(&field, &title, &neurons[place].to_string(), &allowed));
        }
        let learning = |population: usize| network.populations[population].learning;
        Ok(match variable.per() {
            Per::Axon => {
                let projection = &network.projections[target.index];
                let axons: Vec<(u32, u32)> =
                    all.map(|axon| (projection.axon(axon as usize).0, axon)).collect();
                let of = |neuron: &u32| -> Vec<u32> {
                    let own = axons.iter().filter(|(pre, _)| pre == neuron);
                    own.map(|(_, axon)| *axon).collect()
                };
                neurons.iter().flat_map(of).collect()
            }
            Per::Channel => {
                let channels = learning(target.index).map_or(0, |learning| u32::from(learning.channels));
                neurons.iter().flat_map(|neuron| neuron * channels..(neuron + 1) * channels).collect()
            }
            // A group is none of a neuron's own: all are shown.
            Per::Group => all.collect(),
            _ => neurons.clone(),
        })
    }

    /// The places of chosen synapses in their projection's order.
    fn synapses(
        &self,
        at: &str,
        synapses: &[SynapseFile],
        target: &Target<'_>,
    ) -> Result<Vec<u32>, Diagnostics> {
        let projection = &self.network.projections[target.index];
        let posts = self.network.populations[projection.target].neurons;
        if projection.synapses.kernel().is_some() {
            let title = format!("synapses of `{}` share their weights", target.name);
            let problem = self.origin.at(&format!("{at}.synapses"), title);
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
                let field = format!("{at}.synapses[{number}]");
                let title = format!("`{}` has no such synapse", target.name);
                let found = format!("{} to {}", synapse.pre, synapse.post);
                return Err(self.origin.refuse(
                    &field,
                    &title,
                    &found,
                    "a pair, and delay, that it connects",
                ));
            };
            places.push(place);
        }
        Ok(places)
    }

    fn steps_of(&self, at: &str, file: &ProbeFile) -> Result<(u64, u64, u64), Diagnostics> {
        let (from, until) = (file.from, file.until.unwrap_or(self.steps));
        let every = file.every.unwrap_or(1);
        let refuse = |name: &str, found: u64, allowed: String| {
            let title = format!("`{name}` of a probe is out of range");
            Err(self.origin.refuse(&format!("{at}.{name}"), &title, &found.to_string(), &allowed))
        };
        if until > self.steps {
            return refuse("until", until, format!("1..={} (`steps`)", self.steps));
        }
        if from >= until {
            return refuse("from", from, format!("0..={}", until.saturating_sub(1)));
        }
        if every == 0 {
            return refuse("every", every, "1..".to_owned());
        }
        Ok((from, until, every))
    }

    /// The population that a probe names, where the quantity is a population's.
    fn population<'f>(
        &self,
        at: &str,
        number: usize,
        file: &'f ProbeFile,
        recorded: Recorded,
    ) -> Result<(usize, &'f str), Diagnostics> {
        let (Some(name), None, None) = (&file.population, &file.projection, &file.input) else {
            return Err(self.wrong_target(at, number, recorded, "population"));
        };
        let names = self.network.populations.iter().map(|p| p.name.as_str());
        let field = format!("{at}.population");
        let index = self.network.population(name);
        Ok((index.ok_or_else(|| self.origin.unknown(&field, "population", name, names))?, name))
    }

    /// The projection that a probe names, where the quantity is a projection's.
    fn projection<'f>(
        &self,
        at: &str,
        number: usize,
        file: &'f ProbeFile,
        recorded: Recorded,
    ) -> Result<(usize, &'f str), Diagnostics> {
        let (None, Some(name), None) = (&file.population, &file.projection, &file.input) else {
            return Err(self.wrong_target(at, number, recorded, "projection"));
        };
        let names = self.network.projections.iter().map(|p| p.name.as_str());
        let field = format!("{at}.projection");
        let index = self.network.projection(name);
        Ok((index.ok_or_else(|| self.origin.unknown(&field, "projection", name, names))?, name))
    }

    fn wrong_target(&self, at: &str, number: usize, recorded: Recorded, kind: &str) -> Diagnostics {
        let title = format!("`{recorded:?}` is recorded of a {kind}");
        let problem = self.origin.at(&format!("{at}.record[{number}]"), title);
        problem.noted("allowed", format!("a probe with `{kind}`, and nothing else, stated")).into()
    }

    /// A threshold that does not adapt has no register to record.
    fn adapts(&self, at: &str, number: usize, index: usize) -> Result<(), Diagnostics> {
        let population = &self.network.populations[index];
        if population.parameters.adaptation.is_some() {
            return Ok(());
        }
        let title = format!("the threshold of population `{}` does not adapt", population.name);
        let problem = self.origin.at(&format!("{at}.record[{number}]"), title);
        Err(problem.noted("allowed", "a population with `adaptation` in its `neuron`").into())
    }

    /// Axons keep traces where a rule reads them.
    fn traced(&self, at: &str, number: usize, projection: &Projection) -> Result<(), Diagnostics> {
        let field = format!("{at}.record[{number}]");
        if projection.learning.is_none() {
            let title =
                format!("projection `{}` does not learn, so its axons have no traces", projection.name);
            let problem = self.origin.at(&field, title);
            return Err(problem.noted("allowed", "a projection with `learning` in the network").into());
        }
        if projection.learning.is_some_and(|rule| rule.presynaptic == Presynaptic::Events) {
            let title =
                format!("projection `{}` learns from events, so its axons keep no traces", projection.name);
            let problem = self.origin.at(&field, title);
            return Err(problem.noted("allowed", "a projection with `presynaptic: Trace`").into());
        }
        Ok(())
    }
}
