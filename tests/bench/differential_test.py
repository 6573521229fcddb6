#!/usr/bin/env python3
"""What the comparison of builds says of builds that differ: shell scripts stand in for them."""

import contextlib
import io
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", ".."))
from benchmarks.suite import differential  # noqa: E402
from benchmarks.suite.paths import Unavailable  # noqa: E402

GOOD = "echo sum"


class Differential(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def build(self, name, script=GOOD, fuel=7, commit="c0ffee"):
        path = os.path.join(self.folder.name, name)
        with open(path, "w") as file:
            file.write(f'''#!/bin/sh
case "$*" in
  --version) echo umiak 1; echo commit: {commit}; exit;;
  *fuel=*) echo "umiak: note: fuel: {fuel} of 1000 used" >&2;;
esac
{script}
''')
        os.chmod(path, 0o755)
        return f"--build={name}={path}"

    def compare(self, *arguments, workload="fib"):
        """What is said, and the exit code or the last words."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            try:
                differential.main(["--existing", workload, *arguments])
                end = 0
            except SystemExit as error:
                end = error.code
        return said.getvalue(), end

    def test_builds_that_do_the_same_pass_and_their_runs_are_counted(self):
        said, end = self.compare(self.build("a"), self.build("b"))
        self.assertEqual((said, end), ("fib: 12 runs alike\n", 0))

    def test_one_that_prints_something_else_is_named_with_what_it_printed(self):
        said, end = self.compare(self.build("a"), self.build("b", "echo mus"))
        self.assertIn("outputs differ:\n", said)
        self.assertRegex(said, r"\n    sum: a plain, .*\n    mus: b plain, ")
        self.assertEqual(end, "bench: builds of umiak differ on fib")

    def test_one_that_prints_something_else_in_one_way_alone_is_named_with_the_way(self):
        said, _ = self.compare(self.build("a"), self.build("b", '[ "$UMIAK_ISA" = v2 ] && echo mus || echo sum'))
        self.assertIn("\n    mus: b isa-v2\n", said)

    def test_one_that_takes_other_fuel_is_named(self):
        said, end = self.compare(self.build("a"), self.build("b", fuel=8))
        self.assertIn("fuel differ:\n    7: a metered\n    8: b metered\n", said)
        self.assertNotEqual(end, 0)

    def test_one_that_does_not_say_its_fuel_differs_too(self):
        said, _ = self.compare(self.build("a"), self.build("b", "echo sum", fuel=""))
        self.assertIn("not said: b metered", said)

    def test_fuel_is_not_compared_of_a_workload_whose_hash_tables_are_seeded(self):
        module = os.path.join(self.folder.name, "lua.wasm")
        options = differential.argparse.Namespace(scale=1, timeout=10)
        builds = differential.find_builds([option.removeprefix("--build=") for option in
                                           (self.build("a"), self.build("b", fuel=8))])
        self.assertEqual(differential.compare(differential.choose(["lua"])[0], module, builds, options), (12, []))

    def test_one_that_leaves_with_another_code_is_shown_with_what_it_said(self):
        said, _ = self.compare(self.build("a"), self.build("b", "echo sum; echo no such cell >&2; exit 134"))
        self.assertIn("exit codes differ:\n", said)
        self.assertIn("b plain: exit code 134: no such cell\n", said)

    def test_all_that_fail_alike_fail(self):
        said, end = self.compare(self.build("a", "exit 1"), self.build("b", "exit 1"))
        self.assertIn("a plain: exit code 1", said)
        self.assertNotEqual(end, 0)

    def test_one_that_is_too_late_is_ended(self):
        said, _ = self.compare(self.build("a"), self.build("b", '[ "$UMIAK_ISA" = v2 ] && exec sleep 30; echo sum'),
                               "--timeout=1")
        self.assertIn("b isa-v2: exit code none within 1 s", said)

    def test_a_build_that_cannot_do_with_few_addresses_is_left_out_of_that_way(self):
        said, end = self.compare(self.build("a"),
                                 self.build("b", '[ "$(ulimit -v)" = unlimited ] && echo sum || exit 1'))
        self.assertIn("exit codes differ", said)
        needy = self.build("b")
        path = needy.split("=", 2)[2]
        with open(path) as file:
            text = file.read()
        with open(path, "w") as file:
            file.write(text.replace("case", '[ "$(ulimit -v)" = unlimited ] || exit 1\ncase', 1))
        self.assertEqual(self.compare(self.build("a"), needy), ("fib: 11 runs alike\n", 0))

    def test_builds_of_different_commits_are_remarked(self):
        said, _ = self.compare(self.build("a"), self.build("b", commit="deface"))
        self.assertIn("note: builds of different commits: a c0ffee, b deface\n", said)

    def test_a_workload_that_is_not_built_is_skipped_with_the_command_that_builds_it(self):
        existing = differential.existing
        differential.existing = lambda name: None
        self.addCleanup(setattr, differential, "existing", existing)
        self.assertEqual(self.compare(self.build("a")),
                         ("SKIP: the workload fib is not built: ./dev bench --differential fib\n", 77))

    def test_a_build_that_is_missing_is_named(self):
        with self.assertRaisesRegex(Unavailable, "/nowhere/umiak is not there"):
            self.compare("--build=a=/nowhere/umiak")

    def test_one_built_for_another_machine_is_run_by_what_the_file_beside_it_names(self):
        with open(os.path.join(self.folder.name, "emulator"), "w") as file:
            file.write("env SEEN=sum")
        self.assertEqual(self.compare(self.build("a", "echo $SEEN"), self.build("b", "echo $SEEN"))[1], 0)


if __name__ == "__main__":
    unittest.main()
