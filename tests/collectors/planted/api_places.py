"""Where secrets live in an API, as templates of objects by their group and resource.

Each template is an object as a server sends it, with a marker where a careless hand or a
careless program has left a secret. Beside each stand the fields that rules read.
"""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from tests.collectors.planted.secret_kinds import Planter
from tests.collectors.replay import Recording

Object = dict[str, Any]


def metadata(place: str, **more: Any) -> Object:
    """Return metadata as tools leave it behind: with copies, notes and field records."""
    applied = {"data": {"k": f"«{place}: last applied|name»"}}
    return {
        "name": place.partition(" ")[0].lower(),
        "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": json.dumps(applied),
            "vendor.example.net/note": f"«{place}: annotation|any»",
        },
        "managedFields": [{"fieldsV1": {f"f:«{place}: managed field|any»": {}}}],
        **more,
    }


def container(place: str) -> Object:
    """Return a container with a secret in every field that takes text of its own."""
    handler = {
        "exec": {"command": ["sh", "-c", f"«{place}: hook command|any»"]},
        "httpGet": {"path": f"/«{place}: hook path|name»", "httpHeaders": []},
    }
    return {
        "name": "c",
        "image": "registry.example.net/app:1.0",
        "command": ["run", f"--token=«{place}: command|any»"],
        "args": [f"«{place}: argument|any»", "--password", f"«{place}: split argument|any»"],
        "workingDir": f"/srv/«{place}: working folder|name»",
        "env": [
            {"name": "LITERAL", "value": f"«{place}: env|any»"},
            {"name": "REF", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
        ],
        "livenessProbe": {
            "exec": {"command": [f"«{place}: probe command|any»"]},
            "httpGet": {"httpHeaders": [{"name": "A", "value": f"«{place}: probe header|any»"}]},
        },
        "lifecycle": {"postStart": handler},
        "terminationMessagePath": f"/«{place}: message path|name»",
    }


def pod_spec(place: str) -> Object:
    """Return a pod's spec; ``place`` is the kind that holds it."""
    return {
        "containers": [container(f"{place} container")],
        "hostAliases": [{"ip": "192.0.2.1", "hostnames": [f"«{place}: host alias|any»"]}],
        "dnsConfig": {"searches": [f"«{place}: search|any»"]},
        "schedulingGates": [{"name": f"«{place}: gate|any»"}],
        "tolerations": [{"key": "k", "value": f"«{place}: toleration|any»"}],
        "volumes": [
            {"name": "a", "csi": {"driver": "d", "volumeAttributes": {"k": f"«{place}: CSI|any»"}}},
            {"name": "b", "flexVolume": {"options": {"k": f"«{place}: flex|any»"}}},
            {"name": "c", "azureFile": {"shareName": f"«{place}: share|any»"}},
            {"name": "d", "rbd": {"keyring": f"«{place}: keyring|any»"}},
            {"name": "e", "gitRepo": {"repository": f"«{place}: repository|url»"}},
        ],
    }


def workload(place: str) -> Object:
    """Return a workload with a pod template."""
    template = {"metadata": metadata(f"{place} template"), "spec": pod_spec(place)}
    return {
        "metadata": metadata(place, namespace="shop"),
        "spec": {"replicas": 1, "template": template},
        "status": {"conditions": [{"message": f"«{place}: condition|any»"}]},
    }


POD: Object = {
    "metadata": metadata("Pod", namespace="shop"),
    "spec": {
        **pod_spec("Pod"),
        "initContainers": [container("Pod init container")],
        "ephemeralContainers": [container("Pod debug container")],
    },
    "status": {"phase": "Running", "message": "«Pod: status|any»", "reason": "«Pod: reason|any»"},
}
STATIC_POD: Object = {
    "metadata": {
        "name": "kube-apiserver-cp-1",
        "namespace": "kube-system",
        "annotations": {"kubernetes.io/config.mirror": "x", "note": "«static Pod: note|any»"},
    },
    "spec": {
        "containers": [
            {
                "name": "kube-apiserver",
                "command": [
                    "kube-apiserver",
                    "--anonymous-auth=false",
                    "--token=«static Pod: --token=|any»",
                    "--bootstrap-token",
                    "«static Pod: split|any»",
                    "--etcd-servers=https://root:«static Pod: etcd userinfo|name»@127.0.0.1:2379",
                    "--oidc-client-secret=«static Pod: oidc|any»",
                    "--unheard-of=«static Pod: unknown flag|any»",
                    "«static Pod: positional|any»",
                    "-p«static Pod: short flag|any»",
                    "--token=«static Pod: number|number»",
                ],
                "args": ["sh", "-c", "export T=«static Pod: script|any»\n"],
                "env": [{"name": "A", "value": "«static Pod: env|any»"}],
            }
        ]
    },
}
WEBHOOK: Object = {
    "name": "hook.example.net",
    "failurePolicy": "Fail",
    "clientConfig": {
        "caBundle": "«@ CA bundle|base64»",
        "url": "https://user:«@ userinfo|name»@hook.example.net:8443/«@ path|name»"
        "?key=«@ query|name»",
        "service": {"name": "hook", "namespace": "hooks", "path": "/«@ service path|name»"},
    },
    "matchConditions": [{"name": "m", "expression": "request.token != '«@ condition|name»'"}],
    "rules": [{"resources": ["pods"], "operations": ["CREATE"]}],
}


def _named(place: str, template: Any) -> Any:
    return json.loads(json.dumps(template, ensure_ascii=False).replace("«@", f"«{place}:"))


CORE: Mapping[str, Sequence[Object]] = MappingProxyType(
    {
        "Node": [
            {
                "metadata": metadata(
                    "Node",
                    labels={"kubernetes.io/os": "linux", "example.net/k": "«Node: label|name»"},
                ),
                "spec": {"providerID": "aws:///a/i-1", "configSource": "«Node: source|any»"},
                "status": {
                    "nodeInfo": {"kubeletVersion": "v1.34.0", "note": "«Node: info|any»"},
                    "conditions": [{"type": "Ready", "message": "«Node: condition|any»"}],
                    "images": [{"names": ["«Node: image|any»"]}],
                    "volumesAttached": [{"devicePath": "«Node: device|any»"}],
                },
            }
        ],
        "Namespace": [
            {"metadata": metadata("kube-system namespace", uid="u1")},
            {"metadata": metadata("shop namespace"), "spec": {"finalizers": ["«finalizer|any»"]}},
        ],
        "Pod": [POD, STATIC_POD],
        "ServiceAccount": [
            {"metadata": metadata("ServiceAccount", namespace="shop"),
             "secrets": [{"name": "sa-token", "note": "«ServiceAccount: reference|any»"}]}
        ],
        "Service": [
            {"metadata": metadata("Service", namespace="shop"),
             "spec": {"type": "ClusterIP", "x": "«Service: unknown field|any»"}}
        ],
        "ReplicationController": [workload("ReplicationController")],
        "PodTemplate": [
            {"metadata": metadata("PodTemplate", namespace="shop"),
             "template": {"spec": pod_spec("PodTemplate")}}
        ],
        "PersistentVolume": [
            {
                "metadata": metadata("PersistentVolume"),
                "spec": {
                    "csi": {"volumeAttributes": {"k": "«PersistentVolume: CSI|any»"}},
                    "iscsi": {"initiatorName": "«PersistentVolume: initiator|any»"},
                    "mountOptions": ["password=«PersistentVolume: mount option|any»"],
                },
            }
        ],
        "PersistentVolumeClaim": [
            {"metadata": metadata("PersistentVolumeClaim", namespace="shop"), "spec": {}}
        ],
        "Endpoints": [
            {"metadata": metadata("Endpoints", namespace="shop"),
             "subsets": [{"addresses": [{"ip": "192.0.2.1", "hostname": "«Endpoints: host|any»"}]}]}
        ],
        "LimitRange": [
            {"metadata": metadata("LimitRange", namespace="shop"),
             "spec": {"limits": [{"type": "Container", "note": "«LimitRange: unknown|any»"}]}}
        ],
        "ResourceQuota": [
            {"metadata": metadata("ResourceQuota", namespace="shop"),
             "spec": {"hard": {"pods": "1"}, "note": "«ResourceQuota: unknown|any»"}}
        ],
        "ConfigMap": [
            {
                "metadata": metadata("ConfigMap", namespace="default"),
                "data": {"password": "«ConfigMap: data|any»", "key": "«ConfigMap: PEM|pem»",
                         "crt": "«ConfigMap: encrypted key|pkcs8»"},
                "binaryData": {"x": "«ConfigMap: binary|base64»"},
            }
        ],
        "Secret": [
            {"metadata": metadata("Secret", namespace="default"),
             "data": {"token": "«Secret: data|base64»"}, "stringData": {"a": "«Secret: text|any»"}}
        ],
        "Event": [
            {"metadata": metadata("Event", namespace="default"), "message": "«Event: message|any»"}
        ],
    }
)  # fmt: skip

CSR: Object = {
    "metadata": metadata("CertificateSigningRequest"),
    "spec": {
        "request": "«CSR: request|base64»",
        "username": "u",
        "extra": {"k": ["«CSR: extra|any»"]},
        "signerName": "kubernetes.io/kube-apiserver-client",
    },
    "status": {
        "certificate": "«CSR: certificate|base64»",
        "conditions": [{"type": "Approved", "message": "«CSR: message|any»"}],
    },
}
CRD: Object = {
    "metadata": metadata("CustomResourceDefinition"),
    "spec": {
        "group": "g.example.net",
        "conversion": {"webhook": {"clientConfig": {"caBundle": "«CRD: CA bundle|base64»"}}},
        "versions": [
            {"name": "v1", "schema": {"openAPIV3Schema": {"default": "«CRD: default|any»"}}}
        ],
    },
}
VAP: Object = {
    "metadata": metadata("ValidatingAdmissionPolicy"),
    "spec": {
        "failurePolicy": "Fail",
        "validations": [{"expression": "object.data.password == '«VAP: literal|name»'",
                         "message": "password=«VAP: message|any»"}],
        "variables": [{"name": "v", "expression": "'«VAP: variable|name»'"}],
        "unheardOf": {"a": ["«VAP: unknown|any»"]},
    },
}  # fmt: skip
KYVERNO: Object = {
    "metadata": metadata("ClusterPolicy"),
    "spec": {
        "validationFailureAction": "Enforce",
        "unheardOf": "«Kyverno: unknown field|any»",
        "rules": [
            {"name": "g", "generate": {"kind": "Secret", "name": "s",
                                       "data": {"stringData": {"a": "«Kyverno: generate|any»"}}}},
            {"name": "m", "mutate": {"patchStrategicMerge": {"a": "«Kyverno: mutate|any»"}}},
            {"name": "c",
             "context": [{"name": "v", "variable": {"value": "«Kyverno: context|any»"}}]},
            {"name": "v", "match": {"any": [{"resources": {"kinds": ["Secret"]}}]},
             "validate": {"message": "token: «Kyverno: message|any»",
                          "pattern": {"kind": "Secret",
                                      "stringData": {"a": "«Kyverno: pattern data|any»"}}}},
            {"name": "e", "validate": {"pattern": {"spec": {"containers": [
                {"env": [{"name": "A", "value": "«Kyverno: pattern env|any»"}]}]}}}},
            {"name": "k", "verifyImages": [{"imageReferences": ["*"], "attestors": [{"entries": [
                {"keys": {"publicKeys": "k8s://a/b", "secret": {"name": "s", "namespace": "n"},
                          "kms": "«Kyverno: key service|url»"}}]}]}]},
            {"name": "u", "unheardOf": {"a": "«Kyverno: unknown in a rule|any»"}},
        ],
    },
}  # fmt: skip
CONSTRAINT: Object = {
    "metadata": metadata("Constraint"),
    "spec": {
        "enforcementAction": "deny",
        "match": {"kinds": [{"apiGroups": [""], "kinds": ["Pod"]}], "x": "«constraint: match|any»"},
        "parameters": {
            "apiKey": "«constraint: parameter|any»",
            "env": [{"name": "A", "value": "«constraint: env|any»"}],
            "text": "password=«constraint: text|any»",
            "unheardOf": "«constraint: unknown parameter|any»",
        },
        "unheardOf": "«constraint: unknown field|any»",
    },
    "status": {"violations": [{"message": "«constraint: violation|any»"}]},
}
TEMPLATE: Object = {
    "metadata": metadata("ConstraintTemplate"),
    "spec": {
        "crd": {"spec": {"names": {"kind": "K8sX"},
                         "validation": {"schema": {"default": "«template: default|any»"}}}},
        "targets": [{"target": "admission.k8s.gatekeeper.sh",
                     "rego": 'secret := "«template: rego|name»"',
                     "libs": ['password == "«template: library|name»"'],
                     "unheardOf": "«template: unknown|any»"}],
    },
}  # fmt: skip
CILIUM: Object = {
    "metadata": metadata("CiliumNetworkPolicy", namespace="shop"),
    "spec": {
        "endpointSelector": {"matchLabels": {"app": "a"}},
        "ingress": [{"toPorts": [{"rules": {"http": [
            {"method": "GET", "path": "/«Cilium: path|name»",
             "headers": ["X-Token: «Cilium: header|any»"],
             "headerMatches": [{"name": "X", "value": "«Cilium: header match|any»"}]}]},
            "terminatingTLS": {"certificate": "«Cilium: TLS|any»"}}]}],
        "unheardOf": "«Cilium: unknown|any»",
    },
}  # fmt: skip
CALICO: Object = {
    "metadata": metadata("GlobalNetworkPolicy"),
    "spec": {"selector": "app == 'a'", "types": ["Ingress"],
             "ingress": [{"action": "Allow", "http": {"paths": [{"exact": "/«Calico: path|name»"}]},
                          "metadata": {"annotations": {"a": "«Calico: annotation|any»"}}}],
             "unheardOf": "«Calico: unknown|any»"},
}  # fmt: skip
SIGSTORE: Object = {
    "metadata": metadata("ClusterImagePolicy"),
    "spec": {
        "images": [{"glob": "**"}],
        "authorities": [{"name": "a",
                         "key": {"data": "«sigstore: key|pem»", "secretRef": {"name": "s"}},
                         "source": [{"oci": "«sigstore: source|url»",
                                     "signaturePullSecrets": [{"name": "s"}]}]}],
        "policy": {"type": "cue", "data": "token: «sigstore: policy|any»"},
        "unheardOf": "«sigstore: unknown|any»",
    },
}  # fmt: skip
SCC: Object = {
    "metadata": metadata("SecurityContextConstraints"),
    "allowPrivilegedContainer": False,
    "runAsUser": {"type": "MustRunAsRange"},
    "users": ["system:admin"],
    "unheardOf": {"a": "«SCC: unknown|any»"},
}
OAUTH: Object = {
    "metadata": metadata("OAuth"),
    "spec": {
        "identityProviders": [
            {"name": "ldap", "type": "LDAP",
             "ldap": {"bindPassword": {"name": "s"}, "url": "«OAuth: LDAP|url»",
                      "bindDN": "cn=«OAuth: bind|name»"}},
            {"name": "gh", "openID": {"clientID": "«OAuth: client|any»",
                                      "clientSecret": "«OAuth: secret|any»"}},
        ],
        "unheardOf": "«OAuth: unknown|any»",
    },
    "status": {"note": "«OAuth: status|any»"},
}  # fmt: skip
INGRESS: Object = {
    "metadata": metadata("Ingress", namespace="shop"),
    "spec": {"rules": [{"host": "h", "http": {"paths": [{"path": "/«Ingress: path|name»"}]}}]},
}

GROUPS: Mapping[tuple[str, str], Sequence[Object]] = MappingProxyType(
    {
        ("apps", "Deployment"): [workload("Deployment")],
        ("apps", "DaemonSet"): [workload("DaemonSet")],
        ("apps", "StatefulSet"): [workload("StatefulSet")],
        ("apps", "ReplicaSet"): [workload("ReplicaSet")],
        ("batch", "Job"): [workload("Job")],
        ("batch", "CronJob"): [
            {"metadata": metadata("CronJob", namespace="shop"),
             "spec": {"jobTemplate": {"metadata": metadata("CronJob template"),
                                      "spec": {"template": {"spec": pod_spec("CronJob")}}}}}
        ],
        ("networking.k8s.io", "Ingress"): [INGRESS],
        ("networking.k8s.io", "NetworkPolicy"): [
            {"metadata": metadata("NetworkPolicy", namespace="shop"),
             "spec": {"podSelector": {}, "unheardOf": "«NetworkPolicy: unknown|any»"}}
        ],
        ("discovery.k8s.io", "EndpointSlice"): [
            {"metadata": metadata("EndpointSlice", namespace="shop"),
             "endpoints": [{"hostname": "«EndpointSlice: host|any»"}]}
        ],
        ("policy", "PodDisruptionBudget"): [
            {"metadata": metadata("PodDisruptionBudget", namespace="shop"),
             "spec": {"x": "«PodDisruptionBudget: spec|any»"}}
        ],
        ("rbac.authorization.k8s.io", "ClusterRole"): [
            {"metadata": metadata("ClusterRole"),
             "rules": [{"verbs": ["get"], "x": "«ClusterRole: unknown|any»"}]}
        ],
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): [
            {"metadata": metadata("ValidatingWebhookConfiguration"),
             "webhooks": [_named("validating webhook", WEBHOOK)]}
        ],
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): [
            {"metadata": metadata("MutatingWebhookConfiguration"),
             "webhooks": [_named("mutating webhook", WEBHOOK)]}
        ],
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"): [VAP],
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"): [
            {"metadata": metadata("MutatingAdmissionPolicy"),
             "spec": {"mutations": [{"applyConfiguration": {"expression": "«MAP: mutation|any»"}}],
                      "unheardOf": "«MAP: unknown|any»"}}
        ],
        ("certificates.k8s.io", "CertificateSigningRequest"): [CSR],
        ("apiextensions.k8s.io", "CustomResourceDefinition"): [CRD],
        ("kyverno.io", "ClusterPolicy"): [KYVERNO],
        ("constraints.gatekeeper.sh", "Wanted"): [CONSTRAINT],
        ("templates.gatekeeper.sh", "ConstraintTemplate"): [TEMPLATE],
        ("cilium.io", "CiliumNetworkPolicy"): [CILIUM],
        ("crd.projectcalico.org", "GlobalNetworkPolicy"): [CALICO],
        ("policy.sigstore.dev", "ClusterImagePolicy"): [SIGSTORE],
        ("security.openshift.io", "SecurityContextConstraints"): [SCC],
        ("config.openshift.io", "OAuth"): [OAUTH],
        ("external-secrets.io", "SecretStore"): [
            {"metadata": metadata("SecretStore", namespace="shop"),
             "spec": {"provider": {"fake": {"data": [{"value": "«SecretStore: provider|any»"}]}}}}
        ],
        ("secrets-store.csi.x-k8s.io", "SecretProviderClass"): [
            {"metadata": metadata("SecretProviderClass", namespace="shop"),
             "spec": {"provider": "vault", "parameters": {"o": "«SecretProviderClass: class|any»"}}}
        ],
    }
)  # fmt: skip
CONFIGZ: Object = {
    "kubeletconfig": {
        "port": 10250,
        "staticPodURL": "https://u:«configz: URL userinfo|name»@h/«configz: URL path|name»",
        "staticPodURLHeader": {"Authorization": ["«configz: header|any»"]},
        "unheardOf": {"a": ["«configz: unknown|any»"]},
    }
}
MESSAGE = " ".join(
    (
        'REASON: webhook said {"password":"«server message: json|double»"}',
        "and {'token': '«server message: python|single»'} at PATH",
        'for User "«server message: user|name»", password «server message: words|any»',
        *(f"«server message: {at}|any»" for at in range(8)),
    )
)
"""What a server says when it fails, which kubectl repeats in several coats."""
STDERR = (
    "I1122 14:00:00.000000 1 plugin.go:1] token «kubectl stderr: log|line»",
    "error: password=«kubectl stderr: error|word»",
    "Warning: «kubectl stderr: warning|word»",
    *(f"«kubectl stderr: {at}|line»" for at in range(4)),
)
"""What a credential plugin, or kubectl for it, says beside each answer."""
CLUSTER_WIDE = frozenset(
    (
        *("Node", "Namespace", "PersistentVolume", "ClusterRole", "CertificateSigningRequest"),
        *("ClusterPolicy", "Wanted", "CustomResourceDefinition", "ConstraintTemplate", "OAuth"),
        *("GlobalNetworkPolicy", "ClusterImagePolicy", "SecurityContextConstraints"),
        *("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"),
        *("ValidatingAdmissionPolicy", "MutatingAdmissionPolicy"),
    )
)
KEPT: Object = {
    "metadata": {"name": "kept", "namespace": "shop"},
    "spec": {"containers": [{"name": "c", "image": "registry.example.net/«kept on purpose|name»"}]},
}
"""What is kept on purpose: were it not found, the search would find nothing at all."""


def plural(kind: str) -> str:
    """Return a kind as paths spell it."""
    word = kind.lower()
    if word.endswith("s"):
        return word if kind in ("Endpoints", "SecurityContextConstraints") else word + "es"
    return word[:-1] + "ies" if word.endswith("y") else word + "s"


def _resource(kind: str) -> Object:
    return {"name": plural(kind), "kind": kind, "namespaced": kind not in CLUSTER_WIDE,
            "verbs": ["get", "list"]}  # fmt: skip


def _list(kind: str, items: Sequence[Object]) -> Object:
    return {"kind": f"{kind}List", "metadata": {"resourceVersion": "7"}, "items": items}


def recording(plant: Planter, kept: Planter) -> Recording:
    """Return what a server would answer, with all places of the tables planted."""
    lists: dict[str, Object] = {}
    resources: dict[str, list[Object]] = {}
    for kind, items in CORE.items():
        lists[f"/api/v1/{plural(kind)}"] = _list(kind, plant.document(list(items)))
    lists["/api/v1/pods"]["items"].append(kept.document(KEPT))
    for (group, kind), items in GROUPS.items():
        root = f"/apis/{group}/v1"
        lists[f"{root}/{plural(kind)}"] = _list(kind, plant.document(list(items)))
        resources.setdefault(root, []).append(_resource(kind))
    groups = [
        {"name": root.split("/")[2], "versions": [{"version": "v1"}],
         "preferredVersion": {"version": "v1"}} for root in resources
    ]  # fmt: skip
    discovery: dict[str, Object] = {
        "/version": {"major": "1", "minor": "34", "gitVersion": "v1.34.0"},
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {"kind": "APIGroupList", "groups": groups},
        "/api/v1": {"kind": "APIResourceList", "resources": [_resource(kind) for kind in CORE]},
    }
    for root, offered in resources.items():
        discovery[root] = {"kind": "APIResourceList", "resources": offered}
    return Recording(lists=lists, discovery=discovery, configz={"node": plant.document(CONFIGZ)})
