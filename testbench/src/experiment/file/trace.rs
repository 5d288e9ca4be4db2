//! What an experiment asks of its retire trace.

use serde::Deserialize;
use synfire_chip::run::observable::Variable;

/// A retire trace of a run.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TraceFile {
    /// As what it is written.
    #[serde(default)]
    pub form: TraceFormFile,
    /// Of which registers.
    #[serde(default)]
    pub registers: TracedRegisters,
    /// First step.
    #[serde(default)]
    pub from: u64,
    /// First step that is not traced.
    #[serde(default)]
    pub until: Option<u64>,
}

/// The form of a trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum TraceFormFile {
    /// A line a record.
    #[default]
    Text,
    /// A frame a step.
    Binary,
}

/// The registers of a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum TracedRegisters {
    /// Those that are compared first: current, membranes, spike, adaptation, third factor, traces, weights.
    #[default]
    Compared,
    /// All that can be observed.
    All,
    /// Those of these names, of whatever has them.
    Named(Vec<String>),
}

impl TracedRegisters {
    /// Whether a register of this name is among them.
    #[must_use]
    pub fn has(&self, variable: Variable, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.iter().any(|wanted| wanted == name),
            Self::Compared => matches!(
                variable,
                Variable::Current
                    | Variable::Membrane
                    | Variable::Compared
                    | Variable::Spikes
                    | Variable::Adaptation
                    | Variable::ThirdFactor
                    | Variable::AxonQ
                    | Variable::AxonP
                    | Variable::Weight
            ),
        }
    }
}
