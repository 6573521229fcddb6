//! Tasks on tokio's pool of threads: channels, timers, locks, blocking work. Timers are short: a stable compiler does not
//! show that this target has atomics, and then tokio's worker that keeps the time sleeps until the next of them, whatever
//! is to be done meanwhile.
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Barrier, Mutex, mpsc};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{sleep, timeout};

async fn work() {
    let (sender, mut receiver) = mpsc::channel(8);
    for id in 0..50u64 {
        let sender = sender.clone();
        tokio::spawn(async move {
            for n in 0..20 {
                if n % 7 == 0 {
                    sleep(Duration::from_millis(id % 3)).await;
                }
                sender.send(id * 20 + n).await.unwrap();
            }
        });
    }
    drop(sender);
    let (mut count, mut sum) = (0, 0);
    while let Some(n) = receiver.recv().await {
        count += 1;
        sum += n;
    }
    println!("channel: {count} messages, sum {sum}");

    // As many tasks at a time as there are workers, each blocking its own until all have come.
    let (together, barrier) = (Arc::new(std::sync::Barrier::new(4)), Arc::new(Barrier::new(4)));
    let total = Arc::new(Mutex::new(0));
    let mut tasks = JoinSet::new();
    for id in 0..4 {
        let (together, barrier, total) = (together.clone(), barrier.clone(), total.clone());
        tasks.spawn(async move {
            together.wait();
            barrier.wait().await;
            *total.lock().await += id;
        });
    }
    tasks.join_all().await;
    println!("four at once: {}", total.lock().await);

    let blocking: Vec<_> = (0..8u32).map(|n| spawn_blocking(move || (1..=n).product::<u32>())).collect();
    let mut products = Vec::new();
    for task in blocking {
        products.push(task.await.unwrap());
    }
    println!("blocking: {products:?}");

    let never = timeout(Duration::from_millis(10), std::future::pending::<()>()).await;
    println!("timed out: {}", never.is_err());
    let cancelled = tokio::spawn(std::future::pending::<()>());
    cancelled.abort();
    println!("cancelled: {}", cancelled.await.unwrap_err().is_cancelled());
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap();
    runtime.block_on(work());
    drop(runtime);
    println!("shut down");
}
