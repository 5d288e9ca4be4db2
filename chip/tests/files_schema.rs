//! The JSON schemas of chip and network files: they hold for every carried file, and for no file with another field.
#![cfg(feature = "schemars")]

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::path::Path;
use synfire_chip::files::schema::{self, ChipFile, NetworkFile};
use synfire_chip::files::{parse, presets};

/// What `value` breaks of `schema`, in words: as much of the standard as the schemas here use, written plainly.
fn broken(root: &Value, schema: &Value, value: &Value) -> Option<String> {
    let Some(schema) = schema.as_object() else {
        return (schema == &json!(false)).then(|| "nothing is legal".to_owned());
    };
    for (key, rule) in schema {
        let problem = match key.as_str() {
            "$ref" => {
                let path =
                    rule.as_str().and_then(|path| path.strip_prefix('#')).expect("a path in the schema");
                broken(root, root.pointer(path).expect("a definition"), value)
            }
            "type" => {
                let types: Vec<&str> = rule
                    .as_array()
                    .map_or_else(|| vec![rule], |all| all.iter().collect())
                    .iter()
                    .filter_map(|name| name.as_str())
                    .collect();
                let is = |name: &&str| match *name {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "number" => value.is_number(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    other => panic!("the type {other}"),
                };
                (!types.iter().any(is)).then(|| format!("{value} is no {types:?}"))
            }
            "properties" => {
                let fields = rule.as_object().expect("fields");
                let own = value.as_object().into_iter().flatten();
                own.filter_map(|(name, inner)| broken(root, fields.get(name)?, inner)).next()
            }
            "additionalProperties" => {
                let known = schema.get("properties").and_then(Value::as_object);
                let more = value.as_object().into_iter().flatten();
                let mut more = more.filter(|(name, _)| known.is_none_or(|known| !known.contains_key(*name)));
                more.find_map(|(name, inner)| {
                    broken(root, rule, inner).map(|problem| format!("{name}: {problem}"))
                })
            }
            "required" => {
                let mut names = rule.as_array().expect("names").iter().filter_map(Value::as_str);
                names.find(|name| value.get(*name).is_none()).map(|name| format!("no {name} in {value}"))
            }
            "oneOf" => {
                let fits =
                    rule.as_array().expect("choices").iter().filter(|one| broken(root, one, value).is_none());
                let count = fits.count();
                (count != 1).then(|| format!("{count} choices for {value}"))
            }
            "anyOf" => {
                let fits =
                    rule.as_array().expect("choices").iter().any(|one| broken(root, one, value).is_none());
                (!fits).then(|| format!("no choice for {value}"))
            }
            "enum" => {
                (!rule.as_array().expect("names").contains(value)).then(|| format!("{value} of {rule}"))
            }
            "const" => (rule != value).then(|| format!("{value} is not {rule}")),
            "items" => value.as_array().into_iter().flatten().find_map(|one| broken(root, rule, one)),
            "prefixItems" => {
                let pairs =
                    rule.as_array().expect("places").iter().zip(value.as_array().into_iter().flatten());
                pairs.filter_map(|(rule, one)| broken(root, rule, one)).next()
            }
            "minItems" => value
                .as_array()
                .filter(|all| (all.len() as u64) < rule.as_u64().unwrap_or(0))
                .map(|_| "too few".to_owned()),
            "maxItems" => value
                .as_array()
                .filter(|all| all.len() as u64 > rule.as_u64().unwrap_or(0))
                .map(|_| "too many".to_owned()),
            "minimum" => value
                .as_f64()
                .filter(|value| *value < rule.as_f64().unwrap_or(0.0))
                .map(|value| format!("{value} is below {rule}")),
            "$schema" | "$defs" | "title" | "description" | "default" | "format" => None,
            other => panic!("the keyword {other}"),
        };
        if problem.is_some() {
            return problem;
        }
    }
    None
}

/// Every object of a value, with another field in it.
fn with_another_field(value: &Value) -> Vec<Value> {
    let inner = |replace: &dyn Fn(Value) -> Value, inner: &Value| -> Vec<Value> {
        with_another_field(inner).into_iter().map(replace).collect()
    };
    match value {
        Value::Object(fields) => {
            let mut more: Map<String, Value> = fields.clone();
            more.insert("nobody_states_this".to_owned(), json!(1));
            let mut all = vec![Value::Object(more)];
            for (name, field) in fields {
                let replace = |one: Value| {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), one);
                    Value::Object(fields)
                };
                all.extend(inner(&replace, field));
            }
            all
        }
        Value::Array(elements) => {
            let mut all = Vec::new();
            for (index, element) in elements.iter().enumerate().take(2) {
                let replace = |one: Value| {
                    let mut elements = elements.clone();
                    elements[index] = one;
                    Value::Array(elements)
                };
                all.extend(inner(&replace, element));
            }
            all
        }
        _ => Vec::new(),
    }
}

fn holds<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(
    schema: &Value,
    name: &str,
    text: &str,
) {
    let file: T = parse(name, text).unwrap_or_else(|problems| panic!("{problems}"));
    let value = serde_json::to_value(&file).expect("a form in JSON");
    assert_eq!(broken(schema, schema, &value), None, "{name}");
    assert_eq!(serde_json::from_value::<T>(value.clone()).expect("the same file"), file, "{name}");
    for other in with_another_field(&value) {
        assert!(broken(schema, schema, &other).is_some(), "{name}: {other}");
    }
}

fn carried(ending: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testbench/experiments");
    let paths = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let named = paths.map(|path| (path.display().to_string(), path));
    let all = named.filter(|(name, _)| name.ends_with(ending));
    all.map(|(name, path)| (name, std::fs::read_to_string(path).expect("a text"))).collect()
}

#[test]
fn chips() {
    let schema = schema::chip_json_schema().to_value();
    let presets = presets().iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let all: Vec<_> = presets.chain(carried(".chip.ron")).collect();
    assert!(all.len() >= 6, "the test would show little");
    all.iter().for_each(|(name, text)| holds::<ChipFile>(&schema, name, text));
}

#[test]
fn networks() {
    let schema = schema::network_json_schema().to_value();
    let all = carried(".network.ron");
    assert!(all.len() > 30, "the test would show little");
    all.iter().for_each(|(name, text)| holds::<NetworkFile>(&schema, name, text));
}
