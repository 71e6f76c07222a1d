"""Configuration files of components as documents: of the right kind, and places in them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from analyzer.formats.strict_yaml import YamlValue, load_collected, load_typed
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Absent, Evidence, Present, Source, Unreadable
from analyzer.model.verdict import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """What a configuration file has to be.

    Attributes:
        kind: Value of ``kind``; empty when the format has none (etcd).
        group: API group, ``kubelet.config.k8s.io``.
    """

    kind: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFile:
    """One configuration file that was read.

    Attributes:
        document: The mapping it holds; scalars are text, quoted ones are told apart.
        root: JSON pointer to that mapping in its member; empty for the whole.
    """

    path: str
    document: dict[str, YamlValue]
    source: Source
    root: str = ""

    def at(self, pointer: str, excerpt: str = "") -> Source:
        """Return the source of one place in the file."""
        return replace(self.source, selector=self.root + pointer, excerpt=excerpt[:400])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A value in a document and the JSON pointer to it."""

    value: YamlValue
    pointer: str


def read_config_file(path: str, content: Evidence[str], kind: FileKind) -> ConfigFile | Unreadable:
    """Read one file that a component was told to use.

    A file that is named but not there is unreadable, never empty: the component cannot
    have started without it, so the collector looked in another place than the component.
    """
    match content:
        case Present(value=text, source=source):
            return _parse(path, text, source, kind)
        case Absent(source=source):
            return Unreadable(
                reason=Reason.NE_FILE_ABSENT_ON_HOST,
                detail=f"{path} is named by the component but was not found on the host",
                source=source,
            )
        case Unreadable():
            return content


def find(document: YamlValue, key: str) -> Place | None:
    """Find a dotted key; None when a part of it is not there.

    A null on the way is what is found: laid over another file, it takes away all below it.

    Raises:
        EvidenceFormatError: A part on the way is not a mapping.
    """
    value = document
    pointer = ""
    for part in key.split("."):
        if value is None and pointer:
            break
        if not isinstance(value, dict):
            raise EvidenceFormatError("", f"{pointer or 'the document'} is not a mapping")
        if part not in value:
            return None
        value = value[part]
        pointer += "/" + part.replace("~", "~0").replace("/", "~1")
    return Place(value=value, pointer=pointer)


def load_document(text: str) -> YamlValue:
    """Read a collected YAML or JSON document; the same text is read once.

    Raises:
        EvidenceFormatError: Not one document within the limits.
    """
    return load_collected(text)


def _parse(path: str, text: str, source: Source, kind: FileKind) -> ConfigFile | Unreadable:
    try:
        document = load_typed(text)
    except EvidenceFormatError as error:
        return _invalid(f"{path}: {error}", source)
    if not isinstance(document, dict):
        return _invalid(f"{path} holds no mapping", source)
    problem = _wrong_kind(document, kind)
    if problem:
        return _invalid(f"{path} {problem}", source)
    return ConfigFile(path=path, document=document, source=source)


def _wrong_kind(document: Mapping[str, YamlValue], kind: FileKind) -> str:
    if not kind.kind:
        return ""
    if document.get("kind") != kind.kind:
        return f"is not a {kind.kind}"
    version = document.get("apiVersion")
    if not isinstance(version, str) or not version.startswith(f"{kind.group}/"):
        return f"is not of API group {kind.group}"
    return ""


def _invalid(detail: str, source: Source) -> Unreadable:
    return Unreadable(reason=Reason.NE_SCHEMA_INVALID, detail=detail, source=source)
