"""What was measured, as a record that other modules draw from, as a table in a terminal, as JSON and CSV."""

import csv
import dataclasses
import json
import math
import os
import platform
import statistics
import subprocess
import time

from . import workloads
from .build import tools
from .measure import Result
from .paths import ROOT


def machine():
    """The machine and the tools, as lines for people."""
    cpu = "?"
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "?") if os.path.exists("/etc/os-release") else "?"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return {"processor": f"{cpu}, {os.cpu_count()} processors, {memory} MiB", "system": f"{system}, Linux "
            f"{platform.release()}, {platform.machine()}", **tools()}


def record(found, missing, results, unbuilt, options):
    """All of a run, as plain data."""
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    groups = {workload.name: workload for workload in workloads.TABLE}
    return {
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "commit": commit.stdout.strip(),
        "machine": machine(),
        "load": [round(value, 2) for value in os.getloadavg()],
        "rounds": options.rounds,
        "scale": options.scale,
        "cpu": options.cpu,
        "runtimes": [{"name": r.name, "kind": r.kind, "about": r.about, "version": r.version_text, "flags": r.flags}
                     for r in found],
        "missing": [{"name": r.name, "about": r.about, "why": r.missing_because()} for r in missing],
        "workloads": [{"name": name, "group": groups[name].group, "about": groups[name].about,
                       "others": groups[name].others, "arguments": groups[name].arguments(options.scale)}
                      for name in dict.fromkeys(result.workload for result in results)],
        "unbuilt": unbuilt,
        "results": [dataclasses.asdict(result) for result in results],
    }


class Figures:
    """Answers about a record."""

    def __init__(self, data):
        self.data = data
        self.runtimes = [runtime["name"] for runtime in data["runtimes"]]
        self.kinds = {runtime["name"]: runtime["kind"] for runtime in data["runtimes"]}
        self.workloads = data["workloads"]
        self.results = {(r["workload"], r["runtime"]): Result(**r) for r in data["results"]}
        self.base = self.runtimes[0]

    def result(self, workload, runtime):
        return self.results[workload, runtime]

    def ratio(self, workload, runtime):
        """A runtime's time over that of the first runtime; None where either has none or it is not positive."""
        mine, theirs = self.result(workload, self.base).work(), self.result(workload, runtime).work()
        return theirs / mine if mine and theirs and mine > 0 and theirs > 0 else None

    def groups(self):
        return list(dict.fromkeys(workload["group"] for workload in self.workloads))

    def mean(self, runtime, groups):
        """(geometric mean of the ratios, of how many workloads)."""
        ratios = [self.ratio(workload["name"], runtime) for workload in self.workloads if workload["group"] in groups]
        ratios = [ratio for ratio in ratios if ratio]
        return (math.exp(statistics.fmean(math.log(r) for r in ratios)), len(ratios)) if ratios else (None, 0)

    def best_peer(self, workload, kind):
        """(ratio, name) of the fastest runtime of a kind beside the first; builds of umiak do not count."""
        peers = [(self.ratio(workload, name), name) for name in self.runtimes[1:]
                 if self.kinds[name] == kind and not name.startswith(self.base)]
        return min(((ratio, name) for ratio, name in peers if ratio), default=(None, ""))

    def failures(self):
        return [result for result in self.results.values() if result.failed and not result.absent]

    def absences(self):
        """Runtime and reason -> workloads that it has nothing to run of."""
        absent = {}
        for result in self.results.values():
            if result.absent:
                absent.setdefault((result.runtime, result.failed), []).append(result.workload)
        return absent


def terminal(data):
    """The table: one line per workload, the time of the first runtime and how many times that the others took."""
    figures = Figures(data)
    others = figures.runtimes[1:]
    width = 2 + max([9] + [len(name) for name in others])
    print(f"CPU time of the work in ms (start-up apart) and, of the others, as a multiple of it; minima of "
          f"{data['rounds']} interleaved rounds")
    print(f"{'workload':14}{figures.base + ' ms':>10}{'spread':>8}{'start':>8}{'MiB':>7}" +
          "".join(f"{name:>{width}}" for name in others))
    for group in figures.groups():
        for workload in figures.workloads:
            if workload["group"] == group:
                print(line(figures, workload["name"], others, width))
        members = sum(workload["group"] == group for workload in figures.workloads)
        means = [figures.mean(name, [group]) for name in others]
        cells = [f"{mean:.2f}{'' if count == members else '*'}" if mean else "-" for mean, count in means]
        print(f"  geomean, {group:36}" + "".join(f"{cell:>{width}}" for cell in cells))
    for failure in data["unbuilt"]:
        print(f"not built: {failure}")
    for result in figures.failures():
        print(f"failed: {result.workload} under {result.runtime}: {result.failed}")
    for (runtime, why), names in figures.absences().items():
        print(f"-: {runtime} {why}: {', '.join(names)}")
    for runtime in data["missing"]:
        print(f"missing: {runtime['name']} ({runtime['about']}): {runtime['why']}")


def line(figures, workload, others, width):
    mine = figures.result(workload, figures.base)
    if mine.failed:
        head = f"{workload:14}{'failed':>10}{'':23}"
    else:
        head = (f"{workload:14}{mine.work() * 1000:10.1f}{mine.spread():8.0%}{min(mine.zero) * 1000:8.1f}"
                f"{max(mine.peaks) / 1024:7.1f}")
    for name in others:
        ratio, result = figures.ratio(workload, name), figures.result(workload, name)
        if ratio:
            cell = f"{ratio:.2f}"
        elif result.absent:
            cell = "-"
        else:
            cell = "failed" if result.failed else f"{(result.work() or 0) * 1000:.1f}ms"
        head += f"{cell:>{width}}"
    return head


def write_json(data, path):
    with open(path, "w") as file:
        json.dump(data, file, indent=1)
        file.write("\n")


def write_csv(data, path):
    figures = Figures(data)
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["workload", "group", "runtime", "kind", "work_min_s", "work_median_s", "spread", "start_min_s",
                       "peak_kib", "ratio", "rounds", "failed", "output"])
        for workload in figures.workloads:
            for runtime in figures.runtimes:
                r = figures.result(workload["name"], runtime)
                times = ["", "", "", "", ""] if r.failed else [
                    f"{r.work():.6f}", f"{r.median():.6f}", f"{r.spread():.4f}", f"{min(r.zero):.6f}", max(r.peaks)]
                ratio = figures.ratio(workload["name"], runtime)
                rows.writerow([workload["name"], workload["group"], runtime, figures.kinds[runtime], *times,
                               f"{ratio:.4f}" if ratio else "", len(r.full), r.failed, r.output])
