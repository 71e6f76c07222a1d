"""``kube-evidence collector``: the collectors, as shipped, with their checksums."""

import hashlib
from pathlib import Path

from analyzer.cli.console import say
from analyzer.cli.output import write_all
from analyzer.formats.shipped import collector_files


def write_collectors(folder: Path | None) -> None:
    """Write the collectors with a SHA256SUMS, or just name them and their hashes."""
    files = dict(collector_files())
    sums = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    if folder is None:
        say(sums.rstrip("\n"))
        say("Write them with: kube-evidence collector --write DIR")
        return
    for path in write_all(folder, files | {"SHA256SUMS": sums.encode("ascii")}):
        say(str(path))
