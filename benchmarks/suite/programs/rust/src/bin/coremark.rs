//! CoreMark 1.0, in the port of the crate `coremark`, whose checksums are those of the original in C.
fn main() {
    let iterations = programs::iterations();
    if iterations == 0 {
        return println!("nothing"); // 0 would have it look for a number that takes ten seconds
    }
    let results = coremark::run(&coremark::Config { iterations, ..Default::default() });
    println!(
        "{} iterations: list {:04x}, matrix {:04x}, state {:04x}, final {:04x}, {} errors",
        results.iterations, results.crclist, results.crcmatrix, results.crcstate, results.crcfinal, results.errors
    );
}
