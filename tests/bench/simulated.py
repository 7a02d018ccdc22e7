"""Does the comparison cry wolf, and does it see the wolf? `python -m tests.bench.simulated [runs]`.

300 equal schools, each met nine times out of ten, are compared as the pages compare them: against
the share of all of them together, flagged by exact tail probability, corrected for overdispersion.
Goals: alarms (99.8 %) in at most 0.4 % of schools; a school that is truly worse (80 % against 90 %,
n = 200) flagged in more than 95 % of runs. The seed is fixed: who runs it again finds the same.
"""

from __future__ import annotations

import random
import sys
import time
from typing import NamedTuple

from app.performance.statistics import Counted, Judged, judge

SCHOOLS, RUNS, SEED = 300, 200, 20260901
SHARE, WORSE = 0.9, 0.8
FEWEST, MOST = 5, 200
GOAL_ALARMS, GOAL_SEEN = 0.004, 0.95


class Found(NamedTuple):
    alarms: float  # share of equal schools at 99.8 %
    warnings: float  # share of equal schools at 95 % or 99.8 %
    seen: float  # share of runs in which the worse school is flagged low
    seen_sharply: float  # at 99.8 %

    @property
    def is_reached(self) -> bool:
        return self.alarms <= GOAL_ALARMS and self.seen > GOAL_SEEN


def simulate(runs: int = RUNS, seed: int = SEED) -> Found:
    rng = random.Random(seed)
    alarms = warnings = seen = sharply = 0
    for _ in range(runs):
        flags = [row.flag for row in _compared([_school(rng, SHARE) for _ in range(SCHOOLS)]).rows]
        alarms += sum(flag.endswith("998") for flag in flags)
        warnings += sum(flag not in ("within", "too_few") for flag in flags)
        worse = _school(rng, WORSE, MOST)
        rows = [worse, *(_school(rng, SHARE) for _ in range(SCHOOLS - 1))]
        flag = _compared(rows).rows[0].flag
        seen += flag.startswith("low")
        sharply += flag == "low_998"
    return Found(alarms / runs / SCHOOLS, warnings / runs / SCHOOLS, seen / runs, sharply / runs)


def _school(rng: random.Random, share: float, of: int | None = None) -> Counted:
    of = of or rng.randint(FEWEST, MOST)
    return Counted(sum(rng.random() < share for _ in range(of)), of)


def _compared(rows: list[Counted]) -> Judged:
    return judge(rows, sum(row.met for row in rows) / sum(row.of for row in rows))


def main(runs: int) -> int:
    began = time.monotonic()
    found = simulate(runs)
    print(f"{SCHOOLS} equal schools, {runs} runs, n {FEWEST} to {MOST}, seed {SEED}")
    print(
        f"  alarms (99.8 %):          {found.alarms:.3%} of schools, goal at most {GOAL_ALARMS:.1%}"
    )
    print(f"  flagged at all (95 %):    {found.warnings:.2%} of schools")
    print(f"  a worse school is seen:   {found.seen:.1%} of runs, goal more than {GOAL_SEEN:.0%}")
    print(f"  … as an alarm (99.8 %):   {found.seen_sharply:.1%} of runs")
    print(
        f"  {'reached' if found.is_reached else 'NOT REACHED'} in {time.monotonic() - began:.1f} s"
    )
    return 0 if found.is_reached else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS))
