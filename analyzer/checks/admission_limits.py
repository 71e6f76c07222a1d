"""Whether an admission plugin that is on has the configuration without which it does nothing.

An API server whose EventRateLimit has no limits does not start, so on a running one they exist;
what the evidence shows to the contrary is what its next start will read. Source:
kubernetes/kubernetes plugin/pkg/admission/eventratelimit (config.go, apis/.../validation.go).
"""

from dataclasses import replace

from analyzer.checks.file_gather import node_of
from analyzer.checks.judgement import Judgement
from analyzer.checks.subjects import Target
from analyzer.formats.kube_admission_config import read_plugin_entry, read_plugin_file
from analyzer.formats.settings import Query, Value
from analyzer.formats.strict_yaml import YamlValue
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Present, Source, Unreadable
from analyzer.model.verdict import Reason, Verdict

_FLAG = "admission-control-config-file"
_NO_START = "an API server that has it on and has none does not start"


def with_configuration(judged: Judgement, target: Target, plugin: str, key: str) -> Judgement:
    """Judge a plugin that is on by what its configuration holds under a key."""
    named = target.config.look_up(Query(flag=_FLAG))
    if isinstance(named, Unreadable):
        return _not_seen(judged, f"the file of its {key}", key)
    if not isinstance(named, Value) or not named.text:
        return _without(judged, f"no --{_FLAG} gives {plugin} {key}", key)
    try:
        return _by_file(judged, target, plugin, key, named.text)
    except EvidenceFormatError as error:
        return _noted(judged, f"{named.text} cannot be read ({error}); {_NO_START}")


def _by_file(judged: Judgement, target: Target, plugin: str, key: str, path: str) -> Judgement:
    """Look into the file, and into the one that it names.

    Raises:
        EvidenceFormatError: One of them cannot be read.
    """
    content = node_of(target).content(path)
    if not isinstance(content, Present):
        return _not_seen(judged, path, key)
    entry = read_plugin_entry(content.value, plugin, path)
    if entry.path:
        path, content = entry.path, node_of(target).content(entry.path)
        if not isinstance(content, Present):
            return _not_seen(judged, path, key)
        body: dict[str, YamlValue] = read_plugin_file(content.value)
    else:
        body = entry.body or {}
    held = body.get(key)
    if isinstance(held, list) and held:
        found = _noted(judged, f"{key}: {len(held)} in {path}")
        return replace(found, sources=(*judged.sources, content.source))
    return _without(judged, f"{path} gives {plugin} no {key}", key, content.source)


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


def _not_seen(judged: Judgement, what: str, key: str) -> Judgement:
    return _noted(judged, f"{what} is not in evidence; {_NO_START}, so there are {key}")


def _noted(judged: Judgement, note: str) -> Judgement:
    return replace(judged, notes=(*judged.notes, note))
