//! The variables that learning reads and writes, and how a rule declares them.
//!
//! A rule names what it reads once, with [`reads!`](crate::reads): the declaration is both a list (what `synfire
//! audit` prints) and a set of [`Reads`] marks (what the views' accessors ask for). So a rule that reads a variable
//! which its declaration omits does not compile, and a [`Meter`] that counts accesses while a chip runs can be
//! compared with the list.
//!
//! Promises: every variable has one scope; counting costs nothing where nothing is counted ([`Unmetered`]).
//! Absent on purpose: values (`views`), widths (the configuration knows them).

use core::cell::Cell;

/// Where a variable lives: what a wire would have to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// One a synapse.
    Synapse,
    /// One a row: shared by the synapses of an axon.
    Axon,
    /// One a neuron.
    Neuron,
    /// One a learning group of one core.
    Group,
    /// Sent to every learning core.
    Broadcast,
}

impl Scope {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Synapse => "synapse",
            Self::Axon => "axon",
            Self::Neuron => "neuron",
            Self::Group => "group",
            Self::Broadcast => "broadcast",
        }
    }
}

macro_rules! variables {
    ($($(#[$doc:meta])* $name:ident: $scope:ident, $text:literal;)*) => {
        /// A variable of learning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Variable {
            $($(#[$doc])* $name,)*
        }

        impl Variable {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Where it lives.
            #[must_use]
            pub const fn scope(self) -> Scope {
                match self {
                    $(Self::$name => Scope::$scope,)*
                }
            }

            /// Its name in reports, with its symbol.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }

        /// A type a variable, for [`Reads`].
        pub mod marks {
            $($(#[$doc])* #[derive(Clone, Copy, Debug)] pub struct $name;)*
        }
    };
}

variables! {
    /// Stored weight.
    Weight: Synapse, "weight w";
    /// First eligibility state.
    EligibilityFirst: Synapse, "eligibility E1";
    /// Second eligibility state.
    EligibilitySecond: Synapse, "eligibility E2";
    /// Normaliser of the learning rate.
    Normaliser: Synapse, "normaliser N";
    /// Presynaptic trace.
    TraceP: Axon, "trace P";
    /// Events that arrived in this step.
    Events: Axon, "arrived events";
    /// Compared membrane.
    Compared: Neuron, "compared membrane U_cmp";
    /// Threshold with its adaptation.
    AdaptedThreshold: Neuron, "adapted threshold theta_A";
    /// Increment of the adaptation by the threshold, a constant.
    AdaptationStrength: Neuron, "adaptation strength beta";
    /// Whether the neuron fired.
    Spike: Neuron, "spike S";
    /// Spikes since `clear`.
    SpikeCount: Neuron, "spike counter";
    /// Target register of a readout neuron.
    Target: Neuron, "target";
    /// The two error traces of a readout neuron.
    ErrorTraces: Neuron, "error traces E1, E2";
    /// Error of the neuron's own channel.
    OwnError: Neuron, "own error E";
    /// Third factor.
    ThirdFactor: Neuron, "third factor L";
    /// Surrogate derivative.
    Surrogate: Neuron, "surrogate s(U_cmp)";
    /// Third factor times surrogate.
    Modulation: Neuron, "L s(U_cmp)";
    /// The neuron's row of the feedback matrix.
    FeedbackRow: Neuron, "feedback row B";
    /// The neuron's copy of its weights to the readout.
    MirrorRow: Neuron, "mirrored weights W_ki";
    /// Trace of the neuron's own spikes, as the readout's axon keeps it.
    MirrorTrace: Neuron, "mirrored trace P";
    /// Eligibility states of the mirrored weights.
    MirrorEligibility: Neuron, "mirrored eligibility E1, E2";
    /// Error compartment.
    Compartment: Neuron, "error compartment T";
    /// The neuron's column of its group's readout.
    GroupRow: Neuron, "group readout row G";
    /// Tap of a shared kernel: its copy is the group's.
    Tap: Group, "shared tap w";
    /// Products of the synapses that read a tap, summed.
    TapSum: Group, "sum of a tap's products";
    /// Low-passed readout of a group.
    GroupOutput: Group, "group readout Y";
    /// Errors of the group's readout.
    GroupError: Group, "group error e";
    /// Errors of a readout, sent to every core that listens.
    BroadcastError: Broadcast, "broadcast error E";
    /// Surrogate derivatives of a readout, sent to every core that mirrors its weights with a filter.
    BroadcastSurrogate: Broadcast, "broadcast surrogate s(U_cmp)";
}

/// Marks a rule that reads the variable `V`; made by [`reads!`](crate::reads) only.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not declare that it reads `{V}`",
    note = "declare it with `reads!`, so that the audit lists it"
)]
pub trait Reads<V> {}

/// What a rule declares to read.
pub trait Declared {
    /// The variables, each once.
    const READS: &'static [Variable];
}

/// Declares what a rule reads: `reads! { MyRule: Modulation, TraceP }`.
#[macro_export]
macro_rules! reads {
    ($rule:ty: $($variable:ident),* $(,)?) => {
        $(impl $crate::variables::Reads<$crate::variables::marks::$variable> for $rule {})*
        impl $crate::variables::Declared for $rule {
            const READS: &'static [$crate::variables::Variable] =
                &[$($crate::variables::Variable::$variable),*];
        }
    };
}

/// Counts accesses, or does not.
pub trait Meter {
    /// `count` reads of `variable`.
    fn read(&self, variable: Variable, count: usize);
    /// `count` writes of `variable`.
    fn write(&self, variable: Variable, count: usize);
}

/// Counts nothing, and compiles to nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unmetered;

impl Meter for Unmetered {
    #[inline(always)]
    fn read(&self, _: Variable, _: usize) {}
    #[inline(always)]
    fn write(&self, _: Variable, _: usize) {}
}

/// Counts where somebody wants to know.
impl<M: Meter> Meter for Option<&M> {
    #[inline(always)]
    fn read(&self, variable: Variable, count: usize) {
        if let Some(meter) = self {
            meter.read(variable, count);
        }
    }

    #[inline(always)]
    fn write(&self, variable: Variable, count: usize) {
        if let Some(meter) = self {
            meter.write(variable, count);
        }
    }
}

/// Reads and writes of every variable.
#[derive(Clone, Debug)]
pub struct Tally {
    counts: Vec<Cell<(u64, u64)>>,
}

impl Default for Tally {
    fn default() -> Self {
        Self { counts: vec![Cell::new((0, 0)); Variable::ALL.len()] }
    }
}

impl Tally {
    /// Reads and writes of `variable` so far.
    #[must_use]
    pub fn of(&self, variable: Variable) -> (u64, u64) {
        self.counts[variable as usize].get()
    }

    /// Adds another tally.
    pub fn add(&self, other: &Self) {
        for &variable in Variable::ALL {
            let (reads, writes) = other.of(variable);
            self.read(variable, reads as usize);
            self.write(variable, writes as usize);
        }
    }
}

impl Meter for Tally {
    fn read(&self, variable: Variable, count: usize) {
        let cell = &self.counts[variable as usize];
        let (reads, writes) = cell.get();
        cell.set((reads + count as u64, writes));
    }

    fn write(&self, variable: Variable, count: usize) {
        let cell = &self.counts[variable as usize];
        let (reads, writes) = cell.get();
        cell.set((reads, writes + count as u64));
    }
}
