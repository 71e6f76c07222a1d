"""Time a workbook of very many findings: seconds, and memory beside the assessment itself.

python -m tests.bench_workbook [FINDINGS], 300,000 when left out; each has evidence of its own.
"""

import gc
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from analyzer.model.assessment import Assessment
from analyzer.model.verdict import Verdict
from analyzer.reports.rendering import Rendering
from analyzer.reports.workbook import write
from tests.reports.builder import build

_CONTROLS = 20
_PAGE_MIB = 4096 / 2**20


def many(findings: int) -> Assessment:
    """Return an assessment with so many failing pods, spread over some controls."""
    base = build(texts=("--profiling=true", "Pod/shop/web is privileged."), people=False)
    entries = tuple(
        replace(
            base.evidence[0],
            id=f"EV-{n:06d}",
            selector=f"line {n} /spec/containers/0/securityContext/privileged",
            excerpt=f"container app-{n}: privileged is true",
        )
        for n in range(1, findings + 1)
    )
    model = base.controls[5].findings[0]
    failures = tuple(
        replace(
            model,
            subject=f"Pod/namespace-{n % 200}/app-{n}",
            verdict=Verdict.FAIL,
            actual=f"container app-{n}: privileged is true",
            explanation=f"Container app-{n} of the pod is privileged, which the rule forbids.",
            evidence=(entry.id,),
        )
        for n, entry in enumerate(entries)
    )
    share = -(-findings // _CONTROLS)
    controls = list(base.controls)
    for n in range(_CONTROLS):
        mine = failures[n * share : (n + 1) * share]
        controls[n] = replace(
            controls[n], verdict=Verdict.FAIL, findings=mine, counts={"fail": len(mine)}
        )
    return replace(base, controls=tuple(controls), evidence=entries)


class _Peak(threading.Thread):
    """Watches the process's resident memory."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.mib = 0.0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(0.02):
            self.mib = max(self.mib, resident())


def resident() -> float:
    """Return this process's resident memory in MiB (Linux)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE_MIB


def main() -> None:
    """Print one line of figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    assessment = many(count)
    gc.collect()
    before, peak = resident(), _Peak()
    peak.start()
    wall, used = time.perf_counter(), time.process_time()
    content = write(assessment, Rendering(report_id="0" * 16))
    wall, used = time.perf_counter() - wall, time.process_time() - used
    peak.done.set()
    peak.join()
    sys.stdout.write(
        f"{count} findings: {wall:.0f} s wall, {used:.0f} s of processor, {before:.0f} MiB before, "
        f"{peak.mib - before:.0f} MiB more at the peak, {len(content) / 2**20:.1f} MiB written\n"
    )


if __name__ == "__main__":
    main()
