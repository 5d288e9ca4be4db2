use synfire_plasticity::reads;
use synfire_plasticity::rule::{UpdateRule, Word};
use synfire_plasticity::variables::Meter;
use synfire_plasticity::views::SynapseView;

#[derive(Clone, Copy)]
struct Mine;

reads! { Mine: Modulation, TraceP }

impl UpdateRule for Mine {
    fn product<W: Word, M: Meter>(&self, synapse: &SynapseView<'_, Self, M>) -> W {
        W::product(synapse.modulation(), synapse.trace_p())
    }
}

fn main() {}
