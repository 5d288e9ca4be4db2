//! The rules that can be audited, each as the network that runs it.
//!
//! All networks have the same shape where the rule allows: N inputs, N hidden neurons, a readout of ten. Promises: a
//! network is a network file like any user's, so what the audit sees is what a user gets.

/// Neurons of the readout.
pub const READOUT: u32 = 10;

/// One rule.
#[derive(Clone, Copy, Debug)]
pub struct AuditedRule {
    /// Name on the command line.
    pub name: &'static str,
    /// What it is.
    pub title: &'static str,
    /// Where the paper has it.
    pub source: &'static str,
    /// What it would have to carry between cores, where it is not local.
    pub carries: Option<&'static str>,
    /// Growth of its learning memory with the neurons of a layer that the paper states.
    pub exponent: f64,
    network: fn(u32) -> String,
}

impl AuditedRule {
    /// The network file with layers of `neurons`.
    #[must_use]
    pub fn network(&self, neurons: u32) -> String {
        (self.network)(neurons)
    }
}

/// All rules, simplest first.
pub const RULES: &[AuditedRule] = &[
    AuditedRule {
        name: "delta",
        title: "delta rule of a readout",
        source: "V",
        carries: None,
        exponent: 1.0,
        network: |n| Layers::new(n).hidden(None).text(),
    },
    AuditedRule {
        name: "random-feedback",
        title: "direct random feedback, traces only",
        source: "V-A",
        carries: None,
        exponent: 1.0,
        network: |n| Layers::new(n).hidden(Some("Feedback(draw: Sign, shift: 1)")).text(),
    },
    AuditedRule {
        name: "weight-decay",
        title: "direct random feedback, traces only, with weight decay",
        source: "V-A",
        carries: None,
        exponent: 1.0,
        network: |n| {
            let layers = Layers { synapse: ", weight_decay: 10", ..Layers::new(n) };
            layers.hidden(Some("Feedback(draw: Sign, shift: 1)")).text()
        },
    },
    AuditedRule {
        name: "feedback-alignment",
        title: "layer-by-layer feedback alignment",
        source: "V-A",
        carries: None,
        exponent: 1.0,
        network: |n| {
            Layers { two: true, ..Layers::new(n).hidden(Some("Feedback(draw: Sign, shift: 1)")) }.text()
        },
    },
    AuditedRule {
        name: "mirror",
        title: "mirror feedback: a local copy of the readout's weights",
        source: "V-A, symmetric feedback made local",
        carries: None,
        exponent: 1.0,
        network: |n| Layers::new(n).hidden(Some(r#"Mirror(projection: "hidden_readout", shift: 14)"#)).text(),
    },
    AuditedRule {
        name: "symmetric",
        title: "symmetric feedback",
        source: "V-A",
        carries: Some(
            "every weight of the readout, to the core of its presynaptic neuron, in every step that changes it",
        ),
        exponent: 1.0,
        network: |n| {
            let third_factor = r#"Symmetric(projection: "hidden_readout", shift: 14)"#;
            Layers { nonlocal: true, ..Layers::new(n).hidden(Some(third_factor)) }.text()
        },
    },
    AuditedRule {
        name: "erbp",
        title: "event-driven random back-propagation",
        source: "V-A, reference 31",
        carries: None,
        exponent: 1.0,
        network: |n| {
            let third_factor = "Compartment(draw: Sign, decay: Factor(2048), shift: 1)";
            let surrogate = "(shape: Boxcar, half_width: 1.0)";
            Layers {
                surrogate,
                synapse: ", presynaptic: Events",
                ..Layers::new(n).hidden(Some(third_factor))
            }
            .text()
        },
    },
    AuditedRule {
        name: "dcll",
        title: "DCLL with a rate regulariser",
        source: "V-C, Eq. 14",
        carries: None,
        exponent: 1.0,
        network: |n| {
            // Groups of one size, so that only their number grows with the layer.
            let third_factor = "Group(neurons: 32, draw: Sign, decay: Factor(3686), scale: 9, shift: 1)";
            let extra = ", rate_limit: (spikes: 5, amount: 0.25)";
            Layers { extra, ..Layers::new(n).hidden(Some(third_factor)) }.text()
        },
    },
    AuditedRule {
        name: "shared-kernel",
        title: "a convolution whose taps learn by their sums, random feedback",
        source: "V-A, with weights shared within a learning group",
        carries: None,
        exponent: 1.0,
        network: |n| {
            Layers { kernel: true, ..Layers::new(n).hidden(Some("Feedback(draw: Sign, shift: 1)")) }.text()
        },
    },
    AuditedRule {
        name: "e-prop",
        title: "e-prop for recurrent LIF neurons, random feedback",
        source: "III-B, references 3 and 15",
        carries: None,
        exponent: 1.0,
        network: |n| {
            Layers { recurrent: true, ..Layers::new(n).hidden(Some("Feedback(draw: Sign, shift: 1)")) }.text()
        },
    },
    AuditedRule {
        name: "e-prop-adaptive",
        title: "e-prop for recurrent neurons whose threshold adapts, random feedback",
        source: "III-B, references 3 and 15",
        carries: None,
        exponent: 2.0,
        network: |n| {
            Layers {
                recurrent: true,
                adaptation: ", adaptation: (decay: Factor(4000), increment: 0.5)",
                synapse: ", eligibility: Adaptation(trace_shift: 4)",
                ..Layers::new(n).hidden(Some("Feedback(draw: Sign, shift: 1)"))
            }
            .text()
        },
    },
    AuditedRule {
        name: "superspike",
        title: "SuperSpike on spike trains: per-synapse eligibility, random feedback",
        source: "V-B, Eq. 9-13",
        carries: None,
        exponent: 2.0,
        network: |n| {
            let signal =
                "FilteredSpikes(q_decay: Factor(2048), p_decay: Factor(3686), increment: 64, shift: 0)";
            let layers = Layers { synapse: FILTER, signal, ..Layers::new(n) };
            layers.hidden(Some("Feedback(draw: Sign, shift: 1)")).text()
        },
    },
    AuditedRule {
        name: "superspike-normalised",
        title: "SuperSpike with a learning rate a synapse",
        source: "V-B, r_ij",
        carries: None,
        exponent: 2.0,
        network: |n| {
            let signal =
                "FilteredSpikes(q_decay: Factor(2048), p_decay: Factor(3686), increment: 64, shift: 0)";
            let layers = Layers { synapse: NORMALISED_FILTER, signal, ..Layers::new(n) };
            layers.hidden(Some("Feedback(draw: Sign, shift: 1)")).text()
        },
    },
    AuditedRule {
        name: "eligibility-mirror",
        title: "per-synapse eligibility with mirror feedback: the gradient without reset terms",
        source: "V-A and V-B",
        carries: None,
        exponent: 2.0,
        network: |n| {
            let third_factor = r#"Mirror(projection: "hidden_readout", shift: 14)"#;
            Layers { synapse: FILTER, ..Layers::new(n).hidden(Some(third_factor)) }.text()
        },
    },
    AuditedRule {
        name: "superspike-mirror",
        title: "SuperSpike on spike trains with mirror feedback: the readout sends its surrogates",
        source: "V-B, symmetric feedback made local",
        carries: None,
        exponent: 2.0,
        network: |n| {
            let signal =
                "FilteredSpikes(q_decay: Factor(2048), p_decay: Factor(3686), increment: 64, shift: 0)";
            let third_factor = r#"Mirror(projection: "hidden_readout", shift: 14)"#;
            // One neuron: copies grow with the neurons alone, and would hide the square beneath them.
            let readout_surrogate = ", surrogate: (shape: Triangle, half_width: 2.0)";
            let layers = Layers {
                synapse: FILTER,
                readout_synapse: FILTER,
                readout_surrogate,
                signal,
                readout: 1,
                ..Layers::new(n)
            };
            layers.hidden(Some(third_factor)).text()
        },
    },
];

const FILTER: &str = ", eligibility: Filter(q_decay: Factor(2048), p_decay: Factor(3686), product_shift: 8)";
const NORMALISED_FILTER: &str = ", eligibility: Filter(q_decay: Factor(2048), p_decay: Factor(3686), product_shift: 8, \
                                 normalise: (reference_bits: 4))";

/// A recurrent layer with a single readout, for methods whose memory grows with the layer alone.
#[must_use]
pub fn recurrent(neurons: u32) -> String {
    let layers = Layers { recurrent: true, readout: 1, ..Layers::new(neurons) };
    layers.hidden(Some("Feedback(draw: Sign, shift: 1)")).text()
}

/// The rule of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static AuditedRule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// What the networks differ in.
struct Layers {
    neurons: u32,
    /// Third factor of the hidden layer; `None`: inputs reach the readout directly.
    third_factor: Option<&'static str>,
    surrogate: &'static str,
    /// Fields added to the hidden neurons.
    adaptation: &'static str,
    /// Fields added to the hidden layer's learning.
    extra: &'static str,
    /// Fields added to the learning of hidden synapses.
    synapse: &'static str,
    /// Fields added to the learning of the readout's synapses, and of its neurons.
    readout_synapse: &'static str,
    readout_surrogate: &'static str,
    signal: &'static str,
    readout: u32,
    two: bool,
    recurrent: bool,
    /// Inputs reach the hidden layer by a kernel of three taps.
    kernel: bool,
    nonlocal: bool,
}

impl Layers {
    fn new(neurons: u32) -> Self {
        Self {
            neurons,
            third_factor: None,
            surrogate: "(shape: Triangle, half_width: 2.0)",
            adaptation: "",
            extra: "",
            synapse: "",
            readout_synapse: "",
            readout_surrogate: "",
            signal: "Membrane",
            readout: READOUT,
            two: false,
            recurrent: false,
            kernel: false,
            nonlocal: false,
        }
    }

    fn hidden(self, third_factor: Option<&'static str>) -> Self {
        Self { third_factor, ..self }
    }

    fn text(&self) -> String {
        let neuron = "current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1.0";
        let store = "store: (bits: 16, fraction: 14)";
        let n = self.neurons;
        let (mut populations, mut projections) = (String::new(), String::new());
        let mut connect = |from: &str, to: &str, weights: &str, learning: &str| {
            let pairs = match (from, self.kernel) {
                ("in", true) => {
                    format!("Convolution(input: (1, 1, {n}), channels: 1, kernel: (1, 3), padding: (0, 1))")
                }
                _ => "AllToAll".to_owned(),
            };
            projections += &format!(
                "(name: \"{from}_{to}\", from: \"{from}\", to: \"{to}\", connect: {pairs}, weights: {weights}, \
                 {store}, learning: (shift: 12{learning})),\n"
            );
        };
        // Membranes stay near the threshold, where surrogates are not zero, whatever the size.
        let drive = 2.0 / f64::from(n);
        let drawn = if self.kernel {
            "Uniform(low: 0.5, high: 1.5)".to_owned()
        } else {
            format!("Uniform(low: {:.4}, high: {drive:.4})", -drive / 2.0)
        };
        let mut hidden = |name: &str, listens_to: &str, third_factor: &str, readout: &str| {
            populations += &format!(
                "(name: \"{name}\", neurons: {n}, neuron: ({neuron}{}), learning: (listens_to: \"{listens_to}\", \
                 third_factor: {third_factor}, surrogate: {}{}){readout}),\n",
                self.adaptation, self.surrogate, self.extra
            );
        };
        let last = match self.third_factor {
            None => "in",
            Some(third_factor) => {
                if self.two {
                    hidden("lower", "hidden", third_factor, "");
                    hidden("hidden", "readout", third_factor, ", readout: (signal: Modulation(shift: 7))");
                    connect("in", "lower", &drawn, self.synapse);
                    connect("lower", "hidden", &drawn, self.synapse);
                } else {
                    hidden("hidden", "readout", third_factor, "");
                    connect("in", "hidden", &drawn, self.synapse);
                }
                if self.recurrent {
                    connect("hidden", "hidden", "Uniform(low: -0.01, high: 0.01)", self.synapse);
                }
                "hidden"
            }
        };
        connect(last, "readout", "Constant(0.05)", self.readout_synapse);
        let (signal, spiking) = (self.signal, self.signal != "Membrane");
        format!(
            "(format: \"synfire-network/1\", name: \"audit\", allow_nonlocal: {}, inputs: [(name: \"in\", neurons: {n})],\n\
             populations: [{populations}(name: \"readout\", neurons: {}, neuron: ({neuron}, spiking: {spiking}), \
             learning: (third_factor: OwnError{}), readout: (signal: {signal}))],\nprojections: [{projections}])",
            self.nonlocal, self.readout, self.readout_surrogate
        )
    }
}
