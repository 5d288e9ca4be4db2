//! Small random networks and programs on which the float references are held to each other.
//!
//! Promises: pure functions of a seed; every option that [`super::unrolled`] knows is drawn. Registers are as wide as
//! a chip allows, so that the same networks also compare the twin with the chip at high resolution.
//! Absent on purpose: networks that mean something.

use synfire_chip::network::{Encoding, Input, Network, Population, Projection, Source, Synapses};
use synfire_chip::placing::Placing;
use synfire_chip::run::program::{Control, Program, StepEvents, StimulusSpike};
use synfire_core::arrival::Delays;
use synfire_core::dither::{Purpose, row_key, uniform, word};
use synfire_core::format::{Format, Overflow};
use synfire_core::neuron::{Adaptation, Compare, Datapath, NeuronParameters, Order, PerNeuron, Reset};
use synfire_core::synapse::WeightLanes;
use synfire_core::weight::{Dropped, WeightFormat};
use synfire_plasticity::config::{
    Competition, Eligibility, ErrorSignal, LearningDatapath, MatrixDraw, NeuronLearning, Readout, Surrogate,
    SurrogateShape, SynapseLearning, ThirdFactor,
};

/// Threshold 1 in lanes.
const ONE: i32 = 1 << STATE_FRACTION;
const STATE_FRACTION: u8 = 24;
const DECAY_FRACTION: u8 = 12;
/// Half-width 2 of the surrogate.
const HALF_WIDTH_LOG2: u8 = STATE_FRACTION + 1;

/// Neurons of a small network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Input channels.
    pub inputs: u32,
    /// Recurrent neurons.
    pub hidden: u32,
    /// Readouts.
    pub readouts: u32,
}

/// Draws, one after another, of one seed.
struct Draws {
    key: u32,
    next: u32,
}

impl Draws {
    fn new(seed: u32, what: u32) -> Self {
        Self { key: row_key(Purpose::Data.seed(seed), 0, what, 0), next: 0 }
    }

    fn range(&mut self, low: i32, high: i32) -> i32 {
        self.next += 1;
        uniform(word(self.key, self.next), low, high)
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.range(0, of.len() as i32 - 1) as usize]
    }
}

/// Inputs, recurrently connected neurons that learn by random feedback and the trace rule (e-prop of LIF neurons), and
/// leaky readouts that compare membranes. Axons have delays of 1 to 3 steps.
#[must_use]
pub fn recurrent(seed: u32, sizes: Sizes) -> Network {
    let mut draws = Draws::new(seed, 0);
    let shape = draws.pick(&[
        SurrogateShape::Triangle,
        SurrogateShape::Boxcar,
        SurrogateShape::FastSigmoid,
        SurrogateShape::Exponential,
        SurrogateShape::Ramp,
    ]);
    let mut hidden = population("hidden", sizes.hidden, parameters(&mut draws, true));
    hidden.learning = Some(NeuronLearning {
        first_channel: 0,
        channels: sizes.readouts as u16,
        third_factor: ThirdFactor::Feedback { draw: MatrixDraw::Sign, shift: 0 },
        surrogate: Some(Surrogate { shape, half_width_log2: HALF_WIDTH_LOG2 }),
        rate_limit: None,
    });
    let mut out = population("out", sizes.readouts, parameters(&mut draws, false));
    out.learning = Some(own_error(sizes.readouts, None));
    out.readout = Some(Readout {
        first_channel: 0,
        signal: ErrorSignal::Membrane,
        one_sided: draws.pick(&[None, Some(ONE / 2)]),
        competition: draws.pick(&[None, None, Some(Competition { margin: ONE / 2, midpoint: ONE / 2 })]),
        dead_zone: 0,
    });
    let mut network = network(seed, sizes.inputs, vec![hidden, out]);
    for (source, target, scale) in
        [(Source::Input(0), 0, 8000), (Source::Population(0), 0, 5000), (Source::Population(0), 1, 5000)]
    {
        let projection = projection(&mut draws, &network, source, target, scale, None);
        network.projections.push(projection);
    }
    network
}

/// Inputs and spiking readouts that learn spike trains by SuperSpike, the eligibility's filters equal to the error's.
/// Errors are used in the step that forms them, which no chip does.
#[must_use]
pub fn superspike(seed: u32, sizes: Sizes) -> Network {
    let mut draws = Draws::new(seed, 1);
    let (q_decay, p_decay) = (draws.range(2000, 3800) as u32, draws.range(2000, 3800) as u32);
    let mut out = population("out", sizes.readouts, parameters(&mut draws, true));
    // Its rule does not know of adaptation.
    out.parameters.adaptation = None;
    let shape = draws.pick(&[SurrogateShape::Triangle, SurrogateShape::FastSigmoid]);
    let surrogate = Surrogate { shape, half_width_log2: HALF_WIDTH_LOG2 - 1 };
    out.learning = Some(own_error(sizes.readouts, Some(surrogate)));
    out.readout = Some(Readout {
        first_channel: 0,
        signal: ErrorSignal::FilteredSpikes { q_decay, p_decay, increment: 1024, shift: 1 },
        one_sided: None,
        competition: None,
        dead_zone: 0,
    });
    let mut network = network(seed, sizes.inputs, vec![out]);
    network.learning.error_delay = 0;
    let eligibility = Eligibility::Filter { q_decay, p_decay, product_shift: 8, normalise: None };
    let projection = projection(&mut draws, &network, Source::Input(0), 0, 10_000, Some(eligibility));
    network.projections.push(projection);
    network
}

/// A presentation: `clear` and targets, learning from a third of the steps on, inputs at a rate of 0.3; targets of
/// spike trains change in every step.
#[must_use]
pub fn program(network: &Network, seed: u32, steps: u32) -> Program {
    let mut draws = Draws::new(seed, 2);
    let channels = network.channels() as u16;
    let trains =
        network.populations.iter().filter_map(|p| p.readout).any(|r| r.signal != ErrorSignal::Membrane);
    (0..steps)
        .map(|n| {
            let mut events = StepEvents::default();
            if n == 0 {
                events.control.push(Control::Clear);
            }
            if n == steps / 3 {
                events.control.push(Control::Learn(true));
            }
            for channel in (0..channels).filter(|_| trains || n == 0) {
                let value = if trains { i32::from(draws.range(0, 9) < 2) } else { draws.range(0, 1) * ONE };
                events.control.push(Control::Target { channel, value });
            }
            for neuron in 0..network.inputs[0].neurons {
                if draws.range(0, 9) < 3 {
                    events.spikes.push(StimulusSpike { input: 0, neuron, count: 1 });
                }
            }
            events
        })
        .collect()
}

fn network(seed: u32, inputs: u32, populations: Vec<Population>) -> Network {
    Network {
        name: "small".to_owned(),
        seed,
        datapath: Datapath {
            order: Order::PreviousCurrent,
            state_width: 32,
            state_fraction: STATE_FRACTION,
            current_overflow: Overflow::Saturate,
            membrane_overflow: Overflow::Saturate,
            input_shift: 0,
            decay_fraction: DECAY_FRACTION,
            compare: Compare::GreaterEqual,
        },
        learning: LearningDatapath {
            error: Format::signed(16, 12),
            third_factor: Format::signed(16, 12),
            surrogate: Format::unsigned(16, 15),
            trace_bits: 16,
            trace_increment: 256,
            eligibility_bits: 16,
            error_trace_bits: 32,
            error_delay: 1,
        },
        inputs: vec![Input {
            name: "in".to_owned(),
            neurons: inputs,
            max_events: 1,
            cores: Vec::new(),
            port: None,
        }],
        populations,
        projections: Vec::new(),
        placing: Placing::default(),
    }
}

fn own_error(channels: u32, surrogate: Option<Surrogate>) -> NeuronLearning {
    NeuronLearning {
        first_channel: 0,
        channels: channels as u16,
        third_factor: ThirdFactor::OwnError,
        surrogate,
        rate_limit: None,
    }
}

fn population(name: &str, neurons: u32, parameters: NeuronParameters) -> Population {
    let name = name.to_owned();
    Population { name, neurons, parameters, learning: None, readout: None, max_per_core: None }
}

fn parameters(draws: &mut Draws, spiking: bool) -> NeuronParameters {
    let (current_decay, membrane_decay) = (draws.range(1000, 3600), draws.range(2500, 3900));
    NeuronParameters {
        adaptation: (spiking && draws.pick(&[false, true])).then(|| Adaptation {
            decay: PerNeuron::Same(draws.range(3000, 4080)),
            increment: PerNeuron::Same(draws.range(0, 9) * ONE / 10),
        }),
        bias: PerNeuron::Same(draws.range(-1, 1) * ONE / 50),
        reset: draws.pick(&[Reset::SubtractNext, Reset::SubtractNow]),
        spiking,
        ..NeuronParameters::new(current_decay, membrane_decay, ONE)
    }
}

/// A dense projection of `s16.14` weights in `-scale / 2 ..= scale`.
fn projection(
    draws: &mut Draws,
    network: &Network,
    source: Source,
    target: usize,
    scale: i32,
    eligibility: Option<Eligibility>,
) -> Projection {
    let (pres, posts) = (network.source_neurons(source), network.populations[target].neurons);
    // About 2^-10 in real values, with and without the fraction of a surrogate.
    let surrogate = network.populations[target].learning.is_some_and(|learning| learning.surrogate.is_some());
    let shift = if surrogate { 31 } else { 16 };
    let weights = (0..pres * posts).map(|_| draws.range(-scale / 2, scale) as i16).collect();
    Projection {
        name: format!("w{}", network.projections.len()),
        source,
        target,
        format: WeightFormat {
            store_bits: 16,
            fraction: 14,
            delivered_bits: 16,
            exponent: STATE_FRACTION as i8 - 14,
            dropped: Dropped::Floor,
        },
        synapses: Synapses::Dense { weights: WeightLanes::I16(weights) },
        delays: Delays::Each((0..pres).map(|_| draws.range(1, 3) as u8).collect()),
        learning: Some(SynapseLearning { eligibility, ..SynapseLearning::new(shift) }),
        encoding: Encoding::Auto,
        port_of: None,
        stated: None,
    }
}
