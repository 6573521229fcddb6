//! Says hello, then reads input.txt: where no directory is granted, that is an error of the guest's own.
use std::fs;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    println!("Hello from WebAssembly!");
    let path = ["input.txt", "examples/input.txt"].into_iter().find(|path| Path::new(path).exists());
    let path = path.unwrap_or("input.txt");
    match fs::read_to_string(path) {
        Ok(text) => {
            println!("{path} says: {}", text.trim_end());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("hello: cannot read {path}: {error}");
            ExitCode::FAILURE
        }
    }
}
