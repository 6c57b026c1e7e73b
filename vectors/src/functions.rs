//! The public functions of a crate, read from its sources, so that a test names each that it lacks.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Returns the public functions below `folder`, without the parts `skipped`, that take an argument
/// besides `self`: as `Type::name`, or as `module::name` if they belong to no type.
pub fn public_functions(folder: &Path, skipped: &[&str]) -> BTreeSet<String> {
    let files = sources(folder);
    let files =
        files.iter().filter(|path| !skipped.iter().any(|part| path.starts_with(folder.join(part))));
    files.flat_map(|path| in_file(path)).collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    let files = paths.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

fn in_file(path: &Path) -> Vec<String> {
    let source = fs::read_to_string(path).expect("it is text");
    let module = path.file_stem().and_then(|name| name.to_str()).expect("it has a name");
    let mut of = module;
    let mut found = Vec::new();
    for (at, _) in source.match_indices('\n') {
        let rest = &source[at + 1..];
        let line = rest.lines().next().unwrap_or_default();
        if line == "}" {
            of = module;
        } else if let Some(block) = line.strip_prefix("impl") {
            of = type_of(block);
        } else if let Some((_, function)) = rest.split_once("fn ").filter(|_| is_public(line)) {
            let (name, arguments) = function.split_once('(').expect("a function has arguments");
            let name = name.split('<').next().expect("a text has a first part");
            let own = ["self)", "&self)", "&mut self)", "mut self)"];
            if !own.iter().any(|own| arguments.starts_with(own)) {
                found.push(format!("{of}::{name}"));
            }
        }
    }
    found
}

/// Returns whether the line begins a public function.
fn is_public(line: &str) -> bool {
    let words = line.trim_start().strip_prefix("pub ");
    words.is_some_and(|words| {
        ["fn ", "const fn ", "async fn "].iter().any(|start| words.starts_with(start))
    })
}

/// Returns the name of the type in the line of a block, after `impl`.
fn type_of(block: &str) -> &str {
    let mut depth = 0;
    let start = block.find(|letter| {
        depth += i32::from(letter == '<') - i32::from(letter == '>');
        depth == 0 && letter == ' '
    });
    let block = &block[start.map_or(0, |start| start + 1)..];
    let block = block.split_once(" for ").map_or(block, |(_, of)| of);
    block.split(['<', ' ']).next().unwrap_or_default()
}
