use synfire_plasticity::reads;
use synfire_plasticity::rule::ThirdFactorRule;
use synfire_plasticity::variables::Meter;
use synfire_plasticity::views::NeuronView;

#[derive(Clone, Copy)]
struct Mine;

reads! { Mine: GroupRow, GroupError }

impl ThirdFactorRule for Mine {
    fn third_factor<M: Meter>(&self, neuron: &NeuronView<'_, Self, M>) -> i64 {
        neuron.group_feedback()
    }
}

fn main() {}
