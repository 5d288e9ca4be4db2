//! The float twin against numbers worked out by hand: one input, one weight, one neuron.

use synfire::reference::float::chip::{FloatChip, RealSurrogate};
use synfire_chip::network::{Encoding, Input, Network, Population, Projection, Source, Synapses};
use synfire_chip::placing::Placing;
use synfire_chip::run::program::{Control, StepEvents, StimulusSpike};
use synfire_core::arrival::Delays;
use synfire_core::format::{Format, Overflow};
use synfire_core::neuron::{Compare, Datapath, NeuronParameters, Order, Reset};
use synfire_core::synapse::WeightLanes;
use synfire_core::weight::{Dropped, WeightFormat};
use synfire_plasticity::config::{
    Eligibility, ErrorSignal, LearningDatapath, NeuronLearning, Readout, Surrogate, SurrogateShape,
    SynapseLearning, ThirdFactor,
};

/// One axon of delay 1 with weight 1/2 onto one neuron that is learner and readout of channel 0; decays 1/2 and
/// 3/4, threshold 1.
fn network(spiking: bool) -> Network {
    let (one, f) = (1 << 15, 12);
    Network {
        name: "one synapse".to_owned(),
        seed: 1,
        datapath: Datapath {
            order: Order::PreviousCurrent,
            state_width: 24,
            state_fraction: 15,
            current_overflow: Overflow::Saturate,
            membrane_overflow: Overflow::Saturate,
            input_shift: 0,
            decay_fraction: f,
            compare: Compare::GreaterEqual,
        },
        learning: LearningDatapath {
            error: Format::signed(10, 7),
            third_factor: Format::signed(10, 7),
            surrogate: Format::unsigned(8, 7),
            trace_bits: 8,
            trace_increment: 16,
            eligibility_bits: 12,
            error_trace_bits: 16,
            error_delay: 1,
        },
        inputs: vec![Input {
            name: "in".to_owned(),
            neurons: 1,
            max_events: 4,
            cores: Vec::new(),
            port: None,
        }],
        populations: vec![Population {
            name: "out".to_owned(),
            neurons: 1,
            parameters: NeuronParameters {
                reset: Reset::SubtractNext,
                spiking,
                ..NeuronParameters::new(2048, 3072, one)
            },
            learning: Some(NeuronLearning {
                first_channel: 0,
                channels: 1,
                third_factor: ThirdFactor::OwnError,
                surrogate: None,
                rate_limit: None,
            }),
            readout: Some(Readout {
                first_channel: 0,
                signal: ErrorSignal::Membrane,
                one_sided: None,
                competition: None,
                dead_zone: 0,
            }),
            max_per_core: None,
        }],
        projections: vec![Projection {
            name: "w".to_owned(),
            source: Source::Input(0),
            target: 0,
            format: WeightFormat {
                store_bits: 16,
                fraction: 14,
                delivered_bits: 16,
                exponent: 1,
                dropped: Dropped::Floor,
            },
            synapses: Synapses::Dense { weights: WeightLanes::I16(vec![1 << 13]) },
            delays: Delays::Same(1),
            learning: Some(SynapseLearning::new(10)),
            encoding: Encoding::Auto,
            port_of: None,
            stated: None,
        }],
        placing: Placing::default(),
    }
}

fn fire(count: u8) -> StepEvents {
    StepEvents { spikes: vec![StimulusSpike { input: 0, neuron: 0, count }], ..StepEvents::default() }
}

fn control(control: &[Control]) -> StepEvents {
    StepEvents { control: control.to_vec(), ..StepEvents::default() }
}

/// I = 1/2, 1/4, ..; U = 0, 1/2, 3/8 + 1/4, ..: equations 4 and 5; Q and P are the same filters of the events.
#[test]
fn membrane_and_traces_follow_the_equations() {
    let mut chip = FloatChip::new(&network(false));
    let mut seen = Vec::new();
    let program = [fire(1), StepEvents::default(), StepEvents::default(), StepEvents::default()];
    chip.run(&program, &mut |step, chip| {
        let (q, p) = chip.traces(0);
        seen.push((step, chip.current(0)[0], chip.compared(0)[0], q[0], p[0]));
    });
    assert_eq!(
        seen,
        [
            (0, 0.0, 0.0, 0.0, 0.0),
            (1, 0.5, 0.0, 1.0, 0.0),
            (2, 0.25, 0.5, 0.5, 1.0),
            (3, 0.125, 0.625, 0.25, 1.25),
        ]
    );
}

/// Four events of 1/2 drive the membrane to 2 and 2.5; each spike costs 1 in the next step.
#[test]
fn a_spike_subtracts_the_threshold_in_the_next_step() {
    let mut chip = FloatChip::new(&network(true));
    let mut seen = Vec::new();
    let program = [fire(4), StepEvents::default(), StepEvents::default(), StepEvents::default()];
    chip.run(&program, &mut |_, chip| seen.push((chip.compared(0)[0], chip.fired(0)[0])));
    assert_eq!(seen, [(0.0, false), (0.0, false), (2.0, true), (0.75 * 2.0 + 1.0 - 1.0, true)]);
}

/// dw = L P 2^-k in lanes: with L of 7 fraction bits, an event of 16 lanes, k = 10 and a weight of 14 fraction bits
/// the rate is 16 * 2^(7 - 10 - 14) = 2^-13. The error 1 - 1/2 is formed in step 2 and used in step 3, where
/// P = 5/4; before, the error of 1 met P = 0 and P = 1.
#[test]
fn one_weight_update() {
    let mut chip = FloatChip::new(&network(false));
    chip.step(&StepEvents {
        control: vec![Control::Learn(true), Control::Target { channel: 0, value: 1 << 15 }],
        ..fire(1)
    });
    assert_eq!(chip.rate(0), Some(1.0 / 8192.0));
    chip.step(&StepEvents::default());
    assert_eq!((chip.errors(), chip.weights(0)), (&[1.0][..], vec![0.5]));
    chip.step(&StepEvents::default());
    assert_eq!(chip.weights(0), [0.5 + 1.0 / 8192.0]);
    chip.step(&StepEvents::default());
    assert_eq!(chip.weights(0), [0.5 + 1.0 / 8192.0 + 0.5 * 1.25 / 8192.0]);
    let before = chip.weights(0);
    chip.step(&control(&[Control::Learn(false)]));
    assert_eq!(chip.weights(0), before, "no third factor without the learn flag");
}

/// A weight that learns loses 2^-d of itself, half of that at a shift offset of 1, and none where the product is zero.
#[test]
fn a_weight_that_learns_decays() {
    let mut network = network(false);
    network.projections[0].learning.as_mut().expect("it learns").weight_decay = Some(4);
    let mut chip = FloatChip::new(&network);
    chip.step(&StepEvents {
        control: vec![Control::Learn(true), Control::Target { channel: 0, value: 1 << 15 }],
        ..fire(1)
    });
    chip.step(&StepEvents::default());
    assert_eq!(chip.weights(0), [0.5], "P is zero");
    chip.step(&StepEvents::default());
    let first = 0.5 + 1.0 / 8192.0 - 0.5 / 16.0;
    assert_eq!(chip.weights(0), [first]);
    chip.step(&control(&[Control::ShiftOffset(1)]));
    assert_eq!(chip.weights(0), [first + (0.5 * 1.25 / 8192.0 - first / 16.0) / 2.0]);
    let before = chip.weights(0);
    chip.step(&control(&[Control::Learn(false)]));
    assert_eq!(chip.weights(0), before, "nothing is visited");
}

/// A target of 8 asks for more than an error of s10.7 holds: it stops at 511 / 128, and the weight of 16 bits and 14
/// fraction bits at 32767 / 16384. Without ends the error is 8 and the weight goes on.
#[test]
fn errors_and_weights_stop_where_their_registers_end() {
    let mut network = network(false);
    network.projections[0].learning.as_mut().expect("it learns").shift = 0;
    let (mut open, mut chip) = (FloatChip::new(&network), FloatChip::saturating(&network));
    let begin = StepEvents {
        control: vec![Control::Learn(true), Control::Target { channel: 0, value: 8 << 15 }],
        ..fire(1)
    };
    for chip in [&mut open, &mut chip] {
        chip.step(&begin);
        chip.step(&StepEvents::default());
    }
    let end = 511.0 / 128.0;
    assert_eq!((open.errors()[0], open.third_factor(0)[0]), (8.0, 8.0));
    assert_eq!((chip.errors()[0], chip.third_factor(0)[0]), (end, end));
    assert_eq!((open.weights(0), chip.weights(0)), (vec![0.5], vec![0.5]), "P is 0");
    for chip in [&mut open, &mut chip] {
        chip.step(&StepEvents::default());
    }
    // P is 1, the rate 16 * 2^(7 - 0 - 14) = 1/8.
    assert_eq!((open.weights(0)[0], chip.weights(0)[0]), (0.5 + 8.0 / 8.0, 0.5 + end / 8.0));
    for chip in [&mut open, &mut chip] {
        (0..3).for_each(|_| chip.step(&StepEvents::default()));
    }
    assert!(open.weights(0)[0] > 3.0);
    assert_eq!(chip.weights(0)[0], 32767.0 / 16384.0);
}

/// With the triangle of half-width 2 the surrogate at U = 1/2 is 3/4. The eligibility adds it times P to its first
/// state, the second state filters the first; the van Rossum error of one missing spike is 1, then 1 + 1/2.
#[test]
fn one_update_through_an_eligibility() {
    let mut network = network(false);
    let learning = network.populations[0].learning.as_mut().expect("it learns");
    learning.surrogate = Some(Surrogate { shape: SurrogateShape::Triangle, half_width_log2: 16 });
    let readout = network.populations[0].readout.as_mut().expect("a readout");
    readout.signal = ErrorSignal::FilteredSpikes { q_decay: 2048, p_decay: 4096, increment: 128, shift: 0 };
    let rule = network.projections[0].learning.as_mut().expect("it learns");
    rule.eligibility =
        Some(Eligibility::Filter { q_decay: 2048, p_decay: 2048, product_shift: 3, normalise: None });
    let mut chip = FloatChip::new(&network);
    chip.step(&StepEvents {
        control: vec![Control::Learn(true), Control::Target { channel: 0, value: 1 }],
        ..fire(1)
    });
    let rate = 16.0 * 128.0 * 128.0 / 8.0 / 1024.0 / 16384.0;
    assert_eq!(chip.rate(0), Some(rate));
    chip.step(&control(&[Control::Target { channel: 0, value: 0 }]));
    assert_eq!(chip.third_factor(0), [0.0]);
    chip.step(&StepEvents::default());
    // U = 1/2, surrogate 3/4, P = 1: E1 = 3/4, E2 = 0. The error of step 1 arrives.
    assert_eq!((chip.third_factor(0), chip.weights(0)), (&[1.0][..], vec![0.5]));
    chip.step(&StepEvents::default());
    // The error is 1 + 1/2, E2 is 3/4.
    assert_eq!(chip.third_factor(0), [1.5]);
    assert_eq!(chip.weights(0), [0.5 + rate * 1.5 * 0.75]);
}

/// Updates that are kept back are those of an equal chip, and the weights stay.
#[test]
fn updates_can_be_kept_back() {
    let mut chip = FloatChip::new(&network(false));
    chip.keep_updates_back(true);
    chip.step(&StepEvents {
        control: vec![Control::Learn(true), Control::Target { channel: 0, value: 1 << 15 }],
        ..fire(1)
    });
    chip.step(&StepEvents::default());
    chip.step(&StepEvents::default());
    assert_eq!((chip.weights(0), chip.updates(0)), (vec![0.5], &[1.0 / 8192.0][..]));
}

/// A snapshot goes on as if the chip had not stopped, also through bytes; one of another shape is refused.
#[test]
fn a_snapshot_goes_on() {
    let network = network(true);
    let program: Vec<StepEvents> = (0..12).map(|n| fire(n % 4 + 1)).collect();
    let mut chip = FloatChip::new(&network);
    chip.step(&control(&[Control::Learn(true), Control::Target { channel: 0, value: 1 << 14 }]));
    chip.run(&program[..5], &mut |_, _| ());
    let bytes = postcard::to_stdvec(&chip.snapshot()).expect("a snapshot serialises");
    let mut other = FloatChip::new(&network);
    other.restore(postcard::from_bytes(&bytes).expect("and comes back")).expect("of the same shape");
    for chip in [&mut chip, &mut other] {
        chip.run(&program[5..], &mut |_, _| ());
    }
    assert_eq!(chip.snapshot(), other.snapshot());
    assert_ne!(chip.weights(0), [0.5], "it learned");
    let mut larger = network;
    larger.populations.push(larger.populations[0].clone());
    larger.populations[1].readout = None;
    assert!(FloatChip::new(&larger).restore(chip.snapshot()).is_err());
}

/// The contract's surrogates are the real ones, rounded down to a lane, the fast sigmoid to the nearest entry of its
/// table below; the soft spike's slope is the surrogate.
#[test]
fn surrogates_are_those_of_the_contract() {
    let format = Format::unsigned(8, 7);
    for shape in [
        SurrogateShape::Triangle,
        SurrogateShape::Boxcar,
        SurrogateShape::FastSigmoid,
        SurrogateShape::Exponential,
        SurrogateShape::Ramp,
    ] {
        let of = Surrogate { shape, half_width_log2: 14 };
        let real = RealSurrogate::new(of, 15);
        for lane in -(5 << 14)..=5i32 << 14 {
            let x = f64::from(lane) / f64::from(1 << 15);
            let entry = f64::from(synfire_plasticity::surrogate::derivative(of, format, lane, 0)) / 128.0;
            // The table's entry is that of the last sixteenth of a half-width.
            let step = if shape == SurrogateShape::FastSigmoid { 1 << 10 } else { 1 };
            let below = f64::from(lane / step * step) / f64::from(1 << 15);
            let apart = real.at(below) - entry;
            let allowed = match shape {
                SurrogateShape::Triangle | SurrogateShape::Ramp => 0.0..1.0 / 128.0,
                // The remainder is rounded down before it is subtracted, the difference after it.
                SurrogateShape::Exponential => -1.0 / 128.0..1.0 / 128.0,
                SurrogateShape::Boxcar => 0.0..f64::MIN_POSITIVE,
                SurrogateShape::FastSigmoid => -0.5 / 128.0..0.5 / 128.0 + f64::EPSILON,
            };
            assert!(allowed.contains(&apart), "{shape:?} at {lane}: {apart}");
            let slope = (real.soft_spike(x + 1e-6) - real.soft_spike(x - 1e-6)) / 2e-6;
            let corner = match shape {
                SurrogateShape::Boxcar | SurrogateShape::Ramp => lane.abs() == 1 << 14,
                SurrogateShape::FastSigmoid => lane.abs() == 4 << 14,
                SurrogateShape::Triangle | SurrogateShape::Exponential => false,
            };
            assert!(corner || (slope - real.at(x)).abs() < 1e-5, "{shape:?} at {lane}: {slope}");
        }
    }
}
