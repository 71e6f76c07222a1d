"""Edits as data: what a topic's proof changes, and the verdict that has to come of it.

A file of tests/mutation/edits maps topics to ``{satisfy: [EDIT…], violate: [CASE…],
disguise: [CASE…], hide_exceptions: [EXCEPTION…]}``, and ``base: manual`` where evidence can prove
a violation and nothing else. A CASE is ``{name, edits: [EDIT…],
verdict, since, until, only}``: ``verdict`` is ``fail`` unless it is said (a disguise has to say
it), ``since`` and ``until`` are Kubernetes versions, ``only`` names benchmarks. An EDIT is one
operation, ``{argv_set: {component: etcd, flag: auto-tls, value: "true"}}``. An EXCEPTION is
``{match, verdict, reason}``: ``match`` is a pattern over ``SUBJECT TARGET HOW``. Several right
verdicts are written ``fail|no-evidence``.

What holds for every flag of a kind, or for every file, is written once in tests/mutation/families
with ``$name`` for what differs; a topic takes it with ``use: [{FAMILY: {NAME: TEXT}}]``.
"""

import fnmatch
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Any

import yaml

from analyzer.model.version import Version, parse_version

EDITS = Path(__file__).resolve().parent / "edits"
FAMILIES = EDITS.parent / "families"
_EVERYWHERE = "everywhere"
_CASE_KEYS = {"name", "edits", "verdict", "since", "until", "only"}
_SPEC_KEYS = {"base", "satisfy", "violate", "disguise", "hide_exceptions", "use"}
_PARTS = ("satisfy", "violate", "disguise", "hide_exceptions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One change and the verdict that has to come of it; edits are canonical JSON."""

    name: str
    kind: str
    edits: tuple[str, ...]
    verdict: str
    since: Version | None = None
    until: Version | None = None
    only: tuple[str, ...] = ()

    @property
    def bound(self) -> bool:
        """Tell whether the case speaks of some versions or benchmarks only."""
        return bool(self.since or self.until or self.only)

    def applies(self, benchmark: str, version: Version) -> bool:
        """Tell whether the case speaks of a benchmark and a version."""
        after = self.since is None or version >= self.since
        before = self.until is None or version <= self.until
        return after and before and (not self.only or benchmark in self.only)


@dataclass(frozen=True, slots=True, kw_only=True)
class HideException:
    """A hidden piece after which another verdict than ``no-evidence`` is right, and why."""

    match: str
    verdict: str
    reason: str

    def fits(self, words: str) -> bool:
        """Tell whether ``SUBJECT TARGET HOW`` is meant."""
        return fnmatch.fnmatchcase(words, self.match)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """The proof of one topic.

    Attributes:
        base: Verdict over the hardened cluster: ``manual`` where only a violation is provable.
        derived: It follows from the definition that it proves.
    """

    topic: str
    satisfy: tuple[Case, ...] = ()
    violate: tuple[Case, ...] = ()
    disguise: tuple[Case, ...] = ()
    hide_exceptions: tuple[HideException, ...] = ()
    base: str = "pass"
    derived: bool = False


@cache
def specs() -> Mapping[str, Spec]:
    """Return every topic's hand-written proof.

    Raises:
        ValueError: A topic is written twice, or a key is unknown.
    """
    found: dict[str, Spec] = {}
    for path in sorted(EDITS.glob("*.yaml")):
        document = _read_yaml(path.read_text(encoding="utf-8")) or {}
        shared = _exceptions(document.pop(_EVERYWHERE, {}).get("hide_exceptions", ()))
        for topic, value in document.items():
            if topic in found:
                raise ValueError(f"{path.name}: {topic} is written twice")
            found[topic] = _spec(topic, value, shared)
    return MappingProxyType(found)


def _read_yaml(text: str) -> Any:
    """Read YAML with the fast reader where there is one; both are safe, and alike."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _spec(topic: str, value: Mapping[str, Any], shared: tuple[HideException, ...]) -> Spec:
    if not set(value) <= _SPEC_KEYS:
        raise ValueError(f"{topic}: unknown keys {sorted(set(value) - _SPEC_KEYS)}")
    whole = {part: list(value.get(part, ())) for part in _PARTS}
    for use in value.get("use", ()):
        ((family, texts),) = use.items()
        taken = _family(family, json.dumps(texts))
        for part in _PARTS:
            whole[part] += taken.get(part, ())
    return Spec(
        topic=topic,
        base=str(value.get("base", "pass")),
        satisfy=_satisfy(whole["satisfy"]),
        violate=_cases("violate", whole["violate"]),
        disguise=_cases("disguise", whole["disguise"]),
        hide_exceptions=(*_exceptions(whole["hide_exceptions"]), *shared),
    )


@cache
def _family(name: str, texts: str) -> Mapping[str, Any]:
    """Return a family's cases with every ``$name`` filled in; one that is left is an error."""
    path = FAMILIES / f"{name}.yaml"
    known = {"node": "cp-1", **json.loads(texts)}
    filled = Template(path.read_text(encoding="utf-8")).substitute(known)
    found = _read_yaml(filled)
    assert isinstance(found, dict)
    return found


def _satisfy(entries: Iterable[Mapping[str, Any]]) -> tuple[Case, ...]:
    """Read edits that every world of the topic gets; one may be bound to versions."""
    found = []
    for number, entry in enumerate(entries, 1):
        bound = entry if "edits" in entry else {"edits": [entry]}
        found.append(_case("satisfy", {"name": f"satisfy {number}", "verdict": "pass", **bound}))
    return tuple(found)


def _cases(kind: str, entries: Iterable[Mapping[str, Any]]) -> tuple[Case, ...]:
    cases = tuple(_case(kind, entry) for entry in entries)
    names = [(one.name, one.since, one.until, one.only) for one in cases]
    if len(set(names)) != len(names):
        raise ValueError(f"{kind}: a name is used twice: {names}")
    return cases


def _case(kind: str, entry: Mapping[str, Any]) -> Case:
    if not set(entry) <= _CASE_KEYS:
        raise ValueError(f"{entry}: unknown keys")
    verdict = entry["verdict"] if kind == "disguise" else entry.get("verdict", "fail")
    return Case(
        name=str(entry["name"]),
        kind=kind,
        edits=tuple(json.dumps(edit, sort_keys=True) for edit in entry["edits"]),
        verdict=str(verdict),
        since=_version(entry.get("since")),
        until=_version(entry.get("until")),
        only=tuple(entry.get("only", ())),
    )


def _version(text: object) -> Version | None:
    return parse_version(str(text)) if text is not None else None


def _exceptions(entries: Iterable[Mapping[str, Any]]) -> tuple[HideException, ...]:
    return tuple(
        HideException(
            match=str(one["match"]), verdict=str(one["verdict"]), reason=str(one["reason"])
        )
        for one in entries
    )
