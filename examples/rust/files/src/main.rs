//! What a program asks its system for: arguments, environment, clocks, files and directories.
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

fn clocks() {
    let start = Instant::now();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    std::thread::sleep(Duration::from_millis(2));
    let slept = start.elapsed() >= Duration::from_millis(2);
    println!("clock: after 2020 {}, slept {slept}", now.as_secs() > 1_577_836_800);
}

/// Prints the tree below `directory`, in the order of names.
fn walk(directory: &Path, depth: usize) -> io::Result<()> {
    let mut entries = fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let metadata = entry.metadata()?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let indent = "  ".repeat(depth + 1);
        if metadata.is_dir() {
            println!("{indent}{name}/");
            walk(&entry.path(), depth + 1)?;
        } else {
            println!("{indent}{name} ({} bytes)", metadata.len());
        }
    }
    Ok(())
}

fn directories(root: &Path) -> io::Result<()> {
    fs::create_dir_all(root.join("inner/leaf"))?;
    fs::write(root.join("draft.txt"), "first line\nsecond line\n")?;
    OpenOptions::new().append(true).open(root.join("draft.txt"))?.write_all(b"third line\n")?;
    fs::rename(root.join("draft.txt"), root.join("inner/final.txt"))?;
    fs::copy(root.join("inner/final.txt"), root.join("inner/leaf/copy.txt"))?;

    let mut file = File::options().read(true).write(true).open(root.join("inner/final.txt"))?;
    file.seek(SeekFrom::Start(6))?;
    let mut word = [0u8; 4];
    file.read_exact(&mut word)?;
    println!("word: {}", String::from_utf8_lossy(&word));
    let age = SystemTime::now().duration_since(file.metadata()?.modified()?).unwrap_or_default();
    println!("fresh: {}", age < Duration::from_secs(3600));
    file.set_len(22)?;
    file.seek(SeekFrom::Start(0))?;
    println!("lines: {}", BufReader::new(file).lines().count());

    println!("{}/", root.display());
    walk(root, 0)?;
    let again = fs::create_dir(root.join("inner")).expect_err("it exists");
    println!("again: {:?}", again.kind());
    fs::remove_file(root.join("inner/leaf/copy.txt"))?;
    fs::remove_dir_all(root)?;
    println!("gone: {}", !root.exists());
    Ok(())
}

fn main() -> ExitCode {
    println!("args: {:?}", std::env::args().collect::<Vec<_>>());
    let mut variables: Vec<_> = std::env::vars().collect();
    variables.sort();
    for (name, value) in variables {
        println!("env: {name}={value}");
    }
    clocks();
    match directories(Path::new("tree")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("files: {error}");
            ExitCode::FAILURE
        }
    }
}
