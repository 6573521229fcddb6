//! Panics and what catches them: catch_unwind, destructors on the way, payloads, a panic within a destructor's catch.
#![feature(asm_experimental_arch)]

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};

// The tag of all panics: std leaves it to the C++ library, which this target has without one.
std::arch::global_asm!(".globl __cpp_exception", ".tagtype __cpp_exception i32", "__cpp_exception:");

struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        println!("  drop {}, panicking: {}", self.0, std::thread::panicking());
    }
}

#[inline(never)]
fn down(depth: u32, freed: &Cell<u32>) {
    struct Count<'a>(&'a Cell<u32>);
    impl Drop for Count<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    let _count = Count(freed);
    if depth == 0 {
        panic_any(depth);
    }
    down(depth - 1, freed);
    unreachable!();
}

// Catches a panic while another one unwinds.
struct Catching;

impl Drop for Catching {
    fn drop(&mut self) {
        let inner = catch_unwind(|| panic!("within a destructor"));
        println!("  caught within a destructor: {}", inner.is_err());
    }
}

fn say(what: &str, result: std::thread::Result<()>) {
    match result {
        Ok(()) => println!("{what}: returned"),
        Err(payload) => {
            let text = payload
                .downcast_ref::<&str>()
                .map(|s| s.to_string())
                .or_else(|| payload.downcast_ref::<String>().cloned())
                .or_else(|| payload.downcast_ref::<u32>().map(u32::to_string));
            println!("{what}: {}", text.unwrap_or("something else".into()));
        }
    }
}

fn main() {
    panic::set_hook(Box::new(|_| {}));
    say("no panic", catch_unwind(|| {}));
    say("a literal", catch_unwind(|| {
        let _noisy = Noisy("outer");
        let _inner = Noisy("inner");
        panic!("a literal's message");
    }));
    let length = std::env::args().count() + 6;
    say("formatted", catch_unwind(|| panic!("length {length}")));
    let list = vec![1, 2, 3];
    say("an index", catch_unwind(|| {
        let _ = list[length];
    }));
    say("an overflow", catch_unwind(|| {
        "x".parse::<u32>().map(|_| ()).unwrap();
    }));
    let freed = Cell::new(0);
    say("from 1000 frames", catch_unwind(AssertUnwindSafe(|| down(1000, &freed))));
    println!("freed {}", freed.get());
    say("resumed", catch_unwind(|| {
        let payload = catch_unwind(|| panic_any(7u32)).unwrap_err();
        resume_unwind(payload);
    }));
    say("a destructor", catch_unwind(|| {
        let _catching = Catching;
        panic!("outside it");
    }));
    let mut caught = 0;
    for i in 0..10_000u32 {
        if catch_unwind(|| if i % 3 == 0 { panic_any(i) }).is_err() {
            caught += 1;
        }
    }
    println!("caught {caught} of 10000");
    let _last = Noisy("main's");
    if std::env::args().nth(1).as_deref() == Some("uncaught") {
        panic::set_hook(Box::new(|_| eprintln!("uncaught")));
        panic!("to the end");
    }
}
