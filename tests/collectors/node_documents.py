"""Documents with every field that rules read, where a node has them, and who redacts them."""

import re

from tests.collectors.node_run import REPOSITORY

DOCUMENTS = REPOSITORY / "tests" / "data" / "node-documents"
ETC = "/etc/kubernetes"
# Where a document stands, and the flag that names it where it is found by no other way.
PLACES = {
    "kubelet": ("/var/lib/kubelet/config.yaml", ""),
    "proxy": ("/var/lib/kube-proxy/config.conf", ""),
    "scheduler": ("/var/lib/kube-scheduler/config.yaml", ""),
    "audit": (f"{ETC}/audit.yaml", "--audit-policy-file"),
    "admission": (f"{ETC}/admission.yaml", "--admission-control-config-file"),
    "pod-security": (f"{ETC}/pod-security.yaml", ""),
    "authentication": (f"{ETC}/authentication.yaml", "--authentication-config"),
    "authorization": (f"{ETC}/authorization.yaml", "--authorization-config"),
    "encryption": (f"{ETC}/encryption.yaml", "--encryption-provider-config"),
    "kubeconfig": (f"{ETC}/admin.conf", ""),
    "manifest": (f"{ETC}/manifests/kube-apiserver.yaml", ""),
    "etcd": ("/etc/etcd/etcd.conf.yml", ""),
    "distro": ("/etc/rancher/k3s/config.yaml", ""),
    "k0s": ("/etc/k0s/k0s.yaml", ""),
    "cni": ("/etc/cni/net.d/10-pods.conflist", ""),
}
# The redactor and the role that a document is collected under.
REDACTORS = {
    "kubelet": ("kubelet", "kubelet-config"),
    "proxy": ("component", "proxy-config"),
    "scheduler": ("component", "scheduler-config"),
    "audit": ("component", "audit-policy"),
    "admission": ("component", "admission-config"),
    "pod-security": ("component", "admission-config"),
    "authentication": ("component", "authentication-config"),
    "authorization": ("component", "authorization-config"),
    "encryption": ("encryption", "encryption-config"),
    "kubeconfig": ("kubeconfig", "admin-kubeconfig"),
    "manifest": ("manifest", "apiserver-manifest"),
    "etcd": ("etcd", "etcd-config"),
    "distro": ("distro", "distribution-config"),
    "k0s": ("distro", "distribution-config"),
    "cni": ("cni", "cni-config"),
}
MARK = re.compile(r"KEB-REDACTED-r\d+")


def texts() -> dict[str, str]:
    """Return each document as it is written by hand."""
    return {name: (DOCUMENTS / f"{name}.yaml").read_text() for name in PLACES}
