// Runs a kernel under node: `node [--liftoff-only] run-wasi.mjs KERNEL.wasm [ARGUMENT...]`. Only what the kernels
// import, so that the time of node's own WASI is not in the way.
import { readFileSync, writeSync } from "node:fs";

const args = process.argv.slice(2).map((word) => Buffer.from(word + "\0"));
let memory;
const u32 = (address, value) => new DataView(memory.buffer).setUint32(address, value, true);
const at = (address) => new DataView(memory.buffer).getUint32(address, true);

const wasi_snapshot_preview1 = {
  args_sizes_get(count, bytes) {
    u32(count, args.length);
    u32(bytes, args.reduce((sum, word) => sum + word.length, 0));
    return 0;
  },
  args_get(pointers, bytes) {
    for (const word of args) {
      u32(pointers, bytes);
      new Uint8Array(memory.buffer).set(word, bytes);
      pointers += 4;
      bytes += word.length;
    }
    return 0;
  },
  fd_write(fd, vectors, count, written) {
    let total = 0;
    for (let i = 0; i < count; i++) {
      total += writeSync(fd, new Uint8Array(memory.buffer, at(vectors + 8 * i), at(vectors + 8 * i + 4)));
    }
    u32(written, total);
    return 0;
  },
  proc_exit(code) {
    process.exit(code);
  },
};

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1 });
memory = instance.exports.memory;
instance.exports._start();
