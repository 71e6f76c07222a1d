"""Edits for a rule that nobody has written any for: a second rule of a known check type.

They follow from what the definition itself says, and so cannot show that it is the right
definition; the table marks them. Only types whose parameters name a flag or a set of files are
covered.
"""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from analyzer.model.benchmark import Definition
from tests.mutation.cases import Case, Spec

_ROOT_FILES = MappingProxyType(
    {
        "apiserver-manifest": "/etc/kubernetes/manifests/kube-apiserver.yaml",
        "controller-manager-manifest": "/etc/kubernetes/manifests/kube-controller-manager.yaml",
        "scheduler-manifest": "/etc/kubernetes/manifests/kube-scheduler.yaml",
        "etcd-manifest": "/etc/kubernetes/manifests/etcd.yaml",
        "admin-kubeconfig": "/etc/kubernetes/admin.conf",
        "kubelet-config": "/var/lib/kubelet/config.yaml",
    }
)
"""One file of each set, as it stands in the hardened cluster."""
_WRONG = MappingProxyType({"true": "false", "false": "true"})


def derived(definition: Definition) -> Spec | None:
    """Return violations that follow from a definition; None where none can be derived."""
    make = _BY_TYPE.get(definition.type)
    edits = make(definition.params) if make else None
    if not edits:
        return None
    case = Case(name="derived", kind="violate", edits=edits, verdict="fail")
    return Spec(topic=definition.topic, violate=(case,), derived=True)


def _setting(params: Mapping[str, Any]) -> tuple[str, ...]:
    component, flag = params["component"], params["flags"][0]
    value = _WRONG.get(str(params.get("value", "")))
    if value is None or params.get("expect") != "equals" or params.get("kind") != "boolean":
        return ()
    return (_edit("argv_set", component=component, flag=flag, value=value),)


def _plugin(params: Mapping[str, Any]) -> tuple[str, ...]:
    word = "disable" if params.get("enabled") == "true" else "enable"
    flag, plugin = f"{word}-admission-plugins", params["plugins"][0]
    return (_edit("argv_set", component="kube-apiserver", flag=flag, value=plugin),)


def _mode(params: Mapping[str, Any]) -> tuple[str, ...]:
    path = _ROOT_FILES.get(params["files"])
    return (_edit("chmod", path=path, mode="0777"),) if path else ()


def _owner(params: Mapping[str, Any]) -> tuple[str, ...]:
    path = _ROOT_FILES.get(params["files"])
    return (_edit("chmod", path=path, uid=1000),) if path else ()


def _edit(word: str, **args: Any) -> str:
    return json.dumps({word: args}, sort_keys=True)


_BY_TYPE: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, ...]]] = MappingProxyType(
    {
        "admission-plugin": _plugin,
        "file-mode": _mode,
        "file-owner": _owner,
        "setting": _setting,
    }
)
