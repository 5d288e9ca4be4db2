//! Micro-step 7 for the neurons of a slice: the views are built here, and the rule is asked.
//!
//! Promises: one saturation of each third factor; the same bits with and without a meter.
//! Absent on purpose: when third factors are formed at all (`slice_learning`).

use crate::config::RateLimit;
use crate::group::Groups;
use crate::rule::ThirdFactorRule;
use crate::rules::{AdaptedSurrogate, RateRegulariser, SurrogateDerivative};
use crate::steps;
use crate::variables::{Meter, Unmetered};
use crate::views::{NeuronState, NeuronView};
use synfire_core::format::Format;
use synfire_core::vectorised;

/// What the views of a slice's neurons are made of.
#[derive(Clone, Copy)]
pub(crate) struct Neurons<'a> {
    pub compared: &'a [i32],
    pub fired: &'a [u8],
    /// Empty where no regulariser reads them.
    pub spike_counts: &'a [u8],
    /// Empty where neurons have no channel of their own.
    pub own_errors: &'a [i32],
    /// One row of channels a neuron, or empty.
    pub matrix: &'a [i8],
    /// One row of weights a neuron, or empty.
    pub mirror: &'a [i16],
    /// Empty where there are none.
    pub compartments: &'a [i32],
    pub errors: &'a [i32],
    /// The groups, and how many neurons each has.
    pub groups: Option<(&'a Groups, usize)>,
    pub limit: Option<RateLimit>,
}

impl<'a> Neurons<'a> {
    #[inline(always)]
    fn state(&self, neuron: usize) -> NeuronState<'a> {
        let channels = self.errors.len();
        NeuronState {
            compared: self.compared[neuron],
            // No third factor reads it.
            adapted_threshold: 0,
            spike: self.fired[neuron] != 0,
            spike_count: self.spike_counts.get(neuron).copied().unwrap_or(0),
            own_error: self.own_errors.get(neuron).copied().unwrap_or(0),
            matrix: if self.matrix.is_empty() { &[] } else { &self.matrix[neuron * channels..][..channels] },
            mirror: if self.mirror.is_empty() { &[] } else { &self.mirror[neuron * channels..][..channels] },
            compartment: self.compartments.get(neuron).copied().unwrap_or(0),
            broadcast: self.errors,
            group: self.groups.map_or(&[], |(groups, size)| groups.errors(neuron / size)),
        }
    }
}

#[inline(always)]
fn form_body<R: ThirdFactorRule, M: Meter>(
    rule: R,
    neurons: Neurons<'_>,
    format: Format,
    out: &mut [i32],
    meter: &M,
) {
    for (neuron, out) in out.iter_mut().enumerate() {
        let state = neurons.state(neuron);
        let mut raw = rule.third_factor(&NeuronView::new(state, meter));
        if let Some(limit) = neurons.limit {
            raw -= RateRegulariser(limit).penalty(&NeuronView::new(state, meter));
        }
        *out = format.saturate(raw);
    }
    steps::WRITE_THIRD_FACTOR.count(meter, [], [out.len()]);
}

vectorised! {
    fn form_unmetered[R: ThirdFactorRule](rule: R, neurons: Neurons<'_>, format: Format, out: &mut [i32])
        => form_plain::<R>
}

#[inline(always)]
fn form_plain<R: ThirdFactorRule>(rule: R, neurons: Neurons<'_>, format: Format, out: &mut [i32]) {
    form_body(rule, neurons, format, out, &Unmetered);
}

/// Third factors of the neurons of a slice, each saturated once. Without a meter the loop is vectorised.
pub(crate) fn form<R: ThirdFactorRule>(
    rule: R,
    neurons: Neurons<'_>,
    format: Format,
    out: &mut [i32],
    meter: Option<&impl Meter>,
) {
    match meter {
        None => form_unmetered(rule, neurons, format, out),
        Some(meter) => form_body(rule, neurons, format, out, meter),
    }
}

/// The surrogate derivative of one neuron, through its view; `adapted` is its threshold, where that adapts.
pub(crate) fn derivative<M: Meter>(
    rule: SurrogateDerivative,
    compared: i32,
    adapted: Option<i32>,
    meter: &M,
) -> i32 {
    steps::WRITE_SURROGATE.count(meter, [], [1]);
    let adapted_threshold = adapted.unwrap_or(rule.threshold);
    let state = NeuronState { compared, adapted_threshold, ..NeuronState::default() };
    if adapted.is_some() {
        AdaptedSurrogate(rule).value(&NeuronView::new(state, meter))
    } else {
        rule.value(&NeuronView::new(state, meter))
    }
}
