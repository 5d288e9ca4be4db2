//! The address-event packet: 64 bits on a link.
//!
//! | bits | spike (kind 0) | graded error (kind 1) | control (kind 2) |
//! | --- | --- | --- | --- |
//! | 63:62 | 0 | 1 | 2 |
//! | 61:46 | destination core | destination core | operation (61:58), zero (57:48) |
//! | 45:40 | zero | zero | channel (47:32) |
//! | 39:32 | events, 1..=255 | channel, bits 39:24 | |
//! | 31:0 | axon-in entry | error, 24 bits signed, 23:0 | value, 32 bits signed |
//!
//! Promises: `decode(encode(p)) == p`; every unused bit is zero; an unknown kind does not decode.

use synfire_core::address::{AxonIn, CoreId};

/// Bits of a packet on a link.
pub const PACKET_BITS: u32 = 64;

/// A packet as it travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet(pub u64);

/// A packet's meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Events on one axon-in entry of one core.
    Spike {
        /// Destination.
        core: CoreId,
        /// Entry of its axon-in table.
        axon_in: AxonIn,
        /// How many events, 1..=255.
        count: u8,
    },
    /// An error of a readout neuron.
    Error {
        /// Destination.
        core: CoreId,
        /// Broadcast channel.
        channel: u16,
        /// Error lanes, within 24 bits signed.
        value: i32,
    },
    /// A control event, taken by every core.
    Control {
        /// Operation code, 0..=15.
        operation: u8,
        /// Broadcast channel, where the operation has one.
        channel: u16,
        /// Operand.
        value: i32,
    },
}

impl Event {
    /// The packet's bits.
    #[inline]
    #[must_use]
    pub fn encode(self) -> Packet {
        Packet(match self {
            Self::Spike { core, axon_in, count } => {
                u64::from(core.0) << 46 | u64::from(count) << 32 | u64::from(axon_in.0)
            }
            Self::Error { core, channel, value } => {
                1 << 62
                    | u64::from(core.0) << 46
                    | u64::from(channel) << 24
                    | u64::from(value as u32 & 0x00ff_ffff)
            }
            Self::Control { operation, channel, value } => {
                2 << 62 | u64::from(operation & 15) << 58 | u64::from(channel) << 32 | u64::from(value as u32)
            }
        })
    }
}

impl Packet {
    /// Destination of a spike or error packet.
    #[inline]
    #[must_use]
    pub fn core(self) -> CoreId {
        CoreId((self.0 >> 46) as u16)
    }

    /// The packet's meaning; `None` for an unknown kind.
    #[inline]
    #[must_use]
    pub fn decode(self) -> Option<Event> {
        let bits = self.0;
        let core = CoreId((bits >> 46) as u16);
        match bits >> 62 {
            0 => Some(Event::Spike { core, axon_in: AxonIn(bits as u32), count: (bits >> 32) as u8 }),
            1 => {
                let value = ((bits as u32) << 8) as i32 >> 8;
                Some(Event::Error { core, channel: (bits >> 24) as u16, value })
            }
            2 => Some(Event::Control {
                operation: (bits >> 58 & 15) as u8,
                channel: (bits >> 32) as u16,
                value: bits as i32,
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn decodes_what_it_encodes(
            kind in 0..3, core: u16, channel: u16, low: u32, count in 1u8.., operation in 0u8..16,
            error in -(1i32 << 23)..1 << 23,
        ) {
            let event = match kind {
                0 => Event::Spike { core: CoreId(core), axon_in: AxonIn(low), count },
                1 => Event::Error { core: CoreId(core), channel, value: error },
                _ => Event::Control { operation, channel, value: low as i32 },
            };
            prop_assert_eq!(event.encode().decode(), Some(event));
        }
    }

    #[test]
    fn layout_is_the_documented_one() {
        let spike = Event::Spike { core: CoreId(3), axon_in: AxonIn(7), count: 2 };
        assert_eq!(spike.encode().0, 3 << 46 | 2 << 32 | 7);
        let error = Event::Error { core: CoreId(1), channel: 9, value: -1 };
        assert_eq!(error.encode().0, 1 << 62 | 1 << 46 | 9 << 24 | 0x00ff_ffff);
        assert_eq!(Packet(3 << 62).decode(), None);
    }
}
