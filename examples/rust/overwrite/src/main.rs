//! Overwrites and truncates its own .wasm (the file that the argument names), then calls functions that have not
//! run before: an engine that reads their bodies from the file, or from a mapping of it, fails here.
use std::fs::{self, OpenOptions};
use std::hint::black_box;
use std::io::Write;

macro_rules! functions {
    ($($name:ident $number:literal)*) => {
        $(#[inline(never)]
        fn $name(seed: u64) -> u64 {
            let mut value = seed ^ $number;
            for step in 0..(seed % 7 + $number % 5) {
                value = value.rotate_left($number % 63 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15 ^ $number) ^ step;
            }
            value
        })*
        const FUNCTIONS: &[fn(u64) -> u64] = &[$($name),*];
    };
}
functions! { f1 101 f2 203 f3 307 f4 401 f5 503 f6 601 f7 701 f8 809 f9 907 f10 1009 f11 1103 f12 1201 f13 1301
    f14 1409 f15 1511 f16 1601 f17 1709 f18 1801 f19 1901 f20 2003 }

fn main() {
    let path = std::env::args().nth(1).expect("the path of this .wasm");
    let length = fs::metadata(&path).expect("it is there").len();
    let mut file = OpenOptions::new().write(true).open(&path).expect("it can be written");
    file.write_all(&vec![0xff; length as usize]).expect("overwriting");
    file.sync_all().expect("written");
    file.set_len(0).expect("truncating");
    drop(file);
    println!("overwrote {} and left it with {} bytes", path, fs::metadata(&path).expect("still there").len());

    let sum = FUNCTIONS.iter().fold(black_box(1), |sum, function| black_box(function)(sum));
    println!("{} functions later: {sum:016x}", FUNCTIONS.len());
}
