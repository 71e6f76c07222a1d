"""``python -m tests.mutation [TOPIC…]``: prove every topic, and write docs/mutation-proof.md."""

import sys
from collections import Counter
from multiprocessing import Pool

from tests.mutation.cases import Spec, specs
from tests.mutation.proof import Result, prove, topics

PROCESSES = 2


def proven(topic: str) -> list[Result]:
    """Return every verdict of one topic."""
    return list(prove(specs().get(topic, Spec(topic=topic))))


def main(wanted: list[str]) -> int:
    """Run, and return 1 when a verdict was not the right one."""
    names = wanted or [topic for topic in topics() if topic in specs()]
    results: list[Result] = []
    with Pool(PROCESSES) as pool:
        for number, found in enumerate(pool.imap(proven, names), 1):
            results += found
            bad = Counter(_line(one) for one in found if not one.good)
            _say(f"{number}/{len(names)} {names[number - 1]}: {len(found)}, {bad.total()} wrong")
            for line, count in bad.items():
                _say(f"  {count} x {line}")
    return int(any(not one.good for one in results))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _line(one: Result) -> str:
    wanted = "|".join(one.expected)
    return f"{one.kind} {one.name!r}: {one.got} instead of {wanted}: {one.told[:150]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
