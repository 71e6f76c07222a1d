"""No secret leaves the cluster: values planted where they do not belong are in no member."""

import base64
import gzip
import json
import secrets
import tarfile
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.collectors.api_run import Collected, collect
from tests.collectors.replay import Recording, captured, small

KINDS = {
    "nodes": "Node",
    "namespaces": "Namespace",
    "pods": "Pod",
    "serviceaccounts": "ServiceAccount",
    "services": "Service",
    "replicationcontrollers": "ReplicationController",
    "configmaps": "ConfigMap",
    "persistentvolumes": "PersistentVolume",
}
NOTHING: dict[str, list[dict[str, Any]]] = {"nodes": [], "namespaces": []}
EXTENSIONS = {
    "certificates.k8s.io": ("certificatesigningrequests", "CertificateSigningRequest"),
    "admissionregistration.k8s.io": (
        "validatingwebhookconfigurations",
        "ValidatingWebhookConfiguration",
    ),
    "rbac.authorization.k8s.io": ("clusterroles", "ClusterRole"),
    "apiextensions.k8s.io": ("customresourcedefinitions", "CustomResourceDefinition"),
    "kyverno.io": ("clusterpolicies", "ClusterPolicy"),
    "constraints.gatekeeper.sh": ("wanted", "Wanted"),
    "external-secrets.io": ("secretstores", "SecretStore"),
    "secrets-store.csi.x-k8s.io": ("secretproviderclasses", "SecretProviderClass"),
}


@dataclass
class Planter:
    """Makes random secrets and remembers them."""

    planted: dict[str, str] = field(default_factory=dict)

    def new(self, where: str, *, plain: bool = False) -> str:
        """Return a new secret; one that is not ``plain`` has characters that URLs escape."""
        assert where not in self.planted
        self.planted[where] = secrets.token_hex(12) if plain else "S+/%=" + secrets.token_hex(12)
        return self.planted[where]

    def jwt(self, where: str) -> str:
        """Return a text that looks like a signed token."""
        parts = [secrets.token_urlsafe(18) for _ in range(2)]
        self.planted[where] = parts[0]
        return "eyJ" + ".".join([secrets.token_urlsafe(9), *parts])

    def pem(self, where: str) -> str:
        """Return a text that looks like a private key."""
        secret = self.new(where, plain=True)
        return f"-----BEGIN EC PRIVATE KEY-----\n{secret}\n-----END EC PRIVATE KEY-----\n"


def container(plant: Planter, place: str) -> dict[str, Any]:
    return {
        "name": place,
        "image": "registry.example.com/app:1.0",
        "command": ["run", "--token=" + plant.new(f"{place} command")],
        "args": [plant.new(f"{place} argument")],
        "env": [
            {"name": "LITERAL", "value": plant.new(f"{place} env")},
            {"name": "EMPTY", "value": ""},
            {"name": "REF", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
        ],
        "envFrom": [{"secretRef": {"name": "all-of-it"}}],
        "livenessProbe": {"httpGet": {"httpHeaders": [{"value": plant.new(f"{place} probe")}]}},
        "lifecycle": {"postStart": {"exec": {"command": [plant.new(f"{place} lifecycle")]}}},
    }


def metadata(plant: Planter, place: str, **more: Any) -> dict[str, Any]:
    applied = json.dumps({"data": plant.new(f"{place} last-applied")})
    return {
        "name": place,
        "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": applied,
            "vendor.example.com/note": plant.new(f"{place} annotation"),
        },
        "labels": {"app": place},
        "managedFields": [{"fieldsV1": {plant.new(f"{place} managed field"): {}}}],
        **more,
    }


def component_pod(plant: Planter) -> dict[str, Any]:
    command = [
        "kube-apiserver",
        "--token=" + plant.new("flag"),
        "--bootstrap-token",
        plant.new("split flag"),
        "--etcd-servers=https://root:" + plant.new("flag userinfo", plain=True) + "@127.0.0.1:2379",
        "--some-header=" + plant.jwt("flag jwt"),
        "--enable-bootstrap-token-auth=true",
        "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key",
        "export PASSWORD=" + plant.new("shell assignment"),
        "set -e\necho " + plant.new("script"),
        plant.pem("flag pem"),
        base64.b64encode(plant.pem("flag base64 pem").encode()).decode(),
    ]
    placed = metadata(plant, "kube-apiserver", namespace="kube-system")
    placed["annotations"]["kubernetes.io/config.mirror"] = "abc"
    return {
        "metadata": placed,
        "spec": {
            "containers": [
                {"name": "c", "command": command, "env": [{"name": "A", "value": plant.new("e")}]}
            ]
        },
    }


def plain_pod(plant: Planter) -> dict[str, Any]:
    return {
        "metadata": metadata(plant, "pod", namespace="shop"),
        "spec": {
            "containers": [container(plant, "container")],
            "initContainers": [container(plant, "init container")],
            "ephemeralContainers": [container(plant, "ephemeral container")],
            "hostAliases": [{"hostnames": [plant.new("host alias")]}],
            "volumes": [
                {"name": "a", "csi": {"driver": "d", "volumeAttributes": {"k": plant.new("csi")}}},
                {"name": "b", "flexVolume": {"options": {"k": plant.new("flex volume")}}},
                {"name": "c", "hostPath": {"path": "/etc"}},
            ],
        },
        "status": {"message": plant.new("pod status")},
    }


def core_lists(plant: Planter) -> dict[str, list[dict[str, Any]]]:
    template = {"spec": {"containers": [container(plant, "template")]}}
    secret = plant.new("config map")
    return {
        "nodes": [{"metadata": metadata(plant, "n1"), "status": {"images": [plant.new("image")]}}],
        "namespaces": [{"metadata": metadata(plant, "kube-system", uid="u1")}],
        "pods": [plain_pod(plant), component_pod(plant)],
        "serviceaccounts": [{"metadata": metadata(plant, "sa"), "secrets": [{"name": "sa-token"}]}],
        "services": [{"metadata": metadata(plant, "svc"), "spec": {"type": "ClusterIP"}}],
        "replicationcontrollers": [{"metadata": metadata(plant, "rc"),
                                    "spec": {"template": template}}],
        "configmaps": [
            {
                "metadata": metadata(plant, "settings", namespace="default"),
                "data": {"password": secret, "blob": plant.pem("config map pem")},
                "binaryData": {"x": base64.b64encode(plant.new("binary").encode()).decode()},
            }
        ],
        "persistentvolumes": [
            {
                "metadata": metadata(plant, "pv"),
                "spec": {"csi": {"driver": "d", "volumeAttributes": {"key": plant.new("pv")}}},
            }
        ],
    }  # fmt: skip


def webhook(plant: Planter) -> dict[str, Any]:
    user, query = plant.new("webhook userinfo"), plant.new("webhook query")
    path, service = plant.new("webhook path", plain=True), plant.new("webhook service path")
    return {
        "name": "hook.example.com",
        "failurePolicy": "Fail",
        "clientConfig": {
            "caBundle": base64.b64encode(plant.new("ca bundle").encode()).decode(),
            "url": f"https://user:{user}@hook.example.com:8443/{path}?key={query}",
            "service": {"name": "hook", "namespace": "hooks", "path": f"/{service}"},
        },
        "matchConditions": [
            {"name": "m", "expression": f"request.token != '{plant.new('match condition')}'"}
        ],
        "rules": [{"resources": ["pods"], "operations": ["CREATE"]}],
    }


def extension_specs(plant: Planter) -> dict[str, dict[str, Any]]:
    request = base64.b64encode(plant.new("signing request").encode()).decode()
    data = {"kind": "Secret", "stringData": {"a": plant.new("policy object")}}
    return {
        "certificatesigningrequests": {
            "spec": {"request": request, "extra": {"k": [plant.new("extra")]}, "username": "u"},
            "status": {"certificate": plant.new("certificate")},
        },
        "validatingwebhookconfigurations": {"webhooks": [webhook(plant)]},
        "clusterroles": {"rules": [{"verbs": ["get"], "resources": ["secrets"]}]},
        "customresourcedefinitions": {
            "spec": {
                "group": "g.example.com",
                "conversion": {"webhook": {"caBundle": plant.new("conversion")}},
                "versions": [{"name": "v1", "schema": {"default": plant.new("schema")}}],
            }
        },
        "clusterpolicies": {
            "spec": {
                "validationFailureAction": "Enforce",
                "rules": [
                    {"name": "g", "generate": {"kind": "Secret", "data": plant.new("generate")}},
                    {"name": "m", "mutate": {"patch": plant.new("mutate")}},
                    {"name": "v", "validate": {"pattern": data, "token": plant.new("field")}},
                ],
            }
        },
        "wanted": {
            "spec": {
                "enforcementAction": "deny",
                "parameters": {
                    "apiKey": plant.new("constraint parameter"),
                    "env": [{"name": "A", "value": plant.new("constraint env")}],
                    "text": "password=" + plant.new("constraint text"),
                    "object": data,
                },
            }
        },
        "secretstores": {"spec": {"provider": {"fake": {"data": [plant.new("store")]}}}},
        "secretproviderclasses": {
            "spec": {"provider": "vault", "parameters": {"objects": plant.new("class")}}
        },
    }


def poisoned(plant: Planter) -> Recording:
    """Return a recording in which every kind holds secrets."""
    base = small(core_lists(plant), KINDS)
    lists, discovery = dict(base.lists), dict(base.discovery)
    specs = extension_specs(plant)
    groups = [
        {"name": group, "versions": [{"version": "v1"}], "preferredVersion": {"version": "v1"}}
        for group in EXTENSIONS
    ]
    discovery["/apis"] = {"kind": "APIGroupList", "groups": groups}
    for group, (name, kind) in EXTENSIONS.items():
        resource = {"name": name, "kind": kind, "namespaced": False, "verbs": ["list"]}
        discovery[f"/apis/{group}/v1"] = {"kind": "APIResourceList", "resources": [resource]}
        lists[f"/apis/{group}/v1/{name}"] = {
            "kind": f"{kind}List",
            "metadata": {},
            "items": [{"metadata": metadata(plant, name), **specs[name]}],
        }
    header = {"staticPodURLHeader": {"Authorization": [plant.new("kubelet header")]}}
    configz = {"n1": {"kubeletconfig": {"port": 10250, **header}}}
    return Recording(lists=lists, discovery=discovery, configz=configz)


def spellings(secret: str) -> Mapping[str, bytes]:
    """Return how a secret may look inside a member."""
    raw = secret.encode()
    found = {
        "plain": raw,
        "hex": raw.hex().encode(),
        "url": urllib.parse.quote(secret, safe="").encode(),
        "json": json.dumps(secret)[1:-1].encode(),
        "reversed": raw[::-1],
    }
    for shift in range(3):
        # The middle of the Base64 text, wherever in a larger text the secret began.
        text = base64.b64encode(b"\0" * shift + raw)
        found[f"base64-{shift}"] = text[4:-4]
    return found


@pytest.fixture(scope="module")
def harvest(tmp_path_factory: pytest.TempPathFactory) -> tuple[Planter, Collected]:
    plant = Planter()
    return plant, collect(tmp_path_factory.mktemp("poisoned"), poisoned(plant))


def test_planted_secrets_are_in_no_member(harvest: tuple[Planter, Collected]) -> None:
    plant, got = harvest
    assert got.code == 0, got.members["probes.ndjson"].decode()
    leaks = [
        (where, how, name)
        for where, secret in plant.planted.items()
        for how, spelling in spellings(secret).items()
        for name, data in got.members.items()
        if spelling in data
    ]
    assert not leaks
    assert len(plant.planted) > 70


def test_the_planted_secrets_were_really_served(harvest: tuple[Planter, Collected]) -> None:
    _, got = harvest
    asked = [path.split("?")[0] for path in got.requests]
    for name in KINDS:
        scope = "namespaces/default/" if name == "configmaps" else ""
        assert f"/api/v1/{scope}{name}" in asked
    for group, (name, _) in EXTENSIONS.items():
        assert f"/apis/{group}/v1/{name}" in asked
        assert len(got.objects(f"{name}.{group}")) == 1


def test_every_marker_has_one_redaction_record(harvest: tuple[Planter, Collected]) -> None:
    _, got = harvest
    records = got.lines("redactions.ndjson")
    assert [one["id"] for one in records] == [f"r{n}" for n in range(1, len(records) + 1)]
    for record in records:
        value: Any = got.lines(record["member"])[record["line"] - 1]
        for step in record["pointer"].split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
        assert f"KEB-REDACTED-{record['id']}" in value
    markers = sum(data.count(b"KEB-REDACTED-r") for data in got.members.values())
    markers -= got.members["collector/api.py"].count(b"KEB-REDACTED-r")
    assert markers == len(records) == got.manifest["redaction"]["count"]
    probes = got.lines("probes.ndjson")
    assert sum(one.get("redactions", 0) for one in probes) == len(records)


def test_what_rules_need_stays_visible(harvest: tuple[Planter, Collected]) -> None:
    _, got = harvest
    pod, component = got.objects("pods")
    (first,) = pod["spec"]["containers"]
    assert [one["name"] for one in first["env"]] == ["LITERAL", "EMPTY", "REF"]
    assert first["env"][0]["value"].startswith("KEB-REDACTED-")
    assert first["env"][1]["value"].startswith("KEB-REDACTED-")
    assert first["env"][2]["valueFrom"]["secretKeyRef"] == {"name": "db", "key": "password"}
    assert first["envFrom"] == [{"secretRef": {"name": "all-of-it"}}]
    assert "args" not in first
    assert [sorted(one) for one in pod["spec"]["volumes"]] == [
        ["csi", "name"],
        ["flexVolume", "name"],
        ["hostPath", "name"],
    ]
    command = component["spec"]["containers"][0]["command"]
    assert command[0] == "kube-apiserver"
    assert command[1].startswith("--token=KEB-REDACTED-")
    assert command[2] == "--bootstrap-token"
    assert command[3].startswith("KEB-REDACTED-")
    assert command[4].endswith("@127.0.0.1:2379")
    assert command[6:8] == [
        "--enable-bootstrap-token-auth=true",
        "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key",
    ]
    (hook,) = got.objects("validatingwebhookconfigurations.admissionregistration.k8s.io")[0][
        "webhooks"
    ]
    scheme, _, place = hook["clientConfig"]["url"].partition("://KEB-REDACTED-")
    assert scheme == "https"
    assert place.partition("@")[2].startswith("hook.example.com:8443/KEB-REDACTED-")
    assert hook["clientConfig"]["service"]["name"] == "hook"
    assert hook["matchConditions"][0]["expression"].startswith("request.token != 'KEB-REDACTED-")
    assert got.objects("clusterroles.rbac.authorization.k8s.io")[0]["rules"] == [
        {"resources": ["secrets"], "verbs": ["get"]}
    ]


def test_config_maps_are_names_only_and_of_one_namespace(
    harvest: tuple[Planter, Collected],
) -> None:
    _, got = harvest
    assert got.objects("configmaps") == [{"metadata": {"name": "settings", "namespace": "default"}}]
    asked = [path.split("?")[0] for path in got.requests]
    assert "/api/v1/configmaps" not in asked
    assert not [path for path in asked if path.endswith("/secrets")]


def test_a_failing_redactor_drops_the_whole_list(tmp_path: Path) -> None:
    # Half of a surrogate pair is valid JSON and no valid text.
    pods: list[dict[str, Any]] = [
        {"metadata": {"name": "one"}, "spec": {"containers": [{"env": [{"value": "x"}]}]}},
        {"metadata": {"name": "two", "uid": "\ud800"}},
    ]
    kinds = {"nodes": "Node", "namespaces": "Namespace", "pods": "Pod"}
    got = collect(tmp_path, small({**NOTHING, "pods": pods}, kinds))
    probe = got.probe("pods")
    assert (probe["status"], probe["detail"]) == ("error", "redactor failed")
    assert "blob" not in probe
    assert got.members["redactions.ndjson"] == b""
    assert got.code == 3


def test_a_field_of_another_type_is_masked_not_lost(tmp_path: Path) -> None:
    pods: list[dict[str, Any]] = [
        {"metadata": {"name": "one"}, "spec": {"volumes": "hostPath", "hostPID": {"a": "b"}}}
    ]
    kinds = {"nodes": "Node", "namespaces": "Namespace", "pods": "Pod"}
    got = collect(tmp_path, small({**NOTHING, "pods": pods}, kinds))
    spec = got.objects("pods")[0]["spec"]
    assert spec["volumes"].startswith("KEB-REDACTED-")
    assert spec["hostPID"].startswith("KEB-REDACTED-")


def test_the_captured_cluster_leaks_nothing(tmp_path: Path) -> None:
    got = collect(tmp_path, captured())
    with tarfile.open(fileobj=gzip.open(got.path)) as archive:
        names = archive.getnames()
    assert names[0] == "bundle/FORMAT"
    program = got.members["collector/api.py"]
    for name, data in got.members.items():
        if data is not program:
            for word in (b"CANARY", b"managedFields", b"last-applied", b"-----BEGIN", b"caBundle"):
                assert word not in data, (name, word)
