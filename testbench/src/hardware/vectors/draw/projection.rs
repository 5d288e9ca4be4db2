//! Random projections, and the proof that their sums are exact.

use super::choices::{Bulk, Choices};
use super::learning;
use super::scale::Scale;
use synfire_chip::network::{Encoding, Kernel, Network, Projection, Source, Synapses};
use synfire_chip::place::build::sum_bits;
use synfire_core::arrival::Delays;
use synfire_core::format::Overflow;
use synfire_core::synapse::WeightLanes;
use synfire_core::weight::{Dropped, WeightFormat};
use synfire_core::width::PortDemand;

/// Appends a projection to the network.
pub fn add(c: &mut Choices<'_>, network: &mut Network, source: Source, target: usize, scale: Scale) {
    let mut learning = learning::synapses(c, network, target);
    let format = format(c, network, scale, learning.is_some());
    let pres = network.source_neurons(source);
    let posts = network.populations[target].neurons;
    let mut weights = Weights::new(c, format, learning.is_some());
    let (synapses, delays) = if c.chance(20) {
        let (synapses, delays) = shared(c, pres, posts, &mut weights);
        if let Some(rule) = &mut learning {
            rule.eligibility = None;
        }
        let engine = &network.learning;
        let product = engine.third_factor.width + engine.surrogate.width + engine.trace_bits.max(8);
        let carry = synapses.most_readers().max(1).next_power_of_two().ilog2();
        // Wider sums are refused.
        learning = learning.filter(|_| u32::from(product) + carry <= 62);
        (synapses, delays)
    } else if c.chance(50) {
        sparse(c, pres, posts, &mut weights)
    } else {
        let lanes = weights.lanes((pres * posts) as usize);
        let delay = delay(c);
        let delays = if c.chance(30) {
            Delays::Each((0..pres).map(|_| delay.next()).collect())
        } else {
            Delays::Same(delay.top)
        };
        (Synapses::Dense { weights: lanes }, delays)
    };
    network.projections.push(Projection {
        name: format!("w{}", network.projections.len()),
        source,
        target,
        format,
        synapses,
        delays,
        learning,
        encoding: c.pick(&[Encoding::Auto, Encoding::Dense, Encoding::Sparse]),
        port_of: None,
        stated: None,
    });
}

fn format(c: &mut Choices<'_>, network: &Network, scale: Scale, plastic: bool) -> WeightFormat {
    let store_bits = if c.chance(60) { c.bits(if plastic { 2 } else { 1 }, 16) } else { 8 };
    let delivered_bits = if c.chance(35) { c.bits(1, store_bits) } else { store_bits };
    // One full weight is about a threshold, or some powers of two off.
    let natural = i64::from(scale.theta) - i64::from(delivered_bits.saturating_sub(1));
    let natural = natural - i64::from(network.datapath.input_shift);
    let exponent = (natural + c.range(-3, 1)).clamp(-20, 20) as i8;
    WeightFormat { store_bits, fraction: 0, delivered_bits, exponent, dropped: Dropped::Floor }
}

/// Draws weights of one projection.
struct Weights {
    bulk: Bulk,
    low: i64,
    high: i64,
    store_bits: u8,
    zeros: i64,
}

impl Weights {
    fn new(c: &mut Choices<'_>, format: WeightFormat, plastic: bool) -> Self {
        let half = 1i64 << (format.store_bits - 1);
        // A fixed store may hold its most negative code, a plastic one is symmetric.
        let lowest = if plastic { 1 - half } else { -half };
        let low = c.pick(&[lowest / 2, 0, lowest]);
        let zeros = c.pick(&[0, 0, 30, 90]);
        Self { bulk: c.bulk(), low, high: half - 1, store_bits: format.store_bits, zeros }
    }

    fn lanes(&mut self, count: usize) -> WeightLanes {
        let mut draw = || if self.bulk.chance(self.zeros) { 0 } else { self.bulk.range(self.low, self.high) };
        if self.store_bits <= 8 {
            WeightLanes::I8((0..count).map(|_| draw() as i8).collect())
        } else {
            WeightLanes::I16((0..count).map(|_| draw() as i16).collect())
        }
    }
}

/// Draws delays of one projection.
struct DelayDraw {
    bulk: std::cell::RefCell<Bulk>,
    top: u8,
}

impl DelayDraw {
    fn next(&self) -> u8 {
        self.bulk.borrow_mut().range(1, i64::from(self.top)) as u8
    }
}

fn delay(c: &mut Choices<'_>) -> DelayDraw {
    let top = if c.chance(8) { c.pick(&[63, 62, 33]) } else { c.bits(1, 6) };
    DelayDraw { bulk: c.bulk().into(), top }
}

/// Rows of a random half of the pairs: axons of one or several delays, some without synapses, pairs that repeat.
fn sparse(c: &mut Choices<'_>, pres: u32, posts: u32, weights: &mut Weights) -> (Synapses, Delays) {
    let percent = c.pick(&[50, 10, 90, 100]);
    let (several, repeats) = (c.chance(30), c.chance(10));
    let delay = delay(c);
    let mut bulk = c.bulk();
    let (mut presynaptic, mut starts, mut ends, mut delays) = (vec![], vec![0], vec![], vec![]);
    for pre in 0..pres {
        if bulk.chance(5) {
            continue;
        }
        let mut own = vec![if several { delay.next() } else { delay.top }];
        while several && bulk.chance(40) {
            let another = delay.next();
            if !own.contains(&another) {
                own.push(another);
            }
        }
        for another in own {
            presynaptic.push(pre);
            delays.push(another);
            for post in 0..posts {
                if bulk.chance(percent) {
                    ends.push(post);
                    if repeats && bulk.chance(20) {
                        ends.push(post);
                    }
                }
            }
            starts.push(ends.len() as u32);
        }
    }
    let weights = weights.lanes(ends.len());
    let delays = if several { Delays::Each(delays) } else { Delays::Same(delay.top) };
    (Synapses::Sparse { presynaptic, starts, posts: ends, weights }, delays)
}

/// The same rows, but each synapse reads a tap of its output channel, in the copy of its band of rows. More than a
/// convolution can have: any synapse may read any tap of its channel.
fn shared(c: &mut Choices<'_>, pres: u32, posts: u32, weights: &mut Weights) -> (Synapses, Delays) {
    let (Synapses::Sparse { presynaptic, starts, posts: ends, .. }, delays) = sparse(c, pres, posts, weights)
    else {
        unreachable!("`sparse` lists synapses")
    };
    let channels = divisor(c, posts);
    let rows = divisor(c, posts / channels);
    let map = [rows, posts / channels / rows];
    let copies = divisor(c, rows);
    let inputs = c.range(1, 3) as u32;
    let kernel =
        Kernel { shape: [channels, inputs, c.range(1, 2) as u32, c.range(1, 3) as u32], map, copies };
    let taps: u32 = kernel.shape.iter().product();
    let mut bulk = c.bulk();
    let read = |post: &u32| {
        let (channel, row) = (post / (map[0] * map[1]), post / map[1] % map[0]);
        let tap = bulk.range(0, i64::from(taps / channels) - 1) as u32;
        row / (rows / copies) * taps + channel * (taps / channels) + tap
    };
    let reads = ends.iter().map(read).collect();
    let weights = weights.lanes((copies * taps) as usize);
    (Synapses::Shared { presynaptic, starts, posts: ends, reads, weights, kernel }, delays)
}

/// A divisor of `number`.
fn divisor(c: &mut Choices<'_>, number: u32) -> u32 {
    let divisors: Vec<u32> = (1..=number).filter(|d| number.is_multiple_of(*d)).collect();
    c.pick(&divisors)
}

/// Lowers exponents, then delivered bits, until every sum of the network is exact.
pub fn make_exact(network: &mut Network) {
    for target in 0..network.populations.len() {
        while !is_exact(network, target) {
            let into = network.projections.iter_mut().filter(|p| p.target == target);
            let widest =
                into.max_by_key(|p| i32::from(p.format.delivered_bits) + i32::from(p.format.exponent));
            let Some(format) = widest.map(|p| &mut p.format) else { return };
            if format.exponent > -25 {
                format.exponent -= 1;
            } else {
                format.delivered_bits -= 1;
            }
        }
    }
}

/// Lets projections onto one population add to one port, where the sums stay exact: the first two of every other
/// population, all of the rest. They have the lowest of their exponents then, -1 at most. How many join another.
pub fn join_ports(network: &mut Network) -> usize {
    let mut joined = 0;
    for target in 0..network.populations.len() {
        let into = network.projections.iter().enumerate().filter(|(_, p)| p.target == target);
        let most = if target.is_multiple_of(2) { 2 } else { usize::MAX };
        let into: Vec<usize> = into.map(|(number, _)| number).take(most).collect();
        let exponents = into.iter().map(|number| network.projections[*number].format.exponent);
        let lowest = exponents.min().unwrap_or(0).min(-1);
        let separate = network.projections.clone();
        for number in &into {
            let projection = &mut network.projections[*number];
            projection.format.exponent = lowest;
            projection.port_of = (*number != into[0]).then_some(into[0]);
        }
        if is_exact(network, target) {
            joined += into.len().saturating_sub(1);
        } else {
            network.projections = separate;
        }
    }
    joined
}

fn fan_in(network: &Network, projection: &Projection) -> u64 {
    let axons = match &projection.synapses {
        Synapses::Dense { .. } => u64::from(network.source_neurons(projection.source)),
        Synapses::Sparse { posts, .. } | Synapses::Shared { posts, .. } => {
            let mut counts = vec![0; network.populations[projection.target].neurons as usize];
            posts.iter().for_each(|post| counts[*post as usize] += 1);
            counts.into_iter().max().unwrap_or(0)
        }
    };
    axons * u64::from(network.max_events(projection.source))
}

fn is_exact(network: &Network, target: usize) -> bool {
    let datapath = &network.datapath;
    let demand = |number: &usize| {
        let projection = &network.projections[*number];
        PortDemand { addend_bits: projection.format.addend_bits(), events: fan_in(network, projection) }
    };
    let ports = network.ports(target);
    let own = ports[1..].iter().map(|port| {
        let all = port.projections.iter().map(demand);
        all.fold(PortDemand::default(), PortDemand::join).bits()
    });
    // Lava's wrap corrects once: one more bit than the register is what it can take.
    let most = match datapath.current_overflow {
        Overflow::WrapLava => u32::from(datapath.state_width) + 1,
        _ => 31,
    };
    own.max().unwrap_or(0) <= 32 && sum_bits(network, target) + u32::from(datapath.input_shift) <= most
}
