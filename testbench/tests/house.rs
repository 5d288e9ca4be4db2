//! The house has walls: which room may import which, no circle of imports, and a map that names every room.
//!
//! What imports what is read from the sources themselves: `use` items, and paths in types, expressions and macros;
//! modules for tests are left out.

#[path = "house/circles.rs"]
mod circles;
#[path = "house/law.rs"]
mod law;
#[path = "house/map.rs"]
mod map;
#[path = "house/sources.rs"]
mod sources;
