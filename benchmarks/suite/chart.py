"""Charts as SVG: a row for each workload, a logarithmic axis, a mark for each runtime."""

import html
import math

# By kind, interpreters warm and compilers cold; the first is umiak's line. Told apart by shape as well.
COLOURS = {
    "umiak": "#111827", "sf-nano": "#d97706", "wasmi": "#dc2626", "wasm3": "#db2777", "iwasm": "#9333ea",
    "wazero": "#a16207", "toywasm": "#7c2d12", "pulley": "#f472b6", "liftoff": "#2563eb", "winch": "#0891b2",
    "turbofan": "#1e40af", "cranelift": "#0f766e", "native": "#4b5563",
}
SHAPES = {"interpreter": "circle", "baseline compiler": "square", "optimising compiler": "diamond", "native": "tick"}
ROW, LEFT, RIGHT, TOP = 19, 110, 60, 30
FONT = "font-family='system-ui, sans-serif' font-size='12'"


def colour(name):
    return COLOURS.get(name, "#65a30d")


def mark(shape, x, y, paint, title):
    """A mark that says what it is when the pointer rests on it."""
    label = f"<title>{html.escape(title)}</title>"
    if shape == "circle":
        return f"<circle cx='{x:.1f}' cy='{y}' r='4.5' fill='{paint}' fill-opacity='.85'>{label}</circle>"
    if shape == "square":
        return (f"<rect x='{x - 4:.1f}' y='{y - 4}' width='8' height='8' fill='{paint}' fill-opacity='.85'>"
                f"{label}</rect>")
    if shape == "diamond":
        points = f"{x:.1f},{y - 5.5} {x + 5.5:.1f},{y} {x:.1f},{y + 5.5} {x - 5.5:.1f},{y}"
        return f"<polygon points='{points}' fill='{paint}' fill-opacity='.85'>{label}</polygon>"
    return f"<rect x='{x - 1.5:.1f}' y='{y - 7}' width='3' height='14' fill='{paint}'>{label}</rect>"


def text(x, y, words, anchor="start", paint="#111827", extra=""):
    return f"<text x='{x:.1f}' y='{y}' text-anchor='{anchor}' fill='{paint}' {extra}>{html.escape(words)}</text>"


def rule(x, top, bottom):
    """The line of the runtime that others are compared with."""
    return f"<line x1='{x:.1f}' y1='{top}' x2='{x:.1f}' y2='{bottom}' stroke='#111827' stroke-width='2'/>"


class Axis:
    """A logarithmic axis over the values, widened to round numbers."""

    def __init__(self, values, width, include=None):
        values = [value for value in values if value and value > 0] + ([include] if include else [])
        self.low, self.high = self.step(min(values), math.floor), self.step(max(values), math.ceil)
        self.left, self.right = LEFT, width - RIGHT
        if self.high <= self.low:
            self.high = self.low * 10

    @staticmethod
    def step(value, round_to):
        """The next of 1, 2, 5 times a power of ten, below or above."""
        steps = [mantissa * 10.0 ** power for power in range(-5, 8) for mantissa in (1, 2, 5)]
        if round_to is math.floor:
            return max(step for step in steps if step <= value * 1.0001)
        return min(step for step in steps if step >= value * 0.9999)

    def x(self, value):
        part = math.log(value / self.low) / math.log(self.high / self.low)
        return self.left + part * (self.right - self.left)

    def ticks(self):
        value = self.low
        while value <= self.high * 1.001:
            yield value
            value = self.step(value * 1.5, math.ceil)

    def drawn(self, bottom, unit):
        parts = []
        for value in self.ticks():
            x = self.x(value)
            parts.append(f"<line x1='{x:.1f}' y1='{TOP - 6}' x2='{x:.1f}' y2='{bottom}' stroke='#e5e7eb'/>")
            parts.append(text(x, TOP - 12, f"{value:g}{unit}", "middle", "#6b7280"))
        return parts


def svg(width, height, parts):
    return (f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}' "
            f"{FONT}><rect width='100%' height='100%' fill='white' rx='6'/>" + "".join(parts) + "</svg>\n")


def dots(rows, kinds, unit, line_at=None, width=900):
    """rows: (label, {runtime: value or None}). A value that is not positive has no place on the axis: it is listed at
    the right."""
    values = [value for _, row in rows for value in row.values()]
    if not any(value and value > 0 for value in values):
        return ""
    axis = Axis(values, width, line_at)
    bottom = TOP + ROW * len(rows) + 4
    parts = axis.drawn(bottom, unit)
    if line_at:
        x = axis.x(line_at)
        parts.append(rule(x, TOP - 6, bottom))
    for number, (label, row) in enumerate(rows):
        y = TOP + ROW * number + ROW // 2
        parts.append(text(LEFT - 10, y + 4, label, "end"))
        for name, value in row.items():
            if value and value > 0:
                parts.append(mark(SHAPES[kinds[name]], axis.x(value), y, colour(name),
                                  f"{label}, {name}: {value:.3g}{unit}"))
            elif value is not None:
                parts.append(text(width - RIGHT + 6, y + 4, f"{name} ≤ 0", paint=colour(name)))
    return svg(width, bottom + 8, parts)


def legend(kinds):
    """The marks, each with its runtime's name, as HTML."""
    marks = []
    for name, kind in kinds.items():
        shape = mark(SHAPES[kind], 8, 8, colour(name), name)
        marks.append(f"<span class='key'><svg width='16' height='16'>{shape}</svg>{html.escape(name)}</span>")
    return "<p>" + " ".join(marks) + "</p>"
