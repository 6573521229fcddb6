//! A parallel sum and sort. Arguments: how many threads, how many rounds.
use rayon::prelude::*;
use std::env;

/// Steps until n reaches 1: work without memory.
fn steps(n: u64) -> u64 {
    let (mut n, mut count) = (n, 0);
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        count += 1;
    }
    count
}

fn main() {
    let mut args = env::args().skip(1).map(|arg| arg.parse::<usize>().expect("a number"));
    let threads = args.next().unwrap_or(4);
    let limit = args.next().unwrap_or(20_000) as u64;
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().expect("threads start");
    let sum: u64 = (1..=limit).into_par_iter().map(steps).sum();
    println!("steps: {sum}");
    let mut numbers: Vec<u32> = (0..limit as u32).map(|n| n.wrapping_mul(2_654_435_761)).collect();
    numbers.par_sort_unstable();
    println!("sorted: {}", numbers.is_sorted());
    let (left, right) = rayon::join(|| 6 * 7, || "right");
    println!("joined: {left} {right}");
}
