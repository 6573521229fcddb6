//! Sends back what it receives, one client after the other, on the listener that it finds as descriptor 3. The
//! argument is the number of clients after which it ends.
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::os::fd::FromRawFd;

fn main() -> std::io::Result<()> {
    let clients: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).expect("the number of clients");
    // SAFETY: descriptor 3 is the listener that was granted; nothing else uses it.
    let listener = unsafe { TcpListener::from_raw_fd(3) };
    let mut bytes = 0;
    for _ in 0..clients {
        let (mut stream, _) = listener.accept()?;
        let mut buffer = [0; 4096];
        loop {
            let size = stream.read(&mut buffer)?;
            if size == 0 {
                break;
            }
            stream.write_all(&buffer[..size])?;
            bytes += size;
        }
        stream.shutdown(Shutdown::Write)?;
    }
    println!("{clients} clients, {bytes} bytes");
    Ok(())
}
