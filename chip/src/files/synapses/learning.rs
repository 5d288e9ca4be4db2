//! `learning` of a projection: what a file may say, and what it means on a chip.
//!
//! `docs/formats.md`, "Learning of a projection", is the reader's version. Promises: a field stands here with its name, its
//! type, its default and its range. Absent on purpose: whether the population can learn so (`network::resolve`), whether
//! a copy can follow (`network::mirror`).

use crate::chip::Chip;
use crate::files::bounds;
use crate::files::network::decay::decay;
use crate::files::text::check::Check;
use crate::files::text::decimal::Raw;
use serde::{Deserialize, Serialize};
use synfire_core::rounding::Rounding;
use synfire_plasticity::config::{Eligibility, Presynaptic, SynapseLearning};

/// `learning` of a projection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "SynapseLearning")]
pub struct SynapseLearningFile {
    /// Learning-rate shift.
    pub shift: i64,
    /// Rounding of the update.
    #[serde(default)]
    pub rounding: UpdateRounding,
    /// An update takes `2^-weight_decay` of the weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_decay: Option<i64>,
    /// Trace or events of the axon.
    #[serde(default = "trace")]
    pub presynaptic: Presynaptic,
    /// What a synapse keeps of its own past.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eligibility: Option<EligibilityFile>,
}

impl SynapseLearningFile {
    /// Trace-driven learning at a rate, rounded stochastically.
    #[must_use]
    pub fn new(shift: u8) -> Self {
        Self {
            shift: i64::from(shift),
            rounding: UpdateRounding::default(),
            weight_decay: None,
            presynaptic: trace(),
            eligibility: None,
        }
    }
}

fn trace() -> Presynaptic {
    Presynaptic::Trace
}

/// Roundings of a weight update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename = "Rounding")]
pub enum UpdateRounding {
    /// Add uniform bits, then floor.
    #[default]
    Stochastic,
    /// To nearest, ties up.
    Nearest,
    /// Toward minus infinity.
    Floor,
}

/// `eligibility` of a projection's learning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Eligibility")]
pub enum EligibilityFile {
    /// SuperSpike's filter.
    Filter {
        /// First filter.
        q_decay: Raw,
        /// Second filter.
        p_decay: Raw,
        /// Right shift of `surrogate * P`.
        product_shift: i64,
        /// A learning rate a synapse.
        #[serde(skip_serializing_if = "Option::is_none")]
        normalise: Option<NormaliseFile>,
    },
    /// e-prop's state for an adaptive threshold.
    Adaptation {
        /// Left shift of P.
        trace_shift: i64,
    },
}

/// `normalise` of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Normalise")]
pub struct NormaliseFile {
    /// Bit length of the second state above which a synapse learns more slowly.
    pub reference_bits: i64,
}

/// Resolves `learning` at `path`.
pub(super) fn resolve(
    check: &mut Check<'_>,
    path: &str,
    file: &SynapseLearningFile,
    chip: &Chip,
) -> SynapseLearning {
    let fraction = chip.datapath.decay_fraction;
    let states = |check: &mut Check<'_>, file: &EligibilityFile| match file {
        EligibilityFile::Filter { q_decay, p_decay, product_shift, normalise } => {
            let field = |name: &str| format!("{path}.eligibility.Filter.{name}");
            Eligibility::Filter {
                q_decay: decay(check, &field("q_decay"), q_decay, fraction),
                p_decay: decay(check, &field("p_decay"), p_decay, fraction),
                product_shift: check.integer(&field("product_shift"), *product_shift, bounds::SHIFT) as u8,
                normalise: normalise.map(|normalise| {
                    let field = field("normalise.reference_bits");
                    check.integer(&field, normalise.reference_bits, bounds::REFERENCE_BITS) as u8
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
    let shift = check.integer(&format!("{path}.shift"), file.shift, bounds::SHIFT);
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
