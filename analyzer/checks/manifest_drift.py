"""Differences between a static-pod manifest and the process that runs: a note, not a verdict."""

from analyzer.checks.subjects import Target
from analyzer.formats.command_line import Style, parse_arguments, values_of
from analyzer.formats.config_file import load_document
from analyzer.formats.documents import mapping, sequence, texts
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Present

_ROLES = {
    "kube-apiserver": "apiserver-manifest",
    "kube-controller-manager": "controller-manager-manifest",
    "kube-scheduler": "scheduler-manifest",
    "etcd": "etcd-manifest",
}


def drift_notes(target: Target, flag: str) -> tuple[str, ...]:
    """Say where the manifest gives a flag another value than the process has."""
    process = target.config.process
    if process is None or target.node is None or not flag:
        return ()
    running = [o.text for o in values_of(target.config.flags, flag)]
    notes = []
    for record in target.node.by_role(_ROLES.get(target.config.component, "")):
        arguments = _arguments(record.content) if isinstance(record.content, Present) else ()
        if not arguments:
            continue
        style = Style.GO_FLAG if process.component == "etcd" else Style.PFLAG
        written = [o.text for o in values_of(parse_arguments(arguments, style=style), flag)]
        if written != running:
            path = record.stat.value.path if isinstance(record.stat, Present) else "the manifest"
            notes.append(
                f"drift: {path} says {' '.join(written) or f'--{flag} unset'}, the process runs"
                f" with {' '.join(running) or f'--{flag} unset'}; the process was judged"
            )
    return tuple(notes)


def _arguments(content: Present[str]) -> tuple[str, ...]:
    """Return the first container's arguments; nothing when the manifest cannot be read."""
    try:
        spec = mapping(mapping(load_document(content.value), "manifest").get("spec"), "spec")
        containers = sequence(spec.get("containers"), "containers")
        first = mapping(containers[0], "container") if containers else {}
        command = texts(first.get("command"), "command")
        return (*command, *texts(first.get("args"), "args"))
    except EvidenceFormatError:
        return ()  # a manifest that cannot be read cannot differ; its own rules judge the file
