//! The crate regex searches 64 KiB of text with five expressions.
use regex::Regex;

fn main() {
    let text = programs::text(64 << 10);
    let expressions = [
        r"\b[aeiou]\w*ing\b",
        r"(?i)KAL?O(mi|ter)+",
        r"(\w+) (\w+)\n(\w+)",
        r"ter|an|vesta|praly|noing",
        r"[^aeiou\s]{2}\w{3,6}y\b",
    ]
    .map(|source| Regex::new(source).unwrap());
    let (mut matches, mut sum) = (0, 0u32);
    for _ in 0..programs::iterations() {
        for expression in &expressions {
            for found in expression.find_iter(&text) {
                matches += 1;
                sum = sum.wrapping_mul(31).wrapping_add((found.start() + 7 * found.len()) as u32);
            }
        }
        for captures in expressions[2].captures_iter(&text) {
            sum = sum.wrapping_mul(31).wrapping_add(captures[2].len() as u32);
        }
    }
    println!("{matches} matches, {sum:08x}");
}
