//! A register of a machine between two steps: what a probe of it would have recorded of the last.
//!
//! Promises: looking changes nothing; columns are those of [`Variable::per`](crate::run::observable::Variable::per).
//! Dendritic sums and arrivals are those of a step in which a probe asked for such, 0 before. Absent on purpose: single
//! words (`back_door`), recordings of many steps (`probe`).

use crate::network::Network;
use crate::run::machine::Machine;
use crate::run::observable::Variable;
use crate::run::probe::{Probe, Recorder};
use crate::run::program::StepEvents;

impl Machine {
    /// Everything that population or projection `target` of `network`, which the machine was built of, has of a register.
    #[must_use]
    pub fn shown(&self, network: &Network, variable: Variable, target: usize) -> Vec<i32> {
        let mut recorder = Recorder::of(network, vec![Probe::all(network, target, variable)], &self.nodes);
        recorder.ran(0, &[StepEvents::default()]);
        recorder.split().iter_mut().zip(&self.nodes).for_each(|(own, node)| own.record(node, 0));
        recorder.take().swap_remove(0).values
    }
}
