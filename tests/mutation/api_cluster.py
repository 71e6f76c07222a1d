"""Everything of the small hardened cluster that is not a workload."""

import gzip
import json
from functools import cache
from typing import Any

from tests.collectors.replay import RECORDING
from tests.mutation.api_objects import (
    ENFORCE,
    NODES,
    RBAC_GROUP,
    SYSTEM_NAMESPACES,
    USER_NAMESPACES,
    metadata,
)
from tests.mutation.api_value import Json

SIGSTORE = "policy.sigstore.dev"
_ADDED = ("openshift", "service-ca-cert", "heapster")
"""What the recorded cluster holds under the label of the stock roles, and no release ships."""

_STOCK_NAMES = ("kubeadm:", "system:coredns", "kube-proxy")


def nodes() -> list[Json]:
    """Return one control-plane node and one worker."""
    return [_node(name, control_plane=name.startswith("cp")) for name in NODES]


def _node(name: str, *, control_plane: bool) -> Json:
    labels = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}
    if control_plane:
        labels["node-role.kubernetes.io/control-plane"] = ""
    info = {"kubeletVersion": "v1.34.2", "operatingSystem": "linux", "osImage": "Debian 13"}
    return {
        "metadata": metadata(name, labels=labels),
        "spec": {"podCIDR": "10.244.0.0/24"},
        "status": {
            "nodeInfo": {**info, "containerRuntimeVersion": "containerd://2.1.4"},
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


def namespaces() -> list[Json]:
    """Return the namespaces; those of users enforce the restricted standard."""
    own = {ENFORCE: "restricted", f"{ENFORCE}-version": "latest", f"{SIGSTORE}/include": "true"}
    return [
        {
            "metadata": metadata(
                name,
                labels={
                    "kubernetes.io/metadata.name": name,
                    **(own if name in USER_NAMESPACES else {}),
                },
            ),
            "status": {"phase": "Active"},
        }
        for name in sorted((*USER_NAMESPACES, *SYSTEM_NAMESPACES))
    ]


def service_accounts() -> list[Json]:
    """Return the accounts; outside of kube-system none mounts its token."""
    made = [
        {"metadata": metadata(name, namespace), "automountServiceAccountToken": False}
        for namespace in USER_NAMESPACES
        for name in ("default", *(("app",) if namespace != "default" else ()))
    ]
    system = [("default", namespace) for namespace in SYSTEM_NAMESPACES]
    system += [("cilium", "kube-system"), ("kube-proxy", "kube-system"), ("coredns", "kube-system")]
    return [*made, *({"metadata": metadata(name, namespace)} for name, namespace in system)]


def network_policies() -> list[Json]:
    """Return a default-deny policy in each namespace of users but ``default``."""
    spec = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    return [
        {"metadata": metadata("default-deny", namespace), "spec": dict(spec)}
        for namespace in USER_NAMESPACES
        if namespace != "default"
    ]


def network_objects() -> dict[str, list[Json]]:
    """Return what Kubernetes itself puts into the namespace ``default``, and one Service more."""
    service: Json = {"type": "ClusterIP", "clusterIP": "10.96.0.1", "ports": [{"port": 443}]}
    web = {**service, "clusterIP": "10.96.0.20", "selector": {"app": "web"}}
    address = {"addresses": [{"ip": "192.0.2.10"}], "ports": [{"port": 6443}]}
    return {
        "services": [
            {"metadata": metadata("kubernetes", "default"), "spec": service},
            {"metadata": metadata("web", "shop"), "spec": web},
        ],
        "endpoints": [{"metadata": metadata("kubernetes", "default"), "subsets": [address]}],
        "endpointslices.discovery.k8s.io": [
            {
                "metadata": metadata("kubernetes", "default"),
                "addressType": "IPv4",
                "endpoints": [{"addresses": ["192.0.2.10"]}],
            }
        ],
        "configmaps": [
            {"metadata": metadata("kube-root-ca.crt", namespace), "data": {"ca.crt": "x"}}
            for namespace in (*USER_NAMESPACES, *SYSTEM_NAMESPACES)
        ],
        "events": [{"metadata": metadata("started.17", "default"), "reason": "Starting"}],
        "leases.coordination.k8s.io": [{"metadata": metadata("election", "default"), "spec": {}}],
    }


def image_verifier() -> dict[str, list[Json]]:
    """Return Sigstore's policy-controller as its chart installs it, with one policy."""
    webhook = {
        "name": SIGSTORE,
        "failurePolicy": "Fail",
        "matchPolicy": "Equivalent",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "clientConfig": {"service": {"name": "webhook", "namespace": "kube-system", "port": 443}},
        "namespaceSelector": {
            "matchExpressions": [
                {"key": f"{SIGSTORE}/include", "operator": "In", "values": ["true"]}
            ]
        },
        "objectSelector": {},
        "rules": [
            {
                "apiGroups": [""],
                "apiVersions": ["v1"],
                "operations": ["CREATE", "UPDATE"],
                "resources": ["pods", "pods/ephemeralcontainers"],
                "scope": "*",
            }
        ],
    }
    signer = {"issuer": "https://issuer.example.com", "subject": "release@example.com"}
    policy = {
        "images": [{"glob": "**"}],
        "authorities": [{"keyless": {"url": "https://fulcio.example.com", "identities": [signer]}}],
    }
    return {
        "validatingwebhookconfigurations.admissionregistration.k8s.io": [
            {"metadata": metadata(SIGSTORE), "webhooks": [webhook]}
        ],
        f"clusterimagepolicies.{SIGSTORE}": [{"metadata": metadata("signed"), "spec": policy}],
    }


def definition(resource: str, group: str, kind: str, *, namespaced: bool = False) -> Json:
    """Return a CustomResourceDefinition."""
    return {
        "metadata": metadata(f"{resource}.{group}"),
        "spec": {
            "group": group,
            "scope": "Namespaced" if namespaced else "Cluster",
            "names": {"kind": kind, "plural": resource},
            "versions": [{"name": "v1", "served": True, "storage": True}],
        },
    }


@cache
def _recorded() -> dict[str, Any]:
    lists: dict[str, Any] = json.loads(
        gzip.decompress((RECORDING / "api-lists.json.gz").read_bytes())
    )
    return lists


def recorded(group_version: str, resource: str) -> list[Json]:
    """Return a list of the recorded cluster."""
    items: list[Json] = _recorded()[f"/apis/{group_version}/{resource}"]["items"]
    return items


def rbac() -> dict[str, list[Json]]:
    """Return the stock roles and bindings of a real cluster, and a few harmless ones of users."""
    found = {
        f"{name}.{RBAC_GROUP}": [
            _plain(one) for one in recorded(f"{RBAC_GROUP}/v1", name) if _is_stock(one)
        ]
        for name in ("clusterrolebindings", "clusterroles", "rolebindings", "roles")
    }
    for name, made in _own_grants().items():
        found[f"{name}.{RBAC_GROUP}"].append(made)
    return found


def _is_stock(item: Json) -> bool:
    name = item["metadata"]["name"]
    labelled = "kubernetes.io/bootstrapping" in item["metadata"].get("labels", {})
    return (labelled or name.startswith(_STOCK_NAMES)) and not any(a in name for a in _ADDED)


def _plain(item: Json) -> Json:
    """Return a recorded object without what its users merged into it."""
    kept = {key: value for key, value in item.items() if key != "metadata"}
    if isinstance(kept.get("rules"), list):
        kept["rules"] = [
            rule for rule in kept["rules"] if "example.com" not in rule.get("apiGroups", ())
        ]
    meta = {k: v for k, v in item["metadata"].items() if k != "managedFields"}
    return {"metadata": meta, **kept}


def _own_grants() -> dict[str, Json]:
    read = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]}
    scrape = {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}
    account = {"kind": "ServiceAccount", "name": "app", "namespace": "shop"}
    person = {"kind": "User", "name": "dana@example.com", "apiGroup": RBAC_GROUP}
    return {
        "roles": {"metadata": metadata("settings-reader", "shop"), "rules": [read]},
        "rolebindings": {
            "metadata": metadata("settings-reader", "shop"),
            "roleRef": {"apiGroup": RBAC_GROUP, "kind": "Role", "name": "settings-reader"},
            "subjects": [account],
        },
        "clusterroles": {"metadata": metadata("scraper"), "rules": [scrape]},
        "clusterrolebindings": {
            "metadata": metadata("scraper"),
            "roleRef": {"apiGroup": RBAC_GROUP, "kind": "ClusterRole", "name": "scraper"},
            "subjects": [person],
        },
    }
