//! What is wrong with a description of a network.
//!
//! Promises: a configuration that passes builds a network, and one that does not is told which field, what was found
//! there, what is allowed, and why where that is not plain. What is known to deadlock is refused.

use crate::network::config::{Boundary, ChannelSet, Config, Multicast};
use crate::network::shape::{ROUTERS, Shape, Size};
use std::fmt;

/// Ports of a router, and channels of all its ports together, that the fast engine holds in one word.
pub const WORD: usize = 64;

/// A field that cannot be as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The field, with the index where it is a list's.
    pub field: String,
    /// What was found.
    pub found: String,
    /// What is allowed.
    pub allowed: String,
    /// Why, where the range does not say it.
    pub reason: Option<&'static str>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: found {}, allowed: {}", self.field, self.found, self.allowed)?;
        self.reason.map_or(Ok(()), |reason| write!(to, " ({reason})"))
    }
}

impl std::error::Error for ConfigError {}

/// An error for `field`.
pub fn refuse(
    field: impl Into<String>,
    found: impl ToString,
    allowed: impl Into<String>,
    reason: Option<&'static str>,
) -> ConfigError {
    ConfigError { field: field.into(), found: found.to_string(), allowed: allowed.into(), reason }
}

fn range(field: impl Into<String>, found: u32, low: u32, high: u32) -> Result<(), ConfigError> {
    if (low..=high).contains(&found) {
        return Ok(());
    }
    Err(refuse(field, found, format!("{low}..={high}"), None))
}

/// `channels [0, 2]`, as a chip file lists them.
fn channels_text(set: ChannelSet) -> String {
    let channels: Vec<u32> = (0..16).filter(|channel| set.0 >> channel & 1 != 0).collect();
    format!("channels {channels:?}")
}

impl Multicast {
    /// Why spikes cannot reach several cores in this way on a shape; `None` where they can.
    #[must_use]
    pub fn misfit(self, shape: Shape) -> Option<&'static str> {
        match (self, shape) {
            (Self::Path, Shape::Mesh { .. }) | (Self::Repeated, _) => None,
            (Self::Path, _) => Some("the path through all routers is defined on a mesh"),
            (Self::Tree, Shape::Torus { .. }) => Some("copies on a torus are not proven free of deadlock"),
            (Self::Tree, _) => None,
        }
    }
}

impl Config {
    /// Whether a network can be built of it.
    ///
    /// # Errors
    /// The first field that cannot be as it is.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.check_shape()?;
        range("depth", self.depth, 1, 256)?;
        range("ejection_depth", self.ejection_depth, 1, 256)?;
        range("channels", self.channels, 1, 16)?;
        range("flit_bits", self.flit_bits, 1, 1 << 16)?;
        range("pipeline.traversal", self.pipeline.traversal, 1, 8)?;
        range("conventions.iterations", self.conventions.iterations, 1, 8)?;
        self.check_links()?;
        self.check_seams()?;
        self.check_classes()?;
        self.check_multicast()
    }

    fn check_shape(&self) -> Result<(), ConfigError> {
        for Size { name, found, allowed } in self.shape.sizes() {
            range(format!("shape.{name}"), found, *allowed.start(), *allowed.end())?;
        }
        let routers = self.shape.routers();
        if routers > ROUTERS {
            return Err(refuse(
                "shape",
                format!("{routers} routers"),
                format!("1..={ROUTERS} routers"),
                None,
            ));
        }
        range("cores_per_router", self.cores_per_router, 1, 60)?;
        for (index, router) in self.io_routers.iter().enumerate() {
            // Routers above the leaves of a tree are not places to go to.
            range(format!("io_routers[{index}]"), *router, 0, self.shape.leaves() - 1)?;
        }
        let most =
            (0..routers).map(|router| self.io_routers.iter().filter(|io| **io == router).count()).max();
        let ports = self.shape.ways() + self.cores_per_router as usize + most.unwrap_or(0);
        if ports > WORD {
            return Err(refuse(
                "cores_per_router",
                format!("{ports} ports"),
                format!("1..={WORD} ports a router"),
                None,
            ));
        }
        Ok(())
    }

    fn check_links(&self) -> Result<(), ConfigError> {
        range("links", self.links.len().min(1 << 16) as u32, 1, 256)?;
        let named = self.links.iter().enumerate().map(|(index, class)| (format!("links[{index}]"), class));
        for (name, class) in named.chain([("local".to_owned(), &self.local)]) {
            range(format!("{name}.latency"), class.latency, 1, 64)?;
            range(format!("{name}.credit_latency"), class.credit_latency, 1, 64)?;
            range(format!("{name}.bits"), class.bits, 1, u32::MAX)?;
            if self.period(class) > 64 {
                return Err(refuse(
                    format!("{name}.bits"),
                    class.bits,
                    format!("at least {}", self.flit_bits.div_ceil(64)),
                    Some("a flit may hold a link for 64 cycles at most"),
                ));
            }
        }
        Ok(())
    }

    fn check_seams(&self) -> Result<(), ConfigError> {
        for (index, seam) in self.seams.iter().enumerate() {
            let name = format!("seams[{index}]");
            range(format!("{name}.class"), u32::from(seam.class), 0, self.links.len() as u32 - 1)?;
            let Some((columns, rows)) = self.shape.grid() else {
                let reason = Some("only these have columns and rows");
                return Err(refuse(name, "a boundary", "none, or a mesh, torus or ring", reason));
            };
            let (place, at, size) = match seam.boundary {
                Boundary::Columns { west } => ("west", west, columns),
                Boundary::Rows { north } => ("north", north, rows),
            };
            let last = if self.shape.closed() { size } else { size - 1 };
            if at >= last || size < 2 {
                let allowed =
                    if last == 0 || size < 2 { "none here".to_owned() } else { format!("0..={}", last - 1) };
                return Err(refuse(format!("{name}.boundary.{place}"), at, allowed, None));
            }
        }
        Ok(())
    }

    fn check_classes(&self) -> Result<(), ConfigError> {
        range("classes", self.classes.len().min(1 << 16) as u32, 1, 256)?;
        for (index, class) in self.classes.iter().enumerate() {
            let (field, found) = (format!("classes[{index}]"), channels_text(*class));
            if class.0 == 0 || u32::from(class.0) >> self.channels != 0 {
                return Err(refuse(
                    field,
                    found,
                    format!("some of channels 0..={}", self.channels - 1),
                    None,
                ));
            }
            if self.shape.closed() && class.0.count_ones() < 2 && !self.may_deadlock {
                let reason =
                    Some("a closed dimension needs a lower and an upper half, or its links wait in a circle");
                return Err(refuse(field, found, "at least 2 channels", reason));
            }
        }
        Ok(())
    }

    fn check_multicast(&self) -> Result<(), ConfigError> {
        let Some(reason) = self.multicast.misfit(self.shape) else { return Ok(()) };
        let all = [Multicast::Repeated, Multicast::Path, Multicast::Tree];
        let fits = all.iter().filter(|other| other.misfit(self.shape).is_none());
        let allowed: Vec<String> = fits.map(|other| format!("{other:?}")).collect();
        Err(refuse("multicast", format!("{:?}", self.multicast), allowed.join(", "), Some(reason)))
    }

    /// Whether packets of `flits` flits may have several destinations.
    ///
    /// # Errors
    /// Where a copy may wait for its sibling because the packet is longer than a buffer.
    pub fn check_copies(&self, flits: u32) -> Result<(), ConfigError> {
        if self.multicast == Multicast::Repeated || flits <= self.depth || self.may_deadlock {
            return Ok(());
        }
        Err(refuse(
            "depth",
            format!("{} for packets of {flits} flits to several cores by {:?}", self.depth, self.multicast),
            format!("at least {flits}, or Repeated"),
            Some("a copy that waits would keep its siblings waiting, which may wait in a circle"),
        ))
    }
}
