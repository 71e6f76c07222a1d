"""The evidence register of report.md: where every id stands, and how to look there by hand."""

from collections.abc import Iterator

from analyzer.model.assessment import Assessment, EvidenceRef
from analyzer.reports.citations import bundle_mark, cited_by
from analyzer.reports.markdown_text import plain, table
from analyzer.reports.text import cut, one_line
from analyzer.reports.words import several

_USERS = 6
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
    users = cited_by(a)
    yield table(
        ("evidence", "bundle", "member", "place", "member SHA-256", "excerpt", "controls"),
        (_entry(entry, users.get(entry.id, ())) for entry in a.evidence),
    )


def _entry(entry: EvidenceRef, users: tuple[str, ...]) -> tuple[str, ...]:
    return (
        plain(entry.id),
        plain(bundle_mark(entry)),
        plain(entry.member),
        plain(entry.selector),
        entry.member_sha256[:_HASH_DIGITS],
        plain(cut(one_line(entry.excerpt), _EXCERPT, " …")),
        plain(several(users, _USERS)),
    )
