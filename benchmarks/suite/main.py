"""Benchmarks of umiak against other runtimes, on workloads built from source.

./dev bench                        all workloads, all runtimes that are found
./dev bench fib lua                these workloads
./dev bench --runtimes umiak,wasmi these runtimes
./dev bench --install              installs first what registries offer
./dev bench --loading              start-up and validation of modules from nothing to 69 MB
./dev bench --readme               writes the picture of the README and the table of docs/BENCHMARKS.md, of this run
./dev bench --from FILE.json       reports a run again, without running anything

Writes build/bench/report.json, .csv and .html. Method: docs/BENCHMARKS.md.
"""

import argparse
import json
import os
import sys

from . import html, install, loading, measure, readme, report, runtimes, workloads
from .paths import OUT, Unavailable, progress


def arguments():
    parser = argparse.ArgumentParser(prog="dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", help="only these")
    parser.add_argument("--suite", action="store_true", help="the suite, which is what is meant without other modes")
    parser.add_argument("--runtimes", default="", help="only these, by commas; others are compared with umiak")
    parser.add_argument("--with", action="append", default=[], metavar="NAME=PATH", dest="others",
                        help="another build of umiak")
    parser.add_argument("--install", action="store_true", help="install the runtimes that registries offer")
    parser.add_argument("--list", action="store_true", help="say which runtimes and workloads there are")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1, help="iterations times this")
    parser.add_argument("--timeout", type=int, default=120, help="seconds after which a run has failed")
    parser.add_argument("--cpu", type=int, default=(os.cpu_count() or 1) - 1, help="the processor to pin to")
    parser.add_argument("--output", default=os.path.join(OUT, "report"), help="where to write, without .json")
    parser.add_argument("--loading", action="store_true", help="start-up and validation instead of the workloads")
    parser.add_argument("--readme", action="store_true",
                        help="write docs/benchmarks.svg and the figures of docs/BENCHMARKS.md")
    parser.add_argument("--from", dest="record", metavar="FILE.json")
    return parser.parse_args()


def list_all(found, missing):
    for runtime in found:
        print(f"{runtime.name:12}{runtime.kind:20}{runtime.version_text:44}{runtime.about}")
    for runtime in missing:
        print(f"{runtime.name:12}{'missing':20}{runtime.missing_because()}")
    for workload in workloads.TABLE:
        print(f"{workload.name:14}{workload.group:14}{workload.about}")


def run_all(options, found, missing):
    chosen = workloads.choose(options.workloads)
    spawner = measure.Spawner(options.cpu, options.timeout)
    results, unbuilt = [], []
    for number, workload in enumerate(chosen):
        files, error = measure.build(workload)
        if error:
            unbuilt.append(f"{workload.name}: {error}")
            continue
        results += measure.measure(workload, files, found, options, spawner)
        progress("")
        print(f"[{number + 1}/{len(chosen)}] {workload.name}", file=sys.stderr, flush=True)
    return report.record(found, missing, results, unbuilt, options)


def main():
    options = arguments()
    if options.record:
        with open(options.record) as file:
            data = json.load(file)
    else:
        names = [name for name in options.runtimes.split(",") if name]
        others = [tuple(text.split("=", 1)) for text in options.others]
        if options.install:
            install.all_of(runtimes.TABLE, lambda text: print(text, file=sys.stderr, flush=True))
        found, missing = runtimes.find(names, others)
        if options.list:
            return list_all(found, missing)
        if options.loading:
            return loading.measure(found, options)
        data = run_all(options, found, missing)
        report.write_json(data, options.output + ".json")
    report.terminal(data)
    report.write_csv(data, options.output + ".csv")
    html.write(data, options.output + ".html")
    if options.readme:
        readme.write(data)


if __name__ == "__main__":
    try:
        main()
    except Unavailable as problem:
        sys.exit(f"bench: {problem}")
    except BrokenPipeError:  # who read the table has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except KeyboardInterrupt:
        sys.exit(130)
