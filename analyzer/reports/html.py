"""report.html: one file that works from a memory stick, and can load and run nothing else.

Templates, the style sheet and the script are data files (``analyzer/data/html``). The page's
own policy names style and script by their hash and forbids everything else, so that a mistake
in escaping could still neither load nor run anything. Without the script every row is there.
"""

import base64
import hashlib
from dataclasses import dataclass
from itertools import islice
from typing import Final

from analyzer.model.assessment import Assessment, BundleSummary, Gap
from analyzer.model.verdict import Verdict
from analyzer.reports.html_bars import Split, bars, columns, splits
from analyzer.reports.html_environment import asset, environment
from analyzer.reports.html_evidence import EvidenceRow, evidence_rows
from analyzer.reports.html_front import Front, front
from analyzer.reports.html_nodes import Node, nodes
from analyzer.reports.html_parties import Matrix, Published, matrix, published
from analyzer.reports.html_people import Others, others, waiver_places
from analyzer.reports.html_register import Register, register
from analyzer.reports.rendering import Paper, Rendering

_ROWS: Final = 1_000
"""Rows of tables that grow with the cluster: gaps, nodes, bundles, another tool's results."""

_SIZES = {Paper.A4: "A4", Paper.LETTER: "letter"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that the templates lay out; they look nothing up and count nothing.

    Attributes:
        gaps, bundles, nodes: What is listed of them; the counts of all beside them.
        waiver_places: Position from 1 by id of each listed waiver, for links.
        bundle_places: Position from 1 by SHA-256 of each listed bundle, for links.
        linked: Evidence ids that stand in the last chapter.
    """

    report_id: str
    front: Front
    columns: tuple[Verdict, ...]
    overall: Split
    splits: tuple[tuple[str, tuple[Split, ...]], ...]
    register: Register
    matrix: Matrix
    published: tuple[Published, ...]
    gaps: tuple[Gap, ...]
    waiver_places: dict[str, int]
    others: tuple[Others, ...]
    nodes: tuple[Node, ...]
    nodes_total: int
    bundles: tuple[BundleSummary, ...]
    bundle_places: dict[str, int]
    evidence: tuple[EvidenceRow, ...]
    linked: frozenset[str]


def write(assessment: Assessment, rendering: Rendering) -> bytes:
    """Return the page as UTF-8 text with one final newline."""
    style = asset("report.css") + _page_rule(rendering)
    script = asset("report.js")
    text = environment().get_template("report.html.j2").render(
        page=_page(assessment, rendering.report_id),
        a=assessment,
        style=style,
        script=script,
        policy=_policy(style, script),
    )  # fmt: skip
    return (text.rstrip("\n") + "\n").encode("utf-8")


def _page(a: Assessment, report_id: str) -> Page:
    rows = register(a)
    cluster, known, pieces = nodes(a), a.bundles[:_ROWS], evidence_rows(a, rows)
    return Page(
        report_id=report_id,
        front=front(a),
        columns=columns(a),
        overall=bars({"All controls": a.summary.overall})[0],
        splits=splits(a),
        register=rows,
        matrix=matrix(a),
        published=published(a),
        gaps=a.gaps[:_ROWS],
        waiver_places=waiver_places(a),
        others=tuple(others(a, _ROWS)),
        nodes=tuple(islice(cluster, _ROWS)),
        nodes_total=len(cluster),
        bundles=known,
        bundle_places={bundle.sha256: n for n, bundle in enumerate(known, 1)},
        evidence=pieces,
        linked=frozenset(piece.entry.id for piece in pieces),
    )


def _page_rule(rendering: Rendering) -> str:
    """Return the one rule that differs from report to report: paper, and the id on each page.

    Both are ours: a closed word, and the digits of a hash.
    """
    digits = f"{int(rendering.report_id, 16):0{len(rendering.report_id)}x}"
    return (
        f"@page {{ size: {_SIZES[rendering.paper]} portrait; "
        f'@bottom-left {{ content: "Report id {digits}" }} }}\n'
    )


def _policy(style: str, script: str) -> str:
    """Return the content security policy: this style, this script, and nothing else at all."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
