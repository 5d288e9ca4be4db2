//! The modules of a crate, and which imports from which.
//!
//! A module is a file. It imports from another when a path in it ends there: the path is followed through modules and
//! through `use` items to the file that defines the item, so that a re-export is an import of its origin. A `mod`
//! declaration is no import.

use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree};

/// The crates of the workspace, by folder.
pub const CRATES: [&str; 5] = ["core", "router", "plasticity", "chip", "testbench"];
/// Re-exports that are followed in a row: more would be a circle of its own.
const MOST_REEXPORTS: usize = 8;

/// Names from the crate's root.
type Names = Vec<String>;

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// One file.
pub struct Module {
    /// Below `src`, with slashes.
    pub file: String,
    names: Names,
    syntax: syn::File,
    /// What it brings into scope, by name.
    uses: BTreeMap<String, Names>,
    globs: Vec<Names>,
    defines: BTreeSet<String>,
}

/// A crate.
pub struct Crate {
    /// Its folder.
    pub name: &'static str,
    /// Its files, in order.
    pub modules: Vec<Module>,
    /// Which module imports from which, and a path that does.
    pub imports: BTreeMap<(usize, usize), String>,
}

/// Every `.rs` file below `folder`, in order.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    let test =
        |a: &Attribute| a.path().is_ident("cfg") && a.parse_args::<syn::Ident>().is_ok_and(|i| i == "test");
    attributes.iter().any(test)
}

/// The names of a file's module: `a/b.rs` and `a/b/mod.rs` are both `a::b`, `lib.rs` is the root.
fn names(file: &str) -> Names {
    let path = file.trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if path == "lib" { Names::new() } else { path.split('/').map(str::to_owned).collect() }
}

impl Module {
    fn read(source: &Path, path: &Path) -> Self {
        let file = path.strip_prefix(source).unwrap().display().to_string().replace('\\', "/");
        let syntax = syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap();
        let names = names(&file);
        Self { file, names, syntax, uses: BTreeMap::new(), globs: Vec::new(), defines: BTreeSet::new() }
    }

    /// Modules of other files that it declares for tests alone.
    fn test_children(&self) -> impl Iterator<Item = Names> + '_ {
        self.syntax.items.iter().filter_map(|item| match item {
            Item::Mod(child) if child.content.is_none() && is_test(&child.attrs) => {
                Some([&self.names[..], &[child.ident.to_string()]].concat())
            }
            _ => None,
        })
    }
}

impl Crate {
    /// Reads the crate in `folder` of the workspace.
    pub fn read(folder: &'static str) -> Self {
        Self::of(folder, &workspace().join(folder).join("src"))
    }

    /// Reads the crate whose sources are in `source`.
    pub fn of(name: &'static str, source: &Path) -> Self {
        let mut paths = Vec::new();
        files(source, &mut paths);
        // The command's own root reaches the library from outside.
        paths.retain(|path| *path != source.join("main.rs"));
        let mut modules: Vec<Module> = paths.iter().map(|path| Module::read(source, path)).collect();
        let tests: BTreeSet<Names> = modules.iter().flat_map(Module::test_children).collect();
        modules.retain(|module| !tests.iter().any(|test| module.names.starts_with(test)));
        let mut all = Self { name, modules, imports: BTreeMap::new() };
        for index in 0..all.modules.len() {
            let mut scope = Scope { of: &all, module: index, inline: Names::new(), found: Found::default() };
            scope.visit_file(&all.modules[index].syntax);
            let Found { uses, globs, defines, .. } = scope.found;
            let module = &mut all.modules[index];
            (module.uses, module.globs, module.defines) = (uses, globs, defines);
        }
        for index in 0..all.modules.len() {
            let mut scope = Scope { of: &all, module: index, inline: Names::new(), found: Found::default() };
            scope.visit_file(&all.modules[index].syntax);
            for path in scope.found.paths {
                if let Some(to) = all.resolve(&path, MOST_REEXPORTS).filter(|to| *to != index) {
                    all.imports.entry((index, to)).or_insert_with(|| path.join("::"));
                }
            }
        }
        all
    }

    fn module(&self, names: &[String]) -> Option<usize> {
        self.modules.iter().position(|module| module.names == names)
    }

    /// The file that defines what a path from the root names.
    fn resolve(&self, path: &[String], reexports: usize) -> Option<usize> {
        let deepest = (0..=path.len()).rev().find(|length| self.module(&path[..*length]).is_some())?;
        let module = self.module(&path[..deepest])?;
        let Some(name) = path.get(deepest).filter(|_| reexports > 0) else { return Some(module) };
        let own = &self.modules[module];
        if own.defines.contains(name) {
            return Some(module);
        }
        if let Some(origin) = own.uses.get(name) {
            return self.resolve(&[&origin[..], &path[deepest + 1..]].concat(), reexports - 1);
        }
        let through = own.globs.iter().filter_map(|glob| {
            let target = self.resolve(&[&glob[..], &path[deepest..]].concat(), reexports - 1)?;
            self.modules[target].defines.contains(name).then_some(target)
        });
        through.into_iter().next().or(Some(module))
    }
}

#[derive(Default)]
struct Found {
    uses: BTreeMap<String, Names>,
    globs: Vec<Names>,
    defines: BTreeSet<String>,
    paths: BTreeSet<Names>,
}

/// One file on a walk.
struct Scope<'a> {
    of: &'a Crate,
    module: usize,
    /// Modules inside the file that the walk is in.
    inline: Names,
    found: Found,
}

impl Scope<'_> {
    /// A path as names from the root; `None` for one that leaves the crate or that a name of the file begins.
    fn rooted(&self, path: &[String]) -> Option<Names> {
        let own = &self.of.modules[self.module];
        let here = || [&own.names[..], &self.inline[..]].concat();
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([&here()[..], rest].concat()),
            "super" => {
                let above = path.iter().take_while(|name| *name == "super").count();
                let mut names = here();
                names.truncate(names.len().checked_sub(above)?);
                Some([&names[..], &path[above..]].concat())
            }
            _ => {
                let child = [&here()[..], std::slice::from_ref(first)].concat();
                if self.of.module(&child).is_some() {
                    return Some([&child[..], rest].concat());
                }
                Some([&own.uses.get(first)?[..], rest].concat())
            }
        }
    }

    fn path(&mut self, path: &[String]) {
        if let Some(path) = self.rooted(path) {
            self.found.paths.insert(path);
        }
    }

    fn tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        // `a::{self}` is `a`.
        let whole = |name: &syn::Ident| if name == "self" { before.to_vec() } else { with(name) };
        match tree {
            UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(tree, before)),
            UseTree::Glob(_) => {
                if let Some(path) = self.rooted(before) {
                    self.found.globs.push(path.clone());
                    self.found.paths.insert(path);
                }
            }
            UseTree::Name(name) => self.bring(&whole(&name.ident), None),
            UseTree::Rename(name) => self.bring(&whole(&name.ident), Some(name.rename.to_string())),
        }
    }

    fn bring(&mut self, path: &[String], name: Option<String>) {
        if let (Some(rooted), Some(last)) = (self.rooted(path), path.last()) {
            self.found.uses.insert(name.unwrap_or_else(|| last.clone()), rooted.clone());
            self.found.paths.insert(rooted);
        }
    }

    /// Paths among the tokens of a macro.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Names::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.path(&std::mem::take(&mut path));
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' && !path.is_empty() => colons += 1,
                other => {
                    // `pub(in path)` names who may import, and imports nothing.
                    let visibility = path == ["pub"];
                    self.path(&std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other
                        && !visibility
                    {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.path(&path);
    }
}

impl<'ast> Visit<'ast> for Scope<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let name = match item {
            Item::Const(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            Item::Fn(item) => Some(&item.sig.ident),
            Item::Static(item) => Some(&item.ident),
            Item::Struct(item) => Some(&item.ident),
            Item::Trait(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            Item::Union(item) => Some(&item.ident),
            _ => None,
        };
        self.found.defines.extend(name.filter(|_| self.inline.is_empty()).map(ToString::to_string));
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            self.inline.push(item.ident.to_string());
            visit::visit_item_mod(self, item);
            self.inline.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.path(&names);
        visit::visit_path(self, path);
    }

    /// `pub(in path)` names who may import, and imports nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}

/// A path through two re-exports, a glob, a macro and an inline module ends where the item is defined.
#[test]
fn imports_are_followed_to_their_origin() {
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "lib.rs",
        "pub mod a; pub mod b; pub mod c; pub mod d; pub mod e; #[cfg(test)] mod t; pub use b::Origin;",
    );
    write("a.rs", "use crate::Origin as Other; fn f(o: Other) {}");
    write("b/mod.rs", "mod inner; pub use inner::*;");
    write("b/inner.rs", "pub struct Origin; fn up() { mac!([pub(in crate::a) super::super::c::g(1)]) }");
    write("c.rs", "use crate::d; mod here { fn f() { super::super::e::g(); d::g() } } pub fn g() { d::h() }");
    write("d.rs", "#[cfg(test)] mod tests { use crate::a::f; }");
    write("e.rs", "pub(in crate::a) fn f() {} pub fn g() {}");
    write("t.rs", "use crate::a::f;");
    let all = Crate::of("made up", folder.path());
    let file = |index: &usize| all.modules[*index].file.as_str();
    let found: BTreeSet<(&str, &str)> = all.imports.keys().map(|(from, to)| (file(from), file(to))).collect();
    let expected = [
        ("a.rs", "b/inner.rs"),
        ("b/inner.rs", "c.rs"),
        ("b/mod.rs", "b/inner.rs"),
        ("c.rs", "d.rs"),
        ("c.rs", "e.rs"),
        ("lib.rs", "b/inner.rs"),
    ];
    assert_eq!(found, BTreeSet::from(expected));
}
