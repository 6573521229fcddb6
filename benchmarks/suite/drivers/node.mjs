// V8 as a command: `node [V8-FLAG...] node.mjs [--invoke NAME] MODULE [ARGUMENT...]`, WASI by node's own module.
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const words = process.argv.slice(2);
const invoke = words[0] === "--invoke" ? words.splice(0, 2)[1] : undefined;
const module = new WebAssembly.Module(readFileSync(words[0]));
if (invoke !== undefined) {
  const instance = new WebAssembly.Instance(module, {});
  console.log(String(instance.exports[invoke](...words.slice(1).map(Number))));
} else {
  const wasi = new WASI({ version: "preview1", args: words, env: {}, returnOnExit: false });
  wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
}
