//! The control events of a presentation: clear, targets, learn on and off.
//!
//! Step 0: `clear`, `learn off`, and for training one `target k value` a channel; step `learn_from`: `learn on`.
//! Promises: the same presentation gives the same program; a test never switches learning on.

use crate::encode::{self, Encoder, Presentation};
use synfire_chip::program::{Control, Program};

/// What all presentations of a run share.
pub struct Schedule {
    /// Encoders, in order.
    pub encoders: Vec<Box<dyn Encoder + Send + Sync>>,
    /// Steps of a presentation.
    pub steps: u32,
    /// First step in which errors are formed.
    pub learn_from: u32,
    /// First broadcast channel of the readout.
    pub first_channel: u16,
    /// Classes.
    pub classes: u16,
    /// Target of the right class, membrane lanes.
    pub right: i32,
    /// Target of the others.
    pub wrong: i32,
}

impl Schedule {
    /// The program of one presentation; `label` is given for training.
    #[must_use]
    pub fn program(&self, features: &[u8], shown: Presentation, label: Option<u8>) -> Program {
        let encoders: Vec<&dyn Encoder> = self.encoders.iter().map(|e| &**e as &dyn Encoder).collect();
        let mut program = encode::program(&encoders, features, shown, self.steps);
        let first = &mut program[0].control;
        first.push(Control::Clear);
        first.push(Control::Learn(false));
        if let Some(label) = label {
            for class in 0..self.classes {
                let value = if class == u16::from(label) { self.right } else { self.wrong };
                first.push(Control::Target { channel: self.first_channel + class, value });
            }
            program[self.learn_from as usize].control.push(Control::Learn(true));
        }
        program
    }
}
