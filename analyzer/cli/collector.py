"""``kube-evidence collector``: what goes to the customer, as shipped, with its checksums."""

import hashlib
from pathlib import Path

from analyzer.cli.console import say
from analyzer.cli.output import write_all
from analyzer.formats.shipped import handed_out_files

_PROGRAMS = frozenset({".py", ".sh"})


def write_collectors(folder: Path | None) -> None:
    """Write the collectors with a SHA256SUMS over all, or just name them and their hashes."""
    files = dict(handed_out_files())
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    if folder is None:
        say(sums.rstrip("\n"))
        say("Write them with: kube-evidence collector --write DIR")
        return
    for path in write_all(folder, files | {"SHA256SUMS": sums.encode("ascii")}):
        if path.suffix in _PROGRAMS:
            path.chmod(path.stat().st_mode | 0o111)
        say(str(path))
