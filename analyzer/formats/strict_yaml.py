"""YAML without surprises: text stays text, and no document can be larger than it looks.

PyYAML's own constructors guess types, and its C composer overruns the stack on deep
nesting. Here the parser's events are turned into values one by one, with an explicit
stack, so that depth, aliases and size are bounded before anything is built.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from analyzer.formats.read_once import ReadOnce
from analyzer.model.errors import EvidenceFormatError

YamlValue = str | None | list["YamlValue"] | dict[str, "YamlValue"]
"""Every scalar is text, except that a plain empty, ``null`` or ``~`` scalar is None."""


class Quoted(str):
    """A text that stands in quotes or in a block: no boolean and no number, whatever it says.

    Only :func:`load_typed` tells it from other text; nothing outside ``formats`` gets to see it.
    """

    __slots__ = ()


_Pointer = tuple[str, ...]
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlLimits:
    """Bounds of one YAML text.

    Attributes:
        size: Bytes.
        depth: Sequences and mappings nested in one another.
        aliases: Uses of an anchor.
        nodes: Values after aliases are written out.
        documents: Documents in one text.
    """

    size: int = 2 * 1024 * 1024
    depth: int = 64
    aliases: int = 64
    nodes: int = 50_000
    documents: int = 1_000


OURS = YamlLimits(aliases=0, size=8 * 1024 * 1024, nodes=1_000_000)
COLLECTED = YamlLimits()


def load_strict(data: bytes | str) -> YamlValue:
    """Read one of our own files: one document, no aliases.

    Raises:
        EvidenceFormatError: Not such a document; the message names the line.
    """
    return _single(load_all(data, limits=OURS))


def load_collected(data: bytes | str, *, limits: YamlLimits = COLLECTED) -> YamlValue:
    """Read one collected document; an empty text is None.

    The same text is parsed once, and the value shared: it must not be changed.

    Raises:
        EvidenceFormatError: Not one YAML document within the limits.
    """
    if limits is COLLECTED and isinstance(data, str):
        return _collected(data)
    return _single(load_all(data, limits=limits))


def load_typed(text: str) -> YamlValue:
    """Read one collected document whose quoted texts are told from plain ones.

    The same text is parsed once, and the value shared: it must not be changed.

    Raises:
        EvidenceFormatError: Not one YAML document within the limits.
    """
    return _typed(text)


def load_all(data: bytes | str, *, limits: YamlLimits = COLLECTED) -> tuple[YamlValue, ...]:
    """Read every document of a text.

    Raises:
        EvidenceFormatError: Broken YAML, or beyond a limit.
    """
    return tuple(document.value for document in _documents(data, limits))


def line_of(data: bytes | str, pointer: str, *, limits: YamlLimits = COLLECTED) -> int | None:
    """Find where a value stands in a YAML text.

    Args:
        data: The text; only its first document is looked at.
        pointer: JSON pointer (RFC 6901), ``/authentication/anonymous/enabled``.
        limits: Bounds, as for loading.

    Returns:
        The line, from 1, of the key or list item; None when there is no such place (a value
        that is only reached through an alias has none of its own).

    Raises:
        EvidenceFormatError: The text cannot be read.
    """
    wanted = tuple(p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:])
    first = next(iter(_documents(data, limits)), None)
    return None if first is None else first.lines.get(wanted)


@dataclass(slots=True)
class _Frame:
    """A collection that is being filled."""

    value: list[YamlValue] | dict[str, YamlValue]
    pointer: _Pointer
    anchor: str | None
    nodes: int = 1
    key: str | None = None
    key_line: int = 0


@dataclass(slots=True)
class _Document:
    """The state of one document; ``lines`` holds the line of every pointer."""

    limits: YamlLimits
    typed: bool = False
    value: YamlValue = None
    nodes: int = 0
    aliases: int = 0
    stack: list[_Frame] = field(default_factory=list)
    anchors: dict[str, tuple[YamlValue, int]] = field(default_factory=dict)
    lines: dict[_Pointer, int] = field(default_factory=dict)

    def take(self, event: yaml.Event) -> None:
        """Add one event."""
        line = event.start_mark.line + 1 if event.start_mark else 0
        match event:
            case yaml.ScalarEvent():
                self._scalar(event, line)
            case yaml.AliasEvent():
                self._alias(event, line)
            case yaml.SequenceStartEvent():
                self._open([], event, line)
            case yaml.MappingStartEvent():
                self._open({}, event, line)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._close(line)
            case _:
                raise _broken("an unexpected event", line)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        _refuse_tag(event.tag, line)
        plain = event.style is None or event.style == ""
        value = None if plain and event.value in _NULLS else event.value
        if self.typed and not plain and not self._is_key():
            value = Quoted(event.value)
        if self._is_key():
            self._set_key(None if plain and event.value == "<<" else value, line)
            return
        self._place(value, 1, line)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)

    def _alias(self, event: yaml.AliasEvent, line: int) -> None:
        self.aliases += 1
        if self.aliases > self.limits.aliases:
            raise _broken(f"more than {self.limits.aliases} aliases", line)
        if event.anchor not in self.anchors:
            raise _broken("an alias inside or before its own anchor", line)
        if self._is_key():
            raise _broken("an alias as a key", line)
        value, nodes = self.anchors[event.anchor]
        self._place(value, nodes, line)

    def _open(
        self,
        value: list[YamlValue] | dict[str, YamlValue],
        event: yaml.SequenceStartEvent | yaml.MappingStartEvent,
        line: int,
    ) -> None:
        _refuse_tag(event.tag, line)
        if self._is_key():
            raise _broken("a key that is not text", line)
        if len(self.stack) >= self.limits.depth:
            raise _broken(f"nested more than {self.limits.depth} deep", line)
        pointer = self._place(value, 1, line)
        if event.anchor:
            self.anchors.pop(event.anchor, None)
        self.stack.append(_Frame(value=value, pointer=pointer, anchor=event.anchor))

    def _close(self, line: int) -> None:
        frame = self.stack.pop()
        if frame.anchor:
            self.anchors[frame.anchor] = (frame.value, frame.nodes)
        if self.stack:
            self.stack[-1].nodes += frame.nodes - 1  # the collection itself is counted
        elif self.nodes > self.limits.nodes:
            raise _broken("too many values", line)

    def _is_key(self) -> bool:
        frame = self.stack[-1] if self.stack else None
        return frame is not None and isinstance(frame.value, dict) and frame.key is None

    def _set_key(self, key: str | None, line: int) -> None:
        frame = self.stack[-1]
        if key is None:
            raise _broken("a key that is not text, or a merge key", line)
        if key in frame.value:
            raise _broken("a key is repeated in one mapping", line)
        frame.key = key
        frame.key_line = line

    def _place(self, value: YamlValue, nodes: int, line: int) -> _Pointer:
        """Put a finished or opened value where it belongs, and return its pointer."""
        self.nodes += nodes
        if self.nodes > self.limits.nodes:
            raise _broken(f"more than {self.limits.nodes} values", line)
        if not self.stack:
            self.value = value
            self.lines[()] = line
            return ()
        frame = self.stack[-1]
        frame.nodes += nodes
        if isinstance(frame.value, list):
            pointer = (*frame.pointer, str(len(frame.value)))
            frame.value.append(value)
        else:
            key = frame.key or ""
            pointer, line = (*frame.pointer, key), frame.key_line
            frame.value[key] = value
            frame.key = None
        self.lines[pointer] = line
        return pointer


def _documents(
    data: bytes | str, limits: YamlLimits, *, typed: bool = False
) -> Iterator[_Document]:
    text = _text(data, limits)
    document = _Document(limits=limits, typed=typed)
    count = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.DocumentStartEvent):
                count += 1
                document = _Document(limits=limits, typed=typed)
            elif isinstance(event, yaml.DocumentEndEvent):
                yield document
            elif not isinstance(event, (yaml.StreamStartEvent, yaml.StreamEndEvent)):
                document.take(event)
            if count > limits.documents:
                raise _broken(f"more than {limits.documents} documents", 0)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _broken("not YAML", mark.line + 1 if mark else 0) from error


def _text(data: bytes | str, limits: YamlLimits) -> str:
    if len(data) > limits.size:
        raise _broken(f"larger than {limits.size} bytes", 0)
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        text.encode("utf-8")  # half of a surrogate pair would stop the C parser
    except UnicodeError as error:
        raise _broken("not UTF-8", 0) from error
    return text.removeprefix("\ufeff")


def _single(documents: tuple[YamlValue, ...]) -> YamlValue:
    if len(documents) > 1:
        raise _broken("more than one document", 0)
    return documents[0] if documents else None


def _refuse_tag(tag: str | None, line: int) -> None:
    if tag is not None:
        raise _broken("a tag", line)


def _broken(what: str, line: int) -> EvidenceFormatError:
    return EvidenceFormatError("", f"{what} (line {line})" if line else what)


def _read_collected(text: str) -> YamlValue:
    return _single(load_all(text, limits=COLLECTED))


def _read_typed(text: str) -> YamlValue:
    documents = _documents(text, COLLECTED, typed=True)
    return _single(tuple(document.value for document in documents))


_collected = ReadOnce(_read_collected)
_typed = ReadOnce(_read_typed)
