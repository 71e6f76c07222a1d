"""The words in which edits of an API world are written (tests/mutation/edits/api-*.yaml).

An object is named ``RESOURCE NAMESPACE/NAME``, ``pods shop/tool``; a plural that only one kind
has stands for its resource. Paths are JSON pointers; ``-`` appends to a list.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from tests.mutation.api_cluster import definition
from tests.mutation.api_paths import removed, replaced
from tests.mutation.api_value import ApiWorld, Json, Kind, Tamper, full_name, grouped

Args = Mapping[str, Any]
TAMPERS = ("malformed", "not-run", "redacted")


def _split(at: str) -> tuple[str, str]:
    word, _, name = at.partition(" ")
    return word, name


def _with(world: ApiWorld, resource: str, items: tuple[Json, ...]) -> ApiWorld:
    return replace(world, objects=grouped({**world.objects, resource: items}))


def _change(world: ApiWorld, at: str, change: Callable[[Json], Json | None]) -> ApiWorld:
    """Apply a change to the named object (``*`` to every one); None takes it away."""
    word, name = _split(at)
    resource = world.resource(word)
    items = world.objects.get(resource, ())
    hit = [name == "*" or full_name(one) == name for one in items]
    if not any(hit):
        raise KeyError(f"no object {at!r}")
    changed = (change(one) if is_hit else one for one, is_hit in zip(items, hit, strict=True))
    return _with(world, resource, tuple(one for one in changed if one is not None))


def add(world: ApiWorld, args: Args) -> ApiWorld:
    """Add an object: ``{to: RESOURCE, object: ...}``."""
    resource = world.resource(str(args["to"]))
    one = copy.deepcopy(dict(args["object"]))
    full_name(one)
    return _with(world, resource, (*world.objects.get(resource, ()), one))


def copy_of(world: ApiWorld, args: Args) -> ApiWorld:
    """Add a changed copy: ``{of: RESOURCE NAME, as: [NAMESPACE/]NAME, set: {PATH: VALUE}}``."""
    word, name = _split(str(args["of"]))
    resource = world.resource(word)
    (found,) = (one for one in world.objects[resource] if full_name(one) == name)
    made = copy.deepcopy(found)
    namespace, _, short = str(args["as"]).rpartition("/")
    made["metadata"].update(name=short, uid=f"uid-copy-{args['as']}")
    if namespace:
        made["metadata"]["namespace"] = namespace
    for path, value in args.get("set", {}).items():
        made = replaced(made, path, value)
    return _with(world, resource, (*world.objects[resource], made))


def put(world: ApiWorld, args: Args) -> ApiWorld:
    """Set a place of an object: ``{at: RESOURCE NAME, path: POINTER, value: ...}``."""
    return _change(
        world, str(args["at"]), lambda one: replaced(one, str(args["path"]), args["value"])
    )


def remove(world: ApiWorld, args: Args) -> ApiWorld:
    """Take away an object, or what stands at ``path`` in it: ``{at: RESOURCE NAME, path: ...}``."""
    path = args.get("path")
    return _change(
        world, str(args["at"]), lambda one: None if path is None else removed(one, str(path))
    )


def empty(world: ApiWorld, args: Args) -> ApiWorld:
    """Take away every object of a list: ``{list: RESOURCE}``."""
    return _with(world, world.resource(str(args["list"])), ())


def hide(world: ApiWorld, args: Args) -> ApiWorld:
    """Hide a list: ``{list: RESOURCE, how: denied}``, or ``version``, ``discovery``, ``configz``.

    ``how`` is a fault of the server (absent, denied, error, not-found, not-json, nameless,
    other-kind, short, timeout, truncated, unauthorized) or a change of the bundle (malformed,
    not-run, redacted).
    """
    word, how = str(args["list"]), str(args["how"])
    known = ("version", "discovery", "configz")
    resource = word if word in known else world.resource(word)
    if how in TAMPERS:
        return replace(world, tampers=(*world.tampers, Tamper(how=how, resource=resource)))
    return replace(world, faults=MappingProxyType({**world.faults, resource: how}))


def mask(world: ApiWorld, args: Args) -> ApiWorld:
    """Redact one place of the finished bundle: ``{at: RESOURCE NAME, path: POINTER}``."""
    word, name = _split(str(args["at"]))
    made = Tamper(how="mask", resource=world.resource(word), name=name, path=str(args["path"]))
    return replace(world, tampers=(*world.tampers, made))


def line(world: ApiWorld, args: Args) -> ApiWorld:
    """Put another text where an object stands in the bundle: ``{at: RESOURCE NAME, text: ...}``."""
    word, name = _split(str(args["at"]))
    made = Tamper(how="line", resource=world.resource(word), name=name, text=str(args["text"]))
    return replace(world, tampers=(*world.tampers, made))


def version(world: ApiWorld, args: Args) -> ApiWorld:
    """Make it another version of Kubernetes, nodes included: ``{is: v1.20.15}``."""
    text = str(args["is"])
    moved = replace(world, version=text)
    return _change(
        moved, "nodes *", lambda one: replaced(one, "/status/nodeInfo/kubeletVersion", text)
    )


def define(world: ApiWorld, args: Args) -> ApiWorld:
    """Install a custom kind: ``{resource, group, kind, version: v1, namespaced: false}``."""
    namespaced = bool(args.get("namespaced", False))
    kind = Kind(
        resource=str(args["resource"]),
        group=str(args["group"]),
        version=str(args.get("version", "v1")),
        kind=str(args["kind"]),
        namespaced=namespaced,
    )
    made = definition(kind.resource, kind.group, kind.kind, namespaced=namespaced)
    grown = replace(world, kinds=(*world.kinds, kind))
    return add(grown, {"to": "customresourcedefinitions.apiextensions.k8s.io", "object": made})


def configz(world: ApiWorld, args: Args) -> ApiWorld:
    """Let a kubelet answer with its settings: ``{node: NAME, set: {KEY: VALUE}}``."""
    settings = dict(args.get("set", {}))
    return replace(world, configz=MappingProxyType({**world.configz, str(args["node"]): settings}))


API_EDITS: Mapping[str, Callable[[ApiWorld, Args], ApiWorld]] = MappingProxyType(
    {
        "api_add": add,
        "api_configz": configz,
        "api_copy": copy_of,
        "api_define": define,
        "api_empty": empty,
        "api_hide": hide,
        "api_line": line,
        "api_mask": mask,
        "api_remove": remove,
        "api_set": put,
        "api_version": version,
    }
)
"""Every operation by its word in the data."""
