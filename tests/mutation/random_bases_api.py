"""What the sample cluster's API does not hold: policy engines, custom network policies, PSPs."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.mutation.random_draft import Draft, Record

_CRDS = "customresourcedefinitions.apiextensions.k8s.io"
_META = {"creationTimestamp": "2026-01-01T00:00:00Z", "uid": "00000000-0000-0000-0000-000000000001"}


def _named(name: str, namespace: str = "", **more: Any) -> Record:
    place = {"namespace": namespace} if namespace else {}
    return {"metadata": {**_META, "name": name, **place}, **more}


_POD_RULE = {"name": "r", "match": {"any": [{"resources": {"kinds": ["Pod"]}}]}}
_POLICY = {
    "validationFailureAction": "Enforce",
    "background": True,
    "rules": [
        {**_POD_RULE, "validate": {"podSecurity": {"level": "baseline", "version": "latest"}}},
        {
            **_POD_RULE,
            "name": "v",
            "verifyImages": [
                {
                    "imageReferences": ["*"],
                    "failureAction": "Enforce",
                    "attestors": [{"entries": [{"keys": {"publicKeys": "k8s://x/y"}}]}],
                }
            ],
        },
    ],
}
_CONSTRAINT = {
    "enforcementAction": "deny",
    "match": {"kinds": [{"apiGroups": [""], "kinds": ["Pod"]}]},
}
_TEMPLATE = {
    "crd": {"spec": {"names": {"kind": "K8sPSPPrivilegedContainer"}}},
    "targets": [{"target": "admission.k8s.gatekeeper.sh"}],
}
_PSP = {
    "privileged": False,
    "allowPrivilegeEscalation": False,
    "requiredDropCapabilities": ["ALL"],
    "runAsUser": {"rule": "MustRunAsNonRoot"},
    "seLinux": {"rule": "RunAsAny"},
    "fsGroup": {"rule": "RunAsAny"},
    "supplementalGroups": {"rule": "RunAsAny"},
    "volumes": ["configMap", "secret"],
}
_SELECT: Record = {"endpointSelector": {}, "ingress": []}

_WEBHOOKS = "validatingwebhookconfigurations.admissionregistration.k8s.io"


def _webhook(name: str) -> Record:
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
            "resources": ["pods"], "scope": "*"}  # fmt: skip
    service = {"name": name, "namespace": name.partition("-")[0], "port": 443}
    return _named(
        name,
        webhooks=[
            {
                "name": f"{name}.example.com",
                "clientConfig": {"service": service},
                "failurePolicy": "Fail",
                "rules": [rule],
                "sideEffects": "None",
            }
        ],
    )


CUSTOM: Mapping[str, tuple[Record, ...]] = {
    "clusterpolicies.kyverno.io": (_named("pod-security", spec=_POLICY),),
    "policies.kyverno.io": (_named("here", "web", spec=_POLICY),),
    "policyexceptions.kyverno.io": (
        _named("one", "legacy", spec={"exceptions": [{"policyName": "x", "ruleNames": ["r"]}]}),
    ),
    "constrainttemplates.templates.gatekeeper.sh": (
        _named("k8spspprivilegedcontainer", spec=_TEMPLATE),
    ),
    "k8spspprivilegedcontainer.constraints.gatekeeper.sh": (_named("deny", spec=_CONSTRAINT),),
    "ciliumnetworkpolicies.cilium.io": (_named("deny", "ci", spec=_SELECT),),
    "ciliumclusterwidenetworkpolicies.cilium.io": (_named("all", spec=_SELECT),),
    "networkpolicies.crd.projectcalico.org": (_named("deny", "logging", spec={"order": 1}),),
    "globalnetworkpolicies.crd.projectcalico.org": (),
    "clusterimagepolicies.policy.sigstore.dev": (
        _named("signed", spec={"mode": "enforce", "images": [{"glob": "**"}]}),
    ),
    "widgets.example.com": (_named("v", "web", spec={"size": 1}),),
}
_PSPS = (_named("restricted", spec=_PSP), _named("open", spec={**_PSP, "privileged": True}))


def with_engines(draft: Draft) -> Draft:
    """Return an API bundle of a cluster that also runs policy engines of all kinds."""
    rich = draft.copy()
    crds = [
        _named(name, spec={"group": name.partition(".")[2], "names": {"kind": name.split(".")[0]}})
        for name in CUSTOM
    ]
    _extend(rich, _CRDS, crds)
    _extend(rich, _WEBHOOKS, [_webhook("kyverno-svc"), _webhook("policy.sigstore.dev")])
    _extend(rich, "discovery", [_served(name) for name in CUSTOM])
    for number, (name, objects) in enumerate(CUSTOM.items(), start=1):
        _add_list(rich, 700 + number, name, objects)
    return rich


def with_policies(draft: Draft) -> Draft:
    """Return an API bundle of an old server, which still has pod security policies."""
    old = draft.copy()
    old.records = [one for one in old.records if not _is_psp(one)]
    old.plan = [one for one in old.plan if not _is_psp(one)]
    _extend(old, "discovery", [_served("podsecuritypolicies.policy")])
    _add_list(old, 900, "podsecuritypolicies.policy", _PSPS, version="v1beta1")
    for name, data in old.blobs.items():
        old.blobs[name] = data.replace(b'"v1.36.2"', b'"v1.23.17"')
    assert isinstance(old.manifest, dict)
    old.manifest = {
        **old.manifest,
        "cluster": {**old.manifest["cluster"], "git_version": "v1.23.17"},
    }
    return old


def _is_psp(line: Record | bytes) -> bool:
    return isinstance(line, dict) and line["id"] == "api/podsecuritypolicies.policy"


def _served(name: str) -> Record:
    resource, _, group = name.partition(".")
    namespaced = any(one["metadata"].get("namespace") for one in CUSTOM.get(name, ()))
    kind = "K8sPSPPrivilegedContainer" if resource.startswith("k8spsp") else resource.title()
    return {"group": group, "version": "v1", "resource": resource, "namespaced": namespaced,
            "kind": kind}  # fmt: skip


def _extend(draft: Draft, resource: str, objects: Iterable[Record]) -> None:
    lines = [json.dumps(one).encode() for one in objects]
    for index, record in draft.rows():
        if record["id"] == f"api/{resource}":
            before = draft.blobs[record["blob"]]
            draft.blobs[record["blob"]] = before + b"".join(line + b"\n" for line in lines)
            items = record["api"]["items"] + len(lines)
            draft.put(index, api={**record["api"], "items": items})


def _add_list(
    draft: Draft, seq: int, name: str, objects: tuple[Record, ...], *, version: str = "v1"
) -> None:
    resource, _, group = name.partition(".")
    blob = f"api/p{seq}.ndjson"
    draft.blobs[blob] = b"".join(json.dumps(one).encode() + b"\n" for one in objects)
    target = f"/apis/{group}/{version}/{resource}"
    line = {"seq": seq, "id": f"api/{name}", "kind": "api", "target": target, "via": "discovery"}
    facts = {"resource": resource, "group": group, "version": version, "namespaced": False,
             "items": len(objects), "pages": 1, "complete": True, "http_code": 200}  # fmt: skip
    draft.plan.append(line)
    draft.records.append({**line, "status": "ok", "blob": blob, "api": facts})
