use synfire::experiment::embedded::FILES;
use synfire::experiment::file::FORMAT;
use synfire::tasks::*;

/// The name of a field or an encoder that no longer exists is found before anybody runs the file.
#[test]
fn every_carried_experiment_parses() {
    let mut experiments = 0;
    for (name, _) in FILES.iter().filter(|(_, text)| text.contains(FORMAT)) {
        open(name).unwrap_or_else(|problems| panic!("{problems}"));
        experiments += 1;
    }
    assert!(experiments >= 25, "{experiments} experiments");
}

#[cfg(feature = "schemars")]
#[test]
fn the_schema_knows_every_kind_and_its_fields() {
    let schema = json_schema().to_value();
    let text = schema.to_string();
    for name in ["Classify", "Patterns", "SpikeTime", "RateNetwork", "Simulate", "Traffic"] {
        assert!(schema["$defs"]["Task"].to_string().contains(&format!("\"{name}\"")), "{name}: {text}");
    }
    assert_eq!(schema["$defs"]["Row"]["properties"]["set"]["$ref"], "#/$defs/Set");
    assert_eq!(schema["additionalProperties"], false);
}
