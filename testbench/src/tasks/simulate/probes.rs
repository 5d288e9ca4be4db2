//! Probes of an experiment file: names to indices, and the names of the files they are written to.
//!
//! Spikes of every population are recorded in every step, unless a probe of its own says which.
//!
//! Promises: no two probes share a file; a file's name has nothing in it that a folder or a shell could mistake.
//! Absent on purpose: recording (`synfire_chip::run::probe`), writing (`outputs`).

use super::file::{ProbeFile, Recorded, Simulate};
use crate::experiment::origin::Origin;
use synfire_chip::files::Diagnostics;
use synfire_chip::network::{Network, Projection};
use synfire_chip::run::probe::{Probe, Variable};
use synfire_plasticity::config::Presynaptic;

/// A probe of registers, and what its files are called.
#[derive(Clone, Debug)]
pub struct RegisterProbe {
    /// File name without ending.
    pub stem: String,
    /// What the machine records.
    pub probe: Probe,
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

/// Resolved probes.
#[derive(Clone, Debug, Default)]
pub struct Probes {
    /// What the machine records.
    pub registers: Vec<RegisterProbe>,
    /// What is read between steps.
    pub weights: Vec<WeightProbe>,
}

/// Resolves the probes of `settings`.
///
/// # Errors
/// With unknown names, neurons beyond the last, steps beyond the run, or a quantity that the target does not have.
pub fn resolve(settings: &Simulate, network: &Network, origin: &Origin) -> Result<Probes, Diagnostics> {
    let mut resolver = Resolver { network, origin, steps: settings.steps, probes: Probes::default() };
    for (index, file) in settings.probes.iter().enumerate() {
        for (number, recorded) in file.record.iter().enumerate() {
            resolver.one(&format!("probes[{index}]"), number, file, *recorded)?;
        }
    }
    for (index, population) in network.populations.iter().enumerate() {
        let is_own = |p: &RegisterProbe| p.probe.target == index && p.probe.variable == Variable::Spikes;
        if !resolver.probes.registers.iter().any(is_own) {
            let stem = resolver.stem(&population.name, Recorded::Spikes);
            let probe = Probe { until: settings.steps, ..Probe::all(network, index, Variable::Spikes) };
            resolver.probes.registers.push(RegisterProbe { stem, probe });
        }
    }
    Ok(resolver.probes)
}

struct Resolver<'a> {
    network: &'a Network,
    origin: &'a Origin,
    steps: u64,
    probes: Probes,
}

fn variable(recorded: Recorded) -> Option<Variable> {
    Some(match recorded {
        Recorded::Spikes => Variable::Spikes,
        Recorded::Current => Variable::Current,
        Recorded::Membrane => Variable::Membrane,
        Recorded::Compared => Variable::Compared,
        Recorded::Adaptation => Variable::Adaptation,
        Recorded::ThirdFactor => Variable::ThirdFactor,
        Recorded::TraceQ => Variable::TraceQ,
        Recorded::TraceP => Variable::TraceP,
        Recorded::Weights => return None,
    })
}

/// What a file's name says of its contents.
fn suffix(recorded: Recorded) -> &'static str {
    match recorded {
        Recorded::Spikes => "spikes",
        Recorded::Current => "current",
        Recorded::Membrane => "membrane",
        Recorded::Compared => "compared",
        Recorded::Adaptation => "adaptation",
        Recorded::ThirdFactor => "third_factor",
        Recorded::TraceQ => "trace_q",
        Recorded::TraceP => "trace_p",
        Recorded::Weights => "weights",
    }
}

impl Resolver<'_> {
    fn one(
        &mut self,
        at: &str,
        number: usize,
        file: &ProbeFile,
        recorded: Recorded,
    ) -> Result<(), Diagnostics> {
        let (from, until, every) = self.steps_of(at, file)?;
        let Some(variable) = variable(recorded) else {
            let (projection, name) = self.projection(at, number, file, recorded)?;
            // After how many steps: the end of the run belongs to it. Without `every`, once.
            let last = file.until.unwrap_or(self.steps);
            let after = match file.every {
                Some(every) => (from..=last).step_by(every as usize).collect(),
                None => vec![last],
            };
            let stem = self.stem(name, recorded);
            self.probes.weights.push(WeightProbe { stem, projection, after });
            return Ok(());
        };
        let (target, name, neurons) = match recorded {
            Recorded::TraceQ | Recorded::TraceP => {
                let (index, name) = self.projection(at, number, file, recorded)?;
                let projection = &self.network.projections[index];
                self.traced(at, number, projection)?;
                (index, name, self.network.source_neurons(projection.source))
            }
            _ => {
                let (index, name) = self.population(at, number, file, recorded)?;
                if recorded == Recorded::Adaptation {
                    self.adapts(at, number, index)?;
                }
                (index, name, self.network.populations[index].neurons)
            }
        };
        let chosen = file.neurons.clone().unwrap_or_else(|| (0..neurons).collect());
        if let Some(place) = chosen.iter().position(|neuron| *neuron >= neurons) {
            let field = format!("{at}.neurons[{place}]");
            let title = format!("`{name}` has no such neuron");
            let allowed = format!("0..={}", i64::from(neurons) - 1);
            return Err(self.origin.refuse(&field, &title, &chosen[place].to_string(), &allowed));
        }
        let stem = self.stem(name, recorded);
        let probe = Probe { target, variable, neurons: chosen, from, until, every };
        self.probes.registers.push(RegisterProbe { stem, probe });
        Ok(())
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
        let (Some(name), None) = (&file.population, &file.projection) else {
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
        let (None, Some(name)) = (&file.population, &file.projection) else {
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

    /// Traces are an axon's: there must be one, and only one a neuron, for a column to mean something.
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
        if let Some(listed) = projection.synapses.listed()
            && let Some(pair) = listed.presynaptic.windows(2).find(|pair| pair[0] == pair[1])
        {
            let title =
                format!("projection `{}` has several axons, so several traces, a neuron", projection.name);
            let found = format!("several delays from neuron {}", pair[0]);
            return Err(self.origin.refuse(&field, &title, &found, "one delay a presynaptic neuron"));
        }
        Ok(())
    }

    /// A name that no other file has.
    fn stem(&self, name: &str, recorded: Recorded) -> String {
        let plain = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' };
        let stem = format!("{}.{}", name.chars().map(plain).collect::<String>(), suffix(recorded));
        let taken = |stem: &str| {
            self.probes.registers.iter().any(|p| p.stem == stem)
                || self.probes.weights.iter().any(|p| p.stem == stem)
        };
        let numbered = (2..).map(|n| format!("{stem}.{n}"));
        std::iter::once(stem.clone()).chain(numbered).find(|s| !taken(s)).unwrap_or(stem)
    }
}
