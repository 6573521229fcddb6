//! The crate miniz_oxide compresses 128 KiB of text with level 6 and expands them three times.
fn main() {
    let text = programs::text(128 << 10).into_bytes();
    let mut packed = Vec::new();
    for _ in 0..programs::iterations() {
        packed = miniz_oxide::deflate::compress_to_vec(&text, 6);
        for _ in 0..3 {
            assert!(miniz_oxide::inflate::decompress_to_vec(&packed).unwrap() == text);
        }
    }
    println!("{} bytes, {} packed, {:08x}", text.len(), packed.len(), programs::checksum(&packed));
}
