//! What the mining share.

/// The first argument, 1 without one.
pub fn iterations() -> u32 {
    std::env::args().nth(1).map_or(1, |word| word.parse().expect("a number of iterations"))
}

/// FNV-1a.
pub fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(2166136261, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(16777619))
}

/// A generator of numbers that are the same in every run.
pub struct Numbers(pub u32);

impl Numbers {
    pub fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1664525).wrapping_add(1013904223);
        self.0 >> 8
    }
}

/// Text that looks like prose: words of a small vocabulary, the frequent ones more often.
pub fn text(size: usize) -> String {
    const SYLLABLES: [&str; 16] =
        ["ka", "lo", "mi", "ter", "an", "su", "ri", "no", "ve", "sta", "o", "ing", "ed", "pra", "u", "ly"];
    let mut numbers = Numbers(12345);
    let mut text = String::with_capacity(size + 16);
    while text.len() < size {
        let word = numbers.next() & 4095;
        let shape = (word * word >> 12).wrapping_mul(2654435761);
        for i in 0..=shape >> 30 {
            text.push_str(SYLLABLES[(shape >> (4 * i) & 15) as usize]);
        }
        text.push(if numbers.next() % 16 == 0 { '\n' } else { ' ' });
    }
    text.truncate(size);
    text
}
