//! One random case, how it is run, and what a run of many cases did.

use crate::plain::choices::Choices;
use crate::plain::learning::KINDS;
use crate::plain::trace::{self, Totals, Trace};
use crate::plain::{mapping, network, program};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::panic;
use std::sync::Mutex;
use std::thread;
use synfire::hardware::vectors::aim::unleash;
use synfire_chip::network::Network;
use synfire_chip::place::mapping::Mapping;
use synfire_chip::run::program::Program;
use synfire_core::neuron::{Noise, PerNeuron};

/// A network, a program, two placements and two numbers of threads.
#[derive(Clone, Debug)]
pub struct Case {
    pub network: Network,
    pub program: Program,
    pub mappings: [Mapping; 2],
    pub threads: [usize; 2],
    /// Where a run is cut in two.
    pub cut: usize,
    /// Number of the first step.
    pub start: u64,
}

impl Case {
    /// The case that a list of words chooses.
    pub fn new(words: &[u32]) -> Self {
        let mut c = Choices::new(words);
        let (network, scale) = network::network(&mut c);
        let program = program::program(&mut c, &network, scale);
        let mappings = [mapping::mapping(&mut c, &network), mapping::mapping(&mut c, &network)];
        let threads = [c.below(4) + 1, c.below(4) + 1];
        let cut = c.below(program.len() + 1);
        let start = if c.chance(20) { c.pick(&[1 << 32, 1 << 16, 1 << 48]) - c.below(40) as u64 } else { 0 };
        Self { network, program, mappings, threads, cut, start }
    }

    /// Makes currents and membranes registers of Lava's that hold no sum back: half of the decays forget nothing, and
    /// the dendritic sums are shifted as far as their proof allows. Returns whether the datapath can.
    pub fn unleash(&mut self) -> bool {
        unleash(&mut self.network, &mut self.program, self.cut)
    }

    /// Takes away what keeps neurons busy without input.
    pub fn calm(&mut self) {
        for population in &mut self.network.populations {
            let parameters = &mut population.parameters;
            parameters.bias = PerNeuron::Same(0);
            parameters.noise_bits = 0;
            if let PerNeuron::Same(decay) = &mut parameters.current_decay {
                *decay -= *decay >> 2;
            }
        }
    }
}

/// What the cases of a test did: a test of silent networks tests nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Activity {
    pub cases: usize,
    /// Cases in which a neuron fired.
    pub spiking: usize,
    /// Cases in which some neurons were active and some were not.
    pub resting: usize,
    /// Cases with a plastic projection.
    pub plastic: usize,
    /// Cases in which a weight changed.
    pub learning: usize,
    /// Cases in which a rule of each kind changed a weight.
    pub kinds: [usize; KINDS.len()],
    /// Cases in which a copy of such a weight changed.
    pub mirrored: [usize; KINDS.len()],
    /// Cases in which a shared tap changed.
    pub sharing: usize,
    /// Cases in which a layer handed an error down.
    pub handing_down: usize,
    /// Cases in which a readout that competes had an error.
    pub competing: usize,
    /// Cases in which a full axon merged an event.
    pub merging: usize,
    /// Cases in which a threshold was raised by spikes.
    pub adapting: usize,
    /// Cases in which a weight changed beside such a threshold.
    pub adapting_learning: usize,
    /// Cases with noise on a threshold in which a neuron fired.
    pub stochastic: usize,
}

impl Activity {
    /// Adds one case.
    pub fn add(&mut self, case: &Case, totals: Totals) {
        self.cases += 1;
        self.spiking += usize::from(totals.counts.core.spikes > 0);
        self.resting += usize::from(
            totals.counts.core.neuron_updates > 0
                && totals.counts.core.neuron_updates < totals.counts.core.neuron_accesses,
        );
        self.plastic += usize::from(case.network.projections.iter().any(|p| p.learning.is_some()));
        self.learning += usize::from(totals.counts.learning.weight_writes > 0);
        for kind in 0..KINDS.len() {
            self.kinds[kind] += usize::from(totals.writes[kind] > 0);
            self.mirrored[kind] += usize::from(totals.copies[kind] > 0);
        }
        self.sharing += usize::from(totals.tap_writes > 0);
        self.handing_down += usize::from(totals.handed_down > 0);
        self.competing += usize::from(totals.contested > 0);
        self.merging += usize::from(totals.merged > 0);
        self.adapting += usize::from(totals.adapted > 0);
        self.adapting_learning += usize::from(totals.adapted > 0 && totals.counts.learning.weight_writes > 0);
        let parameters = case.network.populations.iter().map(|population| &population.parameters);
        let noisy = parameters.filter(|p| p.noise == Noise::Threshold && p.noise_bits > 0);
        self.stochastic += usize::from(totals.counts.core.spikes > 0 && noisy.count() > 0);
    }

    /// Cases in which a copy of a weight changed that learns by a rule of this kind.
    pub fn mirrored_by(&self, kind: &str) -> usize {
        self.mirrored[KINDS.iter().position(|(name, _)| *name == kind).expect("a kind of rule")]
    }

    /// Half of the cases fire, and a third of the plastic ones write a weight.
    pub fn assert_not_vacuous(&self) {
        assert!(self.cases > 0 && self.spiking * 2 >= self.cases, "too few cases fire: {self:?}");
        assert!(self.learning * 3 >= self.plastic && self.learning > 0, "too few cases learn: {self:?}");
        assert!(self.resting * 2 > self.cases, "too few cases have neurons at rest: {self:?}");
        for ((kind, _), cases) in KINDS.iter().zip(self.kinds) {
            assert!(cases > 0, "no rule with {kind} wrote a weight: {self:?}");
        }
        let rules = [self.mirrored_by("a trace"), self.handing_down, self.competing];
        assert!(rules.iter().all(|cases| *cases > 0), "a rule did nothing in every case: {self:?}");
        assert!(self.adapting > 0 && self.adapting_learning > 0, "no threshold adapted: {self:?}");
        assert!(self.sharing > 0, "no shared tap changed: {self:?}");
        assert!(self.merging > 0, "no axon was full: {self:?}");
    }
}

/// What all cases of a test did together, whichever thread checked them.
#[derive(Debug, Default)]
pub struct Tally<T>(Mutex<T>);

impl<T> Tally<T> {
    pub fn with<R>(&self, add: impl FnOnce(&mut T) -> R) -> R {
        add(&mut self.0.lock().expect("no other case panicked as it was added"))
    }

    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.with(|all| all.clone())
    }
}

impl Tally<usize> {
    pub fn count(&self, more: usize) {
        self.with(|all| *all += more);
    }
}

/// How many threads share the cases of a test. It decides which cases they are, so that it is not the machine's number.
const SHARES: u32 = 4;

/// Runs `check` on `cases` random cases. The cases are the same in every run, unless `SYNFIRE_PLAIN_SEED` says
/// otherwise; `SYNFIRE_PLAIN_CASES` multiplies them.
pub fn check_cases(
    cases: u32,
    check: impl Fn(&Case, &Tally<Activity>) -> Result<(), TestCaseError> + Sync,
) -> Activity {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let cases = cases * number("SYNFIRE_PLAIN_CASES").unwrap_or(1) as u32;
    let seed = number("SYNFIRE_PLAIN_SEED").unwrap_or(0);
    let activity = Tally::<Activity>::default();
    thread::scope(|scope| {
        let shares: Vec<_> = (0..SHARES)
            .map(|share| {
                let own = cases / SHARES + u32::from(share < cases % SHARES);
                let (check, activity) = (&check, &activity);
                scope.spawn(move || check_share(own, seed, share, |case| check(case, activity)))
            })
            .collect();
        for share in shares {
            share.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked));
        }
    });
    activity.get()
}

/// The cases of one thread.
fn check_share(cases: u32, seed: u64, share: u32, check: impl Fn(&Case) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 3000, ..Config::default() };
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..12].copy_from_slice(&share.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let words = proptest::collection::vec(proptest::num::u32::ANY, 400..500);
    match runner.run(&words, |words| check(&Case::new(&words))) {
        Ok(()) => (),
        Err(TestError::Fail(reason, words)) => panic!("{reason}\n{}", shown(&Case::new(&words))),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

/// A failing case, its long lists left out.
fn shown(case: &Case) -> String {
    let mut text = format!("{:#?}\n", case);
    if text.len() > 20_000 {
        text.truncate(20_000);
        text.push_str("...\n");
    }
    text
}

/// The reference's registers and totals of a case.
pub fn reference(case: &Case) -> (Trace, Totals) {
    trace::plain(&case.network, case.start, &case.program)
}
