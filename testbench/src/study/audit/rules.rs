//! The rules that can be audited, each as the network that runs it.
//!
//! All networks have the same shape where the rule allows: N inputs, N hidden neurons, a readout of ten. Promises: a
//! network is a network file like any user's, so what the audit sees is what a user gets.

use synfire_chip::files::schema::{
    AdaptationFile, ConnectFile, DecayFile, EligibilityFile, NetworkFile, NeuronFile, NeuronLearningFile,
    NormaliseFile, RateLimitFile, Raw, ReadoutFile, SignalFile, StoreFile, SurrogateFile,
    SynapseLearningFile, ThirdFactorFile, WeightsFile,
};
use synfire_plasticity::config::{MatrixDraw, Presynaptic, SurrogateShape};

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
    network: fn(u32) -> NetworkFile,
}

impl AuditedRule {
    /// The network file with layers of `neurons`.
    #[must_use]
    pub fn network(&self, neurons: u32) -> NetworkFile {
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
        network: |n| Layers::new(n).hidden(None).file(),
    },
    AuditedRule {
        name: "random-feedback",
        title: "direct random feedback, traces only",
        source: "V-A",
        carries: None,
        exponent: 1.0,
        network: |n| Layers::new(n).hidden(Some(FEEDBACK)).file(),
    },
    AuditedRule {
        name: "weight-decay",
        title: "direct random feedback, traces only, with weight decay",
        source: "V-A",
        carries: None,
        exponent: 1.0,
        network: |n| {
            let layers = Layers {
                synapse: SynapseLearningFile { weight_decay: Some(10), ..plastic() },
                ..Layers::new(n)
            };
            layers.hidden(Some(FEEDBACK)).file()
        },
    },
    AuditedRule {
        name: "feedback-alignment",
        title: "layer-by-layer feedback alignment",
        source: "V-A",
        carries: None,
        exponent: 1.0,
        network: |n| Layers { two: true, ..Layers::new(n).hidden(Some(FEEDBACK)) }.file(),
    },
    AuditedRule {
        name: "mirror",
        title: "mirror feedback: a local copy of the readout's weights",
        source: "V-A, symmetric feedback made local",
        carries: None,
        exponent: 1.0,
        network: |n| Layers::new(n).hidden(Some(mirror())).file(),
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
            let third_factor = ThirdFactorFile::Symmetric { projection: READ.to_owned(), shift: 14 };
            Layers { nonlocal: true, ..Layers::new(n).hidden(Some(third_factor)) }.file()
        },
    },
    AuditedRule {
        name: "erbp",
        title: "event-driven random back-propagation",
        source: "V-A, reference 31",
        carries: None,
        exponent: 1.0,
        network: |n| {
            let decay = Some(factor(2048));
            let third_factor = ThirdFactorFile::Compartment { draw: MatrixDraw::Sign, decay, shift: 1 };
            let surrogate = surrogate(SurrogateShape::Boxcar, 1.0);
            Layers {
                surrogate,
                synapse: SynapseLearningFile { presynaptic: Presynaptic::Events, ..plastic() },
                ..Layers::new(n).hidden(Some(third_factor))
            }
            .file()
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
            let (draw, decay) = (MatrixDraw::Sign, Some(factor(3686)));
            let third_factor = ThirdFactorFile::Group { neurons: 32, draw, decay, scale: 9, shift: 1 };
            let rate_limit = Some(RateLimitFile { spikes: 5, amount: Raw::from(0.25) });
            Layers { rate_limit, ..Layers::new(n).hidden(Some(third_factor)) }.file()
        },
    },
    AuditedRule {
        name: "shared-kernel",
        title: "a convolution whose taps learn by their sums, random feedback",
        source: "V-A, with weights shared within a learning group",
        carries: None,
        exponent: 1.0,
        network: |n| Layers { kernel: true, ..Layers::new(n).hidden(Some(FEEDBACK)) }.file(),
    },
    AuditedRule {
        name: "e-prop",
        title: "e-prop for recurrent LIF neurons, random feedback",
        source: "III-B, references 3 and 15",
        carries: None,
        exponent: 1.0,
        network: |n| Layers { recurrent: true, ..Layers::new(n).hidden(Some(FEEDBACK)) }.file(),
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
                adaptation: Some(AdaptationFile { decay: factor(4000), increment: Raw::from(0.5) }),
                synapse: eligible(EligibilityFile::Adaptation { trace_shift: 4 }),
                ..Layers::new(n).hidden(Some(FEEDBACK))
            }
            .file()
        },
    },
    AuditedRule {
        name: "superspike",
        title: "SuperSpike on spike trains: per-synapse eligibility, random feedback",
        source: "V-B, Eq. 9-13",
        carries: None,
        exponent: 2.0,
        network: |n| {
            let layers = Layers { synapse: eligible(filter(None)), signal: filtered(), ..Layers::new(n) };
            layers.hidden(Some(FEEDBACK)).file()
        },
    },
    AuditedRule {
        name: "superspike-normalised",
        title: "SuperSpike with a learning rate a synapse",
        source: "V-B, r_ij",
        carries: None,
        exponent: 2.0,
        network: |n| {
            let layers = Layers {
                synapse: eligible(filter(Some(NormaliseFile { reference_bits: 4 }))),
                signal: filtered(),
                ..Layers::new(n)
            };
            layers.hidden(Some(FEEDBACK)).file()
        },
    },
    AuditedRule {
        name: "eligibility-mirror",
        title: "per-synapse eligibility with mirror feedback: the gradient without reset terms",
        source: "V-A and V-B",
        carries: None,
        exponent: 2.0,
        network: |n| {
            let third_factor = mirror();
            Layers { synapse: eligible(filter(None)), ..Layers::new(n).hidden(Some(third_factor)) }.file()
        },
    },
    AuditedRule {
        name: "superspike-mirror",
        title: "SuperSpike on spike trains with mirror feedback: the readout sends its surrogates",
        source: "V-B, symmetric feedback made local",
        carries: None,
        exponent: 2.0,
        network: |n| {
            let third_factor = mirror();
            // One neuron: copies grow with the neurons alone, and would hide the square beneath them.
            let readout_surrogate = Some(surrogate(SurrogateShape::Triangle, 2.0));
            let layers = Layers {
                synapse: eligible(filter(None)),
                readout_synapse: eligible(filter(None)),
                readout_surrogate,
                signal: filtered(),
                readout: 1,
                ..Layers::new(n)
            };
            layers.hidden(Some(third_factor)).file()
        },
    },
];

const FEEDBACK: ThirdFactorFile = ThirdFactorFile::Feedback { draw: MatrixDraw::Sign, shift: 1 };
/// Name of the projection to the readout.
const READ: &str = "hidden_readout";

fn mirror() -> ThirdFactorFile {
    ThirdFactorFile::Mirror { projection: READ.to_owned(), shift: 14 }
}

fn factor(factor: i64) -> Raw {
    DecayFile::Factor(factor).into()
}

fn surrogate(shape: SurrogateShape, half_width: f64) -> SurrogateFile {
    SurrogateFile { shape, half_width: half_width.into() }
}

fn filtered() -> SignalFile {
    SignalFile::FilteredSpikes { q_decay: factor(2048), p_decay: factor(3686), increment: 64, shift: 0 }
}

fn plastic() -> SynapseLearningFile {
    SynapseLearningFile::new(12)
}

fn eligible(eligibility: EligibilityFile) -> SynapseLearningFile {
    SynapseLearningFile { eligibility: Some(eligibility), ..plastic() }
}

fn filter(normalise: Option<NormaliseFile>) -> EligibilityFile {
    EligibilityFile::Filter { q_decay: factor(2048), p_decay: factor(3686), product_shift: 8, normalise }
}

/// A recurrent layer with a single readout, for methods whose memory grows with the layer alone.
#[must_use]
pub fn recurrent(neurons: u32) -> NetworkFile {
    let layers = Layers { recurrent: true, readout: 1, ..Layers::new(neurons) };
    layers.hidden(Some(FEEDBACK)).file()
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
    third_factor: Option<ThirdFactorFile>,
    surrogate: SurrogateFile,
    /// Of the hidden neurons.
    adaptation: Option<AdaptationFile>,
    /// Of the hidden layer's learning.
    rate_limit: Option<RateLimitFile>,
    /// Learning of the hidden synapses.
    synapse: SynapseLearningFile,
    /// Learning of the readout's synapses, and of its neurons.
    readout_synapse: SynapseLearningFile,
    readout_surrogate: Option<SurrogateFile>,
    signal: SignalFile,
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
            surrogate: surrogate(SurrogateShape::Triangle, 2.0),
            adaptation: None,
            rate_limit: None,
            synapse: plastic(),
            readout_synapse: plastic(),
            readout_surrogate: None,
            signal: SignalFile::Membrane,
            readout: READOUT,
            two: false,
            recurrent: false,
            kernel: false,
            nonlocal: false,
        }
    }

    fn hidden(self, third_factor: Option<ThirdFactorFile>) -> Self {
        Self { third_factor, ..self }
    }

    fn file(&self) -> NetworkFile {
        let mut file = NetworkFile { allow_nonlocal: Some(self.nonlocal), ..NetworkFile::new("audit") };
        file.input("in", self.neurons);
        let last = match &self.third_factor {
            None => "in",
            Some(third_factor) => {
                self.hidden_layers(&mut file, third_factor);
                "hidden"
            }
        };
        let spiking = self.signal != SignalFile::Membrane;
        let readout = file.population("readout", self.readout, NeuronFile { spiking, ..Self::neuron() });
        let surrogate = self.readout_surrogate.clone();
        readout.learning =
            Some(NeuronLearningFile { surrogate, ..NeuronLearningFile::new(ThirdFactorFile::OwnError) });
        readout.readout = Some(ReadoutFile::new(self.signal.clone()));
        let weights = WeightsFile::Constant(Raw::from(0.05));
        self.connect(&mut file, (last, "readout"), weights, &self.readout_synapse);
        file
    }

    fn neuron() -> NeuronFile {
        NeuronFile::new(factor(2048), factor(3686), Raw::from(1.0))
    }

    /// The hidden layer, or two, and what reaches them.
    fn hidden_layers(&self, file: &mut NetworkFile, third_factor: &ThirdFactorFile) {
        let mut layer = |name: &str, listens_to: &str, readout: Option<ReadoutFile>| {
            let neuron = NeuronFile { adaptation: self.adaptation.clone(), ..Self::neuron() };
            let population = file.population(name, self.neurons, neuron);
            population.learning = Some(NeuronLearningFile {
                listens_to: Some(listens_to.to_owned()),
                surrogate: Some(self.surrogate.clone()),
                rate_limit: self.rate_limit.clone(),
                ..NeuronLearningFile::new(third_factor.clone())
            });
            population.readout = readout;
        };
        // Membranes stay near the threshold, where surrogates are not zero, whatever the size.
        let drive = 2.0 / f64::from(self.neurons);
        let drawn = if self.kernel { uniform(0.5, 1.5) } else { uniform(-drive / 2.0, drive) };
        if self.two {
            layer("lower", "hidden", None);
            layer("hidden", "readout", Some(ReadoutFile::new(SignalFile::Modulation { shift: 7 })));
            self.connect(file, ("in", "lower"), drawn.clone(), &self.synapse);
            self.connect(file, ("lower", "hidden"), drawn, &self.synapse);
        } else {
            layer("hidden", "readout", None);
            self.connect(file, ("in", "hidden"), drawn, &self.synapse);
        }
        if self.recurrent {
            self.connect(file, ("hidden", "hidden"), uniform(-0.01, 0.01), &self.synapse);
        }
    }

    fn connect(
        &self,
        file: &mut NetworkFile,
        ends: (&str, &str),
        weights: WeightsFile,
        learning: &SynapseLearningFile,
    ) {
        let pairs = if self.kernel && ends.0 == "in" {
            ConnectFile::Convolution {
                input: (1, 1, i64::from(self.neurons)),
                channels: 1,
                kernel: (1, 3),
                stride: (1, 1),
                padding: (0, 1),
                copies: 1,
                groups: 1,
                shared: true,
            }
        } else {
            ConnectFile::AllToAll
        };
        file.projection(ends, pairs, weights, StoreFile::new(16, 14)).learning = Some(learning.clone());
    }
}

/// Real weights of a range, to four decimals.
fn uniform(low: f64, high: f64) -> WeightsFile {
    let rounded = |value: f64| Raw::from((value * 1e4).round_ties_even() / 1e4);
    WeightsFile::Uniform { low: rounded(low), high: rounded(high) }
}
