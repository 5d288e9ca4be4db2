//! Probes of an experiment file: names to indices, and the names of the files they are written to.
//!
//! Promises: no two probes share a file; a file's name has nothing in it that a folder or a shell could mistake; a field that
//! says nothing of what its probe records is refused. Absent on purpose: which columns are chosen (`chosen`), recording (`synfire_chip::run::probe`), writing (`recording`).

use super::chosen::{Chosen, Target};
use super::columns::columns;
use super::quantities::{suffix, variables};
use crate::experiment::file::{ProbeFile, Recorded};
use crate::experiment::origin::Origin;
use synfire_chip::files::Diagnostics;
use synfire_chip::network::{Network, Projection};
use synfire_chip::run::observable::{self, Owner, Variable};
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
            resolver.probe(&format!("probes[{index}]"), file)?;
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

/// What a file calls a kind of target.
const fn word(kind: Owner) -> &'static str {
    match kind {
        Owner::Population => "population",
        Owner::Projection => "projection",
        Owner::Input => "input",
    }
}

impl Resolver<'_> {
    fn probe(&mut self, at: &str, file: &ProbeFile) -> Result<(), Diagnostics> {
        let steps = self.steps_of(at, file)?;
        let mut asked = Vec::new();
        let mut of = None;
        for (number, recorded) in file.record.iter().enumerate() {
            let target = self.target(at, number, file, *recorded)?;
            let registers = self.registers(&format!("{at}.record[{number}]"), &target, *recorded)?;
            asked.extend(registers.into_iter().map(|variable| (*recorded, variable)));
            of = Some(target);
        }
        let Some(target) = of else {
            let allowed = "a register or more; `[All]` is every one";
            return Err(self.origin.refuse(
                &format!("{at}.record"),
                "a probe of nothing",
                "an empty list",
                allowed,
            ));
        };
        let chosen = Chosen { network: self.network, origin: self.origin, at, file, target };
        chosen.check(&asked)?;
        let is_whole = |variable: Variable| variable == Variable::Weight && file.synapses.is_none();
        if file.from.is_some() && file.every.is_none() && asked.iter().all(|(_, of)| is_whole(*of)) {
            let title = "`from` says nothing of weights that are written once, after `until` steps";
            let problem = self.origin.at(&format!("{at}.from"), title);
            return Err(problem.noted("allowed", "`every` beside it, or neither").into());
        }
        for (_, variable) in asked {
            if is_whole(variable) {
                self.whole_weights(at, file, &target, steps)?;
                continue;
            }
            let neurons = chosen.columns(variable)?;
            let (from, until, every) = steps;
            let probe = Probe { target: target.index, variable, neurons, from, until, every };
            self.probes.push(self.network, target.name, probe);
        }
        Ok(())
    }

    /// The registers of `target` that a quantity, the field `at`, is.
    fn registers(
        &self,
        at: &str,
        target: &Target<'_>,
        recorded: Recorded,
    ) -> Result<Vec<Variable>, Diagnostics> {
        match recorded {
            Recorded::TraceQ | Recorded::TraceP => {
                self.traced(at, &self.network.projections[target.index])?;
            }
            Recorded::Adaptation => self.adapts(at, target.index)?,
            _ => {}
        }
        let all = match target.owner {
            Owner::Population => observable::of_population(self.network, target.index),
            Owner::Projection => observable::of_projection(self.network, target.index),
            Owner::Input => vec![Variable::Events],
        };
        let registers = variables(recorded, &all);
        if registers.iter().all(|variable| all.contains(variable)) {
            return Ok(registers);
        }
        let title = format!("`{}` has no `{recorded:?}`", target.name);
        let has: Vec<String> = all.iter().map(|variable| suffix(*variable)).collect();
        Err(self.origin.at(at, title).noted("it has", has.join(", ")).into())
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

    /// What a probe is of, where that can have the quantity.
    fn target<'f>(
        &self,
        at: &str,
        number: usize,
        file: &'f ProbeFile,
        recorded: Recorded,
    ) -> Result<Target<'f>, Diagnostics> {
        let owner = recorded.register().map(|register| register.owner());
        let kinds = [
            (Owner::Population, &file.population),
            (Owner::Projection, &file.projection),
            (Owner::Input, &file.input),
        ];
        let stated = kinds.into_iter().filter_map(|(kind, name)| Some((kind, name.as_deref()?)));
        let stated: Vec<(Owner, &str)> = stated.collect();
        let (kind, name) = match stated[..] {
            [(kind, name)] if owner.is_none_or(|owner| owner == kind) => (kind, name),
            _ => return Err(self.wrong_target(&format!("{at}.record[{number}]"), recorded, owner, &stated)),
        };
        let network = self.network;
        let (index, names): (_, Vec<&str>) = match kind {
            Owner::Population => {
                (network.population(name), network.populations.iter().map(|of| of.name.as_str()).collect())
            }
            Owner::Projection => {
                (network.projection(name), network.projections.iter().map(|of| of.name.as_str()).collect())
            }
            Owner::Input => (network.input(name), network.inputs.iter().map(|of| of.name.as_str()).collect()),
        };
        let field = format!("{at}.{}", word(kind));
        let unknown = || self.origin.unknown(&field, word(kind), name, names.into_iter());
        Ok(Target { owner: kind, index: index.ok_or_else(unknown)?, name })
    }

    /// A quantity, the field `at`, of what does not have it, or of nothing, or of several; `owner` is what has it.
    fn wrong_target(
        &self,
        at: &str,
        recorded: Recorded,
        owner: Option<Owner>,
        stated: &[(Owner, &str)],
    ) -> Diagnostics {
        let quoted = |kind: &Owner| format!("`{}`", word(*kind));
        let all = [Owner::Population, Owner::Projection, Owner::Input];
        let (title, allowed) = match owner {
            Some(owner) => {
                let others: Vec<String> = all.iter().filter(|kind| **kind != owner).map(quoted).collect();
                let allowed =
                    format!("a probe with {}, and without {}", quoted(&owner), others.join(" and "));
                (
                    format!(
                        "`{recorded:?}` is recorded of a{} {}",
                        if owner == Owner::Input { "n" } else { "" },
                        word(owner)
                    ),
                    allowed,
                )
            }
            None => {
                let [population, projection, input] = all.each_ref().map(quoted);
                let title = format!("`{recorded:?}` is recorded of a population, a projection or an input");
                (title, format!("a probe with one of {population}, {projection} and {input}"))
            }
        };
        let found: Vec<String> = stated.iter().map(|(kind, _)| quoted(kind)).collect();
        let found = if found.is_empty() { "none".to_owned() } else { found.join(" and ") };
        self.origin.refuse(at, &title, &found, &allowed)
    }

    fn steps_of(&self, at: &str, file: &ProbeFile) -> Result<(u64, u64, u64), Diagnostics> {
        let (from, until) = (file.from.unwrap_or(0), file.until.unwrap_or(self.steps));
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

    /// A threshold that does not adapt has no register to record.
    fn adapts(&self, at: &str, index: usize) -> Result<(), Diagnostics> {
        let population = &self.network.populations[index];
        if population.parameters.adaptation.is_some() {
            return Ok(());
        }
        let title = format!("the threshold of population `{}` does not adapt", population.name);
        let problem = self.origin.at(at, title);
        Err(problem.noted("allowed", "a population with `adaptation` in its `neuron`").into())
    }

    /// Axons keep traces where a rule reads them.
    fn traced(&self, at: &str, projection: &Projection) -> Result<(), Diagnostics> {
        if projection.learning.is_none() {
            let title =
                format!("projection `{}` does not learn, so its axons have no traces", projection.name);
            let problem = self.origin.at(at, title);
            return Err(problem.noted("allowed", "a projection with `learning` in the network").into());
        }
        if projection.learning.is_some_and(|rule| rule.presynaptic == Presynaptic::Events) {
            let title =
                format!("projection `{}` learns from events, so its axons keep no traces", projection.name);
            let problem = self.origin.at(at, title);
            return Err(problem.noted("allowed", "a projection with `presynaptic: Trace`").into());
        }
        Ok(())
    }
}
