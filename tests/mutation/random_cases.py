"""Random mutations by number: ``run_case(seed, 1234)`` is the same on every machine."""

import random
import time
from dataclasses import dataclass

from analyzer.model.context import Reading
from tests.mutation.random_bases import bases
from tests.mutation.random_command import wrong_ends
from tests.mutation.random_draft import Draft
from tests.mutation.random_edits import EDITS, Edit
from tests.mutation.random_hides import HIDES
from tests.mutation.random_judge import (
    REFUSALS,
    Asked,
    benchmarks,
    broken_promises,
    gained,
    judged,
    look_at,
    other_order,
    unchanged,
    write_reports,
)

_TRIES = 12
STRIDE = 250
"""Cases in a row that are judged by one benchmark: what they are compared with is made once."""
SLOW = 20.0
"""Seconds after which a case is shown by hand runs; no test depends on the clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One mutated set of bundles, not yet judged.

    Attributes:
        hides: Evidence was only taken away.
        edits: What was done, in order.
    """

    seed: int
    number: int
    base: str
    asked: Asked
    hides: bool
    drafts: tuple[Draft, ...]
    edits: tuple[str, ...]

    def __str__(self) -> str:
        """Say how to get it again, and what it is."""
        how = f"{self.base} {self.asked.benchmark} {self.asked.reading.value}"
        edits = "\n".join(f"    {edit}" for edit in self.edits)
        return f"seed {self.seed} case {self.number} ({how})\n{edits}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a case."""

    case: Case
    refused: str
    problems: tuple[str, ...]
    seconds: float


def make_case(seed: int, number: int) -> Case:
    """Choose a base, a benchmark and one to three edits."""
    rng = random.Random(f"{seed}:{number}")
    found, found_ids = bases(), benchmarks()
    base = rng.choices(list(found), [one.weight for one in found.values()])[0]
    hides = rng.random() < 0.4
    drafts = [draft.copy() for draft in found[base].drafts]
    edits = [_edit(drafts, HIDES if hides else EDITS, rng) for _ in range(rng.choice((1, 1, 2, 3)))]
    by_letter = rng.random() < 0.25 and not (hides and found[base].two_words)
    reading = Reading.LETTER if by_letter else Reading.EFFECTIVE
    asked = Asked(
        profile=found[base].profile,
        benchmark=found_ids[number // STRIDE % len(found_ids)],
        reading=reading,
    )
    return Case(
        seed=seed, number=number, base=base, asked=asked, hides=hides,
        drafts=tuple(drafts), edits=tuple(edits),
    )  # fmt: skip


def _edit(drafts: list[Draft], edits: tuple[Edit, ...], rng: random.Random) -> str:
    """Make one edit; an edit that finds no place is replaced by another."""
    for _ in range(_TRIES):
        draft = rng.choice(drafts)
        said = rng.choice(edits)(draft, rng)
        if said:
            return f"{draft.name}: {said}"
    return "nothing"


def run_case(seed: int, number: int) -> Result:
    """Judge a case, and hold it to every promise."""
    started = time.perf_counter()
    case = make_case(seed, number)
    refused = ""
    problems: list[str] = []
    try:
        assessment, bundles = judged(case.drafts, case.asked)
    except REFUSALS as refusal:
        refused = str(refusal)
    else:
        problems += broken_promises(assessment, case.asked)
        if case.hides:
            problems += gained(unchanged(case.base, case.asked), assessment)
        problems += write_reports(assessment, formats=_formats(number))
        if number % 10 == 0:
            look_at(bundles)
        if number % 25 == 0:
            problems += other_order(assessment, case.drafts, case.asked)
    if number % 50 == 0:
        problems += wrong_ends(case.drafts, case.asked, refused=bool(refused))
    return Result(
        case=case,
        refused=refused,
        problems=tuple(problems),
        seconds=time.perf_counter() - started,
    )


def _formats(number: int) -> tuple[str, ...]:
    """Every 25th case is written as JSON and text, every 250th as a workbook too."""
    if number % STRIDE == 0:
        return ("json", "md", "xlsx")
    return ("json", "md") if number % 25 == 0 else ()
