#!/usr/bin/env python3
"""What the benchmark suite says of runtimes that do well, badly or nothing: shell scripts stand in for runtimes."""

import argparse
import csv
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from benchmarks.suite import html, measure, readme, report  # noqa: E402
from benchmarks.suite.paths import Unavailable  # noqa: E402
from benchmarks.suite.runtimes import BASELINE, INTERPRETER, Runtime, find  # noqa: E402
from benchmarks.suite.workloads import TABLE, choose  # noqa: E402

WORK = "i=0; while [ $i -lt $2 ]; do i=$((i + 1)); done; "  # $1: module, $2: iterations


class Suite(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.options = argparse.Namespace(rounds=2, scale=0.001, cpu=0)

    def runtime(self, name, script, kind=INTERPRETER):
        path = os.path.join(self.folder.name, name)
        with open(path, "w") as file:
            file.write("#!/bin/sh\n" + script + "\n")
        os.chmod(path, 0o755)
        return Runtime(name, kind, [path], lambda program, module, arguments: [program, module, *arguments], "a script",
                       version=lambda program: "1.0", program=path)

    def record(self, *runtimes, timeout=20):
        spawner = measure.Spawner(0, timeout)
        results = measure.measure(choose(["fib"])[0], {"wasm": "fib.wasm"}, runtimes, self.options, spawner)
        return report.record(list(runtimes), [], results, [], self.options)

    def figures(self, *runtimes, **options):
        return report.Figures(self.record(*runtimes, **options))

    def test_runtimes_that_print_the_same_have_times_and_a_ratio(self):
        figures = self.figures(self.runtime("umiak", WORK * 20 + "echo sum"),
                               self.runtime("slow", WORK * 200 + "echo sum"))
        self.assertEqual(figures.failures(), [])
        self.assertEqual(len(figures.result("fib", "slow").full), 2)

    def test_one_that_prints_something_else_is_a_failed_row_even_where_it_exits_with_0(self):
        figures = self.figures(self.runtime("umiak", "echo sum"), self.runtime("right", "echo sum"),
                               self.runtime("wrong", "echo load failed"))
        self.assertEqual([(r.runtime, r.failed) for r in figures.failures()],
                         [("wrong", "printed load failed, not sum")])

    def test_one_that_fails_is_shown_with_what_it_said(self):
        figures = self.figures(self.runtime("umiak", "echo sum"),
                               self.runtime("bad", "echo no such opcode >&2; exit 3"))
        self.assertEqual(figures.result("fib", "bad").failed, "exit 3: no such opcode")

    def test_one_that_prints_nothing_has_failed(self):
        figures = self.figures(self.runtime("umiak", "echo sum"), self.runtime("mute", "true"))
        self.assertEqual(figures.result("fib", "mute").failed, "exit 0, but printed nothing")

    def test_one_that_is_too_late_is_ended(self):
        figures = self.figures(self.runtime("umiak", "echo sum"), self.runtime("late", "exec sleep 30"), timeout=1)
        self.assertEqual(figures.result("fib", "late").failed, "more than 1 s")

    def test_one_that_dies_of_a_signal_is_shown_with_its_number(self):
        figures = self.figures(self.runtime("umiak", "echo sum"), self.runtime("dead", "kill -SEGV $$"))
        self.assertEqual(figures.result("fib", "dead").failed, "signal 11")

    def test_a_difference_below_zero_is_kept_and_gives_no_ratio(self):
        result = measure.Result("fib", "odd", full=[0.2, 0.3], zero=[0.5, 0.4])
        self.assertAlmostEqual(result.work(), -0.2)
        data = self.record(self.runtime("umiak", WORK * 20 + "echo sum"), self.runtime("odd", "echo sum"))
        data["results"][1].update(full=[0.2], zero=[0.5])
        self.assertIsNone(report.Figures(data).ratio("fib", "odd"))

    def test_a_runtime_that_is_missing_is_named_with_what_to_do(self):
        _, missing = find(["toywasm"], [])
        for runtime in missing:
            self.assertIn("put `toywasm` on the PATH", runtime.missing_because())

    def test_an_unknown_runtime_or_workload_is_refused_with_those_that_there_are(self):
        with self.assertRaisesRegex(Unavailable, "no runtime nobody: there are umiak, "):
            find(["nobody"], [])
        with self.assertRaisesRegex(Unavailable, "no workload nothing: there are fib, "):
            choose(["nothing"])

    def test_the_page_the_table_and_the_picture_show_losses_and_failures(self):
        data = self.record(self.runtime("umiak", "echo sum"), self.runtime("fast", "echo sum"),
                           self.runtime("liftoff", "echo '<else>'", BASELINE))
        for result, seconds in zip(data["results"], (0.4, 0.2)):
            result.update(full=[seconds], zero=[0.1])
        path = os.path.join(self.folder.name, "report")
        report.write_csv(data, path)
        html.write(data, path + ".html")
        with open(path + ".html") as page:
            text = page.read()
        self.assertIn("<span class='loss'>0.33", text)
        self.assertIn("failed: printed &lt;else&gt;, not sum", text)
        with open(path) as file:
            self.assertEqual([row["ratio"] for row in csv.DictReader(file)], ["1.0000", "0.3333", ""])
        figures = report.Figures(data)
        self.assertIn("fib (0.33, fast)", readme.peers_table(figures)[2])
        self.assertIn("0.33 fast", readme.picture(figures))

    def test_a_third_of_the_workloads_are_programs_of_others(self):
        self.assertGreaterEqual(3 * sum(workload.others for workload in TABLE), len(TABLE))


if __name__ == "__main__":
    unittest.main()
