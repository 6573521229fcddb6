//! Random bytes, numbers and identifiers: all of them come from the host's generator.
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng, rngs::StdRng};
use uuid::Uuid;

fn main() {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).expect("the host has a random generator");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("bytes: {hex}");

    let mut rng = StdRng::from_os_rng();
    println!("dice: {}", rng.random_range(1..=6));
    println!("fraction: {:.6}", rng.random::<f64>());
    let mut cards: Vec<u32> = (1..=8).collect();
    cards.shuffle(&mut rng);
    println!("cards: {cards:?}");

    // The same seed, the same numbers, on every machine.
    let mut seeded = StdRng::seed_from_u64(42);
    println!("seeded: {} {} {}", seeded.random_range(0..1000), seeded.random_range(0..1000), seeded.random::<u32>());

    println!("uuid v4: {}", Uuid::new_v4());
    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
    assert!(first < second, "version 7 is ordered by time");
    println!("uuid v7: {first}");
}
