"""Other tools' results beside ours: assertions, never evidence, and no verdict rests on them."""

from collections.abc import Iterator
from dataclasses import dataclass

from analyzer.model.assertion import AGREEMENT_MEANING, Agreement, Asserted, ThirdParty
from analyzer.model.assessment import Assessment, ControlResult
from analyzer.reports.table import Column, Kind, Link, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertedRow:
    """One line of another tool with our control of that number; None where we have none."""

    tool: ThirdParty
    said: Asserted
    control: ControlResult | None


def _rows(assessment: Assessment) -> Iterator[AssertedRow]:
    """Yield what differs first, then by tool in the order of its numbers."""
    ours = {control.id: control for control in assessment.controls}
    for agreement in Agreement:
        for tool in assessment.third_party:
            for said in tool.results:
                if said.agreement is agreement:
                    control = ours.get(said.control) if tool.comparable else None
                    yield AssertedRow(tool=tool, said=said, control=control)


def _remarks(assessment: Assessment) -> tuple[str, ...]:
    told = "What another tool says is an assertion, not evidence: no verdict here rests on it."
    return (told, *(f"{tool.tool}: {tool.why}" for tool in assessment.third_party))


THIRD_PARTY: Table[AssertedRow] = Table(
    name="Third party",
    key="",
    frozen=2,
    source=_rows,
    empty="The other tool's file holds no result.",
    wanted=lambda assessment: bool(assessment.third_party),
    remarks=_remarks,
    columns=(
        Column(name="Agreement", kind=Kind.WORD, width=15, value=lambda r: r.said.agreement.value),
        Column(
            name="Recommendation #",
            kind=Kind.ID,
            width=15,
            value=lambda r: r.said.control,
            link=Link(sheet="Controls", key="Recommendation #"),
        ),
        Column(
            name="Title",
            kind=Kind.PROSE,
            width=36,
            value=lambda r: r.control.title if r.control else "",
        ),
        Column(
            name="Their word: an assertion, not evidence",
            kind=Kind.PROSE,
            width=20,
            value=lambda r: r.said.word,
        ),
        Column(
            name="Our verdict",
            kind=Kind.WORD,
            width=15,
            value=lambda r: r.control.verdict.value if r.control else "",
        ),
        Column(
            name="Meaning",
            kind=Kind.PROSE,
            width=30,
            value=lambda r: AGREEMENT_MEANING[r.said.agreement],
        ),
        Column(
            name="What they add",
            kind=Kind.PROSE,
            width=40,
            value=lambda r: r.said.detail,
            optional=True,
        ),
        Column(
            name="What our evidence shows",
            kind=Kind.PROSE,
            width=40,
            value=lambda r: r.control.explanation if r.control else "",
        ),
        Column(
            name="Part of the cluster",
            kind=Kind.PROSE,
            width=12,
            value=lambda r: r.said.role,
            optional=True,
        ),
        Column(name="Tool", kind=Kind.PROSE, width=14, value=lambda r: r.tool.tool),
        Column(
            name="Their benchmark",
            kind=Kind.PROSE,
            width=14,
            value=lambda r: r.tool.benchmark,
            printed=False,
            optional=True,
        ),
        Column(
            name="Comparable",
            kind=Kind.PROSE,
            width=40,
            value=lambda r: r.tool.why,
            printed=False,
        ),
        Column(
            name="SHA-256 of their file",
            kind=Kind.CODE,
            width=34,
            value=lambda r: r.tool.sha256,
            printed=False,
        ),
    ),
)
