//! Sorts, sums, joins and scopes on a pool of four threads. The pool's size is given: how many processors there are,
//! this target does not say.
use rayon::prelude::*;
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

fn fib(n: u32) -> u32 {
    if n < 2 {
        return n;
    }
    let (a, b) = rayon::join(|| fib(n - 1), || fib(n - 2));
    a + b
}

fn work() {
    let mut numbers: Vec<u32> = (0..200_000u32).map(|n| n.wrapping_mul(2_654_435_761) >> 7).collect();
    let mut expected = numbers.clone();
    expected.sort_unstable();
    numbers.par_sort();
    println!("sorted: {}", numbers == expected);

    let primes = (2..20_000u32).into_par_iter().filter(|n| (2..).take_while(|d| d * d <= *n).all(|d| n % d != 0));
    println!("primes: {}", primes.count());
    println!("fib: {}", fib(18));

    let hits = AtomicU32::new(0);
    rayon::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|scope| {
                hits.fetch_add(1, Ordering::Relaxed);
                scope.spawn(|_| {
                    hits.fetch_add(1, Ordering::Relaxed);
                });
            });
        }
    });
    println!("spawned: {}", hits.into_inner());
}

fn main() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().unwrap();
    pool.install(work);
    // Each thread of the pool, once.
    let seen = Mutex::new(HashSet::new());
    pool.broadcast(|context| seen.lock().unwrap().insert((context.index(), std::thread::current().id())));
    println!("threads: {}", seen.into_inner().unwrap().len());
}
