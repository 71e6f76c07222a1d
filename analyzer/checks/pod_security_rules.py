"""What each pod-security test calls a violation; Linux-only absences do not count on Windows.

Source: Pod Security Standards, https://kubernetes.io/docs/concepts/security/pod-security-standards/.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from analyzer.checks.workload_report import Violation
from analyzer.checks.workload_units import Unit, containers
from analyzer.formats.kube_pods import Container, PodSpec, SecurityContext
from analyzer.model.context import Policy
from analyzer.model.verdict import Verdict

PodTest = Callable[[PodSpec, Policy], Iterator[Violation]]

_EMPTY = SecurityContext()


def capability(name: str) -> str:
    """Return a capability's name without its prefix, in capitals."""
    return name.upper().removeprefix("CAP_")


def added(context: SecurityContext) -> tuple[str, ...]:
    """Return the capabilities that a container adds."""
    found = context.capabilities.add if context.capabilities else None
    return tuple(capability(name) for name in found or ())


def dropped(context: SecurityContext) -> tuple[str, ...]:
    """Return the capabilities that a container drops, as every runtime understands them.

    A name that already carries CAP_ gets it a second time in containerd, and drops nothing.
    Source: containerd internal/cri/opts (WithCapabilities); Kubernetes' documentation of security
    contexts asks for names without it.
    """
    found = context.capabilities.drop if context.capabilities else None
    return tuple(name.upper() for name in found or ())


def security_contexts(spec: PodSpec) -> Iterator[tuple[str, Container, SecurityContext]]:
    """Yield each container with its own security context and that context's JSON pointer."""
    for pointer, container in containers(spec):
        yield f"{pointer}/securityContext", container, container.security_context or _EMPTY


def privileged(spec: PodSpec, _: Policy) -> Iterator[Violation]:
    """Flag a container that runs privileged."""
    for pointer, container, context in security_contexts(spec):
        if context.privileged:
            yield _bad(f"{pointer}/privileged", container, "privileged is true")


def host_pid(spec: PodSpec, _: Policy) -> Iterator[Violation]:
    """Flag a pod that shares the node's process ids."""
    if spec.host_pid:
        yield Violation(tail="/hostPID", text="hostPID is true")


def host_ipc(spec: PodSpec, _: Policy) -> Iterator[Violation]:
    """Flag a pod that shares the node's IPC namespace."""
    if spec.host_ipc:
        yield Violation(tail="/hostIPC", text="hostIPC is true")


def host_network(spec: PodSpec, _: Policy) -> Iterator[Violation]:
    """Flag a pod that uses the node's network."""
    if spec.host_network:
        yield Violation(tail="/hostNetwork", text="hostNetwork is true")


def allow_escalation(spec: PodSpec, _: Policy) -> Iterator[Violation]:
    """Flag a container that may gain privileges: unset means that it may."""
    for pointer, container, context in security_contexts(spec):
        tail = f"{pointer}/allowPrivilegeEscalation"
        if context.privileged or "SYS_ADMIN" in added(context):
            yield _bad(tail, container, "privileged or SYS_ADMIN implies privilege escalation")
        elif context.allow_privilege_escalation or (
            context.allow_privilege_escalation is None and not spec.windows
        ):
            word = "true" if context.allow_privilege_escalation else "unset (default true)"
            yield _bad(tail, container, f"allowPrivilegeEscalation is {word}")


def root(spec: PodSpec, _: Policy) -> Iterator[Violation]:
    """Flag a container that runs as user 0, or that only its image keeps from doing so."""
    pod = spec.security_context
    if spec.windows:
        return
    for pointer, container, context in security_contexts(spec):
        pod_user = pod.run_as_user if pod else None
        pod_non_root = pod.run_as_non_root if pod else None
        user = context.run_as_user if context.run_as_user is not None else pod_user
        flag = context.run_as_non_root
        non_root = flag if flag is not None else pod_non_root
        if user == 0:
            yield _bad(f"{pointer}/runAsUser", container, "runAsUser is 0")
        elif user is None and not non_root:
            yield Violation(
                tail=pointer,
                text=f"container {container.name}: neither runAsNonRoot nor runAsUser is set; "
                "only the image could keep it from running as root",
                verdict=Verdict.MANUAL,
            )


def net_raw(spec: PodSpec, _: Policy) -> Iterator[Violation]:
    """Flag a container that keeps or adds NET_RAW, which the runtimes' default set contains."""
    for pointer, container, context in security_contexts(spec):
        tail = f"{pointer}/capabilities"
        if context.privileged:
            yield _bad(f"{pointer}/privileged", container, "privileged holds every capability")
        elif any(name in ("ALL", "NET_RAW") for name in added(context)):
            yield _bad(tail, container, "NET_RAW is added")
        elif not spec.windows and not any(n in ("ALL", "NET_RAW") for n in dropped(context)):
            yield _bad(tail, container, "NET_RAW is not dropped")


def added_capabilities(spec: PodSpec, policy: Policy) -> Iterator[Violation]:
    """Flag a container that adds capabilities outside the declared list."""
    for pointer, container, context in security_contexts(spec):
        names = [n for n in added(context) if not policy.matches("allowed-capabilities", n)]
        if names:
            yield _bad(f"{pointer}/capabilities/add", container, f"adds {', '.join(names)}")


def capabilities_kept(spec: PodSpec, _: Policy) -> Iterator[Violation]:
    """Flag a container that does not drop ALL capabilities."""
    for pointer, container, context in security_contexts(spec):
        if not spec.windows and "ALL" not in dropped(context):
            yield _bad(f"{pointer}/capabilities", container, "capabilities: ALL is not dropped")


def host_process(spec: PodSpec, _: Policy) -> Iterator[Violation]:
    """Flag a Windows HostProcess pod or container."""
    pod = spec.security_context
    if pod and pod.windows_options and pod.windows_options.host_process:
        tail = "/securityContext/windowsOptions/hostProcess"
        yield Violation(tail=tail, text="hostProcess is true for the pod")
    for pointer, container, context in security_contexts(spec):
        if context.windows_options and context.windows_options.host_process:
            yield _bad(f"{pointer}/windowsOptions/hostProcess", container, "hostProcess is true")


def host_path(spec: PodSpec, _: Policy) -> Iterator[Violation]:
    """Flag a volume that is a path of the node."""
    for index, volume in enumerate(spec.volumes or ()):
        if volume.host_path is not None:
            text = f"volume {volume.name}: hostPath {volume.host_path.path or ''}".rstrip()
            yield Violation(tail=f"/volumes/{index}/hostPath", text=text)


def host_port(spec: PodSpec, _: Policy) -> Iterator[Violation]:
    """Flag a port of the node; host networking makes every declared port one: told once."""
    for pointer, container in containers(spec):
        for index, port in enumerate(container.ports or ()):
            if not port.host_port or port.host_port < 0:
                continue
            tail = f"{pointer}/ports/{index}/hostPort"
            if spec.host_network:
                yield _bad(tail, container, "ports are host ports, as the pod uses hostNetwork")
                return
            yield _bad(tail, container, f"hostPort {port.host_port}")


def _bad(tail: str, container: Container, text: str) -> Violation:
    return Violation(tail=tail, text=f"container {container.name}: {text}")


TESTS: Mapping[str, PodTest] = MappingProxyType(
    {
        "added-capabilities": added_capabilities,
        "allow-privilege-escalation": allow_escalation,
        "capabilities-not-dropped": capabilities_kept,
        "host-ipc": host_ipc,
        "host-network": host_network,
        "host-path": host_path,
        "host-pid": host_pid,
        "host-port": host_port,
        "host-process": host_process,
        "net-raw": net_raw,
        "privileged": privileged,
        "root": root,
    }
)


LINUX_ONLY = (
    "allow-privilege-escalation",
    "capabilities-not-dropped",
    "net-raw",
    "root",
)
"""Tests that ask for something that only a Linux pod can be given."""


def violations(test: str, unit: Unit, policy: Policy) -> tuple[Violation, ...]:
    """Return what a pod spec violates of one test."""
    return tuple(TESTS[test](unit.spec, policy))
