#!/usr/bin/env python3
"""Chooses the chains of vm/interp/chains.def from counts of cells, and says what chains bring.

usage: mine.py [--chains N] [--write FILE] [--evaluate COUNTS...] COUNTS...

COUNTS are what a build with UMIAK_COUNT_CELLS writes, one file per program. Neighbouring cells are joined as in byte-pair
encoding: again and again the two that follow each other most often, over all programs, until there are N chains.
"""

import argparse
import collections
import heapq
import re

# Operations that vm/interp/op_families.h does not name, or that are too large to gain anything.
LEFT_OUT = re.compile(r"\?|.*Far$|V128|[IF]\d+x\d+|I(32|64)(Clz|Ctz|Popcnt)|F(32|64)(Ceil|Floor|Trunc|Nearest)(:|$)|Struct|Array|"
                      r"Atomic|Ref|Any|Extern|I31|I64(Add128|Sub128|MulWide)|.*Call$|Throw|Br(On|V128)|Call(Indirect|Import|Ref)|ReturnCall|.*(Div|Rem)(S|U)|MoveWide|ZeroSlots")
LONGEST = 6  # kMaxChain of vm/interp/chain.h
PARTS = 4  # files that are compiled at once: vm/interp/chain_part_*.cc


class Cells:
    """The cells that ran in one program, in the order in which they lie in memory."""

    def __init__(self, path):
        self.name = path
        self.kinds, self.runs, self.falls, self.next = [], [], [], []
        end = None
        for line in open(path):
            address, length, kind, runs, falls = line.split()
            if end == int(address):
                self.next[-1] = len(self.kinds)
            self.kinds.append("" if LEFT_OUT.match(kind) else kind)
            self.runs.append(int(runs))
            self.falls.append(int(falls))
            self.next.append(-1)
            end = int(address) + int(length)
        self.total = sum(self.runs)
        for i, following in enumerate(self.next):
            if following >= 0 and not (self.falls[i] and self.kinds[i] and self.kinds[following]):
                self.next[i] = -1

    def dispatches(self, chains):
        """How many there are with these chains, a set of tuples of kinds: estimated where a branch leaves a chain."""
        prefixes = {chain[:n] for chain in chains for n in range(1, len(chain) + 1)}
        count = len(self.kinds)
        best, step = [0.0] * (count + 1), [1] * count
        for i in range(count - 1, -1, -1):
            following = self.next[i]
            best[i] = 1 + (best[following] if following >= 0 else 0)
            at, key, n = i, (self.kinds[i],), 1
            while self.next[at] >= 0 and key in prefixes:
                at = self.next[at]
                key += (self.kinds[at],)
                n += 1
                if key in chains:
                    cost = 1 + (best[self.next[at]] if self.next[at] >= 0 else 0)
                    if cost < best[i]:
                        best[i], step[i] = cost, n
        total = 0.0
        fallen = [0.0] * count  # arrivals at i by falling out of the cell before, which a chain may swallow
        for i in range(count):
            if self.next[i] >= 0:
                fallen[self.next[i]] = self.falls[i]
        dispatched = [runs - fall for runs, fall in zip(self.runs, fallen)]
        for i in range(count):
            times = dispatched[i]
            if times <= 0:
                continue
            total += times
            # The whole of the chain runs unless a branch leaves: after it comes the next dispatch.
            at, rest = i, times
            for _ in range(step[i] - 1):
                rest *= self.falls[at] / self.runs[at] if self.runs[at] else 0
                at = self.next[at]
            if self.next[at] >= 0:
                dispatched[self.next[at]] += rest * (self.falls[at] / self.runs[at] if self.runs[at] else 0)
        return total


def choose(programs, wanted, shortest_share, least_programs):
    """The chains, in the order in which they were found, as tuples of kinds."""
    tokens = []  # per program: token of each living position
    after, before, ends = [], [], []
    for cells in programs:
        tokens.append([(kind,) for kind in cells.kinds])
        after.append(list(cells.next))
        back = [-1] * len(cells.kinds)
        for i, following in enumerate(cells.next):
            if following >= 0:
                back[following] = i
        before.append(back)
        ends.append(list(range(len(cells.kinds))))
    weights = collections.defaultdict(lambda: collections.defaultdict(float))
    places = collections.defaultdict(set)

    def change(p, i, sign):
        following = after[p][i]
        if following < 0:
            return
        pair = (tokens[p][i], tokens[p][following])
        if len(pair[0]) + len(pair[1]) > LONGEST:
            return
        flow = programs[p].falls[ends[p][i]] / programs[p].total
        weights[pair][p] += sign * flow
        if sign > 0:
            places[pair].add((p, i))
            touched.add(pair)
        else:
            places[pair].discard((p, i))

    def value(pair):
        shares = [share for share in weights[pair].values() if share > 1e-12]
        if sum(share > shortest_share for share in shares) < least_programs:
            return 0
        return sum(min(share, 0.004) for share in shares)

    touched = set()
    for p, cells in enumerate(programs):
        for i in range(len(cells.kinds)):
            change(p, i, 1)
    heap = [(-value(pair), pair) for pair in touched]
    heapq.heapify(heap)
    chosen = []
    seen = set()
    while heap and len(chosen) < wanted:
        negative, pair = heapq.heappop(heap)
        now = value(pair)
        if now <= 0:
            continue
        if now < -negative * 0.999:
            heapq.heappush(heap, (-now, pair))
            continue
        joined = pair[0] + pair[1]
        if joined not in seen:
            seen.add(joined)
            chosen.append((now, joined))
        touched = set()
        for p, i in sorted(places[pair]):
            following = after[p][i]
            if following < 0 or tokens[p][i] != pair[0] or tokens[p][following] != pair[1]:
                continue
            previous, behind = before[p][i], after[p][following]
            if previous >= 0:
                change(p, previous, -1)
            change(p, i, -1)
            change(p, following, -1)
            tokens[p][i] = joined
            ends[p][i] = ends[p][following]
            after[p][i] = behind
            if behind >= 0:
                before[p][behind] = i
            if previous >= 0:
                change(p, previous, 1)
            change(p, i, 1)
        for other in touched:
            heapq.heappush(heap, (-value(other), other))
    return chosen


def row(chain):
    cells = []
    for kind in chain:
        name, _, classes = kind.partition(":")
        cells.append(f"CELL({name}{', ' if classes else ''}{classes.replace(',', ', ')})")
    return f"CHAIN({', '.join(cells)})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chains", type=int, default=4000)
    parser.add_argument("--share", type=float, default=1e-6)
    parser.add_argument("--programs", type=int, default=2)
    parser.add_argument("--write")
    parser.add_argument("--evaluate", nargs="*", default=[])
    parser.add_argument("counts", nargs="+")
    options = parser.parse_args()
    programs = [Cells(path) for path in options.counts]
    evaluated = [Cells(path) for path in options.evaluate] or programs
    chosen = choose(programs, options.chains, options.share, options.programs)
    for count in (250, 500, 1000, 1500, 2000, 3000, 4000, 6000):
        if count > len(chosen) and count - len(chosen) > 500:
            break
        chains = {chain for _, chain in chosen[:count]}
        said = [f"{cells.name.split('/')[-1]} {cells.dispatches(chains) / cells.total:.3f}" for cells in evaluated]
        print(count, len(chains), "; ".join(said), flush=True)
    if options.write:
        with open(options.write, "w") as file:
            file.write("// Which sequences of cells have one handler: CHAIN(CELL(operation, class of each operand), ...); classes are\n"
                       "// registers, S slots, I immediates. Written by benchmarks/mining/mine.py, the most frequent first.\n")
            rows_of_part = -(-len(chosen) // PARTS)
            for n, (_, chain) in enumerate(chosen):
                if n % rows_of_part == 0:
                    file.write(f"{'#endif' if n else ''}\n#if CHAIN_PART({n // rows_of_part})\n".lstrip())
                file.write(row(chain) + "\n")
            file.write("#endif\n")


main()
