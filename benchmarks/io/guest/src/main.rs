//! What I/O-heavy guests do, with next to no computing of their own: see ../README.md.
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, IoSliceMut, Read, Write};
use std::path::Path;

const BLOCK: usize = 256 << 10;

/// Reads all of a file, and looks at the first byte of each block.
fn bulk(path: &str) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0u8; BLOCK];
    let (mut bytes, mut sum) = (0u64, 0u64);
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(format!("{bytes} bytes, {sum}"));
        }
        bytes += count as u64;
        sum += u64::from(buffer[0]);
    }
}

/// The same into eight buffers a call.
fn vectored(path: &str) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut buffers = vec![vec![0u8; BLOCK / 8]; 8];
    let mut bytes = 0u64;
    loop {
        let mut slices: Vec<IoSliceMut> = buffers.iter_mut().map(|b| IoSliceMut::new(b)).collect();
        let count = file.read_vectored(&mut slices)?;
        if count == 0 {
            return Ok(format!("{bytes} bytes"));
        }
        bytes += count as u64;
    }
}

/// Lines and bytes, as `wc` counts them.
fn count_lines(path: &str) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0u8; BLOCK];
    let (mut lines, mut bytes) = (0usize, 0usize);
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(format!("{lines} lines, {bytes} bytes"));
        }
        bytes += count;
        lines += buffer[..count].iter().filter(|&&byte| byte == b'\n').count();
    }
}

/// The lines that hold a word, as `grep -c` counts them.
fn grep(word: &str, path: &str) -> io::Result<String> {
    let mut reader = BufReader::with_capacity(BLOCK, File::open(path)?);
    let (mut line, mut found) = (String::new(), 0usize);
    while reader.read_line(&mut line)? > 0 {
        found += usize::from(line.contains(word));
        line.clear();
    }
    Ok(format!("{found} lines"))
}

/// Writes a file of so many MiB.
fn write(path: &str, mebibytes: &str) -> io::Result<String> {
    let mut file = File::create(path)?;
    let block = vec![b'x'; 1 << 20];
    for _ in 0..mebibytes.parse().unwrap_or(0) {
        file.write_all(&block)?;
    }
    Ok("written".into())
}

#[derive(Default)]
struct Tree {
    directories: usize,
    files: usize,
    bytes: u64,
}

/// Lists, describes and reads everything beneath a directory.
fn walk(path: &Path, tree: &mut Tree) -> io::Result<()> {
    tree.directories += 1;
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        if fs::symlink_metadata(&path)?.is_dir() {
            walk(&path, tree)?;
        } else {
            tree.files += 1;
            tree.bytes += fs::read(&path)?.len() as u64;
        }
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let text = match words[..] {
        ["bulk", path] => bulk(path)?,
        ["vectored", path] => vectored(path)?,
        ["wc", path] => count_lines(path)?,
        ["grep", word, path] => grep(word, path)?,
        ["write", path, mebibytes] => write(path, mebibytes)?,
        ["walk", path] => {
            let mut tree = Tree::default();
            walk(Path::new(path), &mut tree)?;
            format!("{} directories, {} files, {} bytes", tree.directories, tree.files, tree.bytes)
        }
        _ => "usage: io_bench bulk|vectored|wc FILE | grep WORD FILE | write FILE MIB | walk DIRECTORY".into(),
    };
    println!("{text}");
    Ok(())
}
