"""The single documents of an API bundle: the server's version, and each kubelet's answer."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from analyzer.bundle.limits import DEFAULT_LIMITS
from analyzer.bundle.places import blob_member, misfit, record_source, source, target_of, why_not
from analyzer.formats.strict_json import parse_object
from analyzer.model.bundle import Bundle, ProbeRecord
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Absent, Evidence, Present, Source

VERSION = "api/version"
CONFIGZ = "api/configz"
_PROXY = re.compile(r"/api/v1/nodes/([^/]+)/proxy/configz")
_VIA = "node "
_OK = 200

Answer = Evidence[Mapping[str, Any]]


def server_version(bundle: Bundle) -> tuple[str, Source] | None:
    """Return the API server's own version text and where it stands; None for two of them."""
    found: list[tuple[str, Source]] = []
    for probe in bundle.probes:
        evidence = _document(bundle, probe) if probe.probe == VERSION else None
        if isinstance(evidence, Present):
            text = evidence.value.get("gitVersion")
            if isinstance(text, str) and text:
                member = evidence.source.member
                place = source(bundle, member, selector="line 1 /gitVersion", excerpt=text)
                found.append((text, place))
    one_answer = bool(found) and all(text == found[0][0] for text, _ in found)
    return found[0] if one_answer else None


def configz(bundle: Bundle) -> Mapping[str, Answer]:
    """Return the kubelets' effective configurations by node name."""
    found: dict[str, Answer] = {}
    for probe in bundle.probes:
        if probe.probe != CONFIGZ:
            continue
        asked = _PROXY.fullmatch(target_of(bundle, probe))
        node = unquote(asked[1]) if asked else _named(bundle, probe)
        if node in found:
            found[node] = misfit(bundle, probe, "the node is in the bundle more than once")
        else:
            found[node] = _configz(bundle, probe, node if asked else None)
    return MappingProxyType({name: found[name] for name in sorted(found)})


def _named(bundle: Bundle, probe: ProbeRecord) -> str:
    """Return the node that a record without the API path means, so that it is not lost."""
    via = str(probe.record.get("via") or "")
    return via.removeprefix(_VIA) if via.startswith(_VIA) else target_of(bundle, probe)


def _configz(bundle: Bundle, probe: ProbeRecord, node: str | None) -> Answer:
    """Read one answer; ``node`` is the one that was asked, None when the path names none."""
    whole = _document(bundle, probe)
    if not isinstance(whole, Present):
        return whole
    via = str(probe.record.get("via") or "")
    if node is None or (via.startswith(_VIA) and via.removeprefix(_VIA) != node):
        return misfit(bundle, probe, "not the path of the node that it speaks for")
    inner = whole.value.get("kubeletconfig")
    if not isinstance(inner, dict):
        return misfit(bundle, probe, "the answer holds no kubeletconfig")
    if not _is_whole(inner):
        return misfit(bundle, probe, "the answer lacks what every kubelet answers")
    place = source(bundle, whole.source.member, selector="line 1 /kubeletconfig")
    return Present(value=MappingProxyType(inner), source=place)


def _is_whole(config: Mapping[str, Any]) -> bool:
    """Tell whether an answer holds what a kubelet writes whatever its settings are.

    In v1beta1 whether anonymous requests are let in is a pointer, which is written also when
    it is false, and the mode of authorization is never empty (kubernetes/kubernetes
    staging/src/k8s.io/kubelet/config/v1beta1/types.go). An answer without them was cut, and
    what it leaves out is not zero.
    """
    authentication, authorization = config.get("authentication"), config.get("authorization")
    if not isinstance(authentication, dict) or not isinstance(authorization, dict):
        return False
    anonymous = authentication.get("anonymous")
    told = anonymous.get("enabled") if isinstance(anonymous, dict) else None
    mode = authorization.get("mode")
    return isinstance(told, bool) and isinstance(mode, str) and bool(mode)


def _document(bundle: Bundle, probe: ProbeRecord) -> Answer:
    """Read a member that holds a single object."""
    if probe.status == "absent":
        return Absent(source=record_source(bundle, probe), detail="the API server has it not")
    if probe.status != "ok":
        return why_not(bundle, probe)
    member = blob_member(probe)
    facts = probe.record.get("api") or {}
    if member is None or probe.record.get("truncated") or facts.get("complete") is False:
        return why_not(bundle, probe, status="truncated")
    if facts.get("http_code") not in {None, _OK}:
        return misfit(bundle, probe, "the API server did not answer 200")
    data = bundle.members[member]
    if len(data) > DEFAULT_LIMITS.document_size:
        return misfit(bundle, probe, "the document is too large")
    try:
        value = parse_object(data, max_depth=DEFAULT_LIMITS.json_depth)
    except EvidenceFormatError as error:
        return misfit(bundle, probe, error.what)
    return Present(value=MappingProxyType(value), source=source(bundle, member))
