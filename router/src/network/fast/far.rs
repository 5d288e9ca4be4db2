//! The far end of a port of the fast engine.

use crate::network::fast::slots::Place;
use crate::network::graph::End;
use crate::network::plan::Plan;

/// The far end of a port: of its output for flits, of its input for credits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Far {
    /// Of a router, where what is due there is written.
    pub place: Place,
    /// Of a router, the number of the first channel's ring in the buffers; of an endpoint, its number.
    pub ring: u32,
    /// Slots of a channel there.
    pub room: u16,
    /// First channel of the port there.
    pub first: u8,
    /// Whether it is an endpoint.
    pub endpoint: bool,
    /// Cycles until a flit is there.
    pub flit_delay: u8,
    /// Cycles until a credit is there.
    pub credit_delay: u8,
    /// Cycles that a flit holds the link.
    pub period: u8,
}

impl Far {
    /// Of a port of a router; one that leads nowhere has no room. There are so many slots, as a power of two.
    pub fn new(plan: &Plan, slot_bits: u32, router: u32, port: usize) -> Self {
        let mut far = Self::default();
        if port >= plan.graph.ports {
            return far;
        }
        let wire = plan.graph.wire(router, port);
        far.room = plan.room(router, port) as u16;
        (far.flit_delay, far.period) = (wire.flit_delay as u8, wire.period as u8);
        match wire.end {
            End::None => {}
            End::Endpoint(endpoint) => {
                (far.ring, far.endpoint) = (endpoint, true);
                far.credit_delay = plan.graph.injection_credit as u8;
            }
            End::Router { router, port } => {
                far.place = Place::new(slot_bits, router);
                far.first = (u32::from(port) * plan.config.channels) as u8;
                far.ring = first_ring(plan, router) + u32::from(far.first);
                far.credit_delay = plan.graph.wire(router, usize::from(port)).credit_delay as u8;
            }
        }
        far
    }
}

/// Number of the ring of a router's first channel.
pub fn first_ring(plan: &Plan, router: u32) -> u32 {
    router * plan.graph.ports as u32 * plan.config.channels
}
