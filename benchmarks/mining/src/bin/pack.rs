//! lzma-rs and lz4_flex pack and unpack text, blake3 hashes it; words are counted.
use std::collections::{BTreeMap, HashMap};
use unicode_segmentation::UnicodeSegmentation;
fn main() {
    let text = mining::text(24 << 10);
    let mut total = 0usize;
    for _ in 0..mining::iterations() {
        let mut packed = Vec::new();
        lzma_rs::lzma_compress(&mut text.as_bytes(), &mut packed).unwrap();
        let mut again = Vec::new();
        lzma_rs::lzma_decompress(&mut &packed[..], &mut again).unwrap();
        let small = lz4_flex::compress_prepend_size(text.as_bytes());
        let back = lz4_flex::decompress_size_prepended(&small).unwrap();
        assert!(again == text.as_bytes() && back == again);
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for word in text.unicode_words() {
            *counts.entry(word).or_default() += 1;
        }
        let mut sorted: Vec<_> = counts.into_iter().collect();
        sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let by_length: BTreeMap<usize, String> = sorted.iter().map(|(w, n)| (w.len() * 1000 + n, w.to_uppercase())).collect();
        total += packed.len() + small.len() + by_length.len() + blake3::hash(text.as_bytes()).as_bytes()[0] as usize;
    }
    println!("{total}");
}
