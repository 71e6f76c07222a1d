"""Where secrets live on a node, as templates: files by their path, processes, and links.

The places are those that kubeadm, the distributions, systemd, CNI plugins and administrators
use. Beside each secret stand ordinary settings, so that the file is read as what it is.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

Process = tuple[int, Sequence[str], Mapping[str, str]]

PROCESSES: Sequence[Process] = (
    (
        101,
        (
            "kube-apiserver",
            "--token=«apiserver --token=|any»",
            "--bootstrap-token",
            "«apiserver --bootstrap-token split|any»",
            "--etcd-servers=https://root:«apiserver etcd userinfo|name»@127.0.0.1:2379",
            "--oidc-client-secret=«apiserver oidc secret|any»",
            "--service-account-issuer=https://u:«apiserver issuer userinfo|name»@issuer.example",
            "--encryption-provider-config=/etc/kubernetes/enc/block.yaml",
            "--audit-policy-file=/etc/kubernetes/audit/policy.yaml",
            "--audit-webhook-config-file=/etc/kubernetes/audit/webhook.conf",
            "--authorization-webhook-config-file=/etc/kubernetes/authz/webhook.conf",
            "--authentication-token-webhook-config-file=/etc/kubernetes/authn/webhook.conf",
            "--admission-control-config-file=/etc/kubernetes/admission/config.yaml",
            "--authentication-config=/etc/kubernetes/authn/config.yaml",
            "--authorization-config=/etc/kubernetes/authz/config.yaml",
            "--token-auth-file=/etc/kubernetes/tokens.csv",
            "--basic-auth-file=/etc/kubernetes/users.csv",
            "--tls-private-key-file=/etc/kubernetes/pki/apiserver.key",
            "--unheard-of=«apiserver unknown flag|any»",
            "--db-pwd=«apiserver number|number»",
            "--pin",
            "«apiserver split number|number»",
            "--password=",
            "«apiserver positional number|number»",
            "--service-account-password=«apiserver number under a known prefix|number»",
            "--service-account-jwks-uri=u:«apiserver userinfo alone|name»@192.0.2.1/x",
            "«apiserver positional|any»",
        ),
        {"KUBE_TOKEN": "«apiserver environment|any»", "HTTPS_PROXY": "«apiserver proxy|url»"},
    ),
    (
        102,
        (
            "kubelet",
            "--token=$(BOOT_TOKEN)",
            "--password",
            "«kubelet --password split|any»",
            "--http-proxy=«kubelet proxy|url»",
            "--node-labels=team=a,key=«kubelet node label|word»",
            "--config=/var/lib/kubelet/config.yaml",
            "-p«kubelet short flag|word»",
            "--pod-infra-container-image=u:«kubelet image userinfo|name»@registry.example.net/x",
        ),
        {
            "BOOT_TOKEN": "«kubelet expanded variable|any»",
            "KUBELET_CONFIG_DROPIN_DIR_ALPHA": "/etc/kubernetes/kubelet.d",
            "AWS_SECRET_ACCESS_KEY": "«kubelet cloud variable|any»",
        },
    ),
    (
        103,
        (
            "etcd",
            "--initial-cluster-token=«etcd cluster token|any»",
            "--discovery=https://discovery.example.net/«etcd discovery|name»",
            "--discovery-proxy=«etcd proxy|url»",
            "--config-file=/etc/etcd/etcd.conf.yml",
        ),
        {
            "ETCD_INITIAL_CLUSTER_TOKEN": "«etcd environment token|any»",
            "ETCD_DATA_DIR": "/var/lib/etcd",
            "ETCDCTL_USER": "root:«etcd environment user|any»",
        },
    ),
    (
        104,
        (
            "/usr/local/bin/k3s",
            "server",
            "--token=«k3s token|any»",
            "--agent-token",
            "«k3s agent token|any»",
            "--datastore-endpoint=mysql://k3s:«k3s datastore|name»@tcp(db:3306)/kube",
            "--etcd-s3-access-key=«k3s s3 access key|any»",
            "--etcd-s3-secret-key=«k3s s3 secret key|any»",
            "--kube-apiserver-arg=oidc-client-secret=«k3s nested argument|any»",
            "--kubelet-arg=pin=«k3s nested number|number»",
            "--vpn-auth=name=tailscale,joinKey=«k3s vpn key|word»",
        ),
        {"K3S_TOKEN": "«k3s environment|any»"},
    ),
    (
        105,
        ("kube-scheduler", "--config=/etc/kubernetes/scheduler/config.yaml"),
        {"PASSWORD": "«scheduler environment|any»"},
    ),
    (
        106,
        ("kube-proxy", "--config=/var/lib/kube-proxy/config.conf", "--secret", "«proxy|any»"),
        {},
    ),
    # No component, though it speaks of one: nothing of it is kept.
    (107, ("sh", "-c", "curl -H 'X: «a shell's words|any»' kube-apiserver"), {"T": "«shell|any»"}),
)  # fmt: skip

KUBECONFIG = """apiVersion: v1
kind: Config
preferences: {colors: true}
extensions:
- name: e
  extension: {token: "«@ extension|double»"}
clusters:
- name: c
  cluster:
    server: https://user:«@ server userinfo|name»@192.0.2.1:6443/«@ server path|name»
    proxy-url: "«@ proxy|url»"
    certificate-authority-data: «@ CA with a key|pem64»
    extensions:
    - {name: x, extension: "«@ cluster extension|double»"}
- cluster: {server: "u:«@ bare userinfo|name»@192.0.2.1:6443/«@ bare path|name»"}
- cluster: {server: "192.0.2.1:6443/«@ path|name»", proxy-url: "//u:«@ bare proxy|name»@p:1"}
contexts:
- {name: x, context: {cluster: c, user: u}}
current-context: x
users:
- name: u
  user:
    token: "«@ token|double»"
    username: admin
    password: '«@ password|single»'
    client-key-data: «@ client key|pem64»
    client-certificate-data: «@ certificate with a key|pem64»
- name: exec
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: aws-iam-authenticator
      args: [token, -i, "«@ exec argument|double»"]
      env:
      - {name: SECRET, value: "«@ exec env|double»"}
- name: provider
  user:
    auth-provider:
      name: oidc
      config: {refresh-token: "«@ provider|double»", client-secret: «@ provider secret|word»}
- name: lines
  user:
    token: |
      «@ block token|line»
    client-key: |
«@ block key|block»# the old one: «@ comment|line»
"""


def kubeconfig(place: str) -> str:
    """Return the kubeconfig with its secrets named after ``place``."""
    return KUBECONFIG.replace("«@", f"«{place}")


MANIFEST = """apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
  namespace: kube-system
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"a": "«manifest last applied|name»"}'
    vendor.example.net/note: "«manifest annotation|double»"
  labels: {component: kube-apiserver}
spec:
  containers:
  - name: kube-apiserver
    image: registry.example.net/kube-apiserver:v1.34.0
    command: [kube-apiserver, --secure-port=6443, "--token=«manifest flag|double»"]
    args:
    - --password
    - "«manifest split argument|double»"
    - "«manifest positional|double»"
    - |
      exec run --agent-token=«manifest script|word» --secret "«manifest quoted script|name»"
      login --pw=«manifest script number|number» «manifest script positional|number»
    env:
    - name: PLAIN
      value: "«manifest env|double»"
    - {name: FLOW, value: '«manifest env flow|single»'}
    livenessProbe:
      exec: {command: [curl, -u, "«manifest probe command|double»"]}
      httpGet:
        path: /livez
        port: 6443
        httpHeaders:
        - name: Authorization
          value: "«manifest probe header|double»"
    lifecycle:
      preStop: {exec: {command: [sh, -c, "«manifest hook|double»"]}}
      postStart:
        httpGet: {path: /x, httpHeaders: [{name: X, value: "«manifest hook header|double»"}]}
  volumes:
  - name: share
    csi: {driver: d, volumeAttributes: {key: "«manifest CSI attribute|double»"}}
  - name: old
    flexVolume: {driver: d, options: {key: "«manifest flex option|double»"}}
  - name: net
    rbd: {keyring: "«manifest keyring|double»", user: admin}
  - {name: pki, hostPath: {path: /etc/kubernetes/pki, type: Directory}}
  hostAliases: [{ip: 192.0.2.1, hostnames: ["«manifest host alias|double»"]}]
# «manifest comment|line»
status: {message: "«manifest status|double»"}
"""
ENCRYPTION = """kind: EncryptionConfiguration
apiVersion: apiserver.config.k8s.io/v1
resources:
  - resources: [secrets, configmaps]
    providers:
      - aescbc:
          keys:
            - name: key1
              secret: «encryption block|key»
            - name: key2
              secret: "«encryption quoted|double»"
            - {name: key3, secret: '«encryption flow|single»'}
      - secretbox: {keys: [{name: key4, secret: «encryption flow plain|key»}]}
      - kms: {name: vault, endpoint: unix:///run/kms.sock, apiVersion: v2, pin: "«kms pin|double»"}
      - identity: {}
# the key before: «encryption comment|line»
"""
ENCRYPTION_JSON = """{"kind": "EncryptionConfiguration", "apiVersion": "apiserver.config.k8s.io/v1",
 "resources": [{"resources": ["secrets"], "providers": [
  {"aesgcm": {"keys": [{"name": "k", "secret": "«encryption json|double»"}]}},
  {"identity": {}}]}], "note": "«encryption json note|double»"}
"""
KUBELET = """apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}}
staticPodPath: /etc/kubernetes/manifests
staticPodURL: https://u:«kubelet static pod URL|name»@pods.example.net/«static pod path|name»
providerID: u:«kubelet provider userinfo|name»@cloud
tracing: {endpoint: "u:«kubelet tracing userinfo|name»@192.0.2.1:4317"}
featureGates: {dbPassword: «kubelet number under a gate|number»}
staticPodURLHeader:
  Authorization: ["Bearer «kubelet header|name»"]
  X-Other:
  - "«kubelet other header|double»"
token: "«kubelet unknown token|double»"
unheardOf: {a: "«kubelet unknown field|double»", b: [«kubelet unknown word|word»]}
nested: {password: "«kubelet nested password|double»", clientSecret: «kubelet client secret|word»}
pem: |
«kubelet key in a text|block»# «kubelet comment|line»
"""
UNIT = """[Unit]
Description=kubelet «unit description|line»
[Service]
Environment="API_TOKEN=«unit environment|name»" KUBELET_ARGS=--token=«unit variable flag|word»
Environment=MORE=«unit environment second|word» \\
  STILL=«unit environment continued|word»
PassEnvironment=A
Environment=KUBE_PIN=«unit number|number» KUBELET_TOKEN=«unit token number|number»
ExecStartPre=/bin/login --otp «unit command number|number» «unit command positional|number»
EnvironmentFile=/etc/default/x «unit file and more|word»
ExecStartPre=/bin/sh -c "echo «unit pre command|name» > /dev/null"
ExecStart=/usr/bin/kubelet --bootstrap-token «unit exec flag|word» --v=2 $KUBELET_ARGS
SetCredential=name:«unit credential|line»
# ExecStart=/usr/bin/kubelet --token=«unit comment|line»
; «unit other comment|line»
"""
VARIABLES = """KUBELET_EXTRA_ARGS="--token=«env file flag|word» --password «env file split|word»"
AWS_SECRET_ACCESS_KEY=«env file cloud key|word»
export DB="«env file export|name»"
KUBELET_TOKEN=«env file token|word»
KUBE_PASSWORD=«env file number|number»
KUBE_ADMIN_SECRET="«env file quoted number|number»"
X_OPTS=«env file options number|number»
HTTP_PROXY=«env file proxy|url»
«env file stray line|word»
# «env file comment|line»
"""
ARGUMENTS = """--anonymous-auth=false
--token=«args file token|word»
--bootstrap-token «args file split|word»
«args file positional|word»
# --token=«args file comment|line»
"""
RANCHER = """token: "«@ token|double»"
agent-token: «@ agent token|word»
server: https://node:«@ server userinfo|name»@192.0.2.1:9345
datastore-endpoint: 'postgres://k3s:«@ datastore|name»@db/k3s'
etcd-s3-access-key: «@ s3 access|word»
etcd-s3-secret-key: '«@ s3 secret|single»'
etcd-s3-session-token: "«@ s3 session|double»"
kube-apiserver-arg:
  - anonymous-auth=false
  - oidc-client-secret=«@ nested|word»
kubelet-arg: ["--token=«@ kubelet|name»", 'v=2', pin=«@ number|number»]
node-label: [key=«@ label|word»]
private-registry: /etc/rancher/registries.yaml
vpn-auth: "name=tailscale,joinKey=«@ vpn|name»"
unheard-of: {deep: ["«@ unknown|double»"]}
# «@ comment|line»
"""
ETCD = """name: one
data-dir: /var/lib/etcd
initial-cluster-token: "«etcd file token|double»"
initial-cluster: one=https://192.0.2.1:2380
discovery: https://discovery.example.net/«etcd file discovery|name»
discovery-proxy: «etcd file proxy|url»
advertise-client-urls: u:«etcd file userinfo alone|name»@192.0.2.1:2379
listen-client-urls: https://user:«etcd file userinfo|name»@192.0.2.1:2379
auth-token: jwt,pub-key=/a,priv-key=«etcd file auth token|name»
client-transport-security: {cert-file: /etc/a.crt, key-file: /etc/a.key, password: «etcd pw|word»}
"""
CALICO = """{"name": "k8s-pod-network", "cniVersion": "0.3.1", "plugins": [
 {"type": "calico", "etcd_endpoints": "https://u:«cni etcd userinfo|name»@192.0.2.1:2379",
  "etcd_password": "«cni etcd password|double»",
  "policy": {"type": "k8s", "k8s_auth_token": "«cni policy token|double»"},
  "kubernetes": {"kubeconfig": "/etc/cni/net.d/calico-kubeconfig"}},
 {"type": "vpn", "args": {"ipsec": {"key": "«cni ipsec key|double»"}}},
 {"type": "tuning", "mac": "«cni key|double»"}]}
"""
ADMISSION = """apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: ImagePolicyWebhook
  configuration:
    imagePolicy: {kubeConfigFile: /etc/kubernetes/admission/image.conf, allowTTL: 50}
    password: "«admission inline password|double»"
- name: EventRateLimit
  path: eventratelimit.yaml
- name: Other
  configuration: {apiKey: "«admission other key|double»", b: "«admission unknown field|double»"}
"""
AUTHENTICATION = """apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
- issuer:
    url: https://u:«authentication issuer userinfo|name»@issuer.example.net
    audiences: [kubernetes]
    certificateAuthority: |
«authentication CA key|block»  claimMappings: {username: {claim: sub, prefix: ""}}
  clientSecret: "«authentication secret|double»"
  unheardOf: "«authentication unknown|double»"
"""
AUTHORIZATION = """apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
- type: Webhook
  name: w
  webhook:
    timeout: 3s
    failurePolicy: Deny
    subjectAccessReviewVersion: v1
    connectionInfo: {type: KubeConfigFile, kubeConfigFile: /etc/kubernetes/authz/other.conf}
    token: "«authorization token|double»"
- {type: RBAC, name: rbac}
"""
SCHEDULER = """apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
clientConnection:
  kubeconfig: /etc/kubernetes/scheduler.conf
  token: "«scheduler client token|double»"
  client-key-data: «scheduler client key|pem64»
extenders: [{urlPrefix: "u:«scheduler extender|name»@192.0.2.1/«scheduler extender path|name»"}]
profiles:
- schedulerName: default-scheduler
  pluginConfig: [{name: X, args: {apiKey: "«scheduler plugin key|double»", b: "«plugin b|double»"}}]
"""
PROXY = """apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
bindAddress: 0.0.0.0
clientConnection:
  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
  password: "«proxy client password|double»"
  unheardOf: "«proxy client unknown|double»"
  client-key-data: «proxy client key|pem64»
"""
K0S = """apiVersion: k0s.k0sproject.io/v1beta1
kind: ClusterConfig
spec:
  storage:
    type: kine
    kine: {dataSource: "postgres://k0s:«k0s datastore|name»@db/k0s"}
  api:
    extraArgs: {oidc-client-secret: "«k0s extra argument|double»", anonymous-auth: "false"}
  extensions:
    helm:
      repositories: [{name: r, url: https://r, username: u, password: "«k0s helm password|double»"}]
      charts: [{name: c, values: "key: «k0s helm values|name»"}]
  konnectivity: {token: «k0s token|word»}
"""
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBCjCCAQCg\n-----END CERTIFICATE-----\n"

FILES: Mapping[str, str] = MappingProxyType(
    {
        "/etc/kubernetes/admin.conf": kubeconfig("admin kubeconfig"),
        "/etc/kubernetes/audit/webhook.conf": kubeconfig("audit webhook"),
        "/etc/kubernetes/authz/webhook.conf": kubeconfig("authorization webhook"),
        "/etc/kubernetes/authn/webhook.conf": kubeconfig("authentication webhook"),
        "/etc/kubernetes/admission/image.conf": kubeconfig("image policy webhook"),
        "/etc/cni/net.d/calico-kubeconfig": kubeconfig("CNI kubeconfig"),
        "/etc/kubernetes/manifests/kube-apiserver.yaml": MANIFEST,
        "/etc/kubernetes/enc/block.yaml": ENCRYPTION,
        "/etc/kubernetes/enc/second.json": ENCRYPTION_JSON,
        "/var/lib/kubelet/config.yaml": KUBELET,
        "/etc/kubernetes/kubelet.d/10-a.conf": (
            "kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\n"
            'secret: "«kubelet drop-in|double»"\n'
        ),
        "/etc/systemd/system/kubelet.service": UNIT,
        "/etc/systemd/system/kubelet.service.d/10-proxy.conf": (
            '[Service]\nEnvironment="HTTPS_PROXY=http://u:«unit drop-in proxy|name»@proxy:3128"\n'
            "Environment=TOKEN=«unit drop-in|word»\n"
        ),
        "/etc/default/kubelet": VARIABLES,
        "/var/snap/microk8s/current/args/kube-apiserver": ARGUMENTS,
        "/etc/rancher/rke2/config.yaml": RANCHER.replace("«@", "«rke2"),
        "/etc/rancher/k3s/config.yaml.d/90-more.yaml": RANCHER.replace("«@", "«k3s drop-in"),
        "/etc/rancher/registries.yaml": 'configs: {r: {auth: {password: "«registries|double»"}}}\n',
        "/etc/systemd/system/k3s.service.env": "K3S_TOKEN=«k3s env file|word»\n",
        "/etc/k0s/k0s.yaml": K0S,
        "/etc/etcd/etcd.conf.yml": ETCD,
        "/etc/cni/net.d/10-calico.conflist": CALICO,
        "/etc/kubernetes/admission/config.yaml": ADMISSION,
        "/etc/kubernetes/admission/eventratelimit.yaml": (
            "kind: Configuration\napiVersion: eventratelimit.admission.k8s.io/v1alpha1\n"
            'limits: [{type: Server, qps: 50, burst: 100}]\npassword: "«rate limit file|double»"\n'
        ),
        "/etc/kubernetes/authn/config.yaml": AUTHENTICATION,
        "/etc/kubernetes/authz/config.yaml": AUTHORIZATION,
        "/etc/kubernetes/audit/policy.yaml": (
            "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n"
            '  secret: "«audit policy|double»"\n# «audit policy comment|line»\n'
        ),
        "/etc/kubernetes/scheduler/config.yaml": SCHEDULER,
        "/var/lib/kube-proxy/config.conf": PROXY,
        # Keys where certificates belong, keys as such, and files that hold nothing but secrets.
        "/etc/kubernetes/pki/ca.crt": CERTIFICATE + "«key behind a certificate|pem»" + CERTIFICATE,
        "/etc/kubernetes/pki/front.crt": "«key named crt|pem»",
        "/etc/kubernetes/pki/liar.crt": CERTIFICATE + "«key labelled certificate|pkcs8»",
        "/etc/kubernetes/pki/apiserver.key": "«key file|pem»",
        "/etc/kubernetes/pki/sa.pub": "«key named pub|pem»",
        "/var/lib/kubelet/pki/kubelet-client-current.pem": CERTIFICATE + "«rotated key|pem»",
        "/etc/kubernetes/azure.json": '{"aadClientSecret": "«azure secret|double»"}\n',
        "/etc/kubernetes/tokens.csv": "«token file|line»,admin,1\n",
        "/etc/kubernetes/users.csv": "«password file|line»,admin,1\n",
        "/etc/passwd": "root:«passwd field|word»:0:0:«passwd comment|name»:/root:/bin/sh\n",
        "/etc/group": "root:«group field|word»:0:\n",
        "/etc/shadow": "root:$6$«shadow|word»:19000:0:99999:7:::\n",
        "/root/.bash_history": "kubeadm join --token «bash history|line»\n",
        # A kubelet looks here for the logins of image registries.
        "/var/lib/kubelet/config.json": (
            '{"auths": {"r": {"auth": "«kubelet docker login|base64»"}}}\n'
        ),
        "/root/.ssh/id_rsa": "«ssh key|pem»",
        "/root/.docker/config.json": '{"auths": {"r": {"auth": "«docker login|base64»"}}}\n',
        "/var/lib/etcd/member/snap/db": "«etcd database|any»",
        "/var/run/secrets/kubernetes.io/serviceaccount/token": "«pod token|jwt»",
    }
)
"""Files by path. What runs through a redactor and what is never opened stand side by side."""

LINKS: Mapping[str, str] = MappingProxyType(
    {
        "/etc/kubernetes/pki/linked.crt": "/root/.ssh/id_rsa",
        "/etc/kubernetes/kubelet.conf": "/etc/kubernetes/pki/apiserver.key",
        "/etc/kubernetes/scheduler.conf": "/etc/shadow",
        "/etc/cni/net.d/99-linked.conf": "/root/.docker/config.json",
        "/etc/systemd/system/kubelet.service.d/99-linked.conf": "/etc/shadow",
        "/var/lib/kubelet/config.yml": "/root/.bash_history",
        "/etc/kubernetes/manifests/etcd.yaml": "/etc/kubernetes/tokens.csv",
        "/etc/sysconfig/kubelet": "/etc/kubernetes/users.csv",
        "/etc/kubernetes/controller-manager.conf": "/etc/kubernetes/azure.json",
    }
)
"""Links by path, to what must not be read through them."""

KEPT = {
    "/etc/kubernetes/manifests/kube-scheduler.yaml": (
        "kind: Pod\nspec:\n  containers:\n"
        "  - command: [kube-scheduler, --cluster-name=«kept on purpose|name»]\n"
    )
}
"""What is kept on purpose: were it not found, the search would find nothing at all."""

READ = (
    *(
        path
        for path in FILES
        if path.startswith(("/etc/kubernetes/a", "/etc/rancher/rke2"))
        and path != "/etc/kubernetes/azure.json"
    ),
    "/etc/cni/net.d/10-calico.conflist",
    "/etc/default/kubelet",
    "/etc/etcd/etcd.conf.yml",
    "/etc/k0s/k0s.yaml",
    "/etc/kubernetes/enc/block.yaml",
    "/etc/kubernetes/manifests/kube-apiserver.yaml",
    "/etc/kubernetes/pki/ca.crt",
    "/etc/systemd/system/kubelet.service",
    "/var/lib/kube-proxy/config.conf",
    "/var/snap/microk8s/current/args/kube-apiserver",
)
"""Files whose redacted content is in the bundle: what was not read proves nothing."""
