"""Where distributions keep what is judged: a small tree of each, and what is found in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.collectors.node_run import Collected, collect, process, write

PKI = Path(__file__).resolve().parents[1] / "data" / "pki"
SECRET = "hunter2hunter2"
CONTENTS = {
    "pod": "kind: Pod\nspec:\n  containers:\n  - command: [c, --anonymous-auth=false]\n",
    "kubeconfig": "apiVersion: v1\nkind: Config\nusers:\n- name: u\n  user:\n"
    f"    token: {SECRET}\n    client-key: /k.key\n",
    "kubelet": "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
    "readOnlyPort: 0\n",
    "cert": (PKI / "cluster-ca.crt").read_text(encoding="ascii"),
    "key": f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n",
    "args": f"--anonymous-auth=false\n--token={SECRET}\n",
    "env": f'KUBELET_ARGS="--read-only-port=0"\nPASSWORD={SECRET}\n',
    "unit": f"[Service]\nExecStart=/usr/bin/kubelet --v=2\nEnvironment=PASSWORD={SECRET}\n",
    "distro": f"token: {SECRET}\nprofile: cis\n",
    "encryption": "kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\n"
    "resources:\n- resources: [secrets]\n  providers:\n  - aescbc:\n      keys:\n"
    f"      - name: key1\n        secret: {SECRET}\n",
    "secret": SECRET,
    "json": "{}\n",
    "cni": '{"cniVersion": "0.3.1", "name": "n", "type": "bridge"}\n',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A host of one distribution.

    Attributes:
        runs: Arguments of its processes.
        files: Key of CONTENTS by path.
        finds: For a path, the role it is recorded under and whether its content is kept.
        lacks: Paths that are looked for and not there.
    """

    files: Mapping[str, str]
    finds: Mapping[str, tuple[str, bool]]
    runs: tuple[tuple[str, ...], ...] = ()
    lacks: tuple[str, ...] = ("/etc/kubernetes/admin.conf",)


def found(roles: str, *, content: bool = True) -> dict[str, tuple[str, bool]]:
    """Read lines ``ROLE PATH``."""
    rows = (line.split() for line in roles.splitlines() if line.strip())
    return {path: (role, content) for role, path in rows}


RANCHER = "/var/lib/rancher"
SNAP = "/var/snap/microk8s/current"
LAYOUTS = {
    "k3s": Layout(
        runs=(("/usr/local/bin/k3s server",),),
        files={
            "/etc/rancher/k3s/config.yaml": "distro",
            "/etc/rancher/k3s/config.yaml.d/10-x.yaml": "distro",
            "/etc/rancher/k3s/k3s.yaml": "kubeconfig",
            "/etc/systemd/system/k3s.service": "unit",
            "/etc/systemd/system/k3s.service.env": "env",
            f"{RANCHER}/k3s/agent/kubelet.kubeconfig": "kubeconfig",
            f"{RANCHER}/k3s/agent/kubeproxy.kubeconfig": "kubeconfig",
            f"{RANCHER}/k3s/agent/client-ca.crt": "cert",
            f"{RANCHER}/k3s/agent/client-kubelet.key": "key",
            f"{RANCHER}/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf": "kubelet",
            f"{RANCHER}/k3s/agent/etc/cni/net.d/10-flannel.conflist": "cni",
            f"{RANCHER}/k3s/server/cred/admin.kubeconfig": "kubeconfig",
            f"{RANCHER}/k3s/server/cred/controller.kubeconfig": "kubeconfig",
            f"{RANCHER}/k3s/server/cred/encryption-config.json": "encryption",
            f"{RANCHER}/k3s/server/cred/passwd": "secret",
            f"{RANCHER}/k3s/server/tls/etcd/server-client.crt": "cert",
            f"{RANCHER}/k3s/server/tls/server-ca.key": "key",
            f"{RANCHER}/k3s/server/db/etcd/config": "json",
        },
        finds={
            **found(
                f"""
                distribution-config /etc/rancher/k3s/config.yaml
                distribution-config /etc/rancher/k3s/config.yaml.d/10-x.yaml
                admin-kubeconfig /etc/rancher/k3s/k3s.yaml
                distribution-config /etc/systemd/system/k3s.service
                distribution-config /etc/systemd/system/k3s.service.env
                kubelet-kubeconfig {RANCHER}/k3s/agent/kubelet.kubeconfig
                proxy-kubeconfig {RANCHER}/k3s/agent/kubeproxy.kubeconfig
                kubelet-ca {RANCHER}/k3s/agent/client-ca.crt
                kubelet-dropin {RANCHER}/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf
                cni-config {RANCHER}/k3s/agent/etc/cni/net.d/10-flannel.conflist
                admin-kubeconfig {RANCHER}/k3s/server/cred/admin.kubeconfig
                controller-manager-kubeconfig {RANCHER}/k3s/server/cred/controller.kubeconfig
                distribution-config {RANCHER}/k3s/server/cred/encryption-config.json
                pki {RANCHER}/k3s/server/tls/etcd/server-client.crt
                etcd-config {RANCHER}/k3s/server/db/etcd/config
                """
            ),
            **found(
                f"""
                private-key {RANCHER}/k3s/agent/client-kubelet.key
                distribution-config {RANCHER}/k3s/server/cred/passwd
                private-key {RANCHER}/k3s/server/tls/server-ca.key
                etcd-data {RANCHER}/k3s/server/db/etcd
                """,
                content=False,
            ),
        },
    ),
    "rke2": Layout(
        runs=(
            ("/usr/local/bin/rke2 server",),
            ("kubelet", f"--config-dir={RANCHER}/rke2/agent/etc/kubelet.conf.d"),
            (
                "kube-apiserver",
                f"--client-ca-file={RANCHER}/rke2/server/tls/client-ca.crt",
                f"--encryption-provider-config={RANCHER}/rke2/server/cred/encryption-config.json",
            ),
        ),
        files={
            "/etc/rancher/rke2/config.yaml": "distro",
            "/etc/rancher/rke2/rke2.yaml": "kubeconfig",
            "/usr/local/lib/systemd/system/rke2-server.service": "unit",
            "/usr/local/lib/systemd/system/rke2-server.env": "env",
            f"{RANCHER}/rke2/agent/pod-manifests/kube-apiserver.yaml": "pod",
            f"{RANCHER}/rke2/agent/pod-manifests/etcd.yaml": "pod",
            f"{RANCHER}/rke2/agent/etc/kubelet.conf.d/00-rke2-defaults.conf": "kubelet",
            f"{RANCHER}/rke2/server/tls/client-ca.crt": "cert",
            f"{RANCHER}/rke2/server/cred/encryption-config.json": "encryption",
            f"{RANCHER}/rke2/server/cred/scheduler.kubeconfig": "kubeconfig",
        },
        finds=found(
            f"""
            distribution-config /etc/rancher/rke2/config.yaml
            admin-kubeconfig /etc/rancher/rke2/rke2.yaml
            distribution-config /usr/local/lib/systemd/system/rke2-server.service
            distribution-config /usr/local/lib/systemd/system/rke2-server.env
            apiserver-manifest {RANCHER}/rke2/agent/pod-manifests/kube-apiserver.yaml
            etcd-manifest {RANCHER}/rke2/agent/pod-manifests/etcd.yaml
            kubelet-dropin {RANCHER}/rke2/agent/etc/kubelet.conf.d/00-rke2-defaults.conf
            certificate {RANCHER}/rke2/server/tls/client-ca.crt
            encryption-config {RANCHER}/rke2/server/cred/encryption-config.json
            scheduler-kubeconfig {RANCHER}/rke2/server/cred/scheduler.kubeconfig
            """
        ),
    ),
    "k0s": Layout(
        runs=(
            ("/usr/local/bin/k0s", "controller", "--config=/etc/k0s/k0s.yaml"),
            ("/var/lib/k0s/bin/kubelet", "--config=/var/lib/k0s/kubelet-config.yaml"),
        ),
        files={
            "/etc/k0s/k0s.yaml": "distro",
            "/etc/systemd/system/k0scontroller.service": "unit",
            "/var/lib/k0s/pki/admin.conf": "kubeconfig",
            "/var/lib/k0s/pki/ccm.conf": "kubeconfig",
            "/var/lib/k0s/pki/ca.crt": "cert",
            "/var/lib/k0s/pki/etcd/server.crt": "cert",
            "/var/lib/k0s/pki/sa.key": "key",
            "/var/lib/k0s/kubelet.conf": "kubeconfig",
            "/var/lib/k0s/kubelet-config.yaml": "kubelet",
            "/var/lib/k0s/etcd/member/x": "secret",
        },
        finds={
            **found(
                """
                distribution-config /etc/k0s/k0s.yaml
                distribution-config /etc/systemd/system/k0scontroller.service
                admin-kubeconfig /var/lib/k0s/pki/admin.conf
                controller-manager-kubeconfig /var/lib/k0s/pki/ccm.conf
                kubelet-ca /var/lib/k0s/pki/ca.crt
                pki /var/lib/k0s/pki/etcd/server.crt
                kubelet-kubeconfig /var/lib/k0s/kubelet.conf
                kubelet-config /var/lib/k0s/kubelet-config.yaml
                """
            ),
            **found(
                "private-key /var/lib/k0s/pki/sa.key\netcd-data /var/lib/k0s/etcd", content=False
            ),
        },
    ),
    "microk8s": Layout(
        runs=(
            ("/snap/microk8s/1/kubelite", f"--kubelet-args-file={SNAP}/args/kubelet"),
            ("/snap/microk8s/1/bin/k8s-dqlite", f"--storage-dir={SNAP}/var/kubernetes/backend/"),
        ),
        files={
            f"{SNAP}/args/kube-apiserver": "args",
            f"{SNAP}/args/kubelet": "args",
            f"{SNAP}/args/kube-proxy": "args",
            f"{SNAP}/args/k8s-dqlite": "args",
            f"{SNAP}/credentials/client.config": "kubeconfig",
            f"{SNAP}/credentials/kubelet.config": "kubeconfig",
            f"{SNAP}/credentials/known_tokens.csv": "secret",
            f"{SNAP}/certs/ca.crt": "cert",
            f"{SNAP}/certs/ca.key": "key",
            "/etc/systemd/system/snap.microk8s.daemon-kubelite.service": "unit",
        },
        finds={
            **found(
                f"""
                distribution-config {SNAP}/args/kube-apiserver
                kubelet-env {SNAP}/args/kubelet
                proxy-config {SNAP}/args/kube-proxy
                distribution-config {SNAP}/args/k8s-dqlite
                admin-kubeconfig {SNAP}/credentials/client.config
                kubelet-kubeconfig {SNAP}/credentials/kubelet.config
                kubelet-ca {SNAP}/certs/ca.crt
                kubelet-unit /etc/systemd/system/snap.microk8s.daemon-kubelite.service
                """
            ),
            **found(
                f"""
                distribution-config {SNAP}/credentials/known_tokens.csv
                private-key {SNAP}/certs/ca.key
                """,
                content=False,
            ),
        },
    ),
    "kops and GCE": Layout(
        runs=(("kubelet", "--config=/var/lib/kubelet/kubelet.conf"),),
        files={
            "/etc/kubernetes/manifests/kube-apiserver.manifest": "pod",
            "/etc/sysconfig/kubelet": "env",
            "/srv/kubernetes/kube-apiserver/server.crt": "cert",
            "/srv/kubernetes/kube-apiserver/server.key": "key",
            "/etc/srv/kubernetes/pki/ca-certificates.crt": "cert",
            "/etc/srv/kubernetes/kube-scheduler/kubeconfig": "kubeconfig",
            "/var/lib/kubelet/kubelet.conf": "kubelet",
            "/var/lib/kubelet/kubeconfig": "kubeconfig",
            "/var/lib/kube-proxy/kubeconfig": "kubeconfig",
            "/home/kubernetes/kubelet-config.yaml": "kubelet",
            "/etc/default/kubelet": "env",
        },
        finds={
            **found(
                """
                apiserver-manifest /etc/kubernetes/manifests/kube-apiserver.manifest
                kubelet-env /etc/sysconfig/kubelet
                pki /srv/kubernetes/kube-apiserver/server.crt
                pki /etc/srv/kubernetes/pki/ca-certificates.crt
                scheduler-kubeconfig /etc/srv/kubernetes/kube-scheduler/kubeconfig
                kubelet-config /var/lib/kubelet/kubelet.conf
                kubelet-kubeconfig /var/lib/kubelet/kubeconfig
                proxy-kubeconfig /var/lib/kube-proxy/kubeconfig
                kubelet-config /home/kubernetes/kubelet-config.yaml
                kubelet-env /etc/default/kubelet
                """
            ),
            **found("private-key /srv/kubernetes/kube-apiserver/server.key", content=False),
        },
    ),
    "Talos": Layout(
        files={
            "/etc/kubernetes/manifests/talos-kube-apiserver.yaml": "pod",
            "/etc/kubernetes/kubelet.yaml": "kubelet",
            "/etc/kubernetes/kubeconfig-kubelet": "kubeconfig",
            "/system/secrets/kubernetes/kube-scheduler/kubeconfig": "kubeconfig",
            "/system/secrets/kubernetes/kube-apiserver/ca.crt": "cert",
            "/system/secrets/kubernetes/kube-apiserver/service-account.key": "key",
            "/system/config/kubernetes/kube-apiserver/auditpolicy.yaml": "json",
        },
        finds={
            **found(
                """
                apiserver-manifest /etc/kubernetes/manifests/talos-kube-apiserver.yaml
                kubelet-config /etc/kubernetes/kubelet.yaml
                kubelet-kubeconfig /etc/kubernetes/kubeconfig-kubelet
                scheduler-kubeconfig /system/secrets/kubernetes/kube-scheduler/kubeconfig
                pki /system/secrets/kubernetes/kube-apiserver/ca.crt
                distribution-config /system/config/kubernetes/kube-apiserver/auditpolicy.yaml
                """
            ),
            **found(
                "private-key /system/secrets/kubernetes/kube-apiserver/service-account.key",
                content=False,
            ),
        },
    ),
    "OpenShift": Layout(
        runs=(("kubelet", "--config=/etc/kubernetes/kubelet.conf"),),
        files={
            "/etc/kubernetes/manifests/kube-apiserver-pod.yaml": "pod",
            "/etc/kubernetes/manifests/etcd-pod.yaml": "pod",
            "/etc/kubernetes/kubelet.conf": "kubelet",
            "/etc/kubernetes/kubeconfig": "kubeconfig",
            "/etc/kubernetes/kubelet-ca.crt": "cert",
            "/etc/kubernetes/static-pod-resources/kube-apiserver-certs/secrets/a/tls.crt": "cert",
            "/etc/kubernetes/static-pod-resources/kube-apiserver-certs/secrets/a/tls.key": "key",
            "/etc/systemd/system/kubelet.service": "unit",
        },
        finds={
            **found(
                """
                apiserver-manifest /etc/kubernetes/manifests/kube-apiserver-pod.yaml
                etcd-manifest /etc/kubernetes/manifests/etcd-pod.yaml
                kubelet-config /etc/kubernetes/kubelet.conf
                admin-kubeconfig /etc/kubernetes/kubeconfig
                kubelet-ca /etc/kubernetes/kubelet-ca.crt
                pki /etc/kubernetes/static-pod-resources/kube-apiserver-certs/secrets/a/tls.crt
                kubelet-unit /etc/systemd/system/kubelet.service
                """
            ),
            **found(
                "private-key "
                "/etc/kubernetes/static-pod-resources/kube-apiserver-certs/secrets/a/tls.key",
                content=False,
            ),
        },
    ),
    "Bottlerocket and EKS": Layout(
        runs=(
            ("kubelet", "--config", "/etc/kubernetes/kubelet/config"),
            ("kubelet", "--config-dir=/etc/kubernetes/kubelet/config.json.d"),
        ),
        files={
            "/etc/kubernetes/kubelet/config": "kubelet",
            "/etc/kubernetes/kubelet/config.json": "kubelet",
            "/etc/kubernetes/kubelet/config.json.d/40-nodeadm.conf": "kubelet",
            "/etc/kubernetes/kubelet/kubeconfig": "kubeconfig",
            "/etc/kubernetes/kubelet/env": "env",
            "/etc/eks/kubelet/environment": "env",
            "/etc/kubernetes/pki/ca.crt": "cert",
            "/etc/systemd/system/kubelet.service.d/exec-start.conf": "unit",
        },
        finds=found(
            """
            kubelet-config /etc/kubernetes/kubelet/config
            kubelet-config /etc/kubernetes/kubelet/config.json
            kubelet-dropin /etc/kubernetes/kubelet/config.json.d/40-nodeadm.conf
            kubelet-kubeconfig /etc/kubernetes/kubelet/kubeconfig
            kubelet-env /etc/kubernetes/kubelet/env
            kubelet-env /etc/eks/kubelet/environment
            kubelet-ca /etc/kubernetes/pki/ca.crt
            kubelet-unit /etc/systemd/system/kubelet.service.d/exec-start.conf
            """
        ),
    ),
    "snaps of the components": Layout(
        runs=(("/snap/kube-apiserver/1/kube-apiserver", "--v=2"),),
        files={
            f"/var/snap/kube-{name}/current/args": "args"
            for name in ("apiserver", "controller-manager", "scheduler", "proxy")
        },
        finds=found(
            """
            distribution-config /var/snap/kube-apiserver/current/args
            distribution-config /var/snap/kube-controller-manager/current/args
            distribution-config /var/snap/kube-scheduler/current/args
            proxy-config /var/snap/kube-proxy/current/args
            """
        ),
    ),
    "AKS": Layout(
        runs=(("kubelet", "--config", "/etc/default/kubeletconfig.json"),),
        files={
            "/etc/kubernetes/azure.json": "secret",
            "/etc/default/kubelet": "env",
            "/etc/default/kubeletconfig.json": "kubelet",
            "/etc/kubernetes/certs/ca.crt": "cert",
            "/etc/kubernetes/certs/kubeletserver.key": "key",
            "/var/lib/kubelet/kubeconfig": "kubeconfig",
        },
        finds={
            **found(
                """
                kubelet-env /etc/default/kubelet
                kubelet-config /etc/default/kubeletconfig.json
                kubelet-ca /etc/kubernetes/certs/ca.crt
                kubelet-kubeconfig /var/lib/kubelet/kubeconfig
                """
            ),
            **found(
                """
                token-file /etc/kubernetes/azure.json
                private-key /etc/kubernetes/certs/kubeletserver.key
                """,
                content=False,
            ),
        },
    ),
}


def furnish(root: Path, layout: Layout) -> None:
    """Put a layout's files and processes into a tree."""
    for path, kind in layout.files.items():
        write(root, path, CONTENTS[kind], 0o600)
    for pid, argv in enumerate(layout.runs, 100):
        process(root, pid, *argv)


def records(run: Collected, path: str) -> dict[str, tuple[str, bool]]:
    """Return status and whether content is kept, by role."""
    rows = (r for r in run.probes if r["target"] == path and r["kind"] == "file")
    return {r["id"].removeprefix("file/"): (r["status"], "blob" in r) for r in rows}


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_what_a_distribution_keeps_is_found(bare: Path, tmp_path: Path, name: str) -> None:
    layout = LAYOUTS[name]
    furnish(bare, layout)
    run = collect(bare, tmp_path / "out")
    for path, (role, content) in layout.finds.items():
        assert records(run, path).get(role) == ("ok", content), (path, records(run, path))
    for path in layout.lacks:
        assert {status for status, _ in records(run, path).values()} == {"absent"}, path
    assert run.code == 0, run.members["bundle/log.txt"].decode()
    assert not [n for n, c in run.members.items() if SECRET.encode() in c]
    components = {r["pid"] for r in run.records("proc/cmdline")}
    assert components == set(range(100, 100 + len(layout.runs)))


UNITS = {
    "/usr/lib/systemd/system/kubelet.service": "[Service]\nSlice=a-b.slice\n"
    "EnvironmentFile=-/etc/sysconfig/kubelet-extra\nEnvironmentFile=/etc/rke/%N.env\n"
    'EnvironmentFile=/etc/odd/*.env\nIPAddressAllow="10.0.0.0/8"\nIPAddressDeny=any\n',
    "/usr/lib/systemd/system/sshd.service": "[Service]\nExecStart=/usr/sbin/sshd\n",
    "/usr/lib/systemd/system/service.d/10.conf": "[Service]\nIPAddressAllow=any\n",
    "/etc/systemd/system.control/kubelet.service.d/50.conf": "[Service]\nIPAddressAllow=::1\n",
    "/etc/systemd/system/-.slice": "[Slice]\nIPAddressDeny=any\n",
    "/etc/systemd/system/system.slice.d/10.conf": "[Slice]\nIPAddressDeny=any\n",
    "/etc/systemd/system/a-b.slice": "[Slice]\nMemoryMax=1G\n",
    "/run/systemd/transient/a.slice.d/50.conf": "[Slice]\nIPAddressDeny=any\n",
    "/run/systemd/system/a-.slice.d/50.conf": "[Slice]\nIPAddressDeny=any\n",
    "/etc/systemd/system/b.slice": "[Slice]\nIPAddressDeny=any\n",
    "/etc/sysconfig/kubelet-extra": CONTENTS["env"],
}
OUR_UNITS = {
    **found(
        """
        kubelet-unit /usr/lib/systemd/system/kubelet.service
        systemd-unit /usr/lib/systemd/system/service.d/10.conf
        kubelet-unit /etc/systemd/system.control/kubelet.service.d/50.conf
        systemd-unit /etc/systemd/system/-.slice
        systemd-unit /etc/systemd/system/system.slice.d/10.conf
        systemd-unit /etc/systemd/system/a-b.slice
        systemd-unit /run/systemd/transient/a.slice.d/50.conf
        systemd-unit /run/systemd/system/a-.slice.d/50.conf
        kubelet-env /etc/sysconfig/kubelet-extra
        """
    )
}


def test_units_around_the_kubelet_are_found_and_no_others(bare: Path, tmp_path: Path) -> None:
    for path, text in UNITS.items():
        write(bare, path, text)
    run = collect(bare, tmp_path / "out")
    for path, (role, content) in OUR_UNITS.items():
        assert records(run, path).get(role) == ("ok", content), path
    others = set(UNITS) - set(OUR_UNITS)
    assert not [r for r in run.probes if r["target"] in others]
    folder = run.record("dir/systemd-unit", "/usr/lib/systemd/system")
    assert (folder["status"], folder["entries"]) == ("ok", 3)
    assert run.record("dir/systemd-unit", "/run/systemd/generator.late")["status"] == "absent"
    text = run.blob("file/kubelet-unit", "/usr/lib/systemd/system/kubelet.service").decode()
    assert "\nSlice=a-b.slice\n" in text
    assert "\nIPAddressAllow=KEB-REDACTED-r" in text
    assert run.record("file/kubelet-env", "/etc/sysconfig/kubelet-extra")["via"] == (
        "unit EnvironmentFile"
    )


def test_specifiers_of_a_unit_are_filled_in_and_patterns_said(bare: Path, tmp_path: Path) -> None:
    unit = "[Service]\nEnvironmentFile=-/etc/default/%N\nEnvironmentFile=/etc/sysconfig/%p-%n\n"
    write(bare, "/etc/systemd/system/k3s.service", unit + "EnvironmentFile=/etc/odd/*.env\n")
    write(bare, "/etc/default/k3s", CONTENTS["env"])
    write(bare, "/etc/odd/a.env", CONTENTS["env"])
    run = collect(bare, tmp_path / "out")
    assert run.record("file/distribution-config", "/etc/default/k3s")["status"] == "ok"
    named = run.record("file/distribution-config", "/etc/sysconfig/k3s-k3s.service")
    assert (named["status"], named["via"]) == ("absent", "unit EnvironmentFile")
    assert not [r for r in run.probes if r["target"].startswith("/etc/odd")]
    assert b"unit EnvironmentFile=/etc/odd/*.env" in run.members["bundle/log.txt"]


MOVED = {
    "k3s by its arguments": (("k3s", "server", "--data-dir=/srv/k"), None),
    "k3s by its configuration": (("k3s", "server"), "/etc/rancher/k3s/config.yaml"),
    "rke2 by its configuration": (("rke2", "server"), "/etc/rancher/rke2/config.yaml.d/1.yaml"),
    "k0s by its arguments": (("k0s", "controller", "--data-dir", "/srv/k/"), None),
}


@pytest.mark.parametrize("case", MOVED)
def test_a_data_folder_of_its_own_is_looked_into(bare: Path, tmp_path: Path, case: str) -> None:
    argv, config = MOVED[case]
    if config:
        write(bare, config, "data-dir: /srv/k\n")
    process(bare, 7, *argv)
    tls, key = ("pki", "ca.key") if argv[0] == "k0s" else ("server/tls", "client-ca.key")
    write(bare, f"/srv/k/{tls}/{key}", "no key")
    run = collect(bare, tmp_path / "out")
    folder = run.record("dir/pki", f"/srv/k/{tls}")
    assert (folder["status"], folder["entries"]) == ("ok", 1)
    assert folder["via"].split()[0] in {argv[0], "candidate", "walk"}
    assert run.record("file/private-key", f"/srv/k/{tls}/{key}")["status"] == "ok"
    admin = "pki/admin.conf" if argv[0] == "k0s" else "server/cred/admin.kubeconfig"
    assert run.record("file/admin-kubeconfig", f"/srv/k/{admin}")["status"] == "absent"
