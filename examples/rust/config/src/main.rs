//! Loads config.json (or the file named as argument) with serde and prints what it holds.
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    name: String,
    port: u16,
    #[serde(default)]
    verbose: bool,
    #[serde(default = "default_ratio")]
    ratio: f64,
    #[serde(default)]
    backends: Vec<Backend>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct Backend {
    host: String,
    weight: Option<u32>,
}

fn default_ratio() -> f64 {
    0.5
}

fn load(path: &str) -> Result<Config, Box<dyn Error>> {
    Ok(serde_json::from_reader(BufReader::new(File::open(path)?))?)
}

fn main() -> ExitCode {
    let path = std::env::args().nth(1).unwrap_or_else(|| "config.json".to_string());
    let config = match load(&path) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{path}: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("name: {}", config.name);
    println!("port: {}", config.port);
    println!("verbose: {}", config.verbose);
    println!("ratio: {:.3}", config.ratio);
    for backend in &config.backends {
        println!("backend: {} (weight {})", backend.host, backend.weight.unwrap_or(1));
    }
    for (key, value) in &config.labels {
        println!("label: {key} = {value}");
    }
    ExitCode::SUCCESS
}
