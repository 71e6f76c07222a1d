"""What the shell may offer for a word that is being typed.

A person waits for these at every press of the tab key. They look at names and at lines of our
own data, and import nothing that judges or writes.
"""

import re
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

import typer

from analyzer.reports import REPORTS

AUTO = "auto"
DIFF_FORMATS = ("md", "json", "xlsx")
"""What ``diff`` writes."""
LISTS = ("benchmarks", "profiles", "topics", "checks", "formats")
"""What ``list`` takes; the lists themselves are made elsewhere."""

_SUFFIX = ".yaml"
_CONTROL = re.compile(r'(?m)^ *- \{id: "([0-9.]+)"')
_TOPIC = re.compile(r"(?m)^([a-z][a-z0-9-]*):")


def complete_benchmarks(incomplete: str) -> list[str]:
    """Offer benchmark ids and ``auto``, also after a comma."""
    return _listed((*_names("benchmarks"), AUTO), incomplete)


def complete_benchmark(incomplete: str) -> list[str]:
    """Offer one benchmark id."""
    return _beginning(_names("benchmarks"), incomplete)


def complete_profile(incomplete: str) -> list[str]:
    """Offer provider profiles."""
    return _beginning(_names("providers"), incomplete)


def complete_formats(incomplete: str) -> list[str]:
    """Offer report formats, also after a comma."""
    return _listed(tuple(REPORTS), incomplete)


def complete_diff_formats(incomplete: str) -> list[str]:
    """Offer what ``diff`` writes, also after a comma."""
    return _listed(DIFF_FORMATS, incomplete)


def complete_list(incomplete: str) -> list[str]:
    """Offer what ``list`` lists."""
    return _beginning(LISTS, incomplete)


def complete_subject(context: typer.Context, incomplete: str) -> list[str]:
    """Offer control numbers of the named benchmark, else of all, and topics."""
    named = context.params.get("benchmark")
    return _beginning((*_controls(named), *_topics()), incomplete)


def _beginning(words: Iterable[str], incomplete: str) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]


def _listed(words: tuple[str, ...], incomplete: str) -> list[str]:
    """Complete the last word of a list; what is in it already is not offered again."""
    before, comma, last = incomplete.rpartition(",")
    taken = set(before.split(","))
    return [f"{before}{comma}{word}" for word in _beginning(words, last) if word not in taken]


def _folder(name: str) -> Traversable:
    return files("analyzer").joinpath("data", name)


def _names(folder: str) -> tuple[str, ...]:
    """Return the names of our data files, 1.9 before 1.10."""
    found = (entry.name for entry in _folder(folder).iterdir())
    names = (name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX))
    return tuple(sorted(names, key=_by_number))


def _controls(named: object) -> tuple[str, ...]:
    names = _names("benchmarks")
    chosen = (named,) if isinstance(named, str) and named in names else names
    folder = _folder("benchmarks")
    texts = (folder.joinpath(name + _SUFFIX).read_text(encoding="utf-8") for name in chosen)
    numbers = {number for text in texts for number in _CONTROL.findall(text)}
    return tuple(sorted(numbers, key=_by_number))


def _topics() -> tuple[str, ...]:
    found = (e for e in _folder("checks").iterdir() if e.name.endswith(_SUFFIX))
    texts = (entry.read_text(encoding="utf-8") for entry in found)
    return tuple(sorted(topic for text in texts for topic in _TOPIC.findall(text)))


def _by_number(name: str) -> tuple[tuple[int, str], ...]:
    """Sort key that takes runs of digits for numbers."""
    parts = re.split(r"(\d+)", name)
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)
