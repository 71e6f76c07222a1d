"""The real evidence that is mutated: the sample bundles, and what they do not hold themselves."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.mutation.random_bases_api import with_engines, with_policies
from tests.mutation.random_draft import Draft, draft_of, trimmed

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
KEPT = 3
"""Objects at each end of a list that stay in the small API bundles."""
ROOT = "/etc/kubernetes/extra"
STAT = {"type": "file", "mode": "0600", "uid": 0, "gid": 0, "size": 1, "mtime": 1, "nlink": 1}

_AUDIT = b"""apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  users: ["system:kube-proxy"]
  verbs: [watch]
  resources: [{group: "", resources: [endpoints, services]}]
- level: None
  nonResourceURLs: ["/healthz*", "/version"]
- level: Metadata
  resources: [{group: "", resources: [secrets, configmaps, serviceaccounts/token]},
              {group: authentication.k8s.io, resources: [tokenreviews]}]
- level: RequestResponse
  namespaces: [kube-system]
  resources: [{group: ""}, {group: apps}]
- level: Metadata
"""
_ENCRYPTION = b"""apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets, "*.apps"]
  providers:
  - secretbox: {keys: [{name: k1, secret: KEB-REDACTED-r1}]}
  - kms: {apiVersion: v2, name: k, endpoint: unix:///run/kms.sock, timeout: 3s}
  - identity: {}
- resources: ["*.*"]
  providers: [{identity: {}}]
"""
_ADMISSION = b"""apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
    defaults: {enforce: baseline, enforce-version: latest, audit: restricted}
    exemptions: {usernames: [], runtimeClasses: [], namespaces: [kube-system]}
- name: EventRateLimit
  configuration:
    apiVersion: eventratelimit.admission.k8s.io/v1alpha1
    kind: Configuration
    limits: [{type: Namespace, qps: 50, burst: 100, cacheSize: 2000}]
- name: ImagePolicyWebhook
  configuration:
    imagePolicy: {kubeConfigFile: /x, allowTTL: 50, defaultAllow: false}
"""
_AUTHORIZATION = b"""apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
- {type: Node, name: node}
- {type: RBAC, name: rbac}
- type: Webhook
  name: w
  webhook: {timeout: 3s, failurePolicy: Deny, connectionInfo: {type: InClusterConfig}}
"""
_AUTHENTICATION = b"""apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous: {enabled: true, conditions: [{path: /livez}, {path: /readyz}]}
jwt: []
"""
_SCHEDULER = b"""apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
enableProfiling: false
clientConnection: {kubeconfig: /etc/kubernetes/scheduler.conf}
"""
_ETCD = b"""name: cp-1
data-dir: /var/lib/etcd
client-transport-security: {cert-file: /c, key-file: /k, client-cert-auth: true,
  trusted-ca-file: /ca, auto-tls: false}
peer-transport-security: {cert-file: /c, key-file: /k, client-cert-auth: true,
  trusted-ca-file: /pca}
"""
_DROPIN = b"""apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
readOnlyPort: 10255
authentication: {anonymous: {enabled: true}}
eventRecordQPS: 50
tlsCipherSuites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
"""
_CNI = b'{"cniVersion":"0.3.1","name":"n","plugins":[{"type":"calico","ipam":{"type":"x"}}]}'

_FILES: Mapping[str, tuple[str, bytes]] = {
    "audit-policy": (f"{ROOT}/audit.yaml", _AUDIT),
    "encryption-config": (f"{ROOT}/encryption.yaml", _ENCRYPTION),
    "admission-config": (f"{ROOT}/admission.yaml", _ADMISSION),
    "authorization-config": (f"{ROOT}/authorization.yaml", _AUTHORIZATION),
    "authentication-config": (f"{ROOT}/authentication.yaml", _AUTHENTICATION),
    "scheduler-config": (f"{ROOT}/scheduler.yaml", _SCHEDULER),
    "etcd-config": (f"{ROOT}/etcd.yaml", _ETCD),
    "kubelet-dropin": ("/etc/kubernetes/kubelet.conf.d/10-x.conf", _DROPIN),
    "cni-config": ("/etc/cni/net.d/10-calico.conflist", _CNI),
}
_FLAGS: Mapping[str, tuple[str, ...]] = {
    "kube-apiserver": (
        f"--audit-policy-file={ROOT}/audit.yaml", "--audit-log-path=/var/log/audit.log",
        "--audit-log-maxage=30", "--audit-log-maxbackup=10", "--audit-log-maxsize=100",
        f"--encryption-provider-config={ROOT}/encryption.yaml",
        f"--admission-control-config-file={ROOT}/admission.yaml",
        f"--authorization-config={ROOT}/authorization.yaml",
        f"--authentication-config={ROOT}/authentication.yaml",
        "--tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "--feature-gates=AllAlpha=false,AllBeta=true", "--disable-admission-plugins=Priority",
    ),
    "kube-scheduler": (f"--config={ROOT}/scheduler.yaml",),
    "etcd": (f"--config-file={ROOT}/etcd.yaml",),
    "kubelet": ("--config-dir=/etc/kubernetes/kubelet.conf.d",),
}  # fmt: skip
_REPLACED = (b"--authorization-mode", b"--anonymous-auth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Bundles that are judged together.

    Attributes:
        weight: How often it is chosen.
        two_words: A kubelet's answer stands beside its files. It tells what a setting came to,
            they tell what was written: by the letter one may pass where the other fails, so
            that there a verdict may change when the files are taken away.
    """

    drafts: tuple[Draft, ...]
    profile: str = "self-managed"
    weight: int = 1
    two_words: bool = False


@cache
def bases() -> Mapping[str, Base]:
    """Return the sets by name: real ones, real ones with shorter lists, and parts of them."""
    cp, worker, api = (draft_of(SAMPLES / "bundles" / f"{n}.tar.gz") for n in _NAMES)
    managed = draft_of(SAMPLES / "managed" / "api.tar.gz")
    small, rich = trimmed(api, keep=KEPT), enriched(cp)
    return {
        "control-plane": Base(drafts=(cp,), weight=4),
        "worker": Base(drafts=(worker,), weight=4),
        "rich": Base(drafts=(rich,), weight=6),
        "api": Base(drafts=(small,), weight=8),
        "cluster": Base(drafts=(cp, worker, small), weight=4, two_words=True),
        "rich-cluster": Base(drafts=(rich, worker, without_answers(small)), weight=4),
        "managed": Base(
            drafts=(worker, trimmed(managed, keep=KEPT)), profile="ibm-iks-1.32", weight=4
        ),
        "engines": Base(drafts=(with_engines(small),), weight=6),
        "old": Base(drafts=(rich, with_policies(without_answers(small))), weight=4),
        "whole": Base(drafts=(cp, worker, api), two_words=True),
    }


_NAMES = ("cp-1", "worker-1", "api")


def enriched(draft: Draft) -> Draft:
    """Return a control-plane node with every configuration file that a component may read."""
    rich = draft.copy()
    for index, record in rich.rows():
        extra = _FLAGS.get(str(record.get("component")), ())
        if record["id"] == "proc/cmdline" and extra:
            argv = rich.blobs[record["blob"]].rstrip(b"\0").split(b"\0")
            kept = [word for word in argv if not word.startswith(_REPLACED)]
            words = [*kept, *(word.encode() for word in extra)]
            name = f"blobs/b{7000 + index}"
            rich.blobs[name] = b"".join(word + b"\0" for word in words)
            rich.put(index, blob=name)
    rich.plan = [one for one in rich.plan if not _is_replaced(one)]
    rich.records = [one for one in rich.records if not _is_replaced(one)]
    for number, (role, (path, data)) in enumerate(_FILES.items(), start=1):
        _add_file(rich, 5000 + number, role, path, data)
    _add_folder(rich, 6000, "kubelet-dropin", "/etc/kubernetes/kubelet.conf.d")
    return rich


def without_answers(draft: Draft) -> Draft:
    """Return an API bundle in which no kubelet answered.

    The answers on record are of the nodes as they were, not of one that was changed: taking
    a file away would show the answer, and that is no gain by silence.
    """
    silent = draft.copy()
    for index, record in silent.rows():
        if record["id"] == "api/configz":
            silent.put(index, status="denied", blob=..., sha256=...)
    return silent


def _is_replaced(line: Any) -> bool:
    return line["target"] in {path for path, _ in _FILES.values()}


def _add_file(draft: Draft, seq: int, role: str, path: str, data: bytes) -> None:
    blob = f"blobs/b{seq}"
    draft.blobs[blob] = data
    line = {"seq": seq, "id": f"file/{role}", "kind": "file", "target": path, "via": "candidate"}
    draft.plan.append(line)
    facts = {"status": "ok", "stat": STAT, "acl": False, "blob": blob, "truncated": False}
    draft.records.append({**line, **facts, "sha256": hashlib.sha256(data).hexdigest()})


def _add_folder(draft: Draft, seq: int, role: str, path: str) -> None:
    line = {"seq": seq, "id": f"dir/{role}", "kind": "dir", "target": path, "via": "candidate"}
    draft.plan.append(line)
    stat = {**STAT, "type": "dir", "mode": "0700"}
    draft.records.append({**line, "status": "ok", "stat": stat, "entries": 1})
