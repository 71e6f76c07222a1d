"""Facts about the published benchmarks, and the guard that our data holds them all.

They stand here a second time on purpose, taken from the sources and not from our data. A new
benchmark needs no entry; what is written here of an old one must stay true.
"""

from collections import Counter
from functools import cache

import pytest

from analyzer.catalogue.benchmarks import known_benchmarks, load_benchmark
from analyzer.checks import CHECK_TYPES
from analyzer.model.benchmark import Benchmark
from tests.unit.catalogue_counts import COUNTS

BENCHMARKS = ("cis-1.5", "cis-1.10", "cis-1.12")
"""Three of them control by control: one line a topic below, its number in each (``-`` where it has
none), with its level, label (a automated, m manual) and whether it is scored (s, u)."""

FACTS = """
adm-alwaysadmit 1.2.11/1as 1.2.10/1as 1.2.10/1as
adm-alwayspull 1.2.12/1mu 1.2.11/1mu 1.2.11/1mu
adm-eventratelimit 1.2.10/1mu 1.2.9/1mu 1.2.9/1mu
adm-noderestriction 1.2.17/1as 1.2.14/2as 1.2.14/2as
adm-nslifecycle 1.2.15/1as 1.2.13/2as 1.2.13/2as
adm-psp 1.2.16/1as - -
adm-scdeny 1.2.13/1mu - -
adm-serviceaccount 1.2.14/1as 1.2.12/2as 1.2.12/2as
admin-kubeconfig-mode 1.1.13/1as 1.1.13/1as 1.1.13/1as
admin-kubeconfig-owner 1.1.14/1as 1.1.14/1as 1.1.14/1as
api-anonymous 1.2.1/1mu 1.2.1/1mu 1.2.1/1mu
api-audit-maxage 1.2.23/1as 1.2.17/1as 1.2.17/1as
api-audit-maxbackup 1.2.24/1as 1.2.18/1as 1.2.18/1as
api-audit-maxsize 1.2.25/1as 1.2.19/1as 1.2.19/1as
api-audit-path 1.2.22/1as 1.2.16/1as 1.2.16/1as
api-authz-node 1.2.8/1as 1.2.7/1as 1.2.7/1as
api-authz-not-alwaysallow 1.2.7/1as 1.2.6/1as 1.2.6/1as
api-authz-rbac 1.2.9/1as 1.2.8/1as 1.2.8/1as
api-basic-auth 1.2.2/1as - -
api-ciphers 1.2.35/1mu 1.2.29/1mu 1.2.29/1mu
api-client-ca 1.2.31/1as 1.2.25/1as 1.2.25/1as
api-deny-extip-on - 1.2.3/1mu 1.2.3/1mu
api-enc-config 1.2.33/1mu 1.2.27/1mu 1.2.27/1mu
api-enc-provider 1.2.34/1mu 1.2.28/1mu 1.2.28/1mu
api-etcd-ca 1.2.32/1as 1.2.26/1as 1.2.26/1as
api-etcd-cert 1.2.29/1as 1.2.23/1as 1.2.23/1as
api-insecure-bind 1.2.18/1as - -
api-insecure-port 1.2.19/1as - -
api-kubelet-ca 1.2.6/1as 1.2.5/1as 1.2.5/1as
api-kubelet-client-cert 1.2.5/1as 1.2.4/1as 1.2.4/1as
api-kubelet-https 1.2.4/1as - -
api-profiling 1.2.21/1as 1.2.15/1as 1.2.15/1as
api-request-timeout 1.2.26/1as 1.2.20/1mu 1.2.20/1mu
api-sa-extend-token - - 1.2.30/1as
api-sa-key 1.2.28/1as 1.2.22/1as 1.2.22/1as
api-sa-lookup 1.2.27/1as 1.2.21/1as 1.2.21/1as
api-secure-port 1.2.20/1as - -
api-tls-cert 1.2.30/1as 1.2.24/1as 1.2.24/1as
api-token-auth 1.2.3/1as 1.2.2/1as 1.2.2/1as
apiserver-manifest-mode 1.1.1/1as 1.1.1/1as 1.1.1/1as
apiserver-manifest-owner 1.1.2/1as 1.1.2/1as 1.1.2/1as
audit-policy 3.2.1/1as 3.2.1/1mu 3.2.1/1mu
audit-policy-content 3.2.2/2mu 3.2.2/2mu 3.2.2/2mu
authn-bootstrap - 3.1.3/1mu 3.1.3/1mu
authn-client-cert 3.1.1/2mu 3.1.1/1mu 3.1.1/1mu
authn-sa-token - 3.1.2/1mu 3.1.2/1mu
cm-bind 1.3.7/1as 1.3.7/1as 1.3.7/1as
cm-gc-threshold 1.3.1/1mu 1.3.1/1mu 1.3.1/1mu
cm-kubeconfig-mode 1.1.17/1as 1.1.17/1as 1.1.17/1as
cm-kubeconfig-owner 1.1.18/1as 1.1.18/1as 1.1.18/1as
cm-manifest-mode 1.1.3/1as 1.1.3/1as 1.1.3/1as
cm-manifest-owner 1.1.4/1as 1.1.4/1as 1.1.4/1as
cm-profiling 1.3.2/1as 1.3.2/1as 1.3.2/1as
cm-root-ca 1.3.5/1as 1.3.5/1as 1.3.5/1as
cm-rotate-gate 1.3.6/2as 1.3.6/1as 1.3.6/1as
cm-sa-creds 1.3.3/1as 1.3.3/1as 1.3.3/1as
cm-sa-key 1.3.4/1as 1.3.4/1as 1.3.4/1as
cni-mode 1.1.9/1mu 1.1.9/1mu 1.1.9/1mu
cni-owner 1.1.10/1mu 1.1.10/1mu 1.1.10/1mu
default-ns 5.7.4/2as 5.7.4/2mu 5.6.4/2mu
etcd-auto-tls 2.3/1as 2.3/1as 2.3/1as
etcd-ca 2.7/2mu 2.7/2mu 2.7/2mu
etcd-cert 2.1/1as 2.1/1as 2.1/1as
etcd-client-auth 2.2/1as 2.2/1as 2.2/1as
etcd-datadir-mode 1.1.11/1as 1.1.11/1as 1.1.11/1as
etcd-datadir-owner 1.1.12/1as 1.1.12/1as 1.1.12/1as
etcd-manifest-mode 1.1.7/1as 1.1.7/1as 1.1.7/1as
etcd-manifest-owner 1.1.8/1as 1.1.8/1as 1.1.8/1as
etcd-peer-auth 2.5/1as 2.5/1as 2.5/1as
etcd-peer-auto-tls 2.6/1as 2.6/1as 2.6/1as
etcd-peer-cert 2.4/1as 2.4/1as 2.4/1as
image-provenance 5.5.1/2mu 5.5.1/2mu 5.5.1/2mu
kl-anonymous 4.2.1/1as 4.2.1/1as 4.2.1/1as
kl-authz 4.2.2/1as 4.2.2/1as 4.2.2/1as
kl-ciphers 4.2.13/1mu 4.2.12/1mu 4.2.12/1mu
kl-client-ca 4.2.3/1as 4.2.3/1as 4.2.3/1as
kl-event-qps 4.2.9/2mu 4.2.8/2mu 4.2.8/2mu
kl-hostname 4.2.8/1mu 4.2.7/1mu 4.2.7/1mu
kl-iptables 4.2.7/1as 4.2.6/1as 4.2.6/1as
kl-kernel-defaults 4.2.6/1as - -
kl-pod-pids - 4.2.13/1mu 4.2.13/1mu
kl-ro-port 4.2.4/1as 4.2.4/1mu 4.2.4/1mu
kl-rotate-client 4.2.11/1as 4.2.10/1as 4.2.10/1as
kl-rotate-server 4.2.12/1as 4.2.11/1mu 4.2.11/1mu
kl-seccomp-default - - 4.2.14/1mu
kl-stream-timeout 4.2.5/1as 4.2.5/1mu 4.2.5/1mu
kl-tls-cert 4.2.10/1as 4.2.9/1mu 4.2.9/1mu
kubelet-ca-mode 4.1.7/1as 4.1.7/1mu 4.1.7/1mu
kubelet-ca-owner 4.1.8/1as 4.1.8/1mu 4.1.8/1mu
kubelet-conf-mode 4.1.9/1as 4.1.9/1as 4.1.9/1as
kubelet-conf-owner 4.1.10/1as 4.1.10/1as 4.1.10/1as
kubelet-kubeconfig-mode 4.1.5/1as 4.1.5/1as 4.1.5/1as
kubelet-kubeconfig-owner 4.1.6/1as 4.1.6/1as 4.1.6/1as
kubelet-svc-mode 4.1.1/1as 4.1.1/1as 4.1.1/1as
kubelet-svc-owner 4.1.2/1as 4.1.2/1as 4.1.2/1as
np-all-ns 5.3.2/2as 5.3.2/2mu 5.3.2/2mu
np-cni 5.3.1/1mu 5.3.1/1mu 5.3.1/1mu
ns-boundaries 5.7.1/1mu 5.7.1/1mu 5.6.1/1mu
pki-cert-mode 1.1.20/1mu 1.1.20/1mu 1.1.20/1mu
pki-key-mode 1.1.21/1mu 1.1.21/1mu 1.1.21/1mu
pki-owner 1.1.19/1as 1.1.19/1as 1.1.19/1as
proxy-kubeconfig-mode 4.1.3/1as 4.1.3/1mu 4.1.3/1mu
proxy-kubeconfig-owner 4.1.4/1as 4.1.4/1mu 4.1.4/1mu
proxy-metrics - 4.3.1/1as 4.3.1/1as
ps-addedcaps 5.2.8/1mu 5.2.9/1mu -
ps-allowpe 5.2.5/1as 5.2.6/1mu 5.2.6/1mu
ps-anycaps 5.2.9/2mu 5.2.10/2mu 5.2.9/1mu
ps-hostipc 5.2.3/1as 5.2.4/1mu 5.2.4/1mu
ps-hostnetwork 5.2.4/1as 5.2.5/1mu 5.2.5/1mu
ps-hostpath - 5.2.12/1mu 5.2.11/1mu
ps-hostpid 5.2.2/1as 5.2.3/1mu 5.2.3/1mu
ps-hostport - 5.2.13/1mu 5.2.12/1mu
ps-hostprocess - 5.2.11/1mu 5.2.10/1mu
ps-netraw 5.2.7/1mu 5.2.8/1mu 5.2.8/1mu
ps-privileged 5.2.1/1mu 5.2.2/1mu 5.2.2/1mu
ps-root 5.2.6/2mu 5.2.7/2mu 5.2.7/2mu
psa-any - 5.2.1/1mu 5.2.1/1mu
rbac-cluster-admin 5.1.1/1mu 5.1.1/1au 5.1.1/1mu
rbac-create-pods 5.1.4/1mu 5.1.4/1au 5.1.4/1mu
rbac-create-pv - 5.1.9/1mu 5.1.9/1mu
rbac-csr-approval - 5.1.11/1mu 5.1.11/1mu
rbac-escalation - 5.1.8/1mu 5.1.8/1mu
rbac-masters - 5.1.7/1mu 5.1.7/1mu
rbac-node-proxy - 5.1.10/1mu 5.1.10/1mu
rbac-sa-token - 5.1.13/1mu 5.1.13/1mu
rbac-secrets 5.1.2/1mu 5.1.2/1au 5.1.2/1mu
rbac-webhooks - 5.1.12/1mu 5.1.12/1mu
rbac-wildcards 5.1.3/1mu 5.1.3/1au 5.1.3/1mu
sa-automount 5.1.6/1mu 5.1.6/1au 5.1.6/1mu
sa-default 5.1.5/1as 5.1.5/1au 5.1.5/1mu
sched-bind 1.4.2/1as 1.4.2/1as 1.4.2/1as
sched-kubeconfig-mode 1.1.15/1as 1.1.15/1as 1.1.15/1as
sched-kubeconfig-owner 1.1.16/1as 1.1.16/1as 1.1.16/1as
sched-manifest-mode 1.1.5/1as 1.1.5/1as 1.1.5/1as
sched-manifest-owner 1.1.6/1as 1.1.6/1as 1.1.6/1as
sched-profiling 1.4.1/1as 1.4.1/1as 1.4.1/1as
seccomp 5.7.2/2mu 5.7.2/2mu 5.6.2/2mu
secret-env 5.4.1/1mu 5.4.1/2mu 5.4.1/2mu
secret-external 5.4.2/2mu 5.4.2/2mu 5.4.2/2mu
security-context 5.7.3/2mu 5.7.3/2mu 5.6.3/2mu
"""


@cache
def loaded(name: str) -> Benchmark:
    return load_benchmark(name, CHECK_TYPES)


def facts_of(benchmark: str) -> dict[str, tuple[str, str]]:
    """Topic and marks by control number."""
    column = 1 + BENCHMARKS.index(benchmark)
    rows = [line.split() for line in FACTS.strip().splitlines()]
    cells = ((row[0], *row[column].split("/")) for row in rows if row[column] != "-")
    return {number: (topic, marks) for topic, number, marks in cells}


def test_the_benchmarks_stand_in_the_order_of_publication() -> None:
    assert [name for name in known_benchmarks() if name in COUNTS] == list(COUNTS)


@pytest.mark.parametrize("name", COUNTS)
def test_every_published_control_is_counted(name: str) -> None:
    controls = loaded(name).controls
    labels = Counter(control.assessment for control in controls)
    classes = Counter(control.definition.decidability for control in controls)
    counted = (len(controls), labels["automated"], *(classes[letter] for letter in "ABCH"))
    assert counted == COUNTS[name]


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_published_control_is_in_our_data(name: str) -> None:
    ours = {
        str(control.id): (
            control.definition.topic,
            f"{control.level}{control.assessment[0]}{'s' if control.scored else 'u'}",
        )
        for control in loaded(name).controls
    }
    assert ours == facts_of(name)


@pytest.mark.parametrize("name", known_benchmarks())
def test_a_topic_stands_for_one_control_only(name: str) -> None:
    topics = [control.definition.topic for control in loaded(name).controls]
    assert len(topics) == len(set(topics))


DIFFERENCES = [
    ("cis-1.23", "1.1.1", "apiserver-manifest-mode", {"limit": "644"}),
    ("cis-1.24", "1.1.1", "apiserver-manifest-mode", {"limit": "600"}),
    ("cis-1.20", "1.1.13", "admin-kubeconfig-mode", {"limit": "644"}),
    ("cis-1.23", "1.1.13", "admin-kubeconfig-mode", {"limit": "600"}),
    ("cis-1.8", "1.1.14", "admin-kubeconfig-owner", {"include_super_admin": "false"}),
    ("cis-1.9", "1.1.14", "admin-kubeconfig-owner", {"include_super_admin": "true"}),
    ("cis-1.23", "1.1.20", "pki-cert-mode", {"limit": "644"}),
    ("cis-1.24", "1.1.20", "pki-cert-mode", {"limit": "600"}),
    ("cis-1.10", "1.1.20", "pki-cert-mode", {"limit": "600"}),
    ("cis-1.11", "1.1.20", "pki-cert-mode", {"limit": "644"}),
    ("cis-1.10", "4.1.7", "kubelet-ca-mode", {"limit": "600"}),
    ("cis-1.11", "4.1.7", "kubelet-ca-mode", {"limit": "644"}),
    ("cis-1.6", "1.2.2", "api-basic-auth", {}),
    ("cis-1.20", "1.2.2", "api-token-auth", {}),
    ("cis-1.20", "1.2.3", "api-kubelet-https", {}),
    ("cis-1.23", "1.2.3", "api-deny-extip-off", {"enabled": "false"}),
    ("cis-1.24", "1.2.3", "api-deny-extip-off", {"enabled": "false"}),
    ("cis-1.7", "1.2.3", "api-deny-extip-on", {"enabled": "true"}),
    ("cis-2.0.1", "1.2.3", "api-deny-extip-on", {"enabled": "true"}),
    ("cis-1.8", "1.2.12", "adm-scdeny", {}),
    ("cis-1.9", "1.2.12", "adm-serviceaccount", {}),
    ("cis-1.20", "1.2.34", "api-ciphers", {"allowed_set": "C8"}),
    ("cis-1.9", "1.2.29", "api-ciphers", {"allowed_set": "C21"}),
    ("cis-1.11", "1.2.29", "api-ciphers", {"allowed_set": "C15"}),
    ("cis-1.12", "1.2.29", "api-ciphers", {"allowed_set": "C11"}),
    ("cis-2.0.1", "1.2.29", "api-ciphers", {"allowed_set": "C11"}),
    ("cis-1.11", "4.2.12", "kl-ciphers", {"allowed_set": "C8"}),
    ("cis-1.12", "4.2.12", "kl-ciphers", {"allowed_set": "C6"}),
    ("cis-2.0.1", "4.2.12", "kl-ciphers", {"allowed_set": "C8"}),
    ("cis-1.11", "4.2.15", "kl-ipaddressdeny", {}),
    ("cis-1.11", "5.2.9", "ps-addedcaps", {}),
    ("cis-1.12", "5.2.9", "ps-anycaps", {}),
    ("cis-1.10", "5.7.4", "default-ns", {}),
    ("cis-1.11", "5.6.4", "default-ns", {}),
]
"""Where neighbouring versions differ: benchmark, number, topic, and what is tested."""
GONE = [
    ("cis-1.23", "adm-psp"),
    ("cis-1.24", "api-kubelet-https"),
    ("cis-1.8", "proxy-metrics"),
    ("cis-1.10", "api-sa-extend-token"),
    ("cis-1.10", "kl-ipaddressdeny"),
    ("cis-1.12", "kl-ipaddressdeny"),
    ("cis-1.12", "ps-addedcaps"),
    ("cis-1.20", "psa-any"),
]
"""Topics that a version does not have, though a neighbour does."""


@pytest.mark.parametrize(("name", "number", "topic", "tested"), DIFFERENCES)
def test_versions_differ_as_published(
    name: str, number: str, topic: str, tested: dict[str, str]
) -> None:
    control = next(c for c in loaded(name).controls if c.id == number)
    assert control.definition.topic == topic
    assert {key: control.definition.params.get(key) for key in tested} == tested


@pytest.mark.parametrize(("name", "topic"), GONE)
def test_a_version_lacks_what_only_its_neighbour_has(name: str, topic: str) -> None:
    assert topic not in {control.definition.topic for control in loaded(name).controls}


def test_levels_that_nobody_states_say_where_they_come_from() -> None:
    inferred = {
        name for name in known_benchmarks() if load_benchmark(name, CHECK_TYPES).levels_inferred
    }
    assert inferred >= {"cis-1.6", "cis-1.7", "cis-1.9", "cis-1.20", "cis-1.23", "cis-1.24"}
