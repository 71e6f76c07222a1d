"""``kube-evidence collector``: what goes to the customer, as shipped, with its checksums.

The last line is the hash that stands for all of them, for the customer to hear by another way.
"""

import hashlib
from pathlib import Path

from analyzer.cli.console import say
from analyzer.cli.output import write_all
from analyzer.formats.shipped import handed_out_files

_PROGRAMS = frozenset({".py", ".sh"})


def write_collectors(folder: Path | None) -> None:
    """Write the collectors with a SHA256SUMS over all, or just name them and their hashes.

    Both end with the SHA-256 of SHA256SUMS.
    """
    files = dict(handed_out_files())
    sums = "".join(f"{_sha256(files[name])}  {name}\n" for name in sorted(files)).encode("ascii")
    if folder is None:
        say(sums.decode("ascii").rstrip("\n"))
        say("Write them with: kube-evidence collector --write DIR")
    else:
        _write(folder, files | {"SHA256SUMS": sums})
    say(f"SHA-256 of SHA256SUMS: {_sha256(sums)}")


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for path in write_all(folder, files):
        if path.suffix in _PROGRAMS:
            path.chmod(path.stat().st_mode | 0o111)
        say(str(path))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
