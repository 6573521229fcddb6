//! syn reads Rust source.
fn main() {
    let source = concat!(include_str!("formats.rs"), include_str!("numeric.rs"));
    let source = source.replace("//!", "//").replace("fn main", "fn one");
    let mut total = 0;
    for _ in 0..mining::iterations() {
        let file = syn::parse_file(&source).unwrap();
        total += file.items.len() + format!("{:?}", file.items[0]).len();
    }
    println!("{total}");
}
