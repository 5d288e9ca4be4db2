use synfire_plasticity::reads;
use synfire_plasticity::rule::ThirdFactorRule;
use synfire_plasticity::variables::Meter;
use synfire_plasticity::views::NeuronView;

#[derive(Clone, Copy)]
struct Mine;

reads! { Mine: OwnError }

impl ThirdFactorRule for Mine {
    fn third_factor<M: Meter>(&self, neuron: &NeuronView<'_, Self, M>) -> i64 {
        i64::from(neuron.core(1).own_error())
    }
}

fn main() {}
