//! Two threads against one, on 65,536 neurons in 16 cores; and what two bare loops in parallel reach.
//!
//! Every neuron is driven by a bias and fires about once in 64 steps, onto 32 random targets in the next core of a ring;
//! two of the ring's links join cores of different workers.

use super::ceiling::{self, Constants, Registers};
use super::measure::{Measured, quantile, seconds};
use super::networks::{self, Counted};
use std::hint::black_box;
use synfire_chip::files::schema::{ConnectFile, NetworkFile, NeuronFile, Raw};
use synfire_chip::run::program::StepEvents;
use synfire_core::dither;

/// Populations, one a core; each projects onto the next, the last onto the first.
const POPULATIONS: u32 = 16;

fn network() -> NetworkFile {
    let mut file = networks::file();
    let name = |core: u32| format!("p{}", core % POPULATIONS);
    for core in 0..POPULATIONS {
        let neuron = NeuronFile { bias: Some(Raw::from(0.015625)), ..networks::neuron(0, 4096, 1.0) };
        file.population(name(core), 4096, neuron);
    }
    for core in 0..POPULATIONS {
        let (ends, random) = ((name(core), name(core + 1)), ConnectFile::Random { targets: 32 });
        file.projection((&ends.0, &ends.1), random, networks::lanes(-127, 127), networks::bytes());
    }
    file
}

/// Steps of one call.
const STEPS: usize = 50;

/// What two bare loops must reach for two threads to be judged.
const BARE_BAR: f64 = 1.8;

fn machine() -> Counted {
    let (_, mut machine) = networks::build(&network());
    for slice in machine.nodes.iter_mut().flat_map(|node| &mut node.core.slices) {
        let threshold = slice.parameters.threshold.get(0);
        for (neuron, membrane) in slice.registers.membrane.iter_mut().enumerate() {
            let word = dither::mix(slice.first + neuron as u32);
            *membrane = dither::uniform(word, 0, threshold - 1);
        }
    }
    Counted::new(machine)
}

fn measured(name: &'static str, bar: Option<f64>, unit: &'static str) -> Measured {
    let (ratios, rates, bare_rates) = (Vec::new(), Vec::new(), Vec::new());
    Measured { name, unit, bar, ratios, rates, bare_rates, agree: true, not_judged: None }
}

/// The machine with two workers, compared with one; both must hold the same registers throughout.
#[must_use]
pub fn two_threads(alternations: usize) -> Measured {
    let mut result = measured("two threads: 65,536 neurons in 16 cores", Some(1.6), "neuron updates");
    let (mut one, mut two) = (machine(), machine());
    let program = vec![StepEvents::default(); STEPS];
    for alternation in 0..=alternations {
        let alone = seconds(|| one.run(&program, 1));
        let shared = seconds(|| two.run(&program, 2));
        if alternation > 0 {
            let updates = (STEPS * 65_536) as f64;
            result.ratios.push(alone / shared);
            result.rates.push(updates / shared);
            result.bare_rates.push(updates / alone);
        }
        let slices = |of: &Counted| {
            let slices = of.machine.nodes.iter().flat_map(|node| &node.core.slices);
            slices.map(|slice| slice.registers.clone()).collect::<Vec<_>>()
        };
        result.agree &= slices(&one) == slices(&two) && one.counts() == two.counts();
    }
    result
}

/// Two bare loops in parallel against both one after the other.
#[must_use]
pub fn bare(alternations: usize) -> Measured {
    const NEURONS: usize = 4096;
    const ROUNDS: usize = 500;
    let mut result = measured("two bare loops, in parallel", None, "neuron updates");
    let lanes = vec![0; NEURONS];
    let registers = Registers {
        current: lanes.clone(),
        membrane: lanes.clone(),
        compared: lanes.clone(),
        fired: vec![0; NEURONS],
        sums: lanes,
    };
    let constants = Constants {
        current_decay: 2048,
        membrane_decay: 4096,
        threshold: 1 << 15,
        bias: 512,
        limit: 1 << 23,
    };
    let (mut first, mut second) = (registers.clone(), registers);
    let work = |registers: &mut Registers| {
        for _ in 0..ROUNDS {
            ceiling::update(black_box(&mut *registers), constants);
        }
    };
    for _ in 0..alternations {
        let alone = seconds(|| {
            work(&mut first);
            work(&mut second);
        });
        let parallel = seconds(|| {
            std::thread::scope(|scope| {
                scope.spawn(|| work(&mut first));
                work(&mut second);
            });
        });
        let updates = (2 * ROUNDS * NEURONS) as f64;
        result.ratios.push(alone / parallel);
        result.rates.push(updates / parallel);
        result.bare_rates.push(updates / alone);
        result.agree &= first == second;
    }
    result
}

/// Withholds the verdict on two threads where two bare loops do not run in parallel either.
#[must_use]
pub fn judge(threads: Measured, bare: &Measured) -> Measured {
    let mut ratios = bare.ratios.clone();
    ratios.sort_by(f64::total_cmp);
    let reached = quantile(&ratios, 0.5);
    let not_judged = (reached < BARE_BAR).then(|| format!("two bare loops in parallel reach {reached:.2}"));
    Measured { not_judged, ..threads }
}
