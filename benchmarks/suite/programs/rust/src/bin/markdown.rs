//! The crate pulldown-cmark turns 64 KiB of Markdown into HTML.
use pulldown_cmark::{html, Options, Parser};

fn main() {
    let mut numbers = programs::Numbers(3);
    let mut source = String::new();
    for line in programs::text(64 << 10).lines() {
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        source += &match numbers.next() % 9 {
            0 => format!("\n## {line}\n\n"),
            1 => format!("* {first}\n* *{rest}*\n"),
            2 => format!("[{first}](http://example.org/{first} \"{rest}\")\n"),
            3 => format!("> {line}\n\n"),
            4 => format!("`{first}` **{rest}**\n\n"),
            5 => format!("1. {line}\n"),
            _ => format!("{line}\n"),
        };
    }
    let mut page = String::new();
    for _ in 0..programs::iterations() {
        page.clear();
        html::push_html(&mut page, Parser::new_ext(&source, Options::all()));
    }
    println!("{} bytes, {} of HTML, {:08x}", source.len(), page.len(), programs::checksum(page.as_bytes()));
}
