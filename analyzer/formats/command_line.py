"""Argument vectors as pflag and Go's flag package read them, never as a joined string."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, unique


@unique
class Style(Enum):
    """Which library reads the arguments."""

    PFLAG = "pflag"
    GO_FLAG = "flag"


BOOLEAN_FLAGS = frozenset(
    [
        "allow-privileged",
        "anonymous-auth",
        "authentication-skip-lookup",
        "authentication-tolerate-lookup-failure",
        "authentication-token-webhook",
        "auto-tls",
        "bind-address-hard-fail",
        "cleanup",
        "client-cert-auth",
        "contention-profiling",
        "enable-aggregator-routing",
        "enable-bootstrap-token-auth",
        "enable-controller-attach-detach",
        "enable-debugging-handlers",
        "enable-dynamic-provisioning",
        "enable-garbage-collector",
        "enable-hostpath-provisioner",
        "enable-leader-migration",
        "enable-logs-handler",
        "enable-priority-and-fairness",
        "enable-pprof",
        "enable-server",
        "enable-swagger-ui",
        "enable-v2",
        "experimental-initial-corrupt-check",
        "fail-swap-on",
        "force-new-cluster",
        "help",
        "kubelet-https",
        "leader-elect",
        "logtostderr",
        "make-iptables-util-chains",
        "masquerade-all",
        "peer-auto-tls",
        "peer-client-cert-auth",
        "permit-address-sharing",
        "permit-port-sharing",
        "pre-vote",
        "profiling",
        "protect-kernel-defaults",
        "proxy-reverse-lookup",
        "register-node",
        "register-schedulable",
        "rotate-certificates",
        "rotate-server-certificates",
        "runonce",
        "seccomp-default",
        "serialize-image-pulls",
        "service-account-extend-token-expiration",
        "service-account-lookup",
        "strict-reconfig-check",
        "use-service-account-credentials",
        "version",
        "watch-cache",
    ]
)
"""Flags that take no separate value: a bare one is true, and what follows it is something else."""

VALUE_FLAGS = frozenset(
    [
        "admission-control",
        "admission-control-config-file",
        "audit-log-maxage",
        "audit-log-maxbackup",
        "audit-log-maxsize",
        "audit-log-path",
        "audit-policy-file",
        "audit-webhook-config-file",
        "authentication-config",
        "authentication-kubeconfig",
        "authorization-config",
        "authorization-kubeconfig",
        "authorization-mode",
        "basic-auth-file",
        "bind-address",
        "bootstrap-kubeconfig",
        "cert-file",
        "client-ca-file",
        "config",
        "config-dir",
        "config-file",
        "data-dir",
        "disable-admission-plugins",
        "enable-admission-plugins",
        "encryption-provider-config",
        "etcd-cafile",
        "etcd-certfile",
        "etcd-keyfile",
        "etcd-servers",
        "event-qps",
        "feature-gates",
        "hostname-override",
        "initial-cluster",
        "insecure-bind-address",
        "insecure-port",
        "key-file",
        "kubeconfig",
        "kubelet-certificate-authority",
        "kubelet-client-certificate",
        "kubelet-client-key",
        "listen-client-urls",
        "metrics-bind-address",
        "name",
        "peer-cert-file",
        "peer-key-file",
        "peer-trusted-ca-file",
        "pod-manifest-path",
        "pod-max-pids",
        "read-only-port",
        "request-timeout",
        "root-ca-file",
        "secure-port",
        "service-account-key-file",
        "service-account-private-key-file",
        "streaming-connection-idle-timeout",
        "terminated-pod-gc-threshold",
        "tls-cert-file",
        "tls-cipher-suites",
        "tls-min-version",
        "tls-private-key-file",
        "token-auth-file",
        "trusted-ca-file",
    ]
)
"""Flags that always take the next argument when written without ``=``, whatever it looks like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One flag as written.

    Attributes:
        name: Without dashes, underscores as dashes.
        value: The value; None for a flag written bare.
        index: Place in the argument vector, from 0, of the flag itself.
        text: The argument or arguments as written, for an excerpt.
    """

    name: str
    value: str | None
    index: int
    text: str


def parse_arguments(argv: Iterable[str], *, style: Style = Style.PFLAG) -> tuple[Occurrence, ...]:
    """Read every flag of an argument vector, in order; the first argument is the program.

    Positional arguments are passed over (pflag) or end the flags (Go's flag package).
    """
    arguments = tuple(argv)
    found: list[Occurrence] = []
    index = 1
    while index < len(arguments):
        name, value = _split(arguments[index], style)
        if name is None:
            if arguments[index] == "--" or style is Style.GO_FLAG:
                break
            index += 1
            continue
        used = 1
        if value is None and _takes_next(name, arguments, index):
            value, used = arguments[index + 1], 2
        text = " ".join(arguments[index : index + used])
        found.append(Occurrence(name=name, value=value, index=index, text=text))
        index += used
    return tuple(found)


def values_of(occurrences: Iterable[Occurrence], name: str) -> tuple[Occurrence, ...]:
    """Return every occurrence of one flag, in order."""
    return tuple(occurrence for occurrence in occurrences if occurrence.name == name)


def _split(argument: str, style: Style) -> tuple[str | None, str | None]:
    """Split ``--name=value``; a name of None is no flag."""
    long = argument.startswith("--")
    if not long and not (style is Style.GO_FLAG and argument.startswith("-")):
        return None, None
    body = argument[2:] if long else argument[1:]
    name, equals, value = body.partition("=")
    if not name or name.startswith("-"):
        return None, None
    return name.replace("_", "-"), value if equals else None


def _takes_next(name: str, arguments: tuple[str, ...], index: int) -> bool:
    if name in BOOLEAN_FLAGS or index + 1 >= len(arguments):
        return False
    return name in VALUE_FLAGS or not arguments[index + 1].startswith("-")
