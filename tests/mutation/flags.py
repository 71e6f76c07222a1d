"""Which flags, variables and keys lead our node collector to a file, and under which role."""

from types import MappingProxyType

_BY_COMPONENT = {
    "kube-apiserver": {
        "certificate": "client-ca-file etcd-cafile etcd-certfile kubelet-certificate-authority "
        "kubelet-client-certificate proxy-client-cert-file requestheader-client-ca-file "
        "tls-cert-file oidc-ca-file peer-ca-file",
        "private-key": "etcd-keyfile kubelet-client-key proxy-client-key-file "
        "tls-private-key-file service-account-signing-key-file",
        "pki": "service-account-key-file",
        "token-file": "token-auth-file basic-auth-file",
        "encryption-config": "encryption-provider-config experimental-encryption-provider-config",
        "audit-policy": "audit-policy-file",
        "admission-config": "admission-control-config-file",
        "authorization-config": "authorization-config",
        "authentication-config": "authentication-config",
        "webhook-kubeconfig": "audit-webhook-config-file authorization-webhook-config-file "
        "authentication-token-webhook-config-file",
        "@cert-dir": "cert-dir",
    },
    "kube-controller-manager": {
        "controller-manager-kubeconfig": "kubeconfig authentication-kubeconfig "
        "authorization-kubeconfig",
        "certificate": "client-ca-file requestheader-client-ca-file root-ca-file "
        "cluster-signing-cert-file tls-cert-file cluster-signing-kubelet-serving-cert-file "
        "cluster-signing-kubelet-client-cert-file cluster-signing-legacy-unknown-cert-file "
        "cluster-signing-kube-apiserver-client-cert-file",
        "private-key": "cluster-signing-key-file service-account-private-key-file "
        "tls-private-key-file cluster-signing-kubelet-serving-key-file "
        "cluster-signing-kubelet-client-key-file cluster-signing-legacy-unknown-key-file "
        "cluster-signing-kube-apiserver-client-key-file",
        "@cert-dir": "cert-dir",
    },
    "kube-scheduler": {
        "scheduler-kubeconfig": "kubeconfig authentication-kubeconfig authorization-kubeconfig",
        "scheduler-config": "config",
        "certificate": "client-ca-file requestheader-client-ca-file tls-cert-file",
        "private-key": "tls-private-key-file",
        "@cert-dir": "cert-dir",
    },
    "etcd": {
        "certificate": "cert-file trusted-ca-file peer-cert-file peer-trusted-ca-file",
        "private-key": "key-file peer-key-file",
        "etcd-data": "data-dir wal-dir",
        "etcd-config": "config-file",
    },
    "kubelet": {
        "kubelet-config": "config",
        "@kubelet-dropin": "config-dir",
        "kubelet-kubeconfig": "kubeconfig bootstrap-kubeconfig",
        "kubelet-ca": "client-ca-file",
        "certificate": "tls-cert-file",
        "private-key": "tls-private-key-file",
        "@cert-dir": "cert-dir",
        "@manifests": "pod-manifest-path",
        "@cni-config": "cni-conf-dir",
    },
    "kube-proxy": {"proxy-config": "config", "proxy-kubeconfig": "kubeconfig"},
}
FLAGS = MappingProxyType(
    {
        (component, flag): role
        for component, roles in _BY_COMPONENT.items()
        for role, flags in roles.items()
        for flag in flags.split()
    }
)
"""Role by component and flag; a role that begins with @ is a folder to walk."""

_KUBECONFIGS = (
    "admin-kubeconfig", "scheduler-kubeconfig", "controller-manager-kubeconfig",
    "kubelet-kubeconfig", "proxy-kubeconfig", "webhook-kubeconfig",
)  # fmt: skip
KEYS = MappingProxyType(
    {
        ("kubelet-config", "clientCAFile"): "kubelet-ca",
        ("kubelet-config", "tlsCertFile"): "certificate",
        ("kubelet-config", "tlsPrivateKeyFile"): "private-key",
        ("kubelet-config", "staticPodPath"): "@manifests",
        ("kubelet-dropin", "clientCAFile"): "kubelet-ca",
        ("kubelet-dropin", "tlsCertFile"): "certificate",
        ("kubelet-dropin", "tlsPrivateKeyFile"): "private-key",
        ("proxy-config", "kubeconfig"): "proxy-kubeconfig",
        ("scheduler-config", "kubeconfig"): "scheduler-kubeconfig",
        ("admission-config", "path"): "admission-config",
        ("admission-config", "kubeConfigFile"): "webhook-kubeconfig",
        ("authorization-config", "kubeConfigFile"): "webhook-kubeconfig",
        **{(role, "client-certificate"): "certificate" for role in _KUBECONFIGS},
        **{(role, "client-key"): "private-key" for role in _KUBECONFIGS},
        **{(role, "certificate-authority"): "certificate" for role in _KUBECONFIGS},
        ("etcd-config", "cert-file"): "certificate",
        ("etcd-config", "trusted-ca-file"): "certificate",
        ("etcd-config", "key-file"): "private-key",
        ("etcd-config", "data-dir"): "etcd-data",
        ("etcd-config", "wal-dir"): "etcd-data",
    }
)
"""Role by the role of the file and the key in it that names a path."""

WALK_DEPTH = MappingProxyType(
    {
        "pki": 5,
        "cni-config": 3,
        "cni-state": 4,
        "kubelet-dropin": 1,
        "kubelet-unit": 1,
        "systemd-unit": 1,
    }
)
