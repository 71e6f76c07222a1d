"""The probe ids of format 1.0, so that ids of a later minor version can be named as unknown."""

from analyzer.model.bundle import Bundle

_HOST = ("os-release", "users", "mounts")
_PROCESS = ("scan", "cmdline", "environ", "status", "sockets", "embedded")
ROLES = (
    "apiserver-manifest",
    "controller-manager-manifest",
    "scheduler-manifest",
    "etcd-manifest",
    "admin-kubeconfig",
    "scheduler-kubeconfig",
    "controller-manager-kubeconfig",
    "kubelet-kubeconfig",
    "proxy-kubeconfig",
    "kubelet-config",
    "kubelet-dropin",
    "kubelet-unit",
    "kubelet-env",
    "kubelet-ca",
    "proxy-config",
    "scheduler-config",
    "etcd-config",
    "encryption-config",
    "audit-policy",
    "admission-config",
    "authorization-config",
    "authentication-config",
    "webhook-kubeconfig",
    "certificate",
    "pki",
    "private-key",
    "token-file",
    "etcd-data",
    "cni-config",
    "cni-state",
    "cert-dir",
    "distribution-config",
    "systemd-unit",
)
_KNOWN = frozenset(
    (
        *(f"host/{name}" for name in _HOST),
        *(f"proc/{name}" for name in _PROCESS),
        *(f"{kind}/{role}" for kind in ("file", "dir") for role in ROLES),
    )
)


def unknown_probes(bundle: Bundle) -> tuple[str, ...]:
    """Return the probe ids that this reader does not know, sorted.

    Every ``api/`` id names a resource of the cluster's own choosing; none is unknown.
    """
    ids = {probe.probe for probe in bundle.probes if not probe.probe.startswith("api/")}
    return tuple(sorted(ids - _KNOWN))
