"""Run the redactor of node.sh by itself, as the collector calls it."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.collectors.node_run import COLLECTOR

_TABLES = ("FIELDS", "KEYS", "FLAGS", "FLAG_KEEP", "ENV_KEEP")
_NULS = bytes.maketrans(b"\0\1", b"\1\2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """What is kept of a file, None where nothing is; ``records`` are made beside it."""

    kept: bytes | None
    records: str


@cache
def part(name: str) -> str:
    """Return the text that the collector assigns to a variable in quotes."""
    return COLLECTOR.read_text().split(f"\n{name}='", 1)[1].split("'\n", 1)[0]


def redact(
    folder: Path, data: bytes, *, how: str, role: str, awk: Sequence[str] = ("awk",)
) -> Redacted:
    """Redact one file; ``folder`` is for files beside, and may be used again."""
    program = folder / "redact.awk"
    if not program.exists():
        program.write_text(part("AWK_REDACT"))
    beside = {n: folder / n for n in ("KEB_SIDE", "KEB_REDACTIONS", "KEB_REFS")}
    for path in beside.values():
        path.write_text("")
    given = {name: part(name) for name in _TABLES}
    given.update(KEB_HOW=how, KEB_ROLE=role, KEB_CAP="1048576", KEB_SEQ="1", KEB_RID="0")
    env = {**os.environ, "LC_ALL": "C", **given, **{n: str(p) for n, p in beside.items()}}
    done = subprocess.run(
        [*awk, "-f", str(program)],
        input=data.translate(_NULS) + b"KEB-END 0\n",
        env=env,
        capture_output=True,
        check=False,
        timeout=600,
    )
    said = beside["KEB_SIDE"].read_text()
    assert said.startswith(("ok ", "fail redactor failed")), (said, done.stderr)
    records = beside["KEB_REDACTIONS"].read_text() + beside["KEB_REFS"].read_text()
    return Redacted(kept=done.stdout if said.startswith("ok ") else None, records=records)
