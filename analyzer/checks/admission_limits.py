"""Whether an admission plugin that is on has the configuration without which it does nothing.

An API server whose EventRateLimit has no limits does not start: what a file without them shows
is what its next start will read. Source: kubernetes/kubernetes
plugin/pkg/admission/eventratelimit (config.go, apis/.../validation.go).
"""

from dataclasses import replace

from analyzer.checks.file_gather import node_of
from analyzer.checks.judgement import Judgement, no_evidence
from analyzer.checks.subjects import Target
from analyzer.formats.kube_admission_config import read_plugin_entry, read_plugin_file
from analyzer.formats.settings import Query, Value
from analyzer.formats.strict_yaml import YamlValue
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Absent, Evidence, Present, Source, Unreadable, is_redacted
from analyzer.model.node import NodeEvidence
from analyzer.model.verdict import Reason, Verdict

ROLE = "admission-config"
_FLAG = "admission-control-config-file"
_NO_START = "an API server that has it on and has none does not start"


def with_configuration(judged: Judgement, target: Target, plugin: str, key: str) -> Judgement:
    """Judge a plugin that is on by what its configuration holds under a key."""
    named = target.config.look_up(Query(flag=_FLAG))
    if isinstance(named, Unreadable):
        return no_evidence(named, "process/kube-apiserver", target.subject, sources=judged.sources)
    if not isinstance(named, Value) or not named.text:
        return _without(judged, f"no --{_FLAG} gives {plugin} {key}", key)
    found = _held(node_of(target), named.text, plugin, key)
    match found:
        case Present(value=(path, amount), source=source) if amount:
            judged = replace(judged, sources=(*judged.sources, named.source, source))
            return replace(judged, notes=(*judged.notes, f"{key}: {amount} in {path}"))
        case Present(value=(path, _), source=source):
            return _without(judged, f"{path} gives {plugin} no {key}", key, source)
        case Absent(source=source, detail=path):
            return _without(judged, f"{path} is not on the node", key, source)
        case Unreadable():
            sources = (*judged.sources, named.source)
            return no_evidence(found, f"file/{ROLE}", target.subject, sources=sources)


def _held(node: NodeEvidence, path: str, plugin: str, key: str) -> Evidence[tuple[str, int]]:
    """Return where a plugin's configuration stands and how many entries it has under a key.

    The file holds it, or names another one that does.
    """
    body: dict[str, YamlValue] = {}
    content = _content(node, path)
    try:
        if isinstance(content, Present):
            entry = read_plugin_entry(content.value, plugin, path)
            body = entry.body or {}
            if entry.path:
                path, content = entry.path, _content(node, entry.path)
                body = read_plugin_file(content.value) if isinstance(content, Present) else {}
    except EvidenceFormatError as error:
        source = content.source
        detail = f"{path}: {error}"
        return Unreadable(reason=Reason.NE_SCHEMA_INVALID, detail=detail, source=source)
    if not isinstance(content, Present):
        return content
    held = body.get(key)
    if is_redacted(str(held)):
        detail = f"{key} in {path} were masked by the collector"
        return Unreadable(reason=Reason.NE_REDACTED, detail=detail, source=content.source)
    amount = len(held) if isinstance(held, list) else 0
    return Present(value=(path, amount), source=content.source)


def _content(node: NodeEvidence, path: str) -> Evidence[str]:
    content = node.content(path)
    return replace(content, detail=path) if isinstance(content, Absent) else content


def _without(judged: Judgement, problem: str, key: str, *sources: Source) -> Judgement:
    return replace(
        judged,
        verdict=Verdict.FAIL,
        reason=Reason.FAIL_EXPLICIT,
        actual=f"{judged.actual}; {problem}",
        why=f"{judged.actual}, but {problem}: without {key} it does nothing, and {_NO_START}.",
        sources=(*judged.sources, *sources),
        letter=Verdict.PASS,
        letter_why="the benchmark's text asks for the plugin alone",
    )
