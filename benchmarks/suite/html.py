"""The report as one page of HTML that loads nothing."""

from html import escape

from . import chart
from .report import Figures

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em; color: #111827; }
h1, h2, h3 { line-height: 1.2; } table { border-collapse: collapse; font-size: 13px; }
td, th { padding: .15em .6em; border-bottom: 1px solid #e5e7eb; text-align: right; white-space: nowrap; }
td:first-child, th:first-child, .left { text-align: left; white-space: normal; }
.failed { color: #b91c1c; text-align: left; white-space: normal; } .loss { color: #b91c1c; font-weight: 600; }
.key { margin-right: 1em; white-space: nowrap; } .key svg { vertical-align: -3px; margin-right: 3px; }
.wide { overflow-x: auto; } svg { max-width: 100%; height: auto; } .key svg { width: 16px; height: 16px; }
"""


def table(heads, rows):
    """Cells are HTML."""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(cell if cell.startswith("<td") else f"<td>{cell}</td>" for cell in row) + "</tr>"
                   for row in rows)
    return f"<div class='wide'><table><tr>{head}</tr>{body}</table></div>"


def ratio_cell(value, count=None, of=None):
    if not value:
        return "–"
    stars = "*" if count is not None and count != of else ""
    return f"<span class='loss'>{value:.2f}{stars}</span>" if value < 1 else f"{value:.2f}{stars}"


def means(figures):
    others = figures.runtimes[1:]
    rows = []
    for group in figures.groups():
        of = sum(workload["group"] == group for workload in figures.workloads)
        rows.append([escape(f"{group} ({of})")] +
                    [ratio_cell(*figures.mean(name, [group]), of) for name in others])
    return table(["geometric mean", *others], rows)


def group_section(figures, group):
    rows = []
    for workload in figures.workloads:
        if workload["group"] == group:
            row = {name: figures.ratio(workload["name"], name) for name in figures.runtimes[1:]}
            rows.append((workload["name"], row))
    kinds = {name: figures.kinds[name] for name in figures.runtimes[1:]}
    return (f"<h3>{escape(group)}</h3><p>{escape(figures.base)} is the black line at 1; to the right of it a runtime "
            f"takes longer.</p>" + chart.dots(rows, kinds, "×", 1))


def other_charts(figures):
    """Start-up and memory, of all workloads."""
    start, peak = [], []
    for workload in figures.workloads:
        mine = {name: figures.result(workload["name"], name) for name in figures.runtimes}
        ran = {name: result for name, result in mine.items() if not result.failed}
        start.append((workload["name"], {name: 1000 * min(result.zero) for name, result in ran.items()}))
        peak.append((workload["name"], {name: max(result.peaks) / 1024 for name, result in ran.items()}))
    return ("<h2>Start-up</h2><p>CPU time of a run that has nothing to do: starting, loading, compiling ahead.</p>" +
            chart.dots(start, figures.kinds, " ms") +
            "<h2>Memory</h2><p>The most that a process occupied.</p>" + chart.dots(peak, figures.kinds, " MiB"))


def details(figures):
    rows = []
    for workload in figures.workloads:
        for name in figures.runtimes:
            result = figures.result(workload["name"], name)
            head = [escape(workload["name"]), f"<td class='left'>{escape(name)}</td>"]
            if result.failed:
                rows.append(head + [f"<td colspan='7' class='failed'>{'' if result.absent else 'failed: '}"
                                    f"{escape(result.failed)}</td>"])
                continue
            rows.append(head + [
                f"{1000 * result.work():.1f}", f"{1000 * result.median():.1f}", f"{result.spread():.0%}",
                f"{1000 * min(result.zero):.1f}", f"{max(result.peaks) / 1024:.1f}",
                ratio_cell(figures.ratio(workload["name"], name)), str(len(result.full))])
    return table(["workload", "runtime", "work, ms", "median, ms", "spread", "start, ms", "peak, MiB",
                  "/ " + figures.base, "rounds"], rows)


def left(words):
    return f"<td class='left'>{escape(words)}</td>"


def facts(data):
    runtimes = [[f"<b>{escape(r['name'])}</b>", left(r["kind"]), left(r["version"]), left(r["flags"]), left(r["about"])]
                for r in data["runtimes"]]
    missing = [[f"<b>{escape(r['name'])}</b>", f"<td colspan='4' class='failed'>missing: {escape(r['why'])}</td>"]
               for r in data["missing"]]
    workloads = [[f"<b>{escape(w['name'])}</b>", left(w["group"]), left("others" if w["others"] else "us"),
                  escape(" ".join(w["arguments"])), left(w["about"])] for w in data["workloads"]]
    unbuilt = "".join(f"<p class='failed'>{escape(line)}</p>" for line in data["unbuilt"])
    machine = "".join(f"<li>{escape(name)}: {escape(str(value))}</li>" for name, value in data["machine"].items())
    return (f"<h2>Machine</h2><ul>{machine}<li>load when it ended: {data['load']}; pinned to processor {data['cpu']}"
            f"</li></ul><h2>Runtimes</h2>" + table(["", "kind", "version", "flags", ""], runtimes + missing) +
            "<h2>Workloads</h2>" + table(["", "group", "written by", "argument", ""], workloads) + unbuilt)


def write(data, path):
    figures = Figures(data)
    kinds = {name: figures.kinds[name] for name in figures.runtimes}
    page = (f"<!doctype html><html lang='en'><meta charset='utf-8'><title>umiak: benchmarks</title>"
            f"<style>{STYLE}</style><h1>umiak: benchmarks</h1>"
            f"<p>{escape(data['date'])}, commit {escape(data['commit'])}; {data['rounds']} interleaved rounds, minima. "
            f"CPU time of the work as a multiple of {escape(figures.base)}'s; below 1, in red, the other is faster. "
            f"A star: not all workloads of the group ran.</p>" + means(figures) + "<h2>Work</h2>" +
            chart.legend(kinds) + "".join(group_section(figures, group) for group in figures.groups()) +
            other_charts(figures) + "<h2>All figures</h2>" + details(figures) + facts(data) + "</html>\n")
    with open(path, "w") as file:
        file.write(page)
