//! First in, first out, up to a described depth: a deque of the next larger class of sizes.
//!
//! Promises: full at the depth, whatever its class holds; a depth outside of 1..=256 makes no queue.

use heapless::Deque;

/// A queue of at most `depth` entries.
#[derive(Clone, Debug)]
pub struct Fifo<T> {
    depth: usize,
    held: Held<T>,
}

/// The classes.
#[derive(Clone, Debug)]
enum Held<T> {
    To4(Deque<T, 4>),
    To16(Box<Deque<T, 16>>),
    To64(Box<Deque<T, 64>>),
    To256(Box<Deque<T, 256>>),
}

macro_rules! each {
    ($held:expr, $deque:ident => $body:expr) => {
        match $held {
            Held::To4($deque) => $body,
            Held::To16($deque) => $body,
            Held::To64($deque) => $body,
            Held::To256($deque) => $body,
        }
    };
}

impl<T> Fifo<T> {
    /// An empty queue; `None` for a depth of 0 or over 256.
    #[must_use]
    pub fn new(depth: usize) -> Option<Self> {
        let held = match depth {
            1..=4 => Held::To4(Deque::new()),
            5..=16 => Held::To16(Box::default()),
            17..=64 => Held::To64(Box::default()),
            65..=256 => Held::To256(Box::default()),
            _ => return None,
        };
        Some(Self { depth, held })
    }

    /// Entries.
    #[must_use]
    pub fn len(&self) -> usize {
        each!(&self.held, deque => deque.iter().len())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts an entry behind the others.
    ///
    /// # Errors
    /// The entry, if the queue is full.
    pub fn push(&mut self, entry: T) -> Result<(), T> {
        if self.len() == self.depth {
            return Err(entry);
        }
        each!(&mut self.held, deque => deque.push_back(entry))
    }

    /// Takes the first entry.
    pub fn pop(&mut self) -> Option<T> {
        each!(&mut self.held, deque => deque.pop_front())
    }

    /// The entry behind `index` others.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&T> {
        each!(&self.held, deque => deque.get(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    proptest! {
        /// Against a deque of the standard library, for every class and around its ends.
        #[test]
        fn it_is_a_queue_that_is_full_at_its_depth(
            depth in prop_oneof![1usize..=5, 15usize..=17, 63usize..=65, 255usize..=256],
            pushes in proptest::collection::vec(any::<bool>(), 0..900),
        ) {
            let (mut fifo, mut plain) = (Fifo::new(depth).expect("a depth"), VecDeque::new());
            for (entry, push) in pushes.into_iter().enumerate() {
                if push {
                    let taken = fifo.push(entry).is_ok();
                    prop_assert_eq!(taken, plain.len() < depth);
                    plain.extend(taken.then_some(entry));
                } else {
                    prop_assert_eq!(fifo.pop(), plain.pop_front());
                }
                prop_assert_eq!(fifo.len(), plain.len());
                prop_assert_eq!(fifo.get(plain.len() / 2), plain.get(plain.len() / 2));
            }
        }
    }

    #[test]
    fn no_other_depth_makes_a_queue() {
        assert!(Fifo::<u8>::new(0).is_none() && Fifo::<u8>::new(257).is_none());
    }
}
