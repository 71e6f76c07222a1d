"""The evidence register of report.md: where every id stands, and how to look there by hand.

Rows of a table cannot be linked to, headings can: the register is cut into blocks of some
fifty rows, and every citation leads to the heading of its block.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from analyzer.model.assessment import Assessment, EvidenceRef
from analyzer.reports.citations import bundle_mark, cited_by, named_in_text
from analyzer.reports.markdown_text import brief, heading, link, plain, table

_ENTRIES = 500
"""Rows of the register, beyond which only what a row above names is listed: viewers refuse
texts of more than some hundred kilobytes, and the workbook has every entry."""

_BLOCK = 50
_EXCERPT = 60
_HASH_DIGITS = 16

_BY_HAND = f"""\
1. Take the evidence id from a verdict's row and find it in the evidence register below.
2. `sha256sum BUNDLE` must print the SHA-256 listed under Bundles; the register repeats its \
first digits.
3. `tar -xOf BUNDLE MEMBER | sha256sum` must begin with the {_HASH_DIGITS} digits of the member's \
SHA-256; report.xlsx and assessment.json have all 64.
4. `tar -xOf BUNDLE MEMBER | less` and go to the place: `argv[3]` is the fourth of the \
NUL-separated arguments (`tr '\\0' '\\n'` shows one a line), `line 17` a line, a text that begins \
with `/` a path of keys into JSON or YAML.
5. Compare what stands there with the expected value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceBlocks:
    """The register as it will be printed.

    Attributes:
        blocks: Entries by the heading of their block, in the register's order.
        heading_of: Heading by evidence id.
    """

    blocks: Mapping[str, tuple[EvidenceRef, ...]]
    heading_of: Mapping[str, str]

    def cite(self, ids: tuple[str, ...], most: int) -> str:
        """Return the first ids as links into the register, and how many more there are."""
        shown = ", ".join(self._link(entry) for entry in ids[:most])
        return shown if len(ids) <= most else f"{shown} +{len(ids) - most} more"

    def _link(self, entry: str) -> str:
        return link(plain(entry), self.heading_of[entry])


def evidence_blocks(a: Assessment) -> EvidenceBlocks:
    """Cut the register into blocks; every id that ``named_in_text`` yields is in one."""
    listed, blocks = _listed(a), {}
    for start in range(0, len(listed), _BLOCK):
        entries = listed[start : start + _BLOCK]
        blocks[f"{entries[0].id} to {entries[-1].id}"] = entries
    heading_of = {entry.id: name for name, entries in blocks.items() for entry in entries}
    return EvidenceBlocks(blocks=blocks, heading_of=heading_of)


def evidence(a: Assessment, register: EvidenceBlocks) -> Iterator[str]:
    """Yield the check by hand, then one row for every id that any row above may name."""
    yield "## How to check a verdict by hand"
    yield _BY_HAND
    yield "## Evidence register"
    if not a.evidence:
        yield "No verdict cites a place in a bundle."
        return
    left = len(a.evidence) - len(register.heading_of)
    if left:
        yield f"{left} more entries stand in report.xlsx and assessment.json."
    users = cited_by(a)
    for name, entries in register.blocks.items():
        yield heading(3, name)
        yield table(
            ("evidence", "bundle: member (its SHA-256), place", "what stands there", "controls"),
            (_entry(entry, users.get(entry.id, ())) for entry in entries),
        )


def _listed(a: Assessment) -> tuple[EvidenceRef, ...]:
    """Return every entry that a row names, and others in order while there is room."""
    named = frozenset(named_in_text(a))
    room = max(_ENTRIES - len(named), 0)
    others = (entry.id for entry in a.evidence if entry.id not in named)
    kept = named.union(islice(others, room))
    return tuple(entry for entry in a.evidence if entry.id in kept)


def _entry(entry: EvidenceRef, users: tuple[str, ...]) -> tuple[str, ...]:
    digits = entry.member_sha256[:_HASH_DIGITS]
    place = f", {entry.selector}" if entry.selector else ""
    return (
        plain(entry.id),
        plain(f"{bundle_mark(entry)}: {entry.member} ({digits}){place}"),
        brief(entry.excerpt, _EXCERPT),
        plain(", ".join(users)),
    )
