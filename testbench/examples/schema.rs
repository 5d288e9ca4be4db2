//! Prints the JSON schema of a kind of file: `cargo run --features schemars --example schema -- network`.

use std::io::Write;
use synfire_chip::files::schema;

fn main() -> Result<(), String> {
    let schema = match std::env::args().nth(1).as_deref() {
        Some("chip") => schema::chip_json_schema(),
        Some("network") => schema::network_json_schema(),
        Some("experiment") => synfire::tasks::json_schema(),
        Some("sweep") => synfire::explore::sweep::file::json_schema(),
        other => return Err(format!("found {other:?}; allowed: chip, network, experiment, sweep")),
    };
    let text = serde_json::to_string_pretty(&schema).map_err(|error| error.to_string())?;
    writeln!(std::io::stdout(), "{text}").map_err(|error| error.to_string())
}
