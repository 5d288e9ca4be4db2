//! What the neurons of a slice need: state registers, and parameters that differ between neurons.

use super::kind::Kind;
use synfire_core::arrival::counter_bits;
use synfire_core::neuron::{Datapath, NeuronParameters, PerNeuron};
use synfire_core::words::Words;

/// The memories of `len` neurons with these parameters.
pub(super) fn memories(
    p: &NeuronParameters,
    datapath: &Datapath,
    len: usize,
) -> impl Iterator<Item = (Kind, Words)> {
    let width = u64::from(datapath.state_width);
    let decay = u64::from(datapath.decay_fraction) + 1;
    // Without sign, and no wider than the magnitude of the membrane it is compared with.
    let magnitude = width - 1;
    let adaptation = p.adaptation.as_ref();
    let where_any = |any: bool| if any { len } else { 0 };
    let each = |parameter: &PerNeuron| where_any(parameter.differs());
    let of_adaptation = |differs: bool| where_any(adaptation.is_some() && differs);
    [
        (Kind::Current, len, width),
        (Kind::Membrane, len, width),
        (Kind::Refractory, where_any(p.refractory_steps > 0), counter_bits(p.refractory_steps)),
        (Kind::Adaptation, where_any(adaptation.is_some()), magnitude),
        (Kind::Fired, len, 1),
        (Kind::CurrentDecay, each(&p.current_decay), decay),
        (Kind::MembraneDecay, each(&p.membrane_decay), decay),
        (Kind::Threshold, each(&p.threshold), width),
        (Kind::Bias, each(&p.bias), width),
        (Kind::InitialCurrent, each(&p.initial_current), width),
        (Kind::InitialMembrane, each(&p.initial_membrane), width),
        (Kind::AdaptationDecay, of_adaptation(adaptation.is_some_and(|a| a.decay.differs())), decay),
        (
            Kind::AdaptationIncrement,
            of_adaptation(adaptation.is_some_and(|a| a.increment.differs())),
            magnitude,
        ),
    ]
    .into_iter()
    .map(|(kind, count, bits)| (kind, Words::new(count, bits)))
}
