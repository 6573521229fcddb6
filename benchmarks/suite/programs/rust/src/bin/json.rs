//! serde_json reads 200 records into structs and writes them, and reads and writes them as a tree.
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Record {
    id: u64,
    name: String,
    score: f64,
    tags: Vec<String>,
    place: Option<(f64, f64)>,
}

fn main() {
    let mut numbers = programs::Numbers(1);
    let words: Vec<String> = programs::text(8192).split_whitespace().map(String::from).collect();
    let mut word = || words[numbers.next() as usize % words.len()].clone();
    let records: Vec<Record> = (0..200)
        .map(|id| Record {
            id: id * 7919,
            name: format!("{} \"{}\"", word(), word()),
            score: id as f64 / 7.0,
            tags: (0..id % 5).map(|_| word()).collect(),
            place: (id % 3 != 0).then_some((id as f64 * 0.25, -1.5)),
        })
        .collect();
    let text = serde_json::to_string(&records).unwrap();
    let mut sum = 0;
    for _ in 0..programs::iterations() {
        let read: Vec<Record> = serde_json::from_str(&text).unwrap();
        let written = serde_json::to_string(&read).unwrap();
        let tree: serde_json::Value = serde_json::from_str(&written).unwrap();
        sum = programs::checksum(serde_json::to_string_pretty(&tree).unwrap().as_bytes());
    }
    println!("{} bytes, {sum:08x}", text.len());
}
