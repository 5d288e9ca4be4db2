//! An element of `projections`: its ends, its store, its synapses.
//!
//! Promises: weights fit the store (symmetric where they learn); delays fit the chip; a plastic projection ends
//! where its target learns and lists no synapse twice.
//! Absent on purpose: how it learns (`learning`), whose port it adds to (`port`), whether sums fit the accumulator
//! (`proof`).

use super::convolution;
use super::edge_csv;
use super::edges::Edges;
use super::ends::Ends;
use super::generate::Draws;
use super::learning;
use super::stated;
use super::weight_file::{self, Bounds};
use crate::chip::Chip;
use crate::files::bounds;
use crate::files::network::file::{ConnectFile, ProjectionFile, StoreFile};
use crate::files::text::check::Check;
use crate::network::{Encoding, Projection, Synapses};
use synfire_core::arrival::Delays;
use synfire_core::synapse::WeightLanes;
use synfire_core::weight::WeightFormat;

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
    let learning =
        file.learning.as_ref().map(|l| learning::resolve(check, &format!("{path}.learning"), l, chip));
    let most = i64::from(chip.limits.delay_steps);
    let delay = check.integer(&format!("{path}.delay"), file.delay.unwrap_or(1), 1..=most) as u8;
    let lanes = stated::lanes(check, &path, file, format);
    if check.count() > count {
        return None;
    }
    let bounds = Bounds {
        from: (file.from.clone(), ends.pres),
        to: (file.to.clone(), ends.posts),
        weights: stated::store_range(format, file.learning.is_some()),
        fraction: format.fraction,
        store_bits: format.store_bits,
        delay_steps: chip.limits.delay_steps,
        capacity: chip.limits.synapse_memory_bits * chip.mesh.cores() as u64 / u64::from(format.store_bits),
        axons: chip.limits.axons,
    };
    let draws =
        Draws { seed: ends.seed, projection: ends.index as u32, pres: ends.pres, posts: ends.posts, lanes };
    let (synapses, delays) = synapses(check, &path, ends, file, (&bounds, &draws), delay)?;
    if file.encoding == Encoding::Shared && !matches!(synapses, Synapses::Shared { .. }) {
        let problem = check
            .at(
                &format!("{path}.encoding"),
                format!("projection `{}` has no kernel whose taps are shared", file.name),
            )
            .labelled("found `Shared`")
            .noted("allowed", "`Auto`, `Dense`, `Sparse`; `Shared` of a `Convolution` or `SumPool`");
        check.push(problem);
    }
    Some(Projection {
        name: file.name.clone(),
        source: ends.source,
        target: ends.target,
        format,
        synapses,
        delays,
        learning,
        encoding: file.encoding,
        port_of: None,
        stated: file.weights.as_ref().and_then(stated::real),
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
    let fraction = check.integer(&field("fraction"), file.fraction, bounds::WEIGHT_FRACTION);
    let delivered = check.integer(&field("delivered_bits"), file.delivered_bits.unwrap_or(bits), 1..=bits);
    let delivered_fraction = fraction - (bits - delivered);
    let datapath = &chip.datapath;
    let natural = i64::from(datapath.state_fraction) - i64::from(datapath.input_shift) - delivered_fraction;
    let exponent = check.integer(&field("exponent"), file.exponent.unwrap_or(natural), bounds::EXPONENT);
    WeightFormat {
        store_bits: bits as u8,
        fraction: fraction as u8,
        delivered_bits: delivered as u8,
        exponent: exponent as i8,
        dropped: file.dropped.unwrap_or_default(),
    }
}

/// Generates the synapses or reads them.
fn synapses(
    check: &mut Check<'_>,
    path: &str,
    ends: Ends,
    file: &ProjectionFile,
    (bounds, draws): (&Bounds, &Draws),
    delay: u8,
) -> Option<(Synapses, Delays)> {
    let connect = format!("{path}.connect");
    let dense = |weights| (Synapses::Dense { weights }, Delays::Same(delay));
    let edges = match &file.connect {
        ConnectFile::Npy(name) => {
            let data = check.data_path(&connect, name);
            let read = weight_file::read_matrix(&data, bounds);
            return read.map(dense).map_err(|fault| fault.report(check, &connect, name, &data)).ok();
        }
        ConnectFile::Edges(name) => {
            let data = check.data_path(&connect, name);
            let text = data.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
            let read = if text { edge_csv::read_edges } else { weight_file::read_edges };
            read(&data, bounds).map_err(|fault| fault.report(check, &connect, name, &data)).ok()?
        }
        ConnectFile::Convolution { .. } | ConnectFile::SumPool { .. } => {
            let of = convolution::resolve(check, path, file, ends)?;
            let taps = of.taps(check, path, file, bounds, draws)?;
            if of.is_shared() {
                return Some((of.shared(taps), Delays::Same(delay)));
            }
            of.expanded(&taps)
        }
        generated => {
            let count = pairs(check, &connect, generated, ends)?;
            let all = matches!(generated, ConnectFile::AllToAll);
            let refused = check.count() > 0;
            let counted = bounds.count(count);
            let drawn = counted.and_then(|count| if refused { Ok(()) } else { bounds.drawn(count, all) });
            if let Err(fault) = drawn {
                let problem = check
                    .at(&connect, fault.title)
                    .labelled(format!("found {}", fault.found))
                    .noted("allowed", fault.allowed);
                check.push(problem);
                return None;
            }
            if refused {
                // What is drawn would be thrown away, and may be more than memory holds.
                return Some(dense(WeightLanes::zeros(bounds.store_bits, 0)));
            }
            match generated {
                ConnectFile::OneToOne => draws.one_to_one(),
                ConnectFile::Random { targets } => draws.random_targets(*targets as u32),
                ConnectFile::RandomSources { sources } => draws.random_sources(*sources as u32),
                _ => return Some(dense(draws.all_to_all(bounds.store_bits))),
            }
        }
    };
    listed(check, path, edges, ends, file, (bounds.store_bits, delay))
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
