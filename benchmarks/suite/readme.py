"""The picture of the README and the tables of docs/BENCHMARKS.md, drawn from a report."""

import os

from . import chart
from .paths import ROOT, Unavailable
from .report import Figures
from .runtimes import INTERPRETER

PICTURE = os.path.join(ROOT, "docs", "benchmarks.svg")
PAGE = os.path.join(ROOT, "docs", "BENCHMARKS.md")
BEGIN, END = "<!-- figures: ./dev bench --readme -->\n", "<!-- end of figures -->\n"
WIN, LOSS = "#15803d", "#dc2626"


def picture(figures, width=900):
    """A bar per workload, from umiak at 1 to the fastest other interpreter; Liftoff and native as marks."""
    rows = []
    for group in figures.groups():
        for workload in figures.workloads:
            if workload["group"] == group and not figures.result(workload["name"], figures.base).failed:
                rows.append((workload["name"], *figures.best_peer(workload["name"], INTERPRETER)))
    marks = {name: [figures.ratio(row[0], name) for row in rows] for name in ("liftoff", "native")
             if name in figures.runtimes}
    values = [row[1] for row in rows] + [ratio for ratios in marks.values() for ratio in ratios]
    axis = chart.Axis(values, width - 90, 1)  # room for the names of the peers
    bottom = chart.TOP + 26 + chart.ROW * len(rows) + 4
    parts = ["<g transform='translate(0 26)'>", *axis.drawn(bottom - 26, "×"), "</g>"]
    parts.append(chart.text(12, 18, "CPU time as a multiple of umiak's, the line at 1. Bar: the fastest other "
                            "interpreter; square: V8 Liftoff; tick: native. Left of the line: faster than umiak.",
                            paint="#374151"))
    for number, (name, ratio, peer) in enumerate(rows):
        y = chart.TOP + 26 + chart.ROW * number + chart.ROW // 2
        parts.append(chart.text(chart.LEFT - 10, y + 4, name, "end"))
        parts += bar(axis, y, ratio, peer)
        for mark, kind in (("liftoff", "square"), ("native", "tick")):
            if marks.get(mark) and marks[mark][number]:
                parts.append(chart.mark(kind, axis.x(marks[mark][number]), y, chart.colour(mark),
                                        f"{name}, {mark}: {marks[mark][number]:.2f}"))
    x = axis.x(1)
    parts.append(chart.rule(x, chart.TOP + 20, bottom))
    return chart.svg(width, bottom + 8, parts)


def bar(axis, y, ratio, peer):
    if not ratio:
        return [chart.text(axis.x(1) + 6, y + 4, "no other interpreter runs it", paint="#6b7280")]
    one, there = axis.x(1), axis.x(ratio)
    paint = WIN if ratio >= 1 else LOSS
    return [f"<rect x='{min(one, there):.1f}' y='{y - 6}' width='{abs(there - one):.1f}' height='12' fill='{paint}'/>",
            chart.text(max(one, there) + 6, y + 4, f"{ratio:.2f} {peer}", paint=paint)]


def cell(figures, workload, runtime):
    result, ratio = figures.result(workload, runtime), figures.ratio(workload, runtime)
    if ratio:
        return f"**{ratio:.2f}**" if ratio < 1 else f"{ratio:.2f}"
    return "–" if result.absent else "failed" if result.failed else "≤ 0"


def big_table(figures):
    others = figures.runtimes[1:]
    lines = [f"| workload | {figures.base}, ms | start, ms | peak, MiB | " + " | ".join(others) + " |",
             "|---" * (4 + len(others)) + "|"]
    for group in figures.groups():
        members = [workload["name"] for workload in figures.workloads if workload["group"] == group]
        for name in members:
            mine = figures.result(name, figures.base)
            own = ["failed", "", ""] if mine.failed else [
                f"{1000 * mine.work():.0f}", f"{1000 * min(mine.zero):.1f}", f"{max(mine.peaks) / 1024:.1f}"]
            lines.append("| " + " | ".join([name, *own, *(cell(figures, name, other) for other in others)]) + " |")
        means = [mean_cell(*figures.mean(other, [group]), len(members)) for other in others]
        lines.append("| " + " | ".join([f"*{group}*", "", "", "", *means]) + " |")
    return lines


def mean_cell(mean, count, of):
    return f"*{mean:.2f}*" + ("" if count == of else f" ({count} of {of})") if mean else "–"


def peers_table(figures):
    """Per group: the fastest other interpreter of each workload, and where umiak is not the fastest."""
    lines = ["| group | fastest other interpreter per workload, geometric mean | least | umiak is slower on |",
             "|---|---|---|---|"]
    for group in figures.groups():
        best = {w["name"]: figures.best_peer(w["name"], INTERPRETER) for w in figures.workloads if w["group"] == group}
        best = {name: pair for name, pair in best.items() if pair[0]}
        if not best:
            continue
        product = 1.0
        for ratio, _ in best.values():
            product *= ratio
        least = min(best, key=lambda name: best[name][0])
        lost = [f"{name} ({ratio:.2f}, {peer})" for name, (ratio, peer) in best.items() if ratio < 1]
        lines.append(f"| {group} | {product ** (1 / len(best)):.2f} | {best[least][0]:.2f} ({least}, "
                     f"{best[least][1]}) | {', '.join(lost) or 'none'} |")
    return lines


def facts(data, figures):
    machine = "; ".join(f"{key}: {value}" for key, value in data["machine"].items())
    lines = [f"{data['date']}, commit {data['commit']}, {data['rounds']} rounds, load average at the end "
             f"{data['load'][0]:.1f}. {machine}.", "",
             "| runtime | kind | version | flags | |", "|---|---|---|---|---|"]
    for runtime in data["runtimes"]:
        flags = f"`{runtime['flags']}`" if runtime["flags"] else ""
        lines.append(f"| {runtime['name']} | {runtime['kind']} | {runtime['version']} | {flags} | {runtime['about']} |")
    lines += [f"| {runtime['name']} | missing | | | {runtime['why']} |" for runtime in data["missing"]]
    lines += ["", "Failed:", ""]
    lines += [f"* {result.workload} under {result.runtime}: {result.failed.replace('|', '/')}"
              for result in figures.failures()] or ["* none"]
    lines += [f"* not built: {line}" for line in data["unbuilt"]]
    return lines


def replace(begin, end, lines):
    """Puts lines between two marks of docs/BENCHMARKS.md."""
    with open(PAGE) as file:
        page = file.read()
    if begin not in page or end not in page:
        raise Unavailable(f"{PAGE}: figures go between the lines {begin.strip()} and {end.strip()}: put them back")
    head, tail = page.split(begin)[0], page.split(end)[1]
    with open(PAGE, "w") as file:
        file.write(head + begin + "\n" + "\n".join(lines) + "\n\n" + end + tail)


def write(data):
    figures = Figures(data)
    with open(PICTURE, "w") as file:
        file.write(picture(figures))
    replace(BEGIN, END, peers_table(figures) + [""] + big_table(figures) + [""] + facts(data, figures))
