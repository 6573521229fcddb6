//! Tasks on tokio's runtime of several threads: channels, sleeping, blocking work.
use std::time::Duration;
use tokio::sync::mpsc;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(3).enable_time().build().unwrap();
    runtime.block_on(async {
        let (sender, mut receiver) = mpsc::channel(16);
        for id in 0..8u64 {
            let sender = sender.clone();
            tokio::spawn(async move {
                for n in 0..100 {
                    sender.send(id * 100 + n).await.unwrap();
                    tokio::task::yield_now().await;
                }
            });
        }
        drop(sender);
        let mut sum = 0;
        while let Some(n) = receiver.recv().await {
            sum += n;
        }
        println!("sum: {sum}");
        let sleeps = (0..4).map(|n| tokio::spawn(tokio::time::sleep(Duration::from_millis(n)))).collect::<Vec<_>>();
        for sleep in sleeps {
            sleep.await.unwrap();
        }
        let word = tokio::task::spawn_blocking(|| "blocking work done").await.unwrap();
        println!("{word}");
    });
}
