//! `weights` of a projection: the lanes of weights that a file states and no array has.
//!
//! Promises: lanes fit the store, which is symmetric where it learns and two's complement where it is fixed.
//! Absent on purpose: which synapse draws which lane (`generate`), arrays (`weight_file`).

use crate::files::network::file::{ConnectFile, ProjectionFile, WeightsFile};
use crate::files::text::check::{Check, Lanes};
use crate::files::text::decimal::{self, Raw};
use crate::files::text::diagnostic::Diagnostic;
use crate::network::RealRange;
use fixed::types::I32F32;
use std::ops::RangeInclusive;
use synfire_core::weight::WeightFormat;

/// Legal lanes of a store: symmetric where it learns, two's complement where it is fixed.
pub(in crate::files) fn store_range(format: WeightFormat, plastic: bool) -> RangeInclusive<i64> {
    let half = 1i64 << (format.store_bits - 1);
    if plastic { 1 - half..=half - 1 } else { -half..=half - 1 }
}

/// The real numbers that generated weights are stated as.
pub(in crate::files) fn real(file: &WeightsFile) -> Option<RealRange> {
    let value = |raw: &Raw| decimal::fixed_point(raw.token()).map(|value| value.to_bits());
    let (low, high) = match file {
        WeightsFile::Constant(both) => (both, both),
        WeightsFile::Uniform { low, high } => (low, high),
        WeightsFile::Lanes(_) | WeightsFile::UniformLanes { .. } | WeightsFile::Npy(_) => return None,
    };
    Some(RealRange { low: value(low)?, high: value(high)? })
}

/// Whether the file that `connect` names has the weights.
fn from_file(file: &ProjectionFile) -> bool {
    matches!(file.connect, ConnectFile::Npy(_) | ConnectFile::Edges(_))
}

/// What is wrong with `weights` of a form that `connect` cannot take.
fn misplaced(check: &Check<'_>, path: &str, file: &ProjectionFile) -> Option<Diagnostic> {
    Some(match file.weights.as_ref()? {
        _ if from_file(file) => check
            .at(path, "`weights` beside weights of a file")
            .labelled("leave this out: the file named by `connect` has the weights"),
        WeightsFile::Npy(_) if !file.connect.has_taps() => check
            .at(&format!("{path}.Npy"), "an array of taps without a kernel")
            .labelled("only a `Convolution` or a `SumPool` has taps")
            .noted("allowed", "`connect: Npy(..)` without `weights`, for a matrix of weights"),
        WeightsFile::Uniform { .. } | WeightsFile::UniformLanes { .. }
            if matches!(file.connect, ConnectFile::SumPool { .. }) =>
        {
            check
                .at(path, "a sum pooling has one weight")
                .labelled("this draws one a tap")
                .noted("allowed", "`Constant(..)`, `Lanes(..)`, or nothing: 1.0")
        }
        _ => return None,
    })
}

/// Lanes of generated weights; empty for weights of a file.
pub(in crate::files) fn lanes(
    check: &mut Check<'_>,
    path: &str,
    file: &ProjectionFile,
    format: WeightFormat,
) -> RangeInclusive<i32> {
    let path = format!("{path}.weights");
    if let Some(problem) = misplaced(check, &path, file) {
        check.push(problem);
        return 0..=0;
    }
    let range = store_range(format, file.learning.is_some());
    let name = format!("s{}.{}", format.store_bits, format.fraction);
    let lanes = Lanes { format: name, fraction: format.fraction, range };
    let (low, high) = match &file.weights {
        None if from_file(file) => return 0..=0,
        None if matches!(file.connect, ConnectFile::SumPool { .. }) => {
            let one = one(check, &path, &lanes);
            (one, one)
        }
        None => {
            check.missing(&path);
            return 0..=0;
        }
        Some(WeightsFile::Npy(_)) => return 0..=0,
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

/// The lane of 1.0.
fn one(check: &mut Check<'_>, path: &str, lanes: &Lanes) -> i32 {
    let one = decimal::nearest_lane(I32F32::ONE, lanes.fraction);
    if !lanes.range.contains(&one) {
        let problem = check
            .at(path, "the store does not hold the weight of a sum pooling")
            .labelled("it is 1.0 where `weights` are left out")
            .noted("allowed", format!("{}, or another `store`", lanes.show()));
        check.push(problem);
    }
    one.clamp(*lanes.range.start(), *lanes.range.end()) as i32
}
