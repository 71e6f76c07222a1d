"""Write the golden verdicts of the sample runs again; read the difference before committing."""

import csv
import io
import json
import sys
import tempfile
from pathlib import Path

from analyzer.cli import main

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parents[1] / "samples"
RUNS = {
    "self-managed.cis-1.12": [str(SAMPLES / "bundles"), "--benchmark", "cis-1.12"],
    "ibm-iks-1.32.cis-1.5": [
        str(SAMPLES / "managed"), "--benchmark", "cis-1.5", "--profile", "ibm-iks-1.32",
    ],
    "vcluster.cis-1.10": [
        str(SAMPLES / "bundles" / "api.tar.gz"), "--benchmark", "cis-1.10",
        "--profile", "vcluster",
    ],
}  # fmt: skip
COLUMNS = ("id", "topic", "verdict", "reason", "findings", "party", "published", "comparison",
           "disposition")  # fmt: skip


def table(arguments: list[str]) -> str:
    """Judge and return one line a control, as CSV."""
    with tempfile.TemporaryDirectory() as folder:
        if main(["analyze", *arguments, "-o", folder, "--format", "json"]) != 0:
            sys.exit("the sample run failed")
        document = json.loads((Path(folder) / "assessment.json").read_bytes())
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for control in document["controls"]:
        verdicts = [finding["verdict"] for finding in control["findings"]]
        counts = " ".join(f"{verdicts.count(v)} {v}" for v in sorted(set(verdicts)))
        party = control["responsibility"]
        writer.writerow([
            control["id"], control["topic"], control["verdict"], control["reason"], counts,
            party["party"], party["attested_raw"], party["comparison"], control["disposition"],
        ])  # fmt: skip
    return out.getvalue()


if __name__ == "__main__":
    for name, arguments in RUNS.items():
        (HERE / f"{name}.csv").write_text(table(arguments), encoding="utf-8")
