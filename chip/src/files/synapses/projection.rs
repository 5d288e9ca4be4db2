//! An element of `projections`: its ends, its store, its synapses, how it learns.
//!
//! Promises: weights fit the store (symmetric where they learn); delays fit the chip; a plastic projection ends
//! where its target learns and lists no synapse twice.
//! Absent on purpose: whether sums fit the accumulator (`proof`).

use super::convolution::{self, Convolution};
use super::edge_csv;
use super::edges::Edges;
use super::generate::Draws;
use super::weight_file::{self, Bounds, Fault};
use crate::chip::Chip;
use crate::files::network::file::{ConnectFile, ProjectionFile, StoreFile, WeightsFile};
use crate::files::network::learning_file::{EligibilityFile, SynapseLearningFile, UpdateRounding};
use crate::files::network::neuron::decay;
use crate::files::text::check::{Check, Lanes};
use crate::files::text::decimal;
use crate::files::text::diagnostic::Diagnostic;
use crate::files::text::source::Source as Text;
use crate::network::{Projection, Source, Synapses};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use synfire_core::arrival::Delays;
use synfire_core::neuron_core::WeightFormat;
use synfire_core::rounding::Rounding;
use synfire_core::synapse::WeightLanes;
use synfire_plasticity::config::{Eligibility, SynapseLearning};

/// Where a projection begins and ends, and how large both sides are.
#[derive(Clone, Copy, Debug)]
pub(in crate::files) struct Ends {
    /// Index of the projection.
    pub index: usize,
    /// Its source.
    pub source: Source,
    /// Its target population.
    pub target: usize,
    /// Neurons of the source.
    pub pres: u32,
    /// Neurons of the target.
    pub posts: u32,
    /// Seed of the network.
    pub seed: u32,
}

/// Resolves a projection; `None` after a problem.
pub(in crate::files) fn resolve(
    check: &mut Check<'_>,
    ends: Ends,
    file: &ProjectionFile,
    chip: &Chip,
) -> Option<Projection> {
    let count = check.count();
    let path = format!("projections[{}]", ends.index);
    let format = store(check, &format!("{path}.store"), &file.store, file.learning.is_some(), chip);
    let learning = file.learning.as_ref().map(|l| learning(check, &format!("{path}.learning"), l, chip));
    let most = i64::from(chip.limits.delay_steps);
    let delay = check.integer(&format!("{path}.delay"), file.delay.unwrap_or(1), 1..=most) as u8;
    let lanes = weights(check, &path, file, format);
    if check.count() > count {
        return None;
    }
    let (synapses, delays) = synapses(check, &path, ends, file, format, delay, lanes, chip)?;
    Some(Projection {
        name: file.name.clone(),
        source: ends.source,
        target: ends.target,
        format,
        synapses,
        delays,
        learning,
        encoding: file.encoding,
    })
}

fn store(check: &mut Check<'_>, path: &str, file: &StoreFile, plastic: bool, chip: &Chip) -> WeightFormat {
    let field = |name: &str| format!("{path}.{name}");
    // One bit of a symmetric store holds nothing but zero.
    let bits = file.bits;
    let range = if plastic { 2 } else { 1 }..=i64::from(chip.limits.weight_bits);
    if !range.contains(&bits) {
        let kind = if plastic { "a store that learns" } else { "a store" };
        let allowed = format!("{}..={} bits for {kind} on this chip", range.start(), range.end());
        check.out_of_range(&field("bits"), bits, &allowed);
    }
    let bits = bits.clamp(1, 16);
    let fraction = check.integer(&field("fraction"), file.fraction, 0..=31);
    let delivered = check.integer(&field("delivered_bits"), file.delivered_bits.unwrap_or(bits), 1..=bits);
    let delivered_fraction = fraction - (bits - delivered);
    let datapath = &chip.datapath;
    let natural = i64::from(datapath.state_fraction) - i64::from(datapath.input_shift) - delivered_fraction;
    let exponent = check.integer(&field("exponent"), file.exponent.unwrap_or(natural), -31..=31);
    WeightFormat {
        store_bits: bits as u8,
        fraction: fraction as u8,
        delivered_bits: delivered as u8,
        exponent: exponent as i8,
    }
}

fn learning(check: &mut Check<'_>, path: &str, file: &SynapseLearningFile, chip: &Chip) -> SynapseLearning {
    let fraction = chip.datapath.decay_fraction;
    let states = |check: &mut Check<'_>, file: &EligibilityFile| match file {
        EligibilityFile::Filter { q_decay, p_decay, product_shift, normalise } => {
            let field = |name: &str| format!("{path}.eligibility.Filter.{name}");
            Eligibility::Filter {
                q_decay: decay(check, &field("q_decay"), q_decay, fraction),
                p_decay: decay(check, &field("p_decay"), p_decay, fraction),
                product_shift: check.integer(&field("product_shift"), *product_shift, 0..=31) as u8,
                normalise: normalise.map(|normalise| {
                    let field = field("normalise.reference_bits");
                    check.integer(&field, normalise.reference_bits, 1..=16) as u8
                }),
            }
        }
        EligibilityFile::Adaptation { trace_shift } => {
            let field = format!("{path}.eligibility.Adaptation.trace_shift");
            // The largest trace must fit the state's magnitude.
            let most = i64::from(chip.learning.eligibility_bits) - 1 - i64::from(chip.learning.trace_bits);
            if most < 0 {
                let (state, trace) = (chip.learning.eligibility_bits, chip.learning.trace_bits);
                let problem = check
                    .at(&field, "a trace does not fit the state of an adaptation")
                    .labelled(format!("`trace_bits` is {trace}, `eligibility_bits` {state} with a sign"))
                    .noted("allowed", "a chip with more `eligibility_bits` than `trace_bits`");
                check.push(problem);
            }
            let trace_shift = check.integer(&field, *trace_shift, 0..=most.max(0)) as u8;
            Eligibility::Adaptation { trace_shift }
        }
    };
    let shift = check.integer(&format!("{path}.shift"), file.shift, 0..=31);
    let decay = |decay| check.integer(&format!("{path}.weight_decay"), decay, 0..=shift) as u8;
    let weight_decay = file.weight_decay.map(decay);
    SynapseLearning {
        shift: shift as u8,
        weight_decay,
        rounding: match file.rounding {
            UpdateRounding::Stochastic => Rounding::Stochastic,
            UpdateRounding::Nearest => Rounding::Nearest,
            UpdateRounding::Floor => Rounding::Floor,
        },
        presynaptic: file.presynaptic,
        eligibility: file.eligibility.as_ref().map(|eligibility| states(check, eligibility)),
    }
}

/// Legal lanes of a store: symmetric where it learns, two's complement where it is fixed.
fn store_range(format: WeightFormat, plastic: bool) -> RangeInclusive<i64> {
    let half = 1i64 << (format.store_bits - 1);
    if plastic { 1 - half..=half - 1 } else { -half..=half - 1 }
}

/// Lanes of generated weights; empty for weights of a file.
fn weights(
    check: &mut Check<'_>,
    path: &str,
    file: &ProjectionFile,
    format: WeightFormat,
) -> RangeInclusive<i32> {
    let path = format!("{path}.weights");
    let from_file = matches!(file.connect, ConnectFile::Npy(_) | ConnectFile::Edges(_));
    let range = store_range(format, file.learning.is_some());
    let name = format!("s{}.{}", format.store_bits, format.fraction);
    let lanes = Lanes { format: name, fraction: format.fraction, range };
    let (low, high) = match &file.weights {
        None if from_file => return 0..=0,
        None => {
            check.missing(&path);
            return 0..=0;
        }
        Some(_) if from_file => {
            let problem = check
                .at(&path, "`weights` beside weights of a file")
                .labelled("leave this out: the file named by `connect` has the weights");
            check.push(problem);
            return 0..=0;
        }
        Some(WeightsFile::Npy(_)) if matches!(file.connect, ConnectFile::Convolution { .. }) => return 0..=0,
        Some(WeightsFile::Npy(_)) => {
            let problem = check
                .at(&format!("{path}.Npy"), "an array of taps without a kernel")
                .labelled("only a `Convolution` has taps")
                .noted("allowed", "`connect: Npy(..)` without `weights`, for a matrix of weights");
            check.push(problem);
            return 0..=0;
        }
        Some(WeightsFile::Constant(value)) => {
            let lane = check.lane(&format!("{path}.Constant"), value, &lanes);
            (lane, lane)
        }
        Some(WeightsFile::Uniform { low, high }) => {
            let low = check.lane(&format!("{path}.Uniform.low"), low, &lanes);
            (low, check.lane(&format!("{path}.Uniform.high"), high, &lanes))
        }
        Some(WeightsFile::Lanes(lane)) => {
            let lane = check.raw_lane(&format!("{path}.Lanes"), *lane, &lanes);
            (lane, lane)
        }
        Some(WeightsFile::UniformLanes { low, high }) => {
            let low = check.raw_lane(&format!("{path}.UniformLanes.low"), *low, &lanes);
            (low, check.raw_lane(&format!("{path}.UniformLanes.high"), *high, &lanes))
        }
    };
    if low > high {
        let show = |lane: i32| decimal::show(i64::from(lane), format.fraction);
        let problem = check.at(&path, "`low` is above `high`").labelled(format!(
            "found {}..={}",
            show(low),
            show(high)
        ));
        check.push(problem);
    }
    low..=high
}

/// Generates the synapses or reads them.
#[expect(clippy::too_many_arguments, reason = "one call, from `resolve`, with what it has resolved")]
fn synapses(
    check: &mut Check<'_>,
    path: &str,
    ends: Ends,
    file: &ProjectionFile,
    format: WeightFormat,
    delay: u8,
    lanes: RangeInclusive<i32>,
    chip: &Chip,
) -> Option<(Synapses, Delays)> {
    let connect = format!("{path}.connect");
    let plastic = file.learning.is_some();
    let capacity = chip.limits.synapse_memory_bits * chip.mesh.cores() as u64 / u64::from(format.store_bits);
    let bounds = Bounds {
        from: (file.from.clone(), ends.pres),
        to: (file.to.clone(), ends.posts),
        weights: store_range(format, plastic),
        fraction: format.fraction,
        store_bits: format.store_bits,
        delay_steps: chip.limits.delay_steps,
        capacity,
    };
    let draws =
        Draws { seed: ends.seed, projection: ends.index as u32, pres: ends.pres, posts: ends.posts, lanes };
    let dense = |weights| (Synapses::Dense { weights }, Delays::Same(delay));
    let edges = match &file.connect {
        ConnectFile::Npy(name) => {
            let data = check.data_path(&connect, name);
            let read = weight_file::read_matrix(&data, &bounds);
            return read.map(dense).map_err(|fault| report(check, &connect, name, &data, fault)).ok();
        }
        ConnectFile::Edges(name) => {
            let data = check.data_path(&connect, name);
            let text = data.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
            let read = if text { edge_csv::read_edges } else { weight_file::read_edges };
            read(&data, &bounds).map_err(|fault| report(check, &connect, name, &data, fault)).ok()?
        }
        geometry @ ConnectFile::Convolution { .. } => {
            let names = (file.from.as_str(), file.to.as_str());
            let of = convolution::resolve(check, &connect, geometry, ends, names)?;
            let taps = taps(check, path, &of, file, &bounds, &draws)?;
            if of.is_shared() {
                return Some((of.shared(&taps, format.store_bits), Delays::Same(delay)));
            }
            of.expanded(&taps, of.synapses() as usize)
        }
        generated => {
            let count = pairs(check, &connect, generated, ends)?;
            if let Err(fault) = bounds.count(count) {
                let problem = check
                    .at(&connect, fault.title)
                    .labelled(format!("found {}", fault.found))
                    .noted("allowed", fault.allowed);
                check.push(problem);
                return None;
            }
            match generated {
                ConnectFile::OneToOne => draws.one_to_one(),
                ConnectFile::Random { targets } => draws.random_targets(*targets as u32),
                ConnectFile::RandomSources { sources } => draws.random_sources(*sources as u32),
                _ => return Some(dense(draws.all_to_all(format.store_bits))),
            }
        }
    };
    listed(check, path, edges, ends, file, (format.store_bits, delay))
}

/// The taps of a convolution that the chip could hold and learn.
fn taps(
    check: &mut Check<'_>,
    path: &str,
    of: &Convolution,
    file: &ProjectionFile,
    bounds: &Bounds,
    draws: &Draws,
) -> Option<WeightLanes> {
    if of.is_shared() && file.learning.as_ref().is_some_and(|learning| learning.eligibility.is_some()) {
        let problem = check
            .at(&format!("{path}.learning.eligibility"), "an eligibility of a shared tap")
            .labelled("the state is a synapse's, the tap many synapses'")
            .noted("allowed", "no `eligibility`, or `shared: false`: a weight a synapse");
        check.push(problem);
        return None;
    }
    // A synapse of a shared kernel takes an index of a neuron and one of a tap, a bit each at least.
    let capacity =
        if of.is_shared() { bounds.capacity * u64::from(bounds.store_bits) / 2 } else { bounds.capacity };
    if let Err(fault) = (Bounds { capacity, ..bounds.clone() }).count(of.synapses()) {
        let problem = check
            .at(&format!("{path}.connect"), fault.title)
            .labelled(format!("found {}", fault.found))
            .noted(
                "allowed",
                format!("{} synapses in all cores of the chip", capacity.min(u64::from(u32::MAX))),
            );
        check.push(problem);
        return None;
    }
    let weights = format!("{path}.weights");
    let Some(WeightsFile::Npy(name)) = &file.weights else { return of.taps(draws, bounds, None).ok() };
    let data = check.data_path(&weights, name);
    of.taps(draws, bounds, Some(&data)).map_err(|fault| report(check, &weights, name, &data, fault)).ok()
}

/// Sorts listed synapses.
fn listed(
    check: &mut Check<'_>,
    path: &str,
    edges: Edges,
    ends: Ends,
    file: &ProjectionFile,
    (store_bits, delay): (u8, u8),
) -> Option<(Synapses, Delays)> {
    let plastic = file.learning.is_some();
    if file.delay.is_some() && edges.has_delays() {
        let problem = check
            .at(&format!("{path}.delay"), "`delay` beside a column of delays")
            .labelled("leave this out: the file named by `connect` has the delays");
        check.push(problem);
        return None;
    }
    match edges.into_synapses(ends.pres, store_bits, delay, plastic) {
        Ok(synapses) => Some(synapses),
        Err(twice) => {
            let problem = check
                .at(&format!("{path}.connect"), "a plastic synapse is listed twice")
                .labelled(format!("pre {}, post {}, delay {}", twice.pre, twice.post, twice.delay))
                .noted("note", "two synapses of one name would share every random word");
            check.push(problem);
            None
        }
    }
}

/// How many pairs a generated connection has, where its numbers are legal.
fn pairs(check: &mut Check<'_>, path: &str, connect: &ConnectFile, ends: Ends) -> Option<u64> {
    let (pres, posts) = (u64::from(ends.pres), u64::from(ends.posts));
    let count = check.count();
    let pairs = match connect {
        ConnectFile::OneToOne => {
            if pres != posts {
                let problem = check
                    .at(path, "`OneToOne` between populations of different sizes")
                    .labelled(format!("{pres} neurons to {posts}"));
                check.push(problem);
            }
            pres
        }
        ConnectFile::Random { targets } => {
            let most = i64::from(ends.posts);
            check.integer(&format!("{path}.Random.targets"), *targets, 1..=most) as u64 * pres
        }
        ConnectFile::RandomSources { sources } => {
            let most = i64::from(ends.pres);
            check.integer(&format!("{path}.RandomSources.sources"), *sources, 1..=most) as u64 * posts
        }
        _ => pres * posts,
    };
    (check.count() == count).then_some(pairs)
}

/// Shows a fault of a data file: in its line where it is text, at the field that names it where it is not.
fn report(check: &mut Check<'_>, path: &str, name: &str, data: &Path, fault: Fault) {
    let here = check.at(path, format!("`{name}`: {}", fault.title));
    let found = format!("found {}", fault.found);
    let excerpt = fault.place.and_then(|(line, column)| Some((edge_csv::line(data, line)?, line, column)));
    let problem = match (excerpt, here.line_column()) {
        (Some((text, line, column)), Some((row, _))) => {
            let start =
                text.split(',').take(column).map(|cell| cell.len() + 1).sum::<usize>().min(text.len());
            let end = start + text[start..].split(',').next().map_or(0, str::len);
            let by = format!("read for `{path}`, {}:{row}", here.file().unwrap_or(""));
            let source = Arc::new(Text::excerpt(data.display().to_string(), text, line as usize));
            let title = format!("line {line} of `{name}`: {}", fault.title);
            Diagnostic::new(title).at(&source, start..end).labelled(found).noted("note", by)
        }
        _ => here.labelled(found),
    };
    check.push(problem.noted("allowed", fault.allowed));
}
