"""Time the three sample runs as whole processes: seconds and peak memory, five runs each."""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
RUNS = {
    "cis-1.12 on cp-1, worker-1, api": ["samples/bundles", "--benchmark", "cis-1.12"],
    "cis-1.5 as ibm-iks-1.32 on managed": [
        "samples/managed", "--benchmark", "cis-1.5", "--profile", "ibm-iks-1.32",
    ],
    "cis-1.10 as vcluster on api": [
        "samples/bundles/api.tar.gz", "--benchmark", "cis-1.10", "--profile", "vcluster",
    ],
}  # fmt: skip


def timed(arguments: list[str]) -> tuple[float, float]:
    """Run one analysis; return wall seconds and peak MiB of the process."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "analyzer", "analyze", *arguments, "-o", folder]
        start = time.perf_counter()
        child = os.posix_spawn(
            sys.executable, command, os.environ,
            file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
        )  # fmt: skip
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    """Print the median of five runs of each sample."""
    os.chdir(ROOT)
    for title, arguments in RUNS.items():
        figures = [timed(arguments) for _ in range(5)]
        seconds = statistics.median(figure[0] for figure in figures)
        memory = max(figure[1] for figure in figures)
        sys.stdout.write(f"{title:<40} {seconds:6.2f} s  {memory:6.0f} MiB peak\n")


if __name__ == "__main__":
    main()
