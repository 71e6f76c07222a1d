"""The objects of a small hardened cluster: everything that the rules of section 5 ask for."""

from collections.abc import Mapping
from typing import Any

from tests.mutation.api_value import Json

RBAC_GROUP = "rbac.authorization.k8s.io"
ENFORCE = "pod-security.kubernetes.io/enforce"
USER_NAMESPACES = ("default", "data", "shop")
SYSTEM_NAMESPACES = ("kube-node-lease", "kube-public", "kube-system")
NODES = ("cp-1", "worker-1")
_DIGEST = "sha256:0f3b9dbb2a1c7f2c5b5ab6dfd2bf1f2f9c9f07d0f6f6e9c8a1b2c3d4e5f60718"

HARDENED: Mapping[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "privileged": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "runAsUser": 10001,
}


def metadata(name: str, namespace: str = "", **more: Any) -> Json:
    """Return an object's metadata, with a UID that follows from its name."""
    made: Json = {"name": name, "uid": f"uid-{namespace or 'cluster'}-{name}", **more}
    if namespace:
        made["namespace"] = namespace
    made["creationTimestamp"] = "2026-11-01T08:00:00Z"
    return made


def container(name: str = "app", **more: Any) -> Json:
    """Return a container that the restricted standard admits, with a read-only root."""
    return {
        "name": name,
        "image": f"registry.example.com/shop/{name}@{_DIGEST}",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": dict(HARDENED),
        "resources": {},
        **more,
    }


def pod_spec(account: str = "app") -> Json:
    """Return a hardened pod spec with a sidecar, plain variables and harmless volumes."""
    return {
        "serviceAccountName": account,
        "serviceAccount": account,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            container(
                ports=[{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
                env=[
                    {"name": "LOG_LEVEL", "value": "info"},
                    {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                    {
                        "name": "MODE",
                        "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "mode"}},
                    },
                ],
                envFrom=[{"configMapRef": {"name": "settings"}}],
                volumeMounts=[
                    {"name": "scratch", "mountPath": "/tmp"},
                    {"name": "credentials", "mountPath": "/etc/app", "readOnly": True},
                ],
            )
        ],
        "initContainers": [container("sidecar", restartPolicy="Always"), container("migrate")],
        "volumes": [
            {"name": "scratch", "emptyDir": {}},
            {"name": "credentials", "secret": {"secretName": "app"}},
            {"name": "settings", "configMap": {"name": "settings"}},
        ],
    }


def _owner(kind: str, name: str, namespace: str) -> list[Json]:
    version = "batch/v1" if kind in ("Job", "CronJob") else "apps/v1"
    version = "v1" if kind == "ReplicationController" else version
    uid = metadata(name, namespace)["uid"]
    return [{"apiVersion": version, "kind": kind, "name": name, "uid": uid, "controller": True}]


def _template(app: str, account: str = "app") -> Json:
    return {"metadata": {"labels": {"app": app}}, "spec": pod_spec(account)}


def pod(name: str, namespace: str, *, owner: tuple[str, str] | None = None, **more: Any) -> Json:
    """Return a running pod; ``owner`` is the kind and name of its controller."""
    labels = {"app": (owner[1] if owner else name).split("-", maxsplit=1)[0]}
    extra = {"ownerReferences": _owner(*owner, namespace)} if owner else {}
    spec = {**pod_spec(), "nodeName": "worker-1", **more}
    meta = metadata(name, namespace, labels=labels, **extra)
    return {"metadata": meta, "spec": spec, "status": {"phase": "Running"}}


def _workload(name: str, namespace: str, *, owner: tuple[str, str] | None = None) -> Json:
    extra = {"ownerReferences": _owner(*owner, namespace)} if owner else {}
    labels = {"app": name.split("-", maxsplit=1)[0]}
    return {
        "metadata": metadata(name, namespace, labels=labels, **extra),
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": _template(labels["app"]),
        },
    }


def _system_pod(name: str, command: str, *, static: bool = False) -> Json:
    meta = metadata(name, "kube-system", labels={"component": command})
    spec: Json = {
        "nodeName": "cp-1",
        "hostNetwork": True,
        "priorityClassName": "system-node-critical",
        "containers": [
            {"name": command, "image": f"registry.k8s.io/{command}", "command": [command]}
        ],
    }
    if static:
        meta["annotations"] = {
            "kubernetes.io/config.mirror": "x",
            "kubernetes.io/config.source": "file",
        }
        spec["volumes"] = [{"name": "pki", "hostPath": {"path": "/etc/kubernetes/pki"}}]
    return {"metadata": meta, "spec": spec, "status": {"phase": "Running"}}


def _agent(name: str, image: str, account: str) -> Json:
    """Return a DaemonSet of the platform: privileged, on the node's network, as such agents are."""
    labels = {"k8s-app": name}
    spec = {
        "serviceAccountName": account,
        "hostNetwork": True,
        "containers": [{"name": name, "image": image, "securityContext": {"privileged": True}}],
        "volumes": [{"name": "run", "hostPath": {"path": "/run"}}],
    }
    return {
        "metadata": metadata(name, "kube-system", labels=labels),
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": spec},
        },
    }


def workloads() -> dict[str, list[Json]]:
    """Return one compliant workload of each kind, and the platform's own."""
    tool = pod("tool", "shop")
    tool["spec"]["ephemeralContainers"] = [container("debug", targetContainerName="app")]
    nightly = _workload("nightly", "data")
    nightly["spec"] = {
        "schedule": "0 3 * * *",
        "suspend": False,
        "jobTemplate": {"spec": {"template": _template("nightly")}},
    }
    template = {"metadata": metadata("spare", "data"), "template": _template("spare")}
    return {
        "deployments.apps": [_workload("web", "shop")],
        "replicasets.apps": [
            _workload("web-5d9f", "shop", owner=("Deployment", "web")),
            _workload("bare", "data"),
        ],
        "statefulsets.apps": [_workload("db", "data")],
        "daemonsets.apps": [
            _workload("logs", "shop"),
            _agent("cilium", "quay.io/cilium/cilium:v1.18.2", "cilium"),
            _agent("kube-proxy", "registry.k8s.io/kube-proxy:v1.34.2", "kube-proxy"),
        ],
        "jobs.batch": [
            _workload("import", "data"),
            _workload("nightly-29921850", "data", owner=("CronJob", "nightly")),
        ],
        "cronjobs.batch": [nightly],
        "replicationcontrollers": [_workload("old", "shop")],
        "podtemplates": [template],
        "pods": [
            pod("web-5d9f-x7k2p", "shop", owner=("ReplicaSet", "web-5d9f")),
            tool,
            pod("logs-4kq9z", "shop", owner=("DaemonSet", "logs")),
            pod("old-c4h68", "shop", owner=("ReplicationController", "old")),
            pod("db-0", "data", owner=("StatefulSet", "db")),
            pod("nightly-29921850-bh278", "data", owner=("Job", "nightly-29921850")),
            _system_pod("etcd-cp-1", "etcd", static=True),
            _system_pod("kube-apiserver-cp-1", "kube-apiserver", static=True),
            _system_pod("cilium-operator-1", "cilium-operator"),
        ],
    }
