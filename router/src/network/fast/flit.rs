//! A flit of the fast engine: one word.

use crate::network::routes::{NODES, Target};
use crate::network::shape::ROUTERS;

/// A flit: packet 28 bits, class 8, address 25, and three marks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flit(pub u64);

/// Bits of an address.
const ADDRESS: u32 = 25;

const _: () =
    assert!(NODES <= 1 << ADDRESS && ROUTERS as usize * 64 <= 1 << ADDRESS, "a flit names every place");

impl Flit {
    /// The first of its packet.
    pub const HEAD: u64 = 1;
    /// The last of its packet.
    pub const TAIL: u64 = 2;
    /// Addressed to a node of a tree, not to an endpoint.
    const TREE: u64 = 4;

    /// A flit of a packet.
    #[inline]
    pub fn new(packet: u32, class: u8, target: Target, marks: u64) -> Self {
        Self(u64::from(packet) << 36 | u64::from(class) << 28 | Self::address(target) | marks)
    }

    /// The same with another address.
    #[inline]
    pub fn to(self, address: u64) -> Self {
        Self(self.0 & !(0x1ff_ffff << 3 | Self::TREE) | address)
    }

    /// Bits of an address.
    #[inline]
    pub fn address(target: Target) -> u64 {
        match target {
            Target::Endpoint(endpoint) => u64::from(endpoint) << 3,
            Target::Node(node) => u64::from(node) << 3 | Self::TREE,
        }
    }

    /// Packet.
    #[inline]
    pub fn packet(self) -> u32 {
        (self.0 >> 36) as u32
    }

    /// Class of its packet.
    #[inline]
    pub fn class(self) -> u8 {
        (self.0 >> 28) as u8
    }

    /// Number of the endpoint or node that it is addressed to.
    #[inline(always)]
    pub fn number(self) -> u32 {
        (self.0 >> 3 & 0x1ff_ffff) as u32
    }

    /// Whether it is all of a packet that goes to an endpoint.
    #[inline(always)]
    pub fn alone(self) -> bool {
        self.0 & (Self::HEAD | Self::TAIL | Self::TREE) == Self::HEAD | Self::TAIL
    }

    /// Where it goes.
    #[inline]
    pub fn target(self) -> Target {
        let number = self.number();
        if self.0 & Self::TREE == 0 { Target::Endpoint(number) } else { Target::Node(number) }
    }

    /// Whether it is the last of its packet.
    #[inline]
    pub fn tail(self) -> bool {
        self.0 & Self::TAIL != 0
    }
}
