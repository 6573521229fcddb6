//! Silverfir-nano's interpreter as a command: `sf-nano [--invoke NAME] MODULE [ARGUMENT...]`. Its crate is a library.
//! With `--invoke` the arguments are i32 and the result is printed.

use std::process::exit;

use sf_nano_core::wasi::{wasi_imports, WasiContextBuilder};
use sf_nano_core::{Config, Engine, Instance, Tier, Value};

fn fail(what: &str, error: impl std::fmt::Display) -> ! {
    eprintln!("sf-nano: {what}: {error}");
    exit(1)
}

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut export = None;
    if arguments.first().is_some_and(|word| word == "--invoke") && arguments.len() > 2 {
        export = Some(arguments.remove(1));
        arguments.remove(0);
    }
    let Some(path) = arguments.first().cloned() else { fail("usage", "sf-nano [--invoke NAME] MODULE [ARGUMENT...]") };
    let bytes = std::fs::read(&path).unwrap_or_else(|error| fail(&path, error));
    let values: Vec<Value> = match export {
        Some(_) => arguments[1..].iter().map(|word| Value::I32(word.parse().unwrap_or(0))).collect(),
        None => Vec::new(),
    };
    let imports = wasi_imports(WasiContextBuilder::new().args(&arguments).build());
    let engine = Engine::new(Config::new().tier(Tier::Interp)).unwrap_or_else(|error| fail("engine", error));
    let mut instance =
        Instance::new(&engine, &bytes, &imports).unwrap_or_else(|error| fail("cannot instantiate", error));
    match instance.invoke(export.as_deref().unwrap_or("_start"), &values) {
        Ok(results) => {
            for value in results.iter() {
                match value {
                    Value::I32(number) => println!("{number}"),
                    other => println!("{other:?}"),
                }
            }
        }
        // `proc_exit` arrives as an error whose code has no public accessor.
        Err(error) if format!("{error:?}").contains("Exit(0)") => {}
        Err(error) => fail("trap", error),
    }
}
