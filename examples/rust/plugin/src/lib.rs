//! Counts words for a host; see examples/host_plugin.cc. Strings pass as pointer and length in this memory.

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    /// Prints a line of text on the host's side.
    fn log(text: *const u8, length: usize);
}

/// Room for `length` bytes, for the host to write to. It stays reserved.
#[unsafe(no_mangle)]
pub extern "C" fn allocate(length: usize) -> *mut u8 {
    Box::leak(vec![0u8; length].into_boxed_slice()).as_mut_ptr()
}

/// How many words the text has; tells the host the longest one.
///
/// # Safety
/// `text` points at `length` bytes of this memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn count_words(text: *const u8, length: usize) -> u32 {
    let bytes = unsafe { std::slice::from_raw_parts(text, length) };
    let text = String::from_utf8_lossy(bytes);
    if let Some(longest) = text.split_whitespace().max_by_key(|word| word.len()) {
        let message = format!("the longest word is {longest}");
        unsafe { log(message.as_ptr(), message.len()) };
    }
    text.split_whitespace().count() as u32
}
