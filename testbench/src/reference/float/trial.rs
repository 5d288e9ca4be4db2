//! One presentation: what happens to a network from outside, step by step.
//!
//! Promises: events merge as an axon merges them; targets and the learn flag hold until they change.
//! Absent on purpose: `clear` inside a presentation, shift offsets (they do not change a gradient).

use super::units::real;
use super::unrolled::{NoGradient, Unrolled};
use synfire_chip::run::program::{Control, StepEvents};

/// What happens to a network from outside in one presentation.
#[derive(Clone, Debug)]
pub struct Trial {
    steps: usize,
    /// Events by input, `[n * neurons + neuron]`, and neurons.
    inputs: Vec<(Vec<f64>, usize)>,
    /// ((step, population), neuron, lanes).
    injected: Vec<((usize, usize), usize, f64)>,
    /// By step and channel.
    targets: Vec<f64>,
    learn: Vec<bool>,
}

impl Trial {
    /// The presentation that `program` is. Shift offsets do not change a gradient.
    ///
    /// # Errors
    /// When it clears the chip after its first step.
    pub fn new(net: &Unrolled, program: &[StepEvents]) -> Result<Self, NoGradient> {
        let steps = program.len();
        let inputs = net.inputs.iter().map(|(neurons, _)| (vec![0.0; steps * neurons], *neurons));
        let mut trial = Self {
            steps,
            inputs: inputs.collect(),
            injected: Vec::new(),
            targets: Vec::with_capacity(steps * net.channels()),
            learn: Vec::with_capacity(steps),
        };
        let (mut targets, mut learn) = (vec![0.0; net.channels()], false);
        for (n, events) in program.iter().enumerate() {
            for control in &events.control {
                match *control {
                    Control::Clear if n > 0 => {
                        let (place, found) = (format!("step {n} of the program"), "a `clear`".into());
                        return Err(NoGradient { place, found, allowed: "one in the first step".into() });
                    }
                    Control::Clear => targets.fill(0.0),
                    Control::Target { channel, value } => {
                        targets[usize::from(channel)] = real(value, net.state_fraction);
                    }
                    Control::Learn(on) => learn = on,
                    Control::ShiftOffset(_) => (),
                }
            }
            trial.targets.extend_from_slice(&targets);
            trial.learn.push(learn);
            for spike in &events.spikes {
                let input = usize::from(spike.input);
                let (rows, neurons) = &mut trial.inputs[input];
                let events = &mut rows[n * *neurons + spike.neuron as usize];
                *events = (*events + f64::from(spike.count)).min(net.inputs[input].1);
            }
            for injection in &events.injections {
                let place = (n, usize::from(injection.population));
                trial.injected.push((place, injection.neuron as usize, f64::from(injection.value)));
            }
        }
        Ok(trial)
    }

    /// Steps of the presentation.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Events of an input in step `n`.
    pub(super) fn input(&self, input: usize, n: usize) -> &[f64] {
        let (rows, neurons) = &self.inputs[input];
        &rows[n * neurons..(n + 1) * neurons]
    }

    /// Neurons of a population that a current is injected into in step `n`, in lanes.
    pub(super) fn injected(&self, population: usize, n: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let here = self.injected.iter().filter(move |(place, _, _)| *place == (n, population));
        here.map(|(_, neuron, lanes)| (*neuron, *lanes))
    }

    /// Targets of step `n`, by channel.
    pub(super) fn targets(&self, n: usize) -> &[f64] {
        let channels = self.targets.len() / self.steps.max(1);
        &self.targets[n * channels..(n + 1) * channels]
    }

    /// Whether errors are formed in step `n`.
    pub(super) fn learns(&self, n: usize) -> bool {
        self.learn[n]
    }
}
