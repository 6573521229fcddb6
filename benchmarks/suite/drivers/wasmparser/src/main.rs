//! `wasmparser-validate MODULE`: what `wasm-tools validate` does on one thread, without the rest of wasm-tools, which
//! takes long to build.

use wasmparser::{Validator, WasmFeatures};

fn main() {
    let path = std::env::args().nth(1).expect("a module");
    let bytes = std::fs::read(&path).expect("a module that can be read");
    if let Err(error) = Validator::new_with_features(WasmFeatures::all()).validate_all(&bytes) {
        eprintln!("{path}: {error}");
        std::process::exit(1);
    }
}
