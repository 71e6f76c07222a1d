"""Where a component runs in the evidence, and what to say where it does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from analyzer.checks.api_pods import component_pods
from analyzer.formats.component_config import ComponentConfig, configz_config, process_config
from analyzer.formats.config_file import ConfigFile
from analyzer.formats.configz import read_configz
from analyzer.formats.settings import Looked, Query
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Present, Source, Unreadable
from analyzer.model.node import ALL_IN_ONE, Namesake, NodeEvidence
from analyzer.model.outcome import Missing, Outcome
from analyzer.model.verdict import Reason, Verdict
from analyzer.model.version import Version

CONTROL_PLANE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One process of a component on one node (or a kubelet that only configz shows).

    Attributes:
        node: The node's evidence; None when only configz speaks of it.
        version: Kubernetes version that its defaults follow; etcd has none.
        version_note: What was assumed to get there, for findings that rest on a default.
        notes: What else was assumed.
        fallback: The kubelet's own answer (configz) beside its process, where there is one.
    """

    name: str
    node: NodeEvidence | None
    config: ComponentConfig
    version: Version | None
    version_note: str = ""
    notes: tuple[str, ...] = ()
    fallback: ComponentConfig | None = None

    def look_up(self, query: Query) -> Looked:
        """Return a setting; a kubelet's own answer stands in where its files could not be read.

        A named file or folder that no record speaks of is another matter: every run looks at
        it, so something kept it out of view.
        """
        found = self.config.look_up(query)
        if self.fallback is None or not query.key or not isinstance(found, Unreadable):
            return found
        if found.reason is Reason.NE_FILE_NOT_COLLECTED:
            return found
        answer = self.fallback.look_up(query)
        return found if isinstance(answer, Unreadable) else answer

    @property
    def subject(self) -> str:
        """Return the subject in the report's words."""
        return f"node/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """What there is to judge, and outcomes for where there is nothing."""

    targets: tuple[Target, ...]
    outcomes: tuple[Outcome, ...]


def component_subjects(component: str, evidence: ClusterEvidence, context: Context) -> Subjects:
    """Find every process of a component, and say what it means where there is none."""
    targets = tuple(
        target for node in evidence.nodes for target in _targets(component, node, context)
    )
    if component in CONTROL_PLANE:
        gaps = _control_plane_gaps(component, evidence, found=bool(targets))
        found = Subjects(targets=targets, outcomes=gaps)
    elif component == "kubelet":
        found = _kubelets(targets, evidence, context)
    else:
        found = Subjects(targets=targets, outcomes=_proxy_gaps(component, evidence))
    perhaps = tuple(_perhaps(component, evidence))
    told = {one.subject for one in perhaps} if component not in CONTROL_PLANE else set()
    rest = tuple(one for one in found.outcomes if one.subject not in told)
    return replace(found, outcomes=(*rest, *perhaps))


def _perhaps(component: str, evidence: ClusterEvidence) -> Iterator[Outcome]:
    """Leave to a person what may or may not be the component: nothing else in evidence is."""
    for node in evidence.nodes:
        for one in node.namesakes:
            if one.process.component == component and not one.another:
                yield _in_a_pod(component, node, one)


def _in_a_pod(component: str, node: NodeEvidence, one: Namesake) -> Outcome:
    return Outcome(
        subject=f"node/{node.name}",
        verdict=Verdict.MANUAL,
        reason=Reason.RV_AMBIGUOUS,
        explanation=f"A process on node {node.name} goes by the name {component} and runs in an "
        f"ordinary pod, as anybody's may ({one.text}); no other {component} shows that it is not "
        "the cluster's own: a person must say whose it is.",
        actual=one.text,
        expected=f"a {component} that is known to be the cluster's own",
        evidence=(one.process.source,),
    )


def control_plane_nodes(evidence: ClusterEvidence) -> tuple[NodeEvidence, ...]:
    """Return nodes in evidence that the API labels as control plane, or that run a part of it."""
    labelled = _labelled(evidence)
    return tuple(node for node in evidence.nodes if _is_control_plane(node, labelled))


def _targets(component: str, node: NodeEvidence, context: Context) -> tuple[Target, ...]:
    version, version_note = _version(component, node.name, context)
    return tuple(
        Target(
            name=node.name,
            node=node,
            config=process_config(node, process),
            version=version,
            version_note=version_note,
            notes=tuple(
                f"set aside, in an ordinary pod beside it: {one.text}"
                for one in node.namesakes
                if one.process.component == component
            ),
        )
        for process in node.running(component)
    )


def _version(component: str, node: str, context: Context) -> tuple[Version | None, str]:
    if component in CONTROL_PLANE:
        return (None if component == "etcd" else context.version), ""
    own = context.kubelet_versions.get(node)
    if own is not None or context.version is None:
        return own, ""
    note = f"the kubelet's version is not in evidence; the API server's {context.version} was used"
    return context.version, note


def _labelled(evidence: ClusterEvidence) -> frozenset[str]:
    """Return the names of nodes that the API labels as control plane."""
    return frozenset(node.name for node in evidence.expected or () if node.control_plane)


def _is_control_plane(node: NodeEvidence, labelled: frozenset[str]) -> bool:
    return node.name in labelled or any(node.running(part) for part in CONTROL_PLANE)


def _control_plane_gaps(
    component: str, evidence: ClusterEvidence, *, found: bool
) -> tuple[Outcome, ...]:
    labelled = _labelled(evidence)
    candidates = [node for node in evidence.nodes if _candidate(node, evidence, labelled)]
    silent = [node for node in candidates if not node.running(component)]
    if found:
        known = [node for node in silent if _is_control_plane(node, labelled)]
        hidden = [node for node in known if isinstance(node.scan, Unreadable)]
        return tuple(_not_running(component, node) for node in hidden)
    if component == "etcd" and _etcd_is_elsewhere(evidence):
        return (_etcd_elsewhere(evidence),)
    if component == "etcd" and _etcd_could_be_elsewhere(evidence):
        named = {node.name for node in silent}
        hidden = [node for node in evidence.nodes if _whole_scan(node) is None]
        silent += [node for node in hidden if node.name not in named]
    visited = {node.name for node in evidence.nodes}
    unseen = sorted(name for name in labelled if name not in visited)
    gaps = (
        *(_not_running(component, node) for node in silent),
        *(_not_visited(component, name) for name in unseen),
    )
    return gaps or (_out_of_reach(component, evidence),)


def _candidate(node: NodeEvidence, evidence: ClusterEvidence, labelled: frozenset[str]) -> bool:
    if _is_control_plane(node, labelled):
        return True
    may_hide = isinstance(node.scan, Unreadable) or any(node.running(a) for a in ALL_IN_ONE)
    return evidence.expected is None and may_hide


def _etcd_is_elsewhere(evidence: ClusterEvidence) -> bool:
    whole = all(_whole_scan(node) is not None for node in evidence.nodes)
    return whole and _etcd_could_be_elsewhere(evidence)


def _etcd_could_be_elsewhere(evidence: ClusterEvidence) -> bool:
    """Tell whether every node was visited, and an API server that has to have an etcd was seen."""
    server = any(node.running("kube-apiserver") for node in evidence.nodes)
    return server and evidence.nodes_complete()


def _whole_scan(node: NodeEvidence) -> Source | None:
    """Return what shows that a component which was not seen on a node does not run there.

    A scan can be complete and of the wrong place: another host, or a container's own processes.
    The kubelet runs on every node, so only a scan that shows it shows the node. An all-in-one
    process may hold any component inside.
    """
    held = any(node.running(name) for name in ALL_IN_ONE)
    if held or not node.running("kubelet") or not isinstance(node.scan, Present):
        return None
    return node.scan.source


def _etcd_elsewhere(evidence: ClusterEvidence) -> Outcome:
    scans = (_whole_scan(node) for node in evidence.nodes)
    sources = tuple(scan for scan in scans if scan is not None)
    return absent_component(
        "cluster",
        "etcd runs on none of the cluster's nodes, all of which were scanned to the end.",
        sources,
    )


def absent_component(subject: str, why: str, sources: tuple[Source, ...]) -> Outcome:
    """Say that a control cannot apply, because its component is provably not there."""
    return Outcome(
        subject=subject,
        verdict=Verdict.NOT_APPLICABLE,
        reason=Reason.NA_COMPONENT_ABSENT,
        explanation=why,
        actual="not running",
        expected="",
        evidence=sources,
    )


def _not_running(component: str, node: NodeEvidence) -> Outcome:
    """A node where the component should be and was not seen."""
    if isinstance(node.scan, Unreadable):
        detail = f"some processes of node {node.name} could not be read: {node.scan.detail}"
        source = node.scan.source or node.source
        return _gap(component, f"node/{node.name}", node.scan.reason, detail, source)
    inside = next((name for name in ALL_IN_ONE if node.running(name)), "")
    detail = f"no {component} process runs on node {node.name}"
    if not node.processes:
        detail += ", nor any other of Kubernetes: the scan may not have shown the node itself"
    if inside:
        detail += f"; {inside} runs there and holds it, and its configuration is not read"
    told = node.embedded.get(component) if inside else None
    if told is not None:
        detail += (
            "; the arguments that its journal shows are cited, and not judged: whether they are "
            "those of its present start is not known"
        )
    source = node.scan.source if isinstance(node.scan, Present) else node.source
    gap = _gap(component, f"node/{node.name}", Reason.NE_PROCESS_NOT_FOUND, detail, source)
    return gap if told is None else replace(gap, evidence=(*gap.evidence, told))


def _not_visited(component: str, name: str) -> Outcome:
    detail = f"node {name} is known to the API and no bundle covers it"
    return _gap(component, f"node/{name}", Reason.NE_NODE_MISSING, detail)


def _out_of_reach(component: str, evidence: ClusterEvidence) -> Outcome:
    """Say that nothing shows the component; labelled nodes would have been named one by one."""
    why = f"none of the {len(evidence.expected or ())} nodes of the API is labelled control plane"
    if evidence.expected is None:
        why = "which nodes should is not known: no list of those nodes is in evidence"
    detail = f"no node in evidence runs {component}, and {why}"
    return _gap(component, "cluster", Reason.NE_CONTROL_PLANE_NOT_ACCESSIBLE, detail)


def _gap(
    component: str, subject: str, reason: Reason, detail: str, source: Source | None = None
) -> Outcome:
    return Outcome(
        subject=subject,
        verdict=Verdict.NO_EVIDENCE,
        reason=reason,
        explanation=f"No evidence: {detail}.",
        actual="unknown",
        expected="",
        evidence=(source,) if source else (),
        missing=(
            Missing(
                key=EvidenceKey(f"process/{component}"),
                subject=subject,
                reason=reason,
                detail=detail,
            ),
        ),
    )


def _kubelets(targets: tuple[Target, ...], evidence: ClusterEvidence, context: Context) -> Subjects:
    known = dict(_answers(evidence))
    targets = tuple(_with_answer(target, known.get(target.name)) for target in targets)
    seen = {target.name for target in targets}
    answers = tuple(
        _configz_target(name, answer, evidence, context)
        for name, answer in known.items()
        if name not in seen
    )
    seen |= {target.name for target in answers}
    silent = tuple(_not_running("kubelet", n) for n in evidence.nodes if n.name not in seen)
    found = (*targets, *answers)
    return Subjects(
        targets=found, outcomes=silent or _unseen("kubelet", evidence, found=bool(found))
    )


def _with_answer(target: Target, answer: ConfigFile | None) -> Target:
    if answer is None:
        return target
    return replace(target, fallback=configz_config(target.name, answer))


def _answers(evidence: ClusterEvidence) -> tuple[tuple[str, ConfigFile], ...]:
    if evidence.api is None:
        return ()
    read = ((n, read_configz(n, evidence.api.configz[n])) for n in sorted(evidence.api.configz))
    return tuple((name, answer) for name, answer in read if isinstance(answer, ConfigFile))


def _configz_target(
    name: str, answer: ConfigFile, evidence: ClusterEvidence, context: Context
) -> Target:
    version, version_note = _version("kubelet", name, context)
    return Target(
        name=name,
        node=next((n for n in evidence.nodes if n.name == name), None),
        config=configz_config(name, answer),
        version=version,
        version_note=version_note,
        notes=("judged by the kubelet's own answer (configz); its process was not seen",),
    )


def _unseen(component: str, evidence: ClusterEvidence, *, found: bool) -> tuple[Outcome, ...]:
    """Name the nodes to visit, when none was."""
    if found or evidence.nodes:
        return ()
    if evidence.expected:
        return tuple(_not_visited(component, node.name) for node in evidence.expected)
    detail = f"no node bundle was given that could show {component}"
    return (_gap(component, "cluster", Reason.NE_NODE_MISSING, detail),)


def _proxy_gaps(component: str, evidence: ClusterEvidence) -> tuple[Outcome, ...]:
    silent = [node for node in evidence.nodes if not node.running(component)]
    pods = component_pods(component, evidence) if silent else {}
    return tuple(_without_proxy(component, node, pods) for node in silent) or _unseen(
        component, evidence, found=False
    )


def _without_proxy(
    component: str, node: NodeEvidence, pods: Mapping[str, Source] | Unreadable
) -> Outcome:
    """Say that a node has no proxy, unless the API knows its pod to run there, or may know it."""
    scan = _whole_scan(node)
    if scan is None:
        return _not_running(component, node)
    subject, detail = f"node/{node.name}", f"no {component} process was seen on node {node.name}"
    if isinstance(pods, Unreadable):
        detail += f", and whether the API knows a pod of it there is open: {pods.detail}"
        return _gap(component, subject, pods.reason, detail, scan)
    pod = pods.get(node.name)
    if pod is not None:
        detail += f", and the API says that {pod.excerpt} runs it there"
        missed = _gap(component, subject, Reason.NE_PROCESS_NOT_FOUND, detail, scan)
        return replace(missed, evidence=(*missed.evidence, pod))
    why = f"{component} does not run on node {node.name}, whose processes were all seen."
    return absent_component(f"node/{node.name}", why, (scan,))
