"""Roles and bindings, as far as rules read them."""

import msgspec

from analyzer.formats.kube_meta import KubeObject, LabelSelector, Name


class PolicyRule(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """What may be done to what; non-resource rules have no groups."""

    verbs: tuple[str, ...] | None = None
    api_groups: tuple[str, ...] | None = None
    resources: tuple[str, ...] | None = None
    resource_names: tuple[str, ...] | None = None
    non_resource_urls: tuple[str, ...] | None = msgspec.field(name="nonResourceURLs", default=None)


class AggregationRule(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """Which ClusterRoles a controller merges into this one."""

    cluster_role_selectors: tuple[LabelSelector, ...] | None = None


class Role(KubeObject, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A Role or a ClusterRole; an aggregated one stores the rules that it ended up with."""

    rules: tuple[PolicyRule, ...] | None = None
    aggregation_rule: AggregationRule | None = None


class RoleRef(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The role that a binding grants."""

    kind: Name
    name: Name


class Subject(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who is granted something: ``User``, ``Group`` or ``ServiceAccount``."""

    kind: Name
    name: Name
    namespace: str | None = None


class RoleBinding(KubeObject, frozen=True, kw_only=True, gc=False, rename="camel"):
    """A RoleBinding or a ClusterRoleBinding; subjects may be missing altogether."""

    role_ref: RoleRef
    subjects: tuple[Subject, ...] | None = None
