"""Whether an API server can load its structured authorization file.

It decodes the file strictly, names of fields in their own case, and then validates it. Source:
LoadFromData in kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/apis/apiserver/load and
ValidateAuthorizationConfiguration in .../apiserver/validation; the types are those of
pkg/kubeapiserver/authorizer/modes.
"""

from collections.abc import Mapping

from analyzer.formats.strict_yaml import YamlValue
from analyzer.model.evidence import is_redacted

_FIELDS = frozenset(("apiVersion", "kind", "authorizers"))
_AUTHORIZER_FIELDS = frozenset(("type", "name", "webhook"))
_REPEATABLE = "Webhook"
_TYPES = frozenset(("ABAC", "AlwaysAllow", "AlwaysDeny", "Node", "RBAC", _REPEATABLE))


def why_not_loaded(document: Mapping[str, YamlValue]) -> str:
    """Say why an API server refuses an AuthorizationConfiguration; empty when nothing is seen.

    Args:
        document: The mapping in the file, of the right kind.
    """
    if not _FIELDS.issuperset(document):
        return f"has a field that does not exist ({_strange(document, _FIELDS)})"
    authorizers = document.get("authorizers")
    if not isinstance(authorizers, list) or not authorizers:
        return "names no authorizers"
    seen: set[str] = set()
    for index, one in enumerate(authorizers):
        problem = _why_not(one, seen)
        if problem:
            return f"cannot be loaded: authorizers[{index}] {problem}"
    return ""


def _why_not(authorizer: YamlValue, seen: set[str]) -> str:
    """Say what is wrong with one authorizer, and note its type; a masked type may be any."""
    if not isinstance(authorizer, dict):
        return "is not a mapping"
    if not _AUTHORIZER_FIELDS.issuperset(authorizer):
        return f"has a field that does not exist ({_strange(authorizer, _AUTHORIZER_FIELDS)})"
    kind = authorizer.get("type")
    if not isinstance(kind, str):
        return "has no type"
    if is_redacted(kind):
        return ""
    if kind not in _TYPES:
        return f"is of a type that does not exist ({kind[:40]})"
    if kind in seen and kind != _REPEATABLE:
        return f"names {kind} a second time"
    seen.add(kind)
    return ""


def _strange(document: Mapping[str, YamlValue], known: frozenset[str]) -> str:
    return min(name for name in document if name not in known)[:40]
