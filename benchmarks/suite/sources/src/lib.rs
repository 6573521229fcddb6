// No code: Cargo.toml says which crates are fetched for the C sources in them.
