//! Gradients: two methods that share only the forward pass, finite differences, and rules that must equal them.

use proptest::prelude::*;
use synfire::reference::float::bptt::{Bptt, ResetTerm};
use synfire::reference::float::chip::FloatChip;
use synfire::reference::float::forward::Forward;
use synfire::reference::float::small::{self, Sizes};
use synfire::reference::float::trial::Trial;
use synfire::reference::float::unrolled::{SpikeForm, Unrolled};
use synfire_chip::network::{Kernel, Network, Projection, Synapses};
use synfire_chip::run::program::StepEvents;
use synfire_core::synapse::WeightLanes;

fn sizes() -> impl Strategy<Value = Sizes> {
    (1u32..5, 1u32..6, 1u32..4).prop_map(|(inputs, hidden, readouts)| Sizes { inputs, hidden, readouts })
}

fn resets() -> impl Strategy<Value = ResetTerm> {
    prop_oneof![Just(ResetTerm::Kept), Just(ResetTerm::Dropped)]
}

fn unrolled(network: &Network, program: &[StepEvents]) -> (Unrolled, Trial) {
    let net = Unrolled::new(network).expect("the network has a gradient");
    let trial = Trial::new(&net, program).expect("and so has the program");
    (net, trial)
}

fn bptt(net: &Unrolled, trial: &Trial, reset: ResetTerm) -> Vec<Vec<f64>> {
    let mut direction = net.zeros();
    Bptt::new(net, trial.steps(), reset).run(net, trial, &mut direction);
    direction
}

/// The largest difference by the largest magnitude of `wanted`, over all projections together.
fn relative(wanted: &[Vec<f64>], found: &[Vec<f64>]) -> f64 {
    assert_eq!(
        wanted.iter().map(Vec::len).collect::<Vec<_>>(),
        found.iter().map(Vec::len).collect::<Vec<_>>()
    );
    let largest = wanted.iter().flatten().fold(0.0f64, |most, value| most.max(value.abs()));
    let pairs = wanted.iter().flatten().zip(found.iter().flatten());
    let apart = pairs.fold(0.0f64, |most, (a, b)| most.max((a - b).abs()));
    if largest == 0.0 { apart } else { apart / largest }
}

/// Lets every `taps`th synapse of a dense projection share a weight, which all of them have in `own`.
fn share(own: &mut Projection, shared: &mut Projection, (pres, taps): (u32, u32)) {
    let len = own.synapses.len() as u32;
    let taps = taps.min(len);
    let posts = len / pres;
    let mut weights = WeightLanes::I16(vec![0; taps as usize]);
    for synapse in (0..len).rev() {
        weights.set((synapse % taps) as usize, own.synapses.weights().get(synapse as usize));
    }
    for synapse in 0..len {
        let tap = weights.get((synapse % taps) as usize);
        own.synapses.weights_mut().set(synapse as usize, tap);
    }
    shared.synapses = Synapses::Shared {
        presynaptic: (0..pres).collect(),
        starts: (0..=pres).map(|pre| pre * posts).collect(),
        posts: (0..len).map(|synapse| synapse % posts).collect(),
        reads: (0..len).map(|synapse| synapse % taps).collect(),
        weights,
        kernel: Kernel { shape: [1, 1, 1, taps], map: [1, posts], copies: 1 },
    };
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// The recorded pass is the twin's, step by step.
    #[test]
    fn the_forward_pass_is_the_twins(seed: u32, sizes in sizes(), trains: bool) {
        let network = if trains { small::superspike(seed, sizes) } else { small::recurrent(seed, sizes) };
        let mut program = small::program(&network, seed, 40);
        let (net, trial) = unrolled(&network, &program);
        let mut method = Bptt::new(&net, 40, ResetTerm::Kept);
        method.forward(&net, &trial);
        let mut chip = FloatChip::new(&network);
        program.iter_mut().for_each(|events| events.control.retain(|c| !matches!(c, synfire_chip::run::program::Control::Learn(_))));
        let seen = method.trajectory();
        let mut differences = Vec::new();
        chip.run(&program, &mut |step, chip| {
            for population in 0..network.populations.len() {
                let fired = chip.fired(population).iter().map(|fired| f64::from(u8::from(*fired)));
                let same = fired.eq(seen.spikes(population, step as usize).iter().copied());
                let membranes = chip.compared(population).iter().zip(seen.compared(population, step as usize));
                if !same || membranes.clone().any(|(a, b)| (a - b).abs() > 1e-12) {
                    differences.push((step, population));
                }
            }
        });
        prop_assert!(differences.is_empty(), "{:?}", differences);
    }

    /// Equation 7 backward and equation 8 forward give one gradient.
    #[test]
    fn forward_equals_backward(seed: u32, sizes in sizes(), reset in resets(), trains: bool, steps in 2u32..50) {
        let network = if trains { small::superspike(seed, sizes) } else { small::recurrent(seed, sizes) };
        let (net, trial) = unrolled(&network, &small::program(&network, seed, steps));
        let wanted = bptt(&net, &trial, reset);
        let mut found = net.zeros();
        Forward::new(&net, reset).run(&net, &trial, &mut found);
        let apart = relative(&wanted, &found);
        prop_assert!(apart < 1e-9, "{}", apart);
    }

    /// The gradient of a shared tap is the sum over its synapses, by both methods.
    #[test]
    fn a_shared_tap_has_the_gradient_of_its_synapses(seed: u32, sizes in sizes(), steps in 2u32..50, taps in 1u32..5) {
        let network = small::recurrent(seed, sizes);
        let (mut own, mut shared) = (network.clone(), network.clone());
        for (own, shared) in own.projections.iter_mut().zip(&mut shared.projections) {
            let pres = network.source_neurons(own.source);
            share(own, shared, (pres, taps));
        }
        let program = small::program(&own, seed, steps);
        let (net, trial) = unrolled(&shared, &program);
        let found = bptt(&net, &trial, ResetTerm::Kept);
        let mut forward = net.zeros();
        Forward::new(&net, ResetTerm::Kept).run(&net, &trial, &mut forward);
        let apart = relative(&found, &forward);
        prop_assert!(apart < 1e-9, "{}", apart);
        let (net, trial) = unrolled(&own, &program);
        let synapses = bptt(&net, &trial, ResetTerm::Kept);
        let summed: Vec<Vec<f64>> = synapses.iter().zip(&shared.projections).map(|(synapses, projection)| {
            let mut sums = vec![0.0; projection.synapses.weights().len()];
            let listed = projection.synapses.listed().expect("listed");
            synapses.iter().enumerate().for_each(|(entry, value)| sums[listed.read(entry)] += value);
            sums
        }).collect();
        let apart = relative(&summed, &found);
        prop_assert!(apart < 1e-9, "{}", apart);
    }

    /// SuperSpike on one layer, errors used at once, is the gradient of its van Rossum loss without reset terms.
    #[test]
    fn superspike_is_a_gradient_without_resets(seed: u32, sizes in sizes(), steps in 2u32..60) {
        let network = small::superspike(seed, sizes);
        let program = small::program(&network, seed, steps);
        let (net, trial) = unrolled(&network, &program);
        let wanted = bptt(&net, &trial, ResetTerm::Dropped);
        let apart = relative(&wanted, &updates_by_rate(&network, &program));
        prop_assert!(apart < 1e-9, "{}", apart);
    }

    /// The delta rule of a leaky readout, errors used at once, is the gradient of the readout's own weights.
    #[test]
    fn the_delta_rule_is_a_gradient(seed: u32, sizes in sizes(), steps in 2u32..60) {
        let mut network = small::recurrent(seed, sizes);
        network.learning.error_delay = 0;
        let program = small::program(&network, seed, steps);
        let (net, trial) = unrolled(&network, &program);
        let wanted = bptt(&net, &trial, ResetTerm::Kept);
        let found = updates_by_rate(&network, &program);
        let apart = relative(&wanted[2..], &found[2..]);
        prop_assert!(apart < 1e-9, "{}", apart);
    }

    /// With smooth spikes, whose derivative the surrogate is, the gradient is what finite differences show.
    #[test]
    fn finite_differences_of_soft_spikes(seed: u32, sizes in sizes(), trains: bool, steps in 2u32..25) {
        let mut network = if trains { small::superspike(seed, sizes) } else { small::recurrent(seed, sizes) };
        smooth(&mut network);
        let (mut net, trial) = unrolled(&network, &small::program(&network, seed, steps));
        net.spike = SpikeForm::Soft;
        let apart = relative(&bptt(&net, &trial, ResetTerm::Kept), &differences(&mut net, &trial));
        prop_assert!(apart < 1e-5, "{}", apart);
    }

    /// A membrane that never fires is linear in its weights: differences are exact but for the rounding of doubles.
    #[test]
    fn finite_differences_of_a_linear_readout(seed: u32, sizes in sizes(), steps in 2u32..40) {
        let mut network = small::recurrent(seed, sizes);
        smooth(&mut network);
        network.populations[0].parameters.spiking = false;
        network.projections[2].source = synfire_chip::network::Source::Input(0);
        let weights = network.inputs[0].neurons * network.populations[1].neurons;
        network.projections[2].synapses = Synapses::Dense {
            weights: WeightLanes::I16((0..weights).map(|i| 3000 - 700 * i as i16).collect()),
        };
        network.projections[2].delays = network.projections[0].delays.clone();
        let (mut net, trial) = unrolled(&network, &small::program(&network, seed, steps));
        let apart = relative(&bptt(&net, &trial, ResetTerm::Kept), &differences(&mut net, &trial));
        prop_assert!(apart < 1e-7, "{}", apart);
    }
}

/// A loss without corners: two-sided errors, a surrogate without a jump.
fn smooth(network: &mut Network) {
    for population in &mut network.populations {
        if let Some(readout) = &mut population.readout {
            (readout.one_sided, readout.competition) = (None, None);
        }
        if let Some(surrogate) = population.learning.as_mut().and_then(|learning| learning.surrogate.as_mut())
        {
            surrogate.shape = synfire_plasticity::config::SurrogateShape::Triangle;
        }
    }
}

/// What the rules add up to over a presentation with the weights held, by their rates.
fn updates_by_rate(network: &Network, program: &[StepEvents]) -> Vec<Vec<f64>> {
    let mut chip = FloatChip::new(network);
    chip.keep_updates_back(true);
    chip.run(program, &mut |_, _| ());
    let of = |projection: usize| {
        let rate = chip.rate(projection).expect("it learns");
        chip.updates(projection).iter().map(|update| update / rate).collect()
    };
    (0..network.projections.len()).map(of).collect()
}

/// Minus the central differences of the loss by every weight.
fn differences(net: &mut Unrolled, trial: &Trial) -> Vec<Vec<f64>> {
    const STEP: f64 = 1e-5;
    let mut method = Bptt::new(net, trial.steps(), ResetTerm::Kept);
    let mut found = net.zeros();
    for (projection, found) in found.iter_mut().enumerate() {
        for (synapse, found) in found.iter_mut().enumerate() {
            let weight = net.weights(projection)[synapse];
            let mut loss = |weight: f64, net: &mut Unrolled| {
                net.weights_mut(projection)[synapse] = weight;
                method.forward(net, trial)
            };
            let (above, below) = (loss(weight + STEP, net), loss(weight - STEP, net));
            loss(weight, net);
            *found = (below - above) / (2.0 * STEP);
        }
    }
    found
}

/// Back-propagation holds N T values, the forward method N S for S synapses and no T: exact counts of both.
#[test]
fn state_grows_as_the_methods_say() {
    let bits = |hidden: u32, steps: usize| {
        let mut network = small::recurrent(1, Sizes { inputs: 4, hidden, readouts: 2 });
        network.populations[0].parameters.adaptation = None;
        let net = Unrolled::new(&network).expect("it has a gradient");
        let forward = Forward::new(&net, ResetTerm::Kept);
        (Bptt::new(&net, steps, ResetTerm::Kept).state_bits(), forward.state_bits())
    };
    let (short, at_short) = bits(32, 100);
    let (long, at_long) = bits(32, 200);
    assert_eq!(at_short, at_long, "the forward method holds nothing by the step");
    let (twice, at_twice) = bits(64, 100);
    // Three values a neuron and step (membrane, spike, direction), one an input, one a channel.
    assert_eq!(long - short, 64 * 100 * (3 * (32 + 2) + 4 + 2));
    // And, once, a current and a direction a neuron.
    assert_eq!(twice - short, 64 * 32 * (3 * 100 + 2));
    let power = (at_twice as f64 / at_short as f64).log2();
    assert!((2.8..3.0).contains(&power), "three powers of N: {power}");
}

/// What has no gradient is refused by name.
#[test]
fn options_without_a_derivative_are_refused() {
    let network = small::recurrent(1, Sizes { inputs: 2, hidden: 2, readouts: 1 });
    let refused = |change: &dyn Fn(&mut Network)| {
        let mut network = network.clone();
        change(&mut network);
        Unrolled::new(&network).expect_err("it has no gradient").to_string()
    };
    assert_eq!(
        refused(&|n| n.populations[0].parameters.refractory_steps = 2),
        "population `hidden`: no gradient is defined for refractory steps; allowed: 0"
    );
    assert!(refused(&|n| n.populations[1].parameters.noise_bits = 2).contains("noise"));
    assert!(refused(&|n| n.populations[0].learning = None).contains("spikes without a surrogate"));
    assert!(refused(&|n| n.datapath.order = synfire_core::neuron::Order::UpdatedCurrent).contains("updated"));
    let net = Unrolled::new(&network).expect("it has a gradient");
    let mut program = small::program(&network, 1, 5);
    program[3].control.push(synfire_chip::run::program::Control::Clear);
    let error = Trial::new(&net, &program).expect_err("a clear inside").to_string();
    assert!(error.contains("step 3"), "{error}");
}
