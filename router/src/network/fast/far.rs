//! The far end of a port of the fast engine.

use crate::network::graph::End;
use crate::network::plan::Plan;

/// The far end of a port: of its output for flits, of its input for credits.
#[derive(Clone, Copy, Debug)]
#[repr(align(16))]
pub struct Far {
    /// Router or endpoint.
    pub number: u32,
    /// Of a router, the place of the first channel's ring in the buffers.
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
    /// Of a port of a router; one that leads nowhere has no room.
    pub fn new(plan: &Plan, router: u32, port: usize) -> Self {
        let mut far = Self {
            number: 0,
            ring: 0,
            room: 0,
            first: 0,
            endpoint: false,
            flit_delay: 0,
            credit_delay: 0,
            period: 1,
        };
        if port >= plan.graph.ports {
            return far;
        }
        let wire = plan.graph.wire(router, port);
        far.room = plan.room(router, port) as u16;
        (far.flit_delay, far.period) = (wire.flit_delay as u8, wire.period as u8);
        match wire.end {
            End::None => {}
            End::Endpoint(endpoint) => {
                (far.number, far.endpoint) = (endpoint, true);
                far.credit_delay = plan.graph.injection_credit as u8;
            }
            End::Router { router, port } => {
                (far.number, far.first) = (router, (u32::from(port) * plan.config.channels) as u8);
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
