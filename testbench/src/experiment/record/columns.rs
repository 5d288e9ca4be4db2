//! What the columns of a recording are called.
//!
//! Promises: a name says which neuron, axon, synapse, channel or group a column is of, in the network's own numbers. Absent
//! on purpose: which columns there are (`probes`).

use synfire_chip::network::Network;
use synfire_chip::run::observable::Per;
use synfire_chip::run::probe::Probe;

/// What the columns of a probe are called: a number, or numbers with points between. Of an axon the presynaptic neuron, and
/// the delay where its neuron has several; of a synapse pre, post and, likewise, delay.
#[must_use]
pub fn columns(network: &Network, probe: &Probe) -> Vec<String> {
    let (of, target) = (&probe.neurons, probe.target);
    let channels = || network.populations[target].learning.map_or(1, |learning| u32::from(learning.channels));
    match probe.variable.per() {
        Per::Channel | Per::Group => {
            let channels = channels();
            of.iter().map(|lane| format!("{}.{}", lane / channels, lane % channels)).collect()
        }
        Per::Axon => {
            let projection = &network.projections[target];
            let several = projection.has_several_axons();
            let name = |axon: &u32| match projection.axon(*axon as usize) {
                (pre, delay) if several => format!("{pre}.{delay}"),
                (pre, _) => pre.to_string(),
            };
            of.iter().map(name).collect()
        }
        Per::Weight => of.iter().map(|weight| synapse(network, target, *weight as usize)).collect(),
        Per::Neuron | Per::Presynaptic => of.iter().map(u32::to_string).collect(),
    }
}

/// What a weight's column is called; of a shared kernel copy and tap.
fn synapse(network: &Network, projection: usize, weight: usize) -> String {
    let projection = &network.projections[projection];
    if let Some(kernel) = projection.synapses.kernel() {
        let taps = kernel.taps().max(1) as usize;
        return format!("{}.{}", weight / taps, weight % taps);
    }
    let posts = network.populations[projection.target].neurons.max(1) as usize;
    let (axon, post) = match projection.synapses.listed() {
        None => (weight / posts, (weight % posts) as u32),
        Some(listed) => {
            let axon = listed.starts.partition_point(|start| *start as usize <= weight) - 1;
            (axon, listed.posts[weight])
        }
    };
    match projection.axon(axon) {
        (pre, delay) if projection.has_several_axons() => format!("{pre}.{post}.{delay}"),
        (pre, _) => format!("{pre}.{post}"),
    }
}
