use synfire_plasticity::rule::{Rule, Word};
use synfire_plasticity::views::{NeuronView, SynapseView};

#[derive(Clone, Copy)]
struct Mine;

impl Rule for Mine {
    fn third_factor(&self, neuron: &NeuronView<'_>) -> i64 {
        i64::from(neuron.error)
    }

    fn product<W: Word>(&self, synapse: &SynapseView) -> W {
        W::product(synapse.third_factor, synapse.axons[1].p)
    }
}

fn main() {}
