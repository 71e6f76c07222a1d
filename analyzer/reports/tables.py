"""Every data sheet of the workbook, in the order of the tabs."""

from typing import Any

from analyzer.reports.table import Table
from analyzer.reports.tables_changes import CHANGES
from analyzer.reports.tables_crosswalk import CROSSWALK
from analyzer.reports.tables_evidence import EVIDENCE, GAPS
from analyzer.reports.tables_findings import FINDINGS
from analyzer.reports.tables_nodes import NODES
from analyzer.reports.tables_parties import PUBLISHED, RESPONSIBILITY
from analyzer.reports.tables_register import CONTROLS
from analyzer.reports.tables_third_party import THIRD_PARTY
from analyzer.reports.tables_waivers import WAIVERS

TABLES: tuple[Table[Any], ...] = (
    CONTROLS,
    FINDINGS,
    EVIDENCE,
    RESPONSIBILITY,
    PUBLISHED,
    GAPS,
    NODES,
    WAIVERS,
    CHANGES,
    THIRD_PARTY,
    CROSSWALK,
)
