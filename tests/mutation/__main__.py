"""``python -m tests.mutation [TOPIC…]``: prove every topic, and write docs/mutation-proof.md.

With topics only those are proven, and nothing is written. Ends with 1 on any wrong verdict.
"""

import sys
from collections import Counter
from multiprocessing import Pool

from tests.mutation.proof import Result, prove, spec_of, topics
from tests.mutation.table import PAGE, page

PROCESSES = 2


def proven(topic: str) -> list[Result]:
    """Return every verdict of one topic; none where nothing is written for it."""
    spec = spec_of(topic)
    return list(prove(spec)) if spec is not None else []


def main(wanted: list[str]) -> int:
    """Run, write the page of a full run, and return the exit code."""
    known = topics("ABCH")
    unknown = [topic for topic in wanted if topic not in known]
    if unknown:
        sys.stderr.write(f"error: no rule is called {', '.join(unknown)}\n")
        sys.stderr.write(
            "help: kube-evidence list topics names them; without any, all are proven.\n"
        )
        return 2
    names = wanted or list(topics())
    results: list[Result] = []
    with Pool(PROCESSES) as pool:
        for number, found in enumerate(pool.imap(proven, names), 1):
            results += found
            bad = Counter(_line(one) for one in found if not one.good)
            _say(f"{number}/{len(names)} {names[number - 1]}: {len(found)}, {bad.total()} wrong")
            for line, count in bad.items():
                _say(f"  {count} x {line}")
    if not wanted:
        PAGE.write_text(page(results), encoding="utf-8")
    unproven = [topic for topic in names if spec_of(topic) is None]
    return int(bool(unproven) or any(not one.good for one in results))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _line(one: Result) -> str:
    wanted = "|".join(one.expected)
    return f"{one.kind} {one.name!r}: {one.got} instead of {wanted}: {one.told[:150]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
