"""Controls by nodes: what every rule about nodes came to on each of them.

A cluster of many nodes has few ways to differ, so that nodes with the same verdicts
throughout then share a column. What is left beyond that shares the last one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.verdict import Verdict, worst
from analyzer.reports.table import Column, Kind, Link, Table
from analyzer.reports.text import cut, one_line
from analyzer.reports.words import UNSEEN, nodes_line

MOST_COLUMNS = 60
"""Columns of nodes; from more nodes on, those that are alike share one."""

NOT_ASKED = "-"
_PRINTED = 12
_NAME = 60
_NODE = "node/"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRow:
    """A control and its cell of each node: a verdict, ``not seen``, or ``-`` for no question."""

    control: ControlResult
    cells: Mapping[str, str]

    def counted(self, word: str) -> int:
        """Return how many nodes have a word."""
        return sum(cell == word for cell in self.cells.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Nodes that share a column; the first gives it its name."""

    title: str
    nodes: tuple[str, ...]


def _names(a: Assessment) -> tuple[str, ...]:
    cluster = a.cluster
    return tuple(sorted({*(cluster.nodes_expected or ()), *cluster.nodes_evidenced}))


def _rows(a: Assessment) -> Iterator[NodeRow]:
    names = _names(a)
    for control in a.controls:
        found: dict[str, list[Verdict]] = {}
        for finding in control.findings:
            if finding.subject.startswith(_NODE):
                found.setdefault(finding.subject.removeprefix(_NODE), []).append(finding.verdict)
        if found or control.nodes_missing:
            missing = frozenset(control.nodes_missing)
            cells = {name: _cell(found.get(name), missing=name in missing) for name in names}
            yield NodeRow(control=control, cells=cells)


def _cell(found: list[Verdict] | None, *, missing: bool) -> str:
    if found:
        return worst(found).value
    return UNSEEN if missing else NOT_ASKED


def _groups(a: Assessment) -> list[_Group]:
    """Return what gets a column, in order of the nodes' names; what is alike shares one."""
    names = _names(a)
    if len(names) <= MOST_COLUMNS:
        return [_Group(title=name, nodes=(name,)) for name in names]
    rows = tuple(_rows(a))
    alike: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        alike.setdefault(tuple(row.cells[name] for row in rows), []).append(name)
    groups = [_Group(title=_shared(nodes), nodes=tuple(nodes)) for nodes in alike.values()]
    if len(groups) <= MOST_COLUMNS:
        return groups
    kept, left = groups[: MOST_COLUMNS - 1], groups[MOST_COLUMNS - 1 :]
    others = tuple(name for group in left for name in group.nodes)
    return [*kept, _Group(title=f"{len(others)} further nodes (worst)", nodes=others)]


def _shared(nodes: Sequence[str]) -> str:
    return nodes[0] if len(nodes) == 1 else f"{nodes[0]} and {len(nodes) - 1} alike"


def _worst(row: NodeRow, nodes: tuple[str, ...]) -> str:
    words = {row.cells[name] for name in nodes}
    verdicts = [verdict for verdict in Verdict if verdict.value in words]
    if UNSEEN in words and Verdict.FAIL not in verdicts:
        return UNSEEN
    return worst(verdicts).value if verdicts else NOT_ASKED


def _node_columns(a: Assessment) -> tuple[Column[NodeRow], ...]:
    taken = {column.name.casefold() for column in _FIRST}
    columns = []
    for n, group in enumerate(_groups(a)):
        name = _heading(group.title, taken)
        columns.append(_node_column(name, group.nodes, printed=n < _PRINTED))
    return tuple(columns)


def _node_column(name: str, nodes: tuple[str, ...], *, printed: bool) -> Column[NodeRow]:
    return Column(
        name=name,
        kind=Kind.WORD,
        width=14,
        value=lambda row: _worst(row, nodes),
        printed=printed,
    )


def _heading(title: str, taken: set[str]) -> str:
    """Return a heading that no other column has; a spreadsheet ignores the case of letters."""
    shown = cut(one_line(title), _NAME, "...")
    name, n = shown, 1
    while name.casefold() in taken:
        n += 1
        name = f"{shown} ({n})"
    taken.add(name.casefold())
    return name


def _differs(row: NodeRow) -> str:
    words = {cell for cell in row.cells.values() if cell not in (UNSEEN, NOT_ASKED)}
    return "yes" if len(words) > 1 else "no"


def _counted(word: str) -> Column[NodeRow]:
    return Column(name=word, kind=Kind.COUNT, width=8, value=lambda row: row.counted(word))


_FIRST: tuple[Column[NodeRow], ...] = (
    Column(
        name="Recommendation #",
        kind=Kind.ID,
        width=15,
        value=lambda r: r.control.id,
        link=Link(sheet="Controls", key="Recommendation #"),
    ),
    Column(name="Title", kind=Kind.PROSE, width=48, value=lambda r: r.control.title),
    Column(name="Verdict", kind=Kind.WORD, width=14, value=lambda r: r.control.verdict.value),
    Column(name="Nodes judged", kind=Kind.PROSE, width=15, value=lambda r: nodes_line(r.control)),
    Column(name="Nodes differ", kind=Kind.ID, width=8, value=_differs),
    _counted(Verdict.PASS.value),
    _counted(Verdict.FAIL.value),
    _counted(Verdict.NO_EVIDENCE.value),
    _counted(UNSEEN),
)


def _remarks(a: Assessment) -> tuple[str, ...]:
    """Return what the words mean, and what is not on paper."""
    told = (
        f"{UNSEEN}: the rule speaks of this node, and no bundle covers it.",
        f"{NOT_ASKED}: the rule does not speak of this node.",
    )
    columns = len(_groups(a))
    more = f"Paper shows the first {_PRINTED} of {columns} columns of nodes."
    return (*told, more) if columns > _PRINTED else told


NODES: Table[NodeRow] = Table(
    name="Nodes",
    key="",
    frozen=2,
    source=_rows,
    empty="No control was judged on nodes.",
    columns=_FIRST,
    further=_node_columns,
    wanted=lambda assessment: bool(assessment.cluster.nodes_evidenced),
    remarks=_remarks,
)
