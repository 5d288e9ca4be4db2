//! The committed C headers are what `cbindgen` writes of the sources. `SYNFIRE_WRITE_GOLDEN=1` writes them anew.

#[path = "../../tests/golden/hold.rs"]
mod golden;

use cbindgen::{Builder, Config, Language};
use std::path::Path;

/// The header of one source file; `after` stands behind the includes.
fn written(source: &str, guard: &str, says: &str, after: Option<String>) -> String {
    let config = Config {
        language: Language::C,
        cpp_compat: true,
        include_guard: Some(guard.to_owned()),
        header: Some(format!("/* {says} Written by cbindgen: do not edit. */")),
        no_includes: true,
        sys_includes: vec!["stddef.h".to_owned(), "stdint.h".to_owned()],
        after_includes: after,
        usize_is_size_t: true,
        line_length: 110,
        ..Config::default()
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
    let bindings = Builder::new().with_config(config).with_src(path).generate().unwrap();
    let mut text = Vec::new();
    bindings.write(&mut text);
    String::from_utf8(text).unwrap()
}

/// What a header is now, or what it is to be where it is written anew.
fn hold(header: &str, text: &str) {
    golden::hold(&Path::new(env!("CARGO_MANIFEST_DIR")).join("include").join(header), text);
}

#[test]
fn the_header_of_the_c_abi() {
    let says = "The bit-exact model of a chip, from C.";
    let version = synfire_chip::ARITH_SPEC;
    let contract = format!(
        "\n/**\n * The version of the numeric contract that this header is of: as `synfire_contract` says of the library.\n */\n\
         #define SYNFIRE_CONTRACT \"{version}\""
    );
    hold("synfire.h", &written("src/c.rs", "SYNFIRE_H", says, Some(contract)));
}

#[test]
fn the_header_of_the_dpi_layer() {
    let says = "What a simulator calls for synfire_dpi.svh.";
    hold("synfire_dpi.h", &written("src/dpi.rs", "SYNFIRE_DPI_H", says, None));
}

/// Every function of the DPI layer is imported in SystemVerilog, no other is, and numbers are those of C.
#[test]
fn the_imports_are_the_functions() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    let names = |text: &str| {
        let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        let mut names: Vec<String> =
            words.filter(|w| w.starts_with("synfire_dpi_")).map(str::to_owned).collect();
        names.sort();
        names.dedup();
        names
    };
    let (imports, dpi, c) = (read("synfire_dpi.svh"), read("synfire_dpi.h"), read("synfire.h"));
    let imported: String =
        imports.lines().filter(|line| line.starts_with("import")).collect::<Vec<_>>().join("\n");
    let declared: String = dpi
        .lines()
        .filter(|line| line.contains('('))
        .collect::<Vec<_>>()
        .join("\n")
        .replace("synfire_dpi.svh", "");
    assert_eq!(names(&imported), names(&declared));
    assert!(names(&imported).len() > 20);
    let numbers: Vec<(&str, &str)> =
        c.lines().filter_map(|line| line.strip_prefix("#define ")?.split_once(' ')).collect();
    assert!(numbers.len() > 15);
    for (name, number) in numbers {
        let kind = if number.starts_with('"') { "string" } else { "int" };
        let line = format!("localparam {kind} {name} = {number};");
        assert!(imports.contains(&line), "synfire_dpi.svh has no `{line}`");
    }
}
