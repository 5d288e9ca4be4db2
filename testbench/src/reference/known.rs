//! What of a configuration a model does not know.
//!
//! A model that does not know every option says which part it knows; what is stated is compared with that part. So an option
//! that came after the model is refused by it, and nobody has to tell the model.
//!
//! Promises: the answer names the first field that differs. Absent on purpose: which options a model knows.

use serde::Serialize;
use serde_json::{Map, Value};

/// A field that a model does not know as it is stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The field, with its value where that is short.
    pub found: String,
    /// The same as the model knows it.
    pub allowed: String,
}

/// The first field of `stated` that is not the one of `known`.
pub fn unknown<T: Serialize + PartialEq>(stated: &T, known: &T) -> Option<Unknown> {
    if stated == known {
        return None;
    }
    let fields = |of: &T| match serde_json::to_value(of) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let (stated, known) = (fields(stated), fields(known));
    let field = stated.iter().find(|(name, value)| known.get(*name) != Some(value));
    let (name, value) = field.map_or(("configuration", &Value::Null), |(name, value)| (name, value));
    let short = |value: &Value| match value {
        Value::Bool(_) | Value::Number(_) => format!("`{name}: {value}`"),
        Value::String(word) => format!("`{name}: {word}`"),
        Value::Null => format!("no `{name}`"),
        _ => format!("`{name}`"),
    };
    Some(Unknown { found: short(value), allowed: short(known.get(name).unwrap_or(&Value::Null)) })
}
