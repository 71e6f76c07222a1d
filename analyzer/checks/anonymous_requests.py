"""Check type ``anonymous-requests``: whether the API server answers callers without a name."""

from dataclasses import dataclass, replace

from analyzer.checks.compare import Expect, Kind
from analyzer.checks.judgement import Judgement, no_evidence, one_per_subject, outcome_of, unique
from analyzer.checks.setting import Setting
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.config_file import find
from analyzer.formats.settings import Query, Shape, Unset, Value
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Source, Unreadable, is_redacted
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

HEALTH = frozenset({"/healthz", "/livez", "/readyz"})
"""Paths that say whether the API server is well, and nothing about what it holds."""

_FILE = "authentication-config"
_SETTING = Setting(
    component="kube-apiserver",
    flags=("anonymous-auth",),
    keys=("anonymous.enabled",),
    file=_FILE,
    kind=Kind.BOOLEAN,
    expect=Expect.EQUALS,
    value="false",
)
_MODES = Query(flag="authorization-mode", shape=Shape.LIST)
_MODES_FILE = Query(flag="authorization-config")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnonymousRequests:
    """Judge ``--anonymous-auth`` and the structured file that replaces it.

    The file outranks the flag, and the server switches anonymous access off by itself where
    its flags let everybody do everything. Access narrowed to health paths passes by behaviour,
    not by the letter. A named file that cannot be read is no evidence.
    """

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads."""
        return _SETTING.needs

    @property
    def defaults_read(self) -> tuple[tuple[str, str], ...]:
        """Whether anonymous requests are let in when nothing says so."""
        return _SETTING.defaults_read

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every API server."""
        subjects = component_subjects("kube-apiserver", evidence, context)
        found = (
            outcome_of(
                _judge(target, evidence, context), target.subject, "anonymous access off", context
            )
            for target in subjects.targets
        )
        return (*one_per_subject(found), *subjects.outcomes)


def _judge(target: Target, evidence: ClusterEvidence, context: Context) -> Judgement:
    off = _off_by_omission(target)
    if off is not None:
        return off
    judged = _SETTING.judge(target, evidence, context)
    if judged.verdict is not Verdict.FAIL:
        return judged
    paths = _conditions(target)
    known = tuple(path for path in paths if not is_redacted(path))
    if known != paths and set(known) <= HEALTH:
        return _masked(judged, target)
    if paths:
        return _narrowed(judged, paths)
    masked = target.config.look_up(_MODES)
    if isinstance(masked, Unreadable) and masked.reason is Reason.NE_REDACTED:
        return no_evidence(masked, "process/kube-apiserver", target.subject, sources=judged.sources)
    modes = _resetting(target)
    if not modes:
        return judged
    return replace(
        judged,
        verdict=Verdict.PASS,
        reason=Reason.PASS_DEFAULT,
        why="The API server turns anonymous access off by itself while its mode of authorization "
        "is AlwaysAllow, which is worse and is judged by its own control.",
        sources=unique((*judged.sources, *modes)),
        letter=Verdict.FAIL,
        letter_why=judged.why.rstrip("."),
    )


def _resetting(target: Target) -> tuple[Source, ...]:
    """Return what shows that the API server resets --anonymous-auth to false; else nothing.

    It does so for AlwaysAllow among the modes of the flag, which is also the mode when neither
    the flag nor --authorization-config is given. What a file says is not reset: neither an
    AlwaysAllow there counts, nor is ``anonymous`` of the authentication file changed
    (pkg/kubeapiserver/options: BuiltInAuthorizationOptions.Complete, ApplyAuthorization and
    ToAuthenticationConfig of kubernetes 1.30 to 1.34; up to 1.29 the mode's own default).
    """
    if any(find(f.document, "anonymous") for f in target.config.files.get(_FILE, ())):
        return ()
    modes = target.config.look_up(_MODES)
    if isinstance(modes, Value):
        return (modes.source,) if "AlwaysAllow" in modes.items else ()
    file = target.config.look_up(_MODES_FILE)
    named = not isinstance(file, Unset) and not (isinstance(file, Value) and not file.text)
    return () if named or not isinstance(modes, Unset) else modes.looked


def _masked(judged: Judgement, target: Target) -> Judgement:
    problem = Unreadable(
        reason=Reason.NE_REDACTED,
        detail="a path that anonymous requests are narrowed to was masked by the collector",
    )
    return no_evidence(problem, f"file/{_FILE}", target.subject, sources=judged.sources)


def _narrowed(judged: Judgement, paths: tuple[str, ...]) -> Judgement:
    """Pass what lets anonymous callers ask for health and nothing else; the text has no such case.

    A condition is a whole path (kubernetes.io/docs/reference/access-authn-authz/authentication,
    anonymous authenticator configuration).
    """
    note = f"anonymous requests are narrowed to {', '.join(paths)}"
    if not set(paths) <= HEALTH:
        return replace(judged, notes=(*judged.notes, note))
    return replace(
        judged,
        verdict=Verdict.PASS,
        reason=Reason.PASS_EXPLICIT,
        actual=f"{judged.actual}, narrowed to {', '.join(paths)}",
        why=f"{judged.actual}, but {note}, which tell whether the API server is well and no more.",
        letter=Verdict.FAIL,
        letter_why=judged.why.rstrip("."),
    )


def _off_by_omission(target: Target) -> Judgement | None:
    """Pass a file whose section ``anonymous`` is there and does not say enabled: that is off."""
    for file in target.config.files.get(_FILE, ()):
        place = find(file.document, "anonymous")
        section = place.value if place else None
        if place is not None and isinstance(section, dict) and section.get("enabled") is None:
            return Judgement(
                verdict=Verdict.PASS,
                reason=Reason.PASS_EXPLICIT,
                actual=f"anonymous without enabled in {file.path}",
                why=f"{file.path} has the section anonymous without enabled, which means false.",
                sources=(file.at(place.pointer, "anonymous"),),
            )
    return None


def _conditions(target: Target) -> tuple[str, ...]:
    """Return the paths that anonymous requests are limited to."""
    for file in target.config.files.get(_FILE, ()):
        place = find(file.document, "anonymous")
        section = place.value if place else None
        conditions = section.get("conditions") if isinstance(section, dict) else None
        if isinstance(conditions, list):
            found = [c.get("path") if isinstance(c, dict) else None for c in conditions]
            return tuple(str(p) if isinstance(p, str) else "(unreadable)" for p in found)
    return ()
