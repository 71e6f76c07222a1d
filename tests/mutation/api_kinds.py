"""Which kinds an API server serves, by Kubernetes version.

Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/ and the release notes:
PodSecurityPolicy left with 1.25, ValidatingAdmissionPolicy became v1 with 1.30.
"""

from tests.mutation.api_value import Kind

_RBAC = "rbac.authorization.k8s.io"
_ADMISSION = "admissionregistration.k8s.io"
# Group, version, first and last minor version, then the kinds; "*": not in a namespace.
_SERVED = (
    (
        *("", "v1", 0, 999),
        "*Node *Namespace Pod ServiceAccount Service ReplicationController PodTemplate Secret",
    ),
    (
        *("", "v1", 0, 999),
        "*PersistentVolume PersistentVolumeClaim Endpoints LimitRange ResourceQuota ConfigMap",
    ),
    ("", "v1", 0, 999, "Event"),
    ("apps", "v1", 0, 999, "Deployment DaemonSet StatefulSet ReplicaSet"),
    ("batch", "v1", 0, 999, "Job"),
    ("batch", "v1beta1", 0, 20, "CronJob"),
    ("batch", "v1", 21, 999, "CronJob"),
    (_RBAC, "v1", 0, 999, "Role RoleBinding *ClusterRole *ClusterRoleBinding"),
    ("networking.k8s.io", "v1", 0, 999, "NetworkPolicy"),
    ("networking.k8s.io", "v1beta1", 14, 18, "Ingress"),
    ("networking.k8s.io", "v1", 19, 999, "Ingress"),
    ("discovery.k8s.io", "v1beta1", 17, 20, "EndpointSlice"),
    ("discovery.k8s.io", "v1", 21, 999, "EndpointSlice"),
    ("policy", "v1beta1", 0, 24, "*PodSecurityPolicy"),
    ("policy", "v1beta1", 0, 20, "PodDisruptionBudget"),
    ("policy", "v1", 21, 999, "PodDisruptionBudget"),
    (
        *(_ADMISSION, "v1beta1", 0, 15),
        "*ValidatingWebhookConfiguration *MutatingWebhookConfiguration",
    ),
    (
        *(_ADMISSION, "v1", 16, 999),
        "*ValidatingWebhookConfiguration *MutatingWebhookConfiguration",
    ),
    (
        *(_ADMISSION, "v1", 30, 999),
        "*ValidatingAdmissionPolicy *ValidatingAdmissionPolicyBinding",
    ),
    ("certificates.k8s.io", "v1beta1", 0, 18, "*CertificateSigningRequest"),
    ("certificates.k8s.io", "v1", 19, 999, "*CertificateSigningRequest"),
    ("apiextensions.k8s.io", "v1beta1", 0, 15, "*CustomResourceDefinition"),
    ("apiextensions.k8s.io", "v1", 16, 999, "*CustomResourceDefinition"),
    ("node.k8s.io", "v1", 20, 999, "*RuntimeClass"),
    ("coordination.k8s.io", "v1", 14, 999, "Lease"),
)


def plural(kind: str) -> str:
    """Spell a kind as its list is spelled."""
    word = kind.lower()
    if word.endswith("y"):
        return f"{word[:-1]}ies"
    if word == "endpoints":
        return word
    return f"{word}es" if word.endswith(("s", "ss")) else f"{word}s"


def built_in_kinds() -> tuple[Kind, ...]:
    """Return every kind that some version of Kubernetes serves by itself."""
    return tuple(
        Kind(
            resource=plural(word.lstrip("*")),
            group=group,
            version=version,
            kind=word.lstrip("*"),
            namespaced=not word.startswith("*"),
            since=since,
            until=until,
        )
        for group, version, since, until, words in _SERVED
        for word in words.split()
    )
