"""The evidence register of report.md: where every id stands, and how to look there by hand."""

from collections.abc import Iterator
from itertools import islice

from analyzer.model.assessment import Assessment, EvidenceRef
from analyzer.reports.citations import bundle_mark, cited_by, named_in_text
from analyzer.reports.markdown_text import plain, table
from analyzer.reports.text import cut, one_line

_ENTRIES = 5_000
"""Rows of the register, beyond which only what a row above names is listed: no viewer opens
the hundreds of thousands that a large cluster's objects come to."""

_EXCERPT = 80
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


def evidence(a: Assessment) -> Iterator[str]:
    """Yield the check by hand, then one row for every id that any row above may name."""
    yield "## How to check a verdict by hand"
    yield _BY_HAND
    yield "## Evidence register"
    if not a.evidence:
        yield "No verdict cites a place in a bundle."
        return
    users, listed = cited_by(a), _listed(a)
    yield table(
        ("evidence", "bundle", "member", "place", "member SHA-256", "excerpt", "controls"),
        (_entry(entry, users.get(entry.id, ())) for entry in listed),
    )
    if len(listed) < len(a.evidence):
        yield f"{len(a.evidence) - len(listed)} more stand in report.xlsx and assessment.json."


def _listed(a: Assessment) -> tuple[EvidenceRef, ...]:
    """Return every entry that a row names, and others in order while there is room."""
    named = frozenset(named_in_text(a))
    room = max(_ENTRIES - len(named), 0)
    others = (entry.id for entry in a.evidence if entry.id not in named)
    kept = named.union(islice(others, room))
    return tuple(entry for entry in a.evidence if entry.id in kept)


def _entry(entry: EvidenceRef, users: tuple[str, ...]) -> tuple[str, ...]:
    return (
        plain(entry.id),
        plain(bundle_mark(entry)),
        plain(entry.member),
        plain(entry.selector),
        entry.member_sha256[:_HASH_DIGITS],
        plain(cut(one_line(entry.excerpt), _EXCERPT, " …")),
        plain(", ".join(users)),
    )
