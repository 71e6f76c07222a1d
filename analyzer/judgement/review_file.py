"""reviews.yaml: auditors' conclusions as a file that is read strictly and written canonically."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from analyzer.formats.own_files import read_own
from analyzer.formats.strict_yaml import OURS, line_of
from analyzer.formats.user_file import read_user_file
from analyzer.formats.yaml_text import YamlOut, to_yaml
from analyzer.judgement.legible import says_something
from analyzer.model.errors import UserFileError
from analyzer.model.judgement import Method, Review, ReviewVerdict
from analyzer.model.verdict import Verdict

SCHEMA = "reviews.v1"
_LARGEST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFile:
    """Conclusions on controls of one benchmark and one cluster.

    Attributes:
        cluster: UID of the cluster; empty where it was unknown.
        report: Report id of the workbook that they were read from; empty where there was none.
        reviews: By control number, one a control.
        name: What messages call the file.
        sha256: Of the file's bytes; empty when it was not read from one.
    """

    benchmark: str
    cluster: str
    report: str
    reviews: tuple[Review, ...]
    name: str = field(default="reviews.yaml", compare=False)
    sha256: str = field(default="", compare=False)


def control_order(number: str) -> tuple[int, ...]:
    """Return the sorting key of a control number: 1.2.10 comes after 1.2.9."""
    return tuple(int(part) for part in number.split("."))


def load_reviews(path: Path) -> ReviewFile:
    """Read a file of reviews.

    Raises:
        UserFileError: It cannot be read, or holds what no such file may hold; names the line.
    """
    data = read_user_file(path, option="--reviews", limit_bytes=_LARGEST_BYTES)
    return read_reviews(data, name=str(path))


def read_reviews(data: bytes, *, name: str = "reviews.yaml") -> ReviewFile:
    """Read the text of a file of reviews.

    Raises:
        UserFileError: It holds what no such file may hold; names the line.
    """
    document = read_own(data, where=name, schema=SCHEMA)
    entries: list[Mapping[str, str]] = document["reviews"]
    for index, what in _mistakes(entries):
        line = line_of(data, f"/reviews/{index}", limits=OURS)
        raise UserFileError(
            f"{name}, line {line}", what, advice="Mend the entry; docs/reviewing.md shows one."
        )
    return ReviewFile(
        benchmark=document["benchmark"],
        cluster=document["cluster"],
        report=document["report"],
        reviews=_sorted(_review(entry) for entry in entries),
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def write_reviews(file: ReviewFile) -> bytes:
    """Return the canonical text: same reviews, same bytes."""
    return to_yaml(
        {
            "benchmark": file.benchmark,
            "cluster": file.cluster,
            "report": file.report,
            "reviews": [_entry(review) for review in _sorted(file.reviews)],
        }
    )


def _mistakes(entries: list[Mapping[str, str]]) -> Iterator[tuple[int, str]]:
    """Find what a schema cannot say: index of the entry and what is wrong with it."""
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        control = entry["control"]
        if control in seen:
            yield index, f"a second review of {control}"
        seen.add(control)
        if not is_date(entry["reviewed_on"]):
            yield index, f"{control}: {entry['reviewed_on']} is no date"
        if not says_something(entry["reviewer"]):
            yield index, f"{control}: the reviewer has no name"
        if entry["verdict"] != ReviewVerdict.AGREE and not says_something(entry["comment"]):
            yield index, f"{control}: {entry['verdict']} needs a comment that says why"


def is_date(text: str) -> bool:
    """Tell whether a text of the form ``YYYY-MM-DD`` is a day that exists."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _review(entry: Mapping[str, Any]) -> Review:
    return Review(
        control=entry["control"],
        verdict=ReviewVerdict(entry["verdict"]),
        method=Method(entry["method"]),
        comment=entry["comment"],
        reviewer=entry["reviewer"],
        reviewed_on=entry["reviewed_on"],
        observed=Verdict(entry["observed"]),
        result=entry["result"],
    )


def _entry(review: Review) -> Mapping[str, YamlOut]:
    return {
        "control": review.control,
        "verdict": review.verdict.value,
        "method": review.method.value,
        "comment": review.comment,
        "reviewer": review.reviewer,
        "reviewed_on": review.reviewed_on,
        "observed": review.observed.value,
        "result": review.result,
    }


def _sorted(reviews: Iterable[Review]) -> tuple[Review, ...]:
    return tuple(sorted(reviews, key=lambda review: control_order(review.control)))
