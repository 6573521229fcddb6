//! Threads of the standard library: what the first argument names.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Condvar, Mutex, OnceLock, RwLock, mpsc};
use std::{cell::Cell, env, process, thread, time::Duration};

fn channels() {
    let (sender, receiver) = mpsc::channel();
    for id in 0..4u64 {
        let sender = sender.clone();
        thread::spawn(move || (0..1000).for_each(|n| sender.send(id * 1000 + n).unwrap()));
    }
    drop(sender);
    let (count, sum) = receiver.iter().fold((0, 0), |(count, sum), n| (count + 1, sum + n));
    println!("channels: {count} messages, sum {sum}");

    let (sender, receiver) = mpsc::sync_channel(0);
    let echo = thread::spawn(move || receiver.iter().map(|n: u32| n * 2).sum::<u32>());
    (0..100).for_each(|n| sender.send(n).unwrap());
    drop(sender);
    println!("rendezvous: {}", echo.join().unwrap());
}

fn locks() {
    let total = Mutex::new(0u64);
    let reads = RwLock::new(vec![1u64; 64]);
    let hits = AtomicUsize::new(0);
    let barrier = Barrier::new(4);
    thread::scope(|scope| {
        for id in 0..4 {
            let (total, reads, hits, barrier) = (&total, &reads, &hits, &barrier);
            scope.spawn(move || {
                barrier.wait();
                for n in 0..500 {
                    *total.lock().unwrap() += reads.read().unwrap()[n % 64];
                    if n % 100 == id {
                        reads.write().unwrap()[n % 64] = 1;
                    }
                    hits.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    println!("locks: total {}, hits {}", total.into_inner().unwrap(), hits.into_inner());

    static ONCE: OnceLock<usize> = OnceLock::new();
    let turn = Arc::new((Mutex::new(0), Condvar::new()));
    let threads: Vec<_> = (0..4)
        .map(|id| {
            let turn = Arc::clone(&turn);
            thread::spawn(move || {
                let (mutex, changed) = &*turn;
                let mut now = changed.wait_while(mutex.lock().unwrap(), |now| *now != id).unwrap();
                ONCE.get_or_init(|| id);
                *now += 1;
                changed.notify_all();
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let now = turn.0.lock().unwrap();
    println!("turns: {now}, first {}", ONCE.get().unwrap());
    let (_now, waited) = turn.1.wait_timeout(now, Duration::from_millis(5)).unwrap();
    println!("timed out: {}", waited.timed_out());
}

fn locals() {
    thread_local!(static LOCAL: Cell<u32> = const { Cell::new(7) });
    LOCAL.set(1);
    let other = thread::Builder::new().name("other".into()).spawn(|| {
        let name = thread::current().name().map(str::to_owned);
        (LOCAL.replace(2), name, thread::park_timeout(Duration::from_millis(1)))
    });
    let (local, name, ()) = other.unwrap().join().unwrap();
    println!("locals: {} {local} {}", LOCAL.get(), name.unwrap());
}

fn many() {
    let mut sum = 0;
    for round in 0..100 {
        sum += thread::spawn(move || round).join().unwrap();
    }
    println!("one after the other: {sum}");
}

/// Busy, asleep, waiting and reading threads; then the main one does what `last` says.
fn end(last: impl FnOnce()) {
    let (ready, started) = mpsc::channel();
    for n in 0..4 {
        let ready = ready.clone();
        thread::spawn(move || {
            ready.send(()).unwrap();
            match n {
                0 => loop {
                    std::hint::spin_loop();
                },
                1 => thread::sleep(Duration::from_secs(3600)),
                2 => thread::park(),
                _ => drop(std::io::stdin().read_line(&mut String::new())),
            }
        });
    }
    (0..4).for_each(|_| started.recv().unwrap());
    last();
}

fn main() {
    match env::args().nth(1).as_deref() {
        Some("return") => end(|| println!("main returns")),
        Some("exit") => end(|| process::exit(42)),
        Some("exit-in-thread") => end(|| drop(thread::spawn(|| process::exit(43)).join())),
        Some("panic") => end(|| drop(thread::spawn(|| panic!("in a thread")).join())),
        Some("limit") => {
            let (hold, held) = mpsc::channel::<()>();
            let held = Arc::new(Mutex::new(held));
            let spawn = |_| {
                let held = Arc::clone(&held);
                thread::Builder::new().spawn(move || held.lock().unwrap().recv())
            };
            let error = (0..).map(spawn).find_map(Result::err).unwrap();
            println!("{:?}", error.kind());
            drop(hold);
        }
        _ => {
            channels();
            locks();
            locals();
            many();
        }
    }
}
