"""The part that every Kubernetes object shares, and how these structs are declared.

Structs name only the fields that a rule reads; everything else in an object is skipped, not
built. A field that the API may leave out or send as null is optional here. A field without
which an object cannot be judged (its name, a pod's containers) is required, so that an object
that lacks it is malformed evidence instead of an object with nothing wrong.

Source: Kubernetes API reference, https://kubernetes.io/docs/reference/kubernetes-api/.
"""

from typing import Annotated, Any

import msgspec

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
"""A name that reports can print; Kubernetes itself stops at 253 characters for most kinds."""


class OwnerReference(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who made an object; at most one of them is its controller."""

    kind: str = ""
    name: str = ""
    uid: str | None = None
    controller: bool | None = None


class ObjectMeta(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Identity of an object."""

    name: Name
    namespace: Annotated[str, msgspec.Meta(max_length=1024)] | None = None
    uid: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: tuple[OwnerReference, ...] | None = None


class TemplateMeta(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Identity of pods to come; a template has no name."""

    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class KubeObject(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Any object; the whole of what is read of kinds that no rule looks into."""

    metadata: ObjectMeta

    @property
    def name(self) -> str:
        """Name, unique in its namespace."""
        return self.metadata.name

    @property
    def namespace(self) -> str:
        """Namespace, empty for cluster-scoped kinds."""
        return self.metadata.namespace or ""

    @property
    def labels(self) -> dict[str, str]:
        """Labels, empty when there are none."""
        return self.metadata.labels or {}


class CustomObject(KubeObject, frozen=True, kw_only=True, gc=False):
    """An object of a kind that a custom resource definition adds, as plain values.

    Attributes:
        status: What its controller says of it, of any shape; None where that is not collected.
    """

    spec: dict[str, Any] | None = None
    status: Any = None

    def deeper_than(self, levels: int) -> bool:
        """Tell whether the spec is nested more deeply than that."""
        here: list[Any] = [self.spec]
        for _ in range(levels):
            here = [inner for one in here for inner in _within(one)]
            if not here:
                return False
        return True


def _within(value: object) -> list[Any]:
    """Return the mappings and lists right inside a value."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for one in inner if isinstance(one, (dict, list))]


class LabelRequirement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One expression of a label selector."""

    key: str
    operator: str
    values: tuple[str, ...] | None = None


class LabelSelector(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A label selector: every label and every expression must hold; empty selects everything."""

    match_labels: dict[str, str] | None = None
    match_expressions: tuple[LabelRequirement, ...] | None = None

    def selects_all(self) -> bool:
        """Tell whether it asks for nothing."""
        return not self.match_labels and not self.match_expressions

    def matches(self, labels: dict[str, str]) -> bool:
        """Tell whether a set of labels is selected; an unknown operator selects nothing."""
        wanted = (self.match_labels or {}).items()
        if any(labels.get(key) != value for key, value in wanted):
            return False
        return all(_holds(one, labels) for one in self.match_expressions or ())


def read_selector(value: object) -> LabelSelector | None:
    """Read a label selector from plain values; None when it is none."""
    try:
        return msgspec.convert(value, LabelSelector) if isinstance(value, dict) else None
    except msgspec.ValidationError:
        return None


def _holds(requirement: LabelRequirement, labels: dict[str, str]) -> bool:
    value = labels.get(requirement.key)
    values = requirement.values or ()
    match requirement.operator:
        case "In":
            return value is not None and value in values
        case "NotIn":
            return value is None or value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case _:
            return False
