"""Run with `make chaos`. Everything it needs is its own; it ends with 1 if a promise was broken.

CHAOS_SECONDS=120        how long somebody is killed every two seconds
CHAOS_SEED=1,2,3         one run for each
CHAOS_SYNC_COMMIT=off    a PostgreSQL that may lose answered writes: good if that is noticed
CHAOS_WITHOUT_VALKEY=1   none in the whole run; until the first kill no write may fail at all
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections import Counter
from statistics import quantiles
from typing import NamedTuple

import psycopg2

from tests.chaos.clients import WRITERS, Writer
from tests.chaos.desk import DATABASE, Desk, a_folder
from tests.chaos.faults import VICTIMS, Faults
from tests.chaos.verdict import Verdict, judge, longest_waiting, too_many_doubled, waiting

CALM = 5.0
DRAINED_WITHIN = 10.0
# Nobody rings then; the ticker drains by itself once something has waited for ten seconds.
DRAINED_WITHOUT_VALKEY_WITHIN = 60.0
MANY = "1000000"
GIVE_UP_AFTER = 120.0


class Options(NamedTuple):
    seconds: float
    seeds: list[int]
    is_durable: bool
    with_valkey: bool
    pause: float


def options() -> Options:
    given = os.environ
    return Options(
        seconds=float(given.get("CHAOS_SECONDS", "120")),
        seeds=[int(one) for one in given.get("CHAOS_SEED", "1").split(",")],
        is_durable=given.get("CHAOS_SYNC_COMMIT", "on") != "off",
        with_valkey=given.get("CHAOS_WITHOUT_VALKEY", "0") in ("", "0"),
        pause=float(given.get("CHAOS_PAUSE", "0")),
    )


def main() -> int:
    chosen = options()
    verdicts = []
    for seed in chosen.seeds:
        with a_folder("desk-chaos-") as folder:
            verdicts.append(one_run(Desk(folder / "desk", **_kind(chosen)), seed, chosen))
    broken, lost = sum(len(one.violations) for one in verdicts), sum(one.lost for one in verdicts)
    if not chosen.is_durable:
        say(f"With synchronous_commit=off {lost} answered writes were lost.")
        say("The harness can fail." if lost else "It should have noticed a loss and did not.")
        return 0 if lost else 1
    doubled, mails, is_too_many = too_many_doubled(verdicts)
    say(f"Mails handed over twice, with the same Message-ID: {doubled} of {mails} (goal 0.1 %)")
    broken += is_too_many
    say("Every promise was kept." if not broken else f"{broken} promises were broken.")
    return 1 if broken else 0


def _kind(chosen: Options) -> dict[str, object]:
    more = {f"REQUESTS_PER_{whose}": MANY for whose in ("PERSON", "SCHOOL", "ADDRESS")}
    if not chosen.is_durable:
        # Production refuses to start like that, whatever is said.
        more |= {"DESKBELL_ENV": "development", "DESKBELL_UNSAFE": "synchronous_commit"}
    return {"with_valkey": chosen.with_valkey, "more": more}


def one_run(desk: Desk, seed: int, chosen: Options) -> Verdict:
    say(f"Seed {seed}: {chosen.seconds:.0f} s, {len(WRITERS)} clients" + _unusual(chosen))
    desk.prepare()
    if not chosen.is_durable:
        with desk.only_postgres(), desk.superuser() as cursor:
            cursor.execute(f"ALTER DATABASE {DATABASE} SET synchronous_commit = off")
            cursor.execute("ALTER SYSTEM SET wal_writer_delay = '2s'")
    desk.start()
    try:
        return _hurt_and_judge(desk, seed, chosen)
    finally:
        desk.stop()


def _unusual(chosen: Options) -> str:
    return ("" if chosen.is_durable else ", synchronous_commit=off") + (
        "" if chosen.with_valkey else ", no Valkey"
    )


def _hurt_and_judge(desk: Desk, seed: int, chosen: Options) -> Verdict:
    stop = threading.Event()
    writers = [Writer(desk, player, seed, stop, chosen.pause) for player in WRITERS]
    for one in writers:
        one.start()
    time.sleep(CALM)
    calm = _together(writers)
    able = tuple(one for one in VICTIMS if chosen.with_valkey or one != "Valkey")
    faults = Faults(desk, random.Random(seed), able, only_all_at_once=not chosen.is_durable)
    faults.run(chosen.seconds, with_stop=chosen.is_durable)
    stop.set()
    drained = _drain_time(desk, writers, faults)
    with desk.superuser() as cursor:
        written = [one for writer in writers for one in writer.written]
        verdict = judge(cursor, written, desk.sink.mails())
    verdict.check("answers that no client expects", [w for one in writers for w in one.wrong])
    verdict.check("writers without a last answer", [one.name for one in writers if one.is_alive()])
    within = DRAINED_WITHIN if chosen.with_valkey else DRAINED_WITHOUT_VALKEY_WITHIN
    verdict.check(
        f"not drained {within:.0f} s after the last fault (it took {drained:.1f} s)",
        [drained] if drained > within else [],
    )
    failed = {status: n for status, n in calm.items() if status not in (200, 201)}
    verdict.check("answers but success before the first fault", failed.items())
    _report(verdict, faults, writers)
    if verdict.violations and chosen.is_durable:
        say("\n".join(["--- killed (UTC)", *faults.diary, desk.logs()]))
    return verdict


def _together(writers: list[Writer]) -> Counter[int]:
    found: Counter[int] = Counter()
    for one in writers:
        found += Counter(dict(one.answers))
    return found


def _drain_time(desk: Desk, writers: list[Writer], faults: Faults) -> float:
    """From the last fault until every write is answered and nothing waits in the outbox."""
    until = time.monotonic() + GIVE_UP_AFTER
    while time.monotonic() < until:
        writing = sum(one.is_alive() for one in writers)
        try:
            with desk.superuser() as cursor:
                left = waiting(cursor)
                one = longest_waiting(cursor)
        except psycopg2.OperationalError:
            left, one = -1, ""
        passed = time.monotonic() - faults.last_at
        if left == 0 and not writing:
            return passed
        faults.diary.append(
            f"{passed:6.1f} s after: {writing} still writing, {left} rows wait, {one}"
        )
        time.sleep(0.25)
    return time.monotonic() - faults.last_at


def _report(verdict: Verdict, faults: Faults, writers: list[Writer]) -> None:
    hurt = ", ".join(f"{name} {n}" for name, n in sorted(faults.killed.items()))
    say(f"  kill -9 and stops: {hurt}")
    answers = ", ".join(f"{s or 'none'}: {n}" for s, n in sorted(_together(writers).items()))
    say(f"  answers by status: {answers}")
    seconds = [one for writer in writers for one in writer.seconds]
    if len(seconds) > 1:
        cuts = quantiles(seconds, n=100)
        longest = max(seconds)
        say(
            f"  until a write was answered: p50 {cuts[49] * 1000:.0f} ms, "
            f"p95 {cuts[94] * 1000:.0f} ms, longest {longest:.1f} s"
        )
    for line in verdict.lines:
        say(line)
    say(f"  mails handed over {verdict.mails}, twice {verdict.doubled}")


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
