//! rhai interprets a program: sieve, Fibonacci, strings, maps.
fn main() {
    let engine = rhai::Engine::new();
    let ast = engine
        .compile(
            "fn fib(n) { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }
             let sum = fib(11); let sieve = []; sieve.pad(300, true);
             for i in 2..300 { if sieve[i] { let j = i * 2; while j < 300 { sieve[j] = false; j += i; } sum += i; } }
             let words = #{}; let text = \"the quick brown fox jumps over the lazy dog and the cat\";
             for w in text.split(' ') { if w in words { words[w] += 1 } else { words[w] = 1 } }
             for k in words.keys() { sum += words[k] * k.len(); } sum",
        )
        .unwrap();
    let mut sum = 0;
    for _ in 0..mining::iterations() {
        sum += engine.eval_ast::<i64>(&ast).unwrap();
    }
    println!("{sum}");
}
