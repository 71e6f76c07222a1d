"""What the collector itself was allowed to list, as the API server told it.

A list that was answered to somebody who may not read it is not the list: gateways in front of an
API server leave out what a user may not see instead of refusing, and an empty list from one of
them looks like an empty cluster. The collector notes that; here it is looked up again.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from analyzer.bundle.limits import DEFAULT_LIMITS
from analyzer.bundle.places import blob_member, record_source, target_of
from analyzer.formats.strict_json import parse_object, split_lines
from analyzer.model.bundle import Bundle, ProbeRecord
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Unreadable
from analyzer.model.verdict import Reason

ACCESS = "api/access"
_RULES, _ONE = "SelfSubjectRulesReview", "SelfSubjectAccessReview"
_DEFAULT = "default"
_NAMESPACE = re.compile(r"/namespaces/([^/]+)/[^/]+$")


@dataclass(slots=True)
class Rights:
    """Answers of the API server about the collector's own rights.

    Attributes:
        default: Answer on namespace default; None when there is none that is whole.
        everywhere: Answer on a namespace that nobody has: what holds in all of them.
        single: By group, resource and namespace (empty for all), whether it may be listed.
    """

    default: Mapping[str, Any] | None = None
    everywhere: Mapping[str, Any] | None = None
    single: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    def may_list(self, resource: str, namespace: str) -> bool | None:
        """Tell whether a list may be read; None where the answers do not say.

        Args:
            resource: ``networkpolicies.networking.k8s.io``.
            namespace: Empty for the list over the whole cluster.
        """
        name, _, group = resource.partition(".")
        told = self.single.get((group, name, namespace))
        if told is not None:
            return told
        # What holds everywhere holds in namespace default, too: its answer can only say no.
        answers = (self.default,) if namespace == _DEFAULT else (self.everywhere, self.default)
        for answer in answers:
            if answer is None:
                continue
            granted = any(_grants(rule, group, name) for rule in _rules(answer))
            if not granted and _is_whole(answer):
                return False
            if granted and answer is answers[0]:
                return True
        return None


def rights_of(bundle: Bundle) -> Rights:
    """Read the reviews that a bundle holds; what cannot be read says nothing."""
    rights = Rights()
    probes = [probe for probe in bundle.probes if probe.probe == ACCESS]
    member = blob_member(probes[0]) if len(probes) == 1 and probes[0].status == "ok" else None
    if member is None:
        return rights
    try:
        reviews = list(_reviews(bundle.members[member]))
    except EvidenceFormatError:
        return rights
    for kind, spec, status in reviews:
        if kind == _RULES and spec.get("namespace") == _DEFAULT:
            rights.default = status
        elif kind == _RULES and isinstance(spec.get("namespace"), str):
            rights.everywhere = status
        elif kind == _ONE:
            _learn(rights, spec, status)
    return rights


def forbidden(
    bundle: Bundle, probe: ProbeRecord, resource: str, rights: Rights
) -> Unreadable | None:
    """Say that a list was answered although the collector may not read it, where that is known."""
    found = _NAMESPACE.search(probe.record["target"])
    if rights.may_list(resource, found[1] if found else "") is not False:
        return None
    return Unreadable(
        reason=Reason.NE_API_FORBIDDEN,
        detail=f"{target_of(bundle, probe)}: the collector may not list {resource}, so what was "
        "answered all the same is not known to be the whole of it",
        source=record_source(bundle, probe),
    )


def _reviews(data: bytes) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    for _, line in split_lines(data, max_length=DEFAULT_LIMITS.line_length):
        value = parse_object(line)
        kind, spec, status = value.get("kind"), value.get("spec"), value.get("status")
        if isinstance(kind, str) and isinstance(spec, dict) and isinstance(status, dict):
            yield kind, spec, status


def _learn(rights: Rights, spec: Mapping[str, Any], status: Mapping[str, Any]) -> None:
    """Take one answer; with an error in it, a no decides nothing."""
    asked, allowed = spec.get("resourceAttributes"), status.get("allowed")
    if not isinstance(asked, dict) or asked.get("verb") != "list" or not isinstance(allowed, bool):
        return
    if not allowed and status.get("evaluationError"):
        return
    place = tuple(str(asked.get(name) or "") for name in ("group", "resource", "namespace"))
    rights.single[place[0], place[1], place[2]] = allowed


def _is_whole(answer: Mapping[str, Any]) -> bool:
    return answer.get("incomplete") is False and not answer.get("evaluationError")


def _rules(answer: Mapping[str, Any]) -> list[Any]:
    rules = answer.get("resourceRules")
    return rules if isinstance(rules, list) else []


def _grants(rule: object, group: str, name: str) -> bool:
    def has(words: object, word: str) -> bool:
        return isinstance(words, list) and (word in words or "*" in words)

    return (
        isinstance(rule, dict)
        and not rule.get("resourceNames")
        and has(rule.get("verbs"), "list")
        and has(rule.get("apiGroups"), group)
        and has(rule.get("resources"), name)
    )
