"""The hardened cluster that every proof starts from: one control-plane node and one worker.

Flags, files and folders are those of a kubeadm cluster; every rule that does not contradict
another benchmark's is satisfied.
"""

from functools import cache
from pathlib import Path
from types import MappingProxyType

from tests.mutation.api_world import base_api
from tests.mutation.world import File, Node, Running, World

_PKI = Path(__file__).resolve().parents[1] / "data" / "pki"
_FOLDERS = "/etc/kubernetes/pki"
_SUITES = ",".join(
    f"TLS_ECDHE_{key}_WITH_{cipher}"
    for key in ("ECDSA", "RSA")
    for cipher in ("AES_128_GCM_SHA256", "AES_256_GCM_SHA384")
)

API_SERVER = (
    "kube-apiserver", "--advertise-address=192.0.2.2", "--allow-privileged=true",
    "--anonymous-auth=false", "--audit-log-maxage=30", "--audit-log-maxbackup=10",
    "--audit-log-maxsize=100", "--audit-log-path=/var/log/kubernetes/audit.log",
    "--audit-policy-file=/etc/kubernetes/audit-policy.yaml", "--authorization-mode=Node,RBAC",
    "--client-ca-file=/etc/kubernetes/pki/ca.crt",
    "--admission-control-config-file=/etc/kubernetes/admission.yaml",
    "--enable-admission-plugins=NodeRestriction,AlwaysPullImages,EventRateLimit",
    "--encryption-provider-config=/etc/kubernetes/encryption.yaml",
    "--etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt",
    "--etcd-certfile=/etc/kubernetes/pki/apiserver-etcd-client.crt",
    "--etcd-keyfile=/etc/kubernetes/pki/apiserver-etcd-client.key",
    "--etcd-servers=https://127.0.0.1:2379",
    "--kubelet-certificate-authority=/etc/kubernetes/pki/ca.crt",
    "--kubelet-client-certificate=/etc/kubernetes/pki/apiserver-kubelet-client.crt",
    "--kubelet-client-key=/etc/kubernetes/pki/apiserver-kubelet-client.key",
    "--profiling=false", "--request-timeout=60s", "--secure-port=6443",
    "--service-account-extend-token-expiration=false",
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    "--service-account-key-file=/etc/kubernetes/pki/sa.pub",
    "--service-account-lookup=true",
    "--service-account-signing-key-file=/etc/kubernetes/pki/sa.key",
    "--service-cluster-ip-range=10.96.0.0/12",
    "--tls-cert-file=/etc/kubernetes/pki/apiserver.crt", f"--tls-cipher-suites={_SUITES}",
    "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key",
)  # fmt: skip
CONTROLLER_MANAGER = (
    "kube-controller-manager",
    "--authentication-kubeconfig=/etc/kubernetes/controller-manager.conf",
    "--authorization-kubeconfig=/etc/kubernetes/controller-manager.conf",
    "--bind-address=127.0.0.1", "--client-ca-file=/etc/kubernetes/pki/ca.crt",
    "--cluster-signing-cert-file=/etc/kubernetes/pki/ca.crt",
    "--cluster-signing-key-file=/etc/kubernetes/pki/ca.key",
    "--kubeconfig=/etc/kubernetes/controller-manager.conf", "--leader-elect=true",
    "--profiling=false", "--root-ca-file=/etc/kubernetes/pki/ca.crt",
    "--service-account-private-key-file=/etc/kubernetes/pki/sa.key",
    "--terminated-pod-gc-threshold=10", "--use-service-account-credentials=true",
)  # fmt: skip
SCHEDULER = (
    "kube-scheduler", "--authentication-kubeconfig=/etc/kubernetes/scheduler.conf",
    "--authorization-kubeconfig=/etc/kubernetes/scheduler.conf", "--bind-address=127.0.0.1",
    "--kubeconfig=/etc/kubernetes/scheduler.conf", "--leader-elect=true", "--profiling=false",
)  # fmt: skip
ETCD = (
    "etcd", "--advertise-client-urls=https://192.0.2.2:2379",
    "--cert-file=/etc/kubernetes/pki/etcd/server.crt", "--client-cert-auth=true",
    "--data-dir=/var/lib/etcd", "--initial-advertise-peer-urls=https://192.0.2.2:2380",
    "--initial-cluster=cp-1=https://192.0.2.2:2380,cp-2=https://192.0.2.3:2380",
    "--key-file=/etc/kubernetes/pki/etcd/server.key",
    "--listen-client-urls=https://127.0.0.1:2379,https://192.0.2.2:2379",
    "--listen-peer-urls=https://192.0.2.2:2380", "--name=cp-1",
    "--peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt", "--peer-client-cert-auth=true",
    "--peer-key-file=/etc/kubernetes/pki/etcd/peer.key",
    "--peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt",
    "--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt",
)  # fmt: skip
KUBELET = (
    "/usr/bin/kubelet", "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf",
    "--kubeconfig=/etc/kubernetes/kubelet.conf", "--config=/var/lib/kubelet/config.yaml",
)  # fmt: skip
PROXY = ("/usr/local/bin/kube-proxy", "--config=/var/lib/kube-proxy/config.conf")

KUBELET_CONFIG = f"""apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  webhook:
    enabled: true
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
authorization:
  mode: Webhook
clusterDomain: cluster.local
eventRecordQPS: 50
kind: KubeletConfiguration
makeIPTablesUtilChains: true
podPidsLimit: 4096
protectKernelDefaults: true
readOnlyPort: 0
rotateCertificates: true
seccompDefault: true
serverTLSBootstrap: true
staticPodPath: /etc/kubernetes/manifests
streamingConnectionIdleTimeout: 5m0s
tlsCertFile: /var/lib/kubelet/pki/kubelet.crt
tlsCipherSuites: [{_SUITES}]
tlsPrivateKeyFile: /var/lib/kubelet/pki/kubelet.key
"""
PROXY_CONFIG = """apiVersion: kubeproxy.config.k8s.io/v1alpha1
clientConnection:
  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
kind: KubeProxyConfiguration
metricsBindAddress: 127.0.0.1:10249
mode: iptables
"""
AUDIT_POLICY = """apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: Metadata
  resources:
  - group: ""
    resources: [secrets, configmaps]
  - group: authentication.k8s.io
    resources: [tokenreviews]
- level: RequestResponse
  resources:
  - group: ""
    resources: [pods]
- level: Metadata
"""
ENCRYPTION = """apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - secretbox:
      keys:
      - name: key1
        secret: KEB-REDACTED-r1
  - identity: {}
"""
ADMISSION = """apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: EventRateLimit
  path: /etc/kubernetes/eventratelimit.yaml
"""
EVENT_RATE_LIMIT = """apiVersion: eventratelimit.admission.k8s.io/v1alpha1
kind: Configuration
limits:
- type: Server
  qps: 50
  burst: 100
"""
UNIT = "[Unit]\n\n[Service]\nExecStart=/usr/bin/kubelet\n\n[Install]\n"


def pki(name: str) -> str:
    """Return one of the certificates made for tests."""
    return (_PKI / name).read_text(encoding="ascii")


def kubeconfig(user: str) -> str:
    """Return a kubeconfig as a collector leaves it: who and where, without keys."""
    return f"""apiVersion: v1
clusters:
- cluster:
    server: https://192.0.2.2:6443
  name: lab
contexts:
- context:
    cluster: lab
    user: {user}
  name: {user}@lab
current-context: {user}@lab
kind: Config
users:
- name: {user}
  user:
    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem
    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem
"""


def manifest(name: str, argv: tuple[str, ...]) -> str:
    """Return a static pod that runs ``argv``."""
    words = "\n".join(f"    - {word}" for word in argv)
    return f"""apiVersion: v1
kind: Pod
metadata:
  name: {name}
  namespace: kube-system
spec:
  containers:
  - command:
{words}
    image: registry.k8s.io/{name}:v1
    name: {name}
  hostNetwork: true
"""


@cache
def base() -> World:
    """Return the hardened cluster."""
    return World(nodes=(_control_plane(), _worker()), api=base_api())


def _control_plane() -> Node:
    processes = (
        _run("kubelet", 980, KUBELET),
        _run("etcd", 1201, ETCD),
        _run("kube-apiserver", 1310, API_SERVER),
        _run("kube-controller-manager", 1322, CONTROLLER_MANAGER),
        _run("kube-scheduler", 1334, SCHEDULER),
        _run("kube-proxy", 1450, PROXY),
    )
    files = {**_everywhere(), **_static_pods(), **_control_plane_files(), **_keys()}
    return Node(name="cp-1", processes=processes, files=MappingProxyType(files))


def _worker() -> Node:
    processes = (_run("kubelet", 777, KUBELET), _run("kube-proxy", 1450, PROXY))
    return Node(
        name="worker-1",
        processes=processes,
        files=MappingProxyType(_everywhere()),
    )


def _run(component: str, pid: int, argv: tuple[str, ...]) -> Running:
    return Running(component=component, pid=pid, argv=argv)


def _text(content: str, mode: str = "0600") -> File:
    return File(content=content, mode=mode)


def _folder(mode: str = "0755") -> File:
    return File(kind="dir", mode=mode)


def _everywhere() -> dict[str, File]:
    """Return what stands on a control-plane node and on a worker alike."""
    current = "/var/lib/kubelet/pki/kubelet-client-2026-01-01-00-00-00.pem"
    return {
        "/etc/kubernetes/kubelet.conf": _text(kubeconfig("system:node")),
        "/var/lib/kubelet/config.yaml": _text(KUBELET_CONFIG),
        "/var/lib/kubelet/kubeadm-flags.env": _text('KUBELET_KUBEADM_ARGS=""\n'),
        "/usr/lib/systemd/system/kubelet.service": _text(UNIT),
        "/usr/lib/systemd/system/kubelet.service.d": _folder(),
        "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf": _text("[Service]\n"),
        "/var/lib/kube-proxy/config.conf": _text(PROXY_CONFIG),
        "/var/lib/kube-proxy/kubeconfig.conf": _text(kubeconfig("kube-proxy")),
        _FOLDERS: _folder(),
        f"{_FOLDERS}/ca.crt": _text(pki("cluster-ca.crt")),
        "/var/lib/kubelet/pki": _folder(),
        "/var/lib/kubelet/pki/kubelet.crt": _text(pki("cluster-ca.crt")),
        "/var/lib/kubelet/pki/kubelet.key": File(),
        current: File(content=pki("masters.crt")),
        "/var/lib/kubelet/pki/kubelet-client-current.pem": File(
            content=pki("masters.crt"), link=current
        ),
        "/etc/cni/net.d": _folder("0700"),
        "/etc/cni/net.d/10-calico.conflist": _text(
            '{"cniVersion": "0.3.1", "name": "lab", "plugins": [{"type": "calico"}]}\n'
        ),
        "/var/lib/cni/networks": _folder("0700"),
    }


def _static_pods() -> dict[str, File]:
    folder = "/etc/kubernetes/manifests"
    pods = {
        "kube-apiserver": API_SERVER,
        "kube-controller-manager": CONTROLLER_MANAGER,
        "kube-scheduler": SCHEDULER,
        "etcd": ETCD,
    }
    return {f"{folder}/{name}.yaml": _text(manifest(name, argv)) for name, argv in pods.items()}


def _control_plane_files() -> dict[str, File]:
    users = {
        "admin": "kubernetes-admin",
        "super-admin": "kubernetes-super-admin",
        "controller-manager": "system:kube-controller-manager",
        "scheduler": "system:kube-scheduler",
    }
    return {
        **{f"/etc/kubernetes/{name}.conf": _text(kubeconfig(user)) for name, user in users.items()},
        "/etc/kubernetes/audit-policy.yaml": _text(AUDIT_POLICY),
        "/etc/kubernetes/encryption.yaml": _text(ENCRYPTION),
        "/etc/kubernetes/admission.yaml": _text(ADMISSION),
        "/etc/kubernetes/eventratelimit.yaml": _text(EVENT_RATE_LIMIT),
        "/var/lib/etcd": File(kind="dir", mode="0700", uid=998, gid=998),
    }


def _keys() -> dict[str, File]:
    leaf, etcd = pki("masters.crt"), pki("etcd-ca.crt")
    names = {
        "ca": pki("cluster-ca.crt"), "front-proxy-ca": leaf, "front-proxy-client": leaf,
        "apiserver": leaf, "apiserver-etcd-client": leaf, "apiserver-kubelet-client": leaf,
        "etcd/ca": etcd, "etcd/server": leaf, "etcd/peer": leaf, "etcd/healthcheck-client": leaf,
    }  # fmt: skip
    certificates = {f"{_FOLDERS}/{name}.crt": _text(text) for name, text in names.items()}
    keys = {f"{_FOLDERS}/{name}.key": File() for name in (*names, "sa")}
    folders = {f"{_FOLDERS}/etcd": _folder()}
    return {**folders, **certificates, **keys, f"{_FOLDERS}/sa.pub": File(mode="0644")}
