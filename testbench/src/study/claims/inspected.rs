//! A classification cell whose chip is looked into after training: the angle between feedback and readout weights, and
//! what the local readouts of learning groups answer.

use super::inspection::Inspection;
use crate::experiment::pool::{CellContext, Outcome, Work};
use crate::tasks::classify::cell::{Cell, CellState};
use crate::tasks::classify::result::CellResult;
use serde::{Deserialize, Serialize};
use std::sync::atomic::AtomicBool;

/// A cell and what is seen in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InspectedResult {
    /// The classification's result.
    pub result: CellResult,
    /// What was seen afterwards.
    pub inspection: Inspection,
}

/// The cell.
pub struct Inspected<'a>(pub Cell<'a>);

impl Work for Inspected<'_> {
    type State = CellState;
    type Result = InspectedResult;

    fn prepare(&mut self, interrupt: &AtomicBool) -> bool {
        self.0.prepare(interrupt)
    }

    fn fingerprint(&self) -> [u8; 32] {
        self.0.fingerprint()
    }

    fn units(&self) -> u64 {
        self.0.units()
    }

    fn describe(found: &InspectedResult) -> String {
        Cell::describe(&found.result)
    }

    fn fits(&mut self, state: CellState) -> Result<(), String> {
        self.0.fits(state)
    }

    fn run(
        &mut self,
        state: Option<CellState>,
        context: &CellContext<'_, CellState>,
    ) -> Result<Outcome<CellState, InspectedResult>, String> {
        Ok(match self.0.run(state, context)? {
            Outcome::Interrupted(state) => Outcome::Interrupted(state),
            Outcome::Finished(result) => {
                let inspection = Inspection::of(&mut self.0)?;
                Outcome::Finished(Box::new(InspectedResult { result: *result, inspection }))
            }
        })
    }
}
