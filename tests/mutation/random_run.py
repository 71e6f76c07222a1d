"""Random mutations by hand: ``python -m tests.mutation.random_run --count 10000 --seed 1``.

``--case N`` runs one case again, says what was done to which bundle, and shows the traceback.
"""

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.mutation.random_cases import SLOW, STRIDE, Result, make_case, run_case


def outcome(seed: int, number: int) -> tuple[str, str]:
    """Run one case.

    Returns:
        In one word what became of it, and for everything but ``judged`` and ``refused`` the
        case with what was wrong.
    """
    try:
        result = run_case(seed, number)
    except Exception:  # noqa: BLE001 - whatever it is, it is what this program looks for
        return "exception", f"{make_case(seed, number)}\n{traceback.format_exc()}"
    if result.problems:
        return "problem", "\n".join((str(result.case), *result.problems))
    if result.seconds > SLOW:
        return "slow", f"{result.case}\n{result.seconds:.1f} s"
    return _fine(result), ""


def _fine(result: Result) -> str:
    word = "refused" if result.refused else "judged"
    return f"{word}, evidence only taken away" if result.case.hides else word


def run_range(seed: int, numbers: range) -> tuple[Counter[str], list[str]]:
    """Run some cases; count what became of them, and tell of those that broke a promise."""
    counts: Counter[str] = Counter()
    told = []
    for number in numbers:
        word, text = outcome(seed, number)
        counts[word] += 1
        if text:
            told.append(f"{word}: {text}")
    return counts, told


def _ranges(first: int, count: int) -> Iterator[range]:
    for start in range(first, first + count, STRIDE):
        yield range(start, min(start + STRIDE, first + count))


def run_all(seed: int, first: int, count: int, jobs: int) -> bool:
    """Run cases on several processors, print every one that broke a promise, then the counts."""
    started = time.monotonic()
    total: Counter[str] = Counter()
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        waiting = [pool.submit(run_range, seed, one) for one in _ranges(first, count)]
        for done in as_completed(waiting):
            counts, told = done.result()
            total += counts
            for text in told:
                _say(f"\n{text}")
    words = ", ".join(f"{count} {word}" for word, count in sorted(total.items()))
    _say(f"seed {seed}: {total.total()} cases in {time.monotonic() - started:.0f} s: {words}")
    return not {"exception", "problem", "slow"} & set(total)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Read the arguments, run, and return 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--case", type=int)
    chosen = parser.parse_args()
    if chosen.case is None:
        return 0 if run_all(chosen.seed, chosen.first, chosen.count, chosen.jobs) else 1
    word, text = outcome(chosen.seed, chosen.case)
    _say(f"{word}: {text or make_case(chosen.seed, chosen.case)}")
    return 0 if not text else 1


if __name__ == "__main__":
    sys.exit(main())
