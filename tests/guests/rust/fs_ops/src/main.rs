//! Operations on files, one argument each: "write PATH TEXT", "mv A B", ... Errors are printed and do not stop it.
use std::fs;
use std::io::{self, Write};
use std::time::{Duration, SystemTime};

fn list(path: &str) -> io::Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let mark = if entry.file_type()?.is_dir() { "/" } else { "" };
        names.push(format!("{}{mark}", entry.file_name().to_string_lossy()));
    }
    names.sort();
    Ok(names.join(" "))
}

fn fill(path: &str, kib: &str) -> io::Result<String> {
    let mut file = fs::File::create(path)?;
    for _ in 0..kib.parse().unwrap_or(0) {
        file.write_all(&[b'x'; 1024])?;
    }
    Ok("filled".into())
}

fn append(path: &str, text: &str) -> io::Result<()> {
    fs::OpenOptions::new().append(true).open(path)?.write_all(text.as_bytes())
}

fn set_times(path: &str) -> io::Result<()> {
    let when = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::open(path)?.set_times(fs::FileTimes::new().set_modified(when))
}

fn run(words: &[&str]) -> io::Result<String> {
    let done = |()| "done".to_string();
    match words {
        ["write", path, text] => fs::write(path, text).map(done),
        ["append", path, text] => append(path, text).map(done),
        ["fill", path, kib] => fill(path, kib),
        ["cat", path] => fs::read_to_string(path),
        ["ls", path] => list(path),
        ["rm", path] => fs::remove_file(path).map(done),
        ["mkdir", path] => fs::create_dir(path).map(done),
        ["rmdir", path] => fs::remove_dir(path).map(done),
        ["rmtree", path] => fs::remove_dir_all(path).map(done),
        ["mv", from, to] => fs::rename(from, to).map(done),
        ["ln", from, to] => fs::hard_link(from, to).map(done),
        ["times", path] => set_times(path).map(done),
        ["truncate", path] => fs::OpenOptions::new().read(true).write(true).truncate(true).open(path).map(|_| "done".into()),
        _ => Ok("no such operation".into()),
    }
}

fn main() {
    for operation in std::env::args().skip(1) {
        let words: Vec<&str> = operation.split(' ').collect();
        match run(&words) {
            Ok(text) => println!("{operation}: {text}"),
            Err(error) => println!("{operation}: {:?}", error.kind()),
        }
    }
}
