//! Sends back what it receives, with all clients at once, on the listener that it finds as descriptor 3. The argument
//! is the number of clients after which it ends; it says how many of them it had at the same time.
use std::cell::Cell;
use std::os::fd::FromRawFd;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinSet, LocalSet};

async fn serve(mut stream: TcpStream) -> std::io::Result<usize> {
    let mut buffer = [0; 1024];
    let mut bytes = 0;
    loop {
        let size = stream.read(&mut buffer).await?;
        if size == 0 {
            stream.shutdown().await?;
            return Ok(bytes);
        }
        stream.write_all(&buffer[..size]).await?;
        bytes += size;
    }
}

async fn run(clients: usize) -> std::io::Result<()> {
    // SAFETY: descriptor 3 is the listener that was granted; nothing else uses it.
    let listener = unsafe { std::net::TcpListener::from_raw_fd(3) };
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let open = Rc::new(Cell::new(0));
    let mut most = 0;
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        let (stream, _) = listener.accept().await?;
        open.set(open.get() + 1);
        most = most.max(open.get());
        let open = open.clone();
        tasks.spawn_local(async move {
            let bytes = serve(stream).await;
            open.set(open.get() - 1);
            bytes
        });
    }
    let mut bytes = 0;
    while let Some(result) = tasks.join_next().await {
        bytes += result.expect("no task panics")?;
    }
    println!("{clients} clients, {most} at the same time, {bytes} bytes");
    Ok(())
}

fn main() -> std::io::Result<()> {
    let clients = std::env::args().nth(1).and_then(|n| n.parse().ok()).expect("the number of clients");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let limit = Duration::from_secs(100);
    LocalSet::new().block_on(&runtime, async { tokio::time::timeout(limit, run(clients)).await.expect("in time") })
}
