"""kube-bench files, written as kube-bench writes them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

Line = Sequence[str]


def groups(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return one object a line: part of the cluster, benchmark, number, word, and a reason."""
    return [
        {
            "id": line[2].split(".")[0],
            "version": line[1],
            "detected_version": "1.30",
            "text": "What the part is about",
            "node_type": line[0],
            "tests": [
                {
                    "section": line[2].rpartition(".")[0], "pass": 1, "fail": 0, "warn": 0,
                    "info": 0, "type": "", "desc": "Section", "results": [result(line)],
                }
            ],
            "total_pass": 1, "total_fail": 0, "total_warn": 0, "total_info": 0,
        }
        for line in lines
    ]  # fmt: skip


def result(line: Line) -> dict[str, Any]:
    """Return one check's object with the fields that a run writes."""
    return {
        "test_number": line[2],
        "test_desc": "Ensure that something is set",
        "audit": "/bin/ps -ef",
        "AuditEnv": "",
        "AuditConfig": "",
        "type": "",
        "remediation": "Set it.\n",
        "test_info": ["Set it.\n"],
        "status": line[3],
        "actual_value": "permissions=600\n",
        "scored": True,
        "IsMultiple": False,
        "expected_result": "permissions has permissions 600",
        **({"reason": line[4]} if len(line) > 4 else {}),
    }


def whole(lines: Iterable[Line]) -> bytes:
    """Return a run with its totals, as kube-bench writes it today."""
    totals = {"total_pass": 1, "total_fail": 0, "total_warn": 0, "total_info": 0}
    return json.dumps({"Controls": groups(lines), "Totals": totals}).encode() + b"\n"
