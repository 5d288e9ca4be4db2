//! A trained network in the chip's integers, and its answers.
//!
//! `R` steps are a time constant: the current keeps `a = round(2^F exp(-1/R)) / 2^F` of itself a step, the membrane all. A
//! weight W gives `W (1 - a^m) / (1 - a)` after m steps, so the trained weight w (in thresholds) becomes
//! `W = w (1 - a)`. Each layer has the largest fraction of its store that holds all its weights, at most the state's own
//! (a coarser lane than the membrane's needs no shift of sums, which would round down). A neuron fires once: it
//! is refractory for the rest of the presentation.
//!
//! A spike crosses a layer in one step more than its neuron takes (it arrives one step after it was fired), and a
//! crossing between steps is seen at the next: the reference of the second layer is [`REFERENCE_LAG`] steps late.
//!
//! Promises: the network passes every check of a network file, its accumulators are proven; the answer is the output
//! that fires first; `None` on a tie or in silence.

use super::file::SpikeTime;
use super::network::{Layer, Network};
use super::train::{self, CASES, OUTPUTS};
use crate::experiment::deploy::fraction_of_trained;
use crate::experiment::record::observed::Observed;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::files::schema::{
    ConnectFile, DecayFile, NetworkFile, NeuronFile, Raw, ResetFile, StoreFile, WeightsFile,
};
use synfire_chip::files::{self, Diagnostic, Diagnostics, NetworkOverrides};
use synfire_chip::network::{Network as ChipNetwork, Synapses};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Variable};
use synfire_chip::run::program::{Control, Program, StepEvents, StimulusSpike};
use synfire_core::neuron::{Order, Refractory};

/// Steps by which the reference of the second layer is later than that of the first.
pub const REFERENCE_LAG: u32 = 2;
/// Time constants that are presented after the late input.
const TAIL_TAU: f64 = 3.0;
/// Step of the reference and of an early input; one later than the first, so that an input may be moved back.
const FIRST_STEP: u32 = 1;
/// Longest presentation: a neuron that fired is refractory for 255 steps.
pub const MOST_STEPS: u32 = 256;

/// Steps of a presentation at `steps_per_tau`.
#[must_use]
pub fn steps(settings: &SpikeTime, steps_per_tau: u32) -> u32 {
    FIRST_STEP + 1 + libm::ceil((settings.late_tau + TAIL_TAU) * f64::from(steps_per_tau)) as u32
}

/// Trained weights of one projection: `[pre][post]`, scaled to what a step adds.
fn scaled(layer: &Layer, pres: core::ops::Range<usize>, gain: f64) -> Vec<f64> {
    pres.flat_map(|pre| layer.iter().map(move |row| row[pre] * gain)).collect()
}

/// A deployed network.
pub struct Deployed {
    /// The network in the chip's integers.
    pub network: ChipNetwork,
    /// The chip with it, and what its runs cost.
    pub observed: Observed,
    late: u32,
    steps: u32,
}

impl Deployed {
    /// `trained` on `chip`, with `steps_per_tau` and stores of `bits`.
    ///
    /// # Errors
    /// When the chip has another order of a step, a weight fits no fraction, or the network does not fit the chip.
    pub fn new(
        settings: &SpikeTime,
        trained: &Network,
        chip: &Chip,
        steps_per_tau: u32,
        bits: u8,
    ) -> Result<Self, Diagnostics> {
        let network = network(trained, chip, steps_per_tau, bits)?;
        let machine = Machine::new(&network, chip).map_err(|e| Diagnostic::new(e.to_string()))?;
        let looked_at = vec![Probe::all(&network, 1, Variable::Spikes)];
        let late = libm::round(settings.late_tau * f64::from(steps_per_tau)) as u32;
        let observed = Observed::new(&network, machine, looked_at);
        Ok(Self { network, observed, late, steps: steps(settings, steps_per_tau) })
    }

    /// Steps of a presentation.
    #[must_use]
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// The presentation of `case` with each input moved by so many steps (-1, 0 or 1).
    #[must_use]
    pub fn program(&self, case: [bool; 2], moved: [i32; 2]) -> Program {
        let mut program: Program = vec![StepEvents::default(); self.steps as usize];
        program[0].control.push(Control::Clear);
        let mut fire = |step: u32, input, neuron| {
            program[step as usize].spikes.push(StimulusSpike { input, neuron, count: 1 });
        };
        fire(FIRST_STEP, 1, 0);
        for (neuron, (late, moved)) in (0..).zip(case.into_iter().zip(moved)) {
            fire((FIRST_STEP + u32::from(late) * self.late).saturating_add_signed(moved), 0, neuron);
        }
        program
    }

    /// The output that fires first when each input is moved by so many steps (-1, 0 or 1).
    ///
    /// # Errors
    /// When the chip's run fails.
    pub fn answer(&mut self, case: [bool; 2], moved: [i32; 2]) -> Result<Option<usize>, String> {
        let program = self.program(case, moved);
        let options = RunOptions { threads: 1, interrupt: None };
        let recording = &self.observed.run(&self.network, &program, options)?.recordings[0];
        let fired = (0..recording.steps.len()).map(|row| recording.row(row));
        let Some(first) = fired.into_iter().find(|row| row.iter().any(|s| *s != 0)) else { return Ok(None) };
        let mut winners = (0..first.len()).filter(|output| first[*output] != 0);
        Ok(winners.next().filter(|_| winners.next().is_none()))
    }

    /// Right answers among the four cases, and among those with each input moved by -1, 0 and 1 steps.
    ///
    /// # Errors
    /// When the chip's run fails.
    pub fn score(&mut self) -> Result<(u32, u32), String> {
        let (mut exact, mut moved) = (0, 0);
        for (case, by) in presentations() {
            let right = self.answer(case, by)? == Some(train::right(case));
            moved += u32::from(right);
            exact += u32::from(right && by == [0, 0]);
        }
        Ok((exact, moved))
    }
}

/// The presentations of [`Deployed::score`], in their order: a case, and the steps by which its inputs are moved.
pub fn presentations() -> impl Iterator<Item = ([bool; 2], [i32; 2])> {
    let moved = || (-1..=1).flat_map(|first| (-1..=1).map(move |second| [first, second]));
    CASES.into_iter().flat_map(move |case| moved().map(move |by| (case, by)))
}

/// Presentations of [`Deployed::score`].
pub const MOVED_CASES: u32 = 9 * CASES.len() as u32;

fn network(trained: &Network, chip: &Chip, steps_per_tau: u32, bits: u8) -> Result<ChipNetwork, Diagnostics> {
    if chip.datapath.order != Order::PreviousCurrent {
        let title =
            format!("chip `{}` has another order of a step than spike times are trained for", chip.name);
        return Err(Diagnostic::new(title).noted("allowed", "a chip with the order PreviousCurrent").into());
    }
    let whole = f64::from(1u32 << chip.datapath.decay_fraction);
    let decay = libm::round(whole * libm::exp(-1.0 / f64::from(steps_per_tau)));
    let gain = 1.0 - decay / whole;
    let hidden = trained.hidden.len();
    let layers = [scaled(&trained.hidden, 0..3, gain), scaled(&trained.output, 0..hidden + 1, gain)];
    let fits = |layer: &[f64]| fraction_of_trained(layer, bits, chip.datapath.state_fraction);
    let (first, second) = (fits(&layers[0])?, fits(&layers[1])?);
    let (file, none) = (file(decay as u32, hidden, bits, (first, second)), NetworkOverrides::default());
    let mut network = files::network_from_value("<deployed>", &file, Path::new("."), chip, &none)?;
    let weights = [
        scaled(&trained.hidden, 0..2, gain),
        scaled(&trained.hidden, 2..3, gain),
        scaled(&trained.output, 0..hidden, gain),
        scaled(&trained.output, hidden..hidden + 1, gain),
    ];
    for (projection, values) in network.projections.iter_mut().zip(weights) {
        let one = f64::from(1u32 << projection.format.fraction);
        if let Synapses::Dense { weights } = &mut projection.synapses {
            (0..).zip(values).for_each(|(index, value)| weights.set(index, libm::round(value * one) as i32));
        }
    }
    Ok(network)
}

/// The network file of the deployed network; its weights are set afterwards, within the stores it states.
fn file(decay: u32, hidden: usize, bits: u8, fractions: (u8, u8)) -> NetworkFile {
    let current_decay = DecayFile::Factor(i64::from(decay));
    let neuron = || NeuronFile {
        reset: ResetFile::ToValue(Raw::from(0.0)),
        refractory_steps: 255,
        refractory: Refractory::Hold,
        ..NeuronFile::new(current_decay.clone().into(), DecayFile::NonLeaky.into(), Raw::from(1.0))
    };
    let mut file = NetworkFile::new("spike times");
    file.input("inputs", 2);
    file.input("reference", 1);
    file.population("hidden", hidden as u32, neuron());
    file.population("output", OUTPUTS as u32, neuron());
    let projections = [
        (("inputs", "hidden"), fractions.0, 1),
        (("reference", "hidden"), fractions.0, 1),
        (("hidden", "output"), fractions.1, 1),
        (("reference", "output"), fractions.1, 1 + REFERENCE_LAG),
    ];
    for (ends, fraction, delay) in projections {
        let (weights, store) = (WeightsFile::Constant(Raw::from(0)), StoreFile::new(bits, fraction));
        file.projection(ends, ConnectFile::AllToAll, weights, store).delay = Some(i64::from(delay));
    }
    file
}
