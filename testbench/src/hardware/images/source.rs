//! Where arrays come from when they are read: what an organisation asks of whoever opens the files.

use super::array::{Name, Shape};
use crate::hardware::error::HardwareError;

/// Images that can be asked for.
pub trait Source {
    /// How many the indices of a memory are.
    ///
    /// # Errors
    /// When there is no such memory.
    fn counts(&self, name: Name) -> Result<Vec<usize>, HardwareError>;

    /// The values of a memory, element by element, field by field.
    ///
    /// # Errors
    /// When there is no such memory, or with what is wrong in its files.
    fn read(&mut self, shape: &Shape) -> Result<Vec<i64>, HardwareError>;

    /// What is wrong with an element of a memory that was read, at its line.
    fn refuse(&self, shape: &Shape, element: usize, found: String, allowed: String) -> HardwareError;
}
