"""The second door of an old controller manager or scheduler: plain HTTP, and no questions asked."""

from analyzer.checks.judgement import Judgement, no_evidence
from analyzer.checks.plain_urls import undone
from analyzer.checks.settings_evidence import unreadable_key, version_text
from analyzer.checks.subjects import Target
from analyzer.formats.scalars import is_loopback, parse_number
from analyzer.formats.settings import Looked, Query, Unset, Value
from analyzer.model.context import Context
from analyzer.model.evidence import Unreadable
from analyzer.model.verdict import Reason, Verdict

_PORT, _ADDRESS = "port", "address"
_IN_FILE = ("healthzBindAddress", "metricsBindAddress")
_EMPTY_IS_OFF = "kubescheduler.config.k8s.io/v1beta2"


def unless_insecure_port(judged: Judgement, target: Target, context: Context) -> Judgement:
    """Fail what passed where the insecure port is open to other hosts; the letter keeps its pass.

    The bind address is that of the secure port. The insecure one has its own, until a version
    of the component in which it can only be closed. A scheduler's configuration file replaces
    both flags.
    """
    if judged.verdict is not Verdict.PASS or _gone(target, context):
        return judged
    doors = _doors(target)
    if not doors:
        return judged
    name, door = next((d for d in doors if isinstance(d[1], Value)), doors[0])
    match door:
        case Unreadable():
            key = unreadable_key(door, target.config, "")
            return no_evidence(door, key, target.subject, sources=judged.sources)
        case Value():
            why = f"{door.written} opens the insecure port to other hosts"
            return undone(judged, door.written, why, sources=(door.source,))
        case Unset():
            return _by_default(judged, target, context, name, door)


def _gone(target: Target, context: Context) -> bool:
    """Tell whether this version can only have the port closed."""
    if target.version is None:
        return False
    default = context.defaults.lookup(
        target.config.component, _PORT, target.version, config_file=False
    )
    return default is not None and default.value == "0"


def _doors(target: Target) -> tuple[tuple[str, Looked], ...]:
    """Return, by name, settings that open the port, leave it to the default, or are not known."""
    if not target.config.has_config_file:
        door = _by_flags(target)
        return ((_PORT, door),) if door is not None else ()
    found = ((key, _by_key(target, key)) for key in _IN_FILE)
    return tuple((key, door) for key, door in found if door is not None)


def _by_flags(target: Target) -> Looked | None:
    port = target.config.look_up(Query(flag=_PORT))
    if isinstance(port, Value) and parse_number(port.text) == 0:
        return None
    address = target.config.look_up(Query(flag=_ADDRESS))
    if isinstance(address, Value) and is_loopback(address.text):
        return None
    return address if isinstance(address, Unreadable) else port


def _by_key(target: Target, key: str) -> Looked | None:
    found = target.config.look_up(Query(key=key))
    if not isinstance(found, Value):
        return found
    if found.text:
        closed = is_loopback(found.text) or found.text.rpartition(":")[2] == "0"
        return None if closed else found
    kind = target.config.look_up(Query(key="apiVersion"))
    if isinstance(kind, Value) and kind.text == _EMPTY_IS_OFF:
        return None
    return Unset(looked=(found.source,), written=found.written)


def _by_default(
    judged: Judgement, target: Target, context: Context, name: str, unset: Unset
) -> Judgement:
    label = f"--{name}" if name == _PORT else name
    default = context.defaults.lookup(
        target.config.component,
        name,
        target.version,
        config_file=target.config.has_config_file,
    )
    if target.version is None or default is None:
        detail = f"{label} is unset, and whether this version then opens the port is not known"
        problem = Unreadable(reason=Reason.NE_VERSION_UNKNOWN, detail=detail)
        subject = "cluster" if target.version is None else target.subject
        return no_evidence(problem, "api/version", subject, sources=unset.looked)
    said = f"{label} unset; default {default.value} ({version_text(target)})"
    why = f"{said}: the insecure port is open to other hosts"
    return undone(judged, said, why, sources=unset.looked, reason=Reason.FAIL_DEFAULT)
