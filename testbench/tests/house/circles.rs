//! No circle of imports: of files that import from one another, directly or around, each can be read only with all.
//!
//! A child that uses an item of its parent's file while the parent uses one of the child's is a circle, too.

use crate::sources::{CRATES, Crate};
use std::collections::BTreeSet;

/// Files in circles that are not yet open, crate by crate. The list only shrinks: a file that is in no circle must leave.
const NOT_YET_OPEN: [(&str, &[&str]); 0] = [];

/// The circles of a crate: sets of modules that reach one another.
fn circles(of: &Crate) -> Vec<BTreeSet<usize>> {
    let reach = |from: usize| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(module) = next.pop() {
            let imported = of.imports.keys().filter(|(by, _)| *by == module).map(|(_, to)| *to);
            next.extend(imported.filter(|to| seen.insert(*to)));
        }
        seen
    };
    let reached: Vec<BTreeSet<usize>> = (0..of.modules.len()).map(reach).collect();
    let circle = |module: usize| -> BTreeSet<usize> {
        reached[module].iter().copied().filter(|other| reached[*other].contains(&module)).collect()
    };
    let all: BTreeSet<BTreeSet<usize>> = (0..of.modules.len()).map(circle).collect();
    all.into_iter().filter(|circle| circle.len() > 1).collect()
}

/// The files of a circle, and the imports that close it.
fn shown(of: &Crate, circle: &BTreeSet<usize>) -> String {
    let file = |module: &usize| format!("{}/src/{}", of.name, of.modules[*module].file);
    let inside = of.imports.iter().filter(|((from, to), _)| circle.contains(from) && circle.contains(to));
    let lines = inside.map(|((from, to), path)| format!("  {} imports `{path}` of {}", file(from), file(to)));
    format!("a circle of {} files:\n{}", circle.len(), lines.collect::<Vec<_>>().join("\n"))
}

#[test]
#[expect(clippy::print_stdout, reason = "circles that are not yet open are shown")]
fn no_circle_of_imports() {
    let (mut wrong, mut files) = (Vec::new(), 0);
    for name in CRATES {
        let of = Crate::read(name);
        files += of.modules.len();
        let listed =
            NOT_YET_OPEN.iter().find(|(crate_name, _)| *crate_name == name).map_or(&[][..], |(_, list)| list);
        let circles = circles(&of);
        for circle in &circles {
            println!("{}", shown(&of, circle));
            if circle.iter().any(|module| !listed.contains(&of.modules[*module].file.as_str())) {
                wrong.push(shown(&of, circle));
            }
        }
        for file in listed {
            let inside =
                |circle: &BTreeSet<usize>| circle.iter().any(|module| of.modules[*module].file == *file);
            if !circles.iter().any(inside) {
                wrong.push(format!("{name}/src/{file} is in no circle: take it off NOT_YET_OPEN"));
            }
        }
    }
    assert!(files > 200, "{files} files");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
