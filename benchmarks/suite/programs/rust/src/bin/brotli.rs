//! The crate brotli compresses 64 KiB of text with quality 5 and expands them.
use std::io::Cursor;

fn main() {
    let text = programs::text(64 << 10).into_bytes();
    let (mut packed, mut again) = (Vec::new(), Vec::new());
    let parameters = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
    for _ in 0..programs::iterations() {
        packed.clear();
        again.clear();
        brotli::BrotliCompress(&mut Cursor::new(&text), &mut packed, &parameters).unwrap();
        brotli::BrotliDecompress(&mut Cursor::new(&packed), &mut again).unwrap();
        assert!(again == text);
    }
    println!("{} bytes, {} packed, {:08x}", text.len(), packed.len(), programs::checksum(&packed));
}
