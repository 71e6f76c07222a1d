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
    style = Style.GO_FLAG if process.component == "etcd" else Style.PFLAG
    notes = []
    for record in target.node.by_role(_ROLES.get(target.config.component, "")):
        if not isinstance(record.content, Present) or not isinstance(record.stat, Present):
            continue
        path = record.stat.value.path
        try:
            arguments = _arguments(record.content.value)
        except EvidenceFormatError as error:
            notes.append(f"drift is not known: {path} cannot be read as a manifest: {error}")
            continue
        written = [o.text for o in values_of(parse_arguments(arguments, style=style), flag)]
        if written != running:
            notes.append(_drift(path, flag, written, running))
    return tuple(notes)


def _drift(path: str, flag: str, written: list[str], running: list[str]) -> str:
    unset = f"--{flag} unset"
    return (
        f"drift: {path} says {' '.join(written) or unset}, the process runs with "
        f"{' '.join(running) or unset}; the process was judged"
    )


def _arguments(text: str) -> tuple[str, ...]:
    """Return the first container's arguments.

    Raises:
        EvidenceFormatError: Not a pod manifest.
    """
    spec = mapping(mapping(load_document(text), "the manifest").get("spec"), "spec")
    containers = sequence(spec.get("containers"), "containers")
    first = mapping(containers[0], "the container") if containers else {}
    command = texts(first.get("command"), "command")
    return (*command, *texts(first.get("args"), "args"))
