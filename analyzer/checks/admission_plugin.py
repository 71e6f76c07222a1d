"""Check type ``admission-plugin``: whether an admission plugin is in effect."""

from dataclasses import dataclass, replace

from analyzer.checks.admission_limits import ROLE, with_configuration
from analyzer.checks.judgement import Judgement, no_evidence, one_per_subject, outcome_of
from analyzer.checks.manifest_drift import drift_notes
from analyzer.checks.settings_evidence import setting_keys, trusted, version_text
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.settings import Looked, Query, Shape, Unset, Value
from analyzer.model.benchmark import Subject, Without
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context, Default
from analyzer.model.evidence import EvidenceKey, Source, Unreadable
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

_COMPONENT = "kube-apiserver"
_ENABLE, _DISABLE, _EXACT = (
    "enable-admission-plugins",
    "disable-admission-plugins",
    "admission-control",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flags:
    """The three flags that decide, with where they stand."""

    enabled: tuple[str, ...]
    disabled: tuple[str, ...]
    exact: tuple[str, ...] | None
    sources: tuple[Source, ...]
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionPlugin:
    """Judge the effective set: default-on plugins and enabled ones, less disabled ones.

    Default-on plugins are those of the observed version. One that does nothing without a file
    of its own counts only when that file is in evidence and says something. A server whose
    arguments or version cannot be read is no evidence.

    Attributes:
        plugins: Names; one of them in the wanted state is enough.
        enabled: The wanted state.
        subject: Which versions of Kubernetes have any of them; None for all of them.
        configured_by: Key of the plugin's own configuration that has to hold something,
            because it does nothing otherwise; empty for a plugin that needs none.
    """

    plugins: tuple[str, ...]
    enabled: bool
    subject: Subject | None = None
    configured_by: str = ""

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads."""
        keys = setting_keys(_COMPONENT, "", in_file=False)
        return (*keys, EvidenceKey(f"file/{ROLE}")) if self.configured_by else keys

    @property
    def defaults_read(self) -> tuple[tuple[str, str], ...]:
        """Which of the plug-ins are on by themselves."""
        return tuple((_COMPONENT, _default_name(name)) for name in self.plugins)

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every API server."""
        subjects = component_subjects(_COMPONENT, evidence, context)
        found = (
            outcome_of(self._judge(target, context), target.subject, self._expected(), context)
            for target in subjects.targets
        )
        return (*one_per_subject(found), *subjects.outcomes)

    def _judge(self, target: Target, context: Context) -> Judgement:
        if (
            self.subject is not None
            and target.version is not None
            and not self.subject.exists_in(target.version)
        ):
            return _missing(self.subject, target, str(target.version))
        flags = _read_flags(target)
        if isinstance(flags, Unreadable):
            key = f"process/{_COMPONENT}"
            return no_evidence(flags, key, target.subject, sources=target.config.looked)
        states = [self._state(name, flags, target, context) for name in self.plugins]
        judged = next((s for s in states if s.verdict is Verdict.PASS), states[0])
        drift = tuple(n for f in (_ENABLE, _DISABLE) for n in drift_notes(target, f))
        judged = replace(judged, notes=drift)
        if not self.configured_by or judged.verdict is not Verdict.PASS:
            return judged
        return with_configuration(judged, target, self.plugins[0], self.configured_by)

    def _state(self, name: str, flags: _Flags, target: Target, context: Context) -> Judgement:
        default = context.defaults.lookup(
            _COMPONENT, _default_name(name), target.version, config_file=False
        )
        named = name in (*flags.enabled, *flags.disabled) or flags.exact is not None
        if not named and (default is None or (self._ended and target.version is None)):
            problem = Unreadable(
                reason=Reason.NE_VERSION_UNKNOWN,
                detail=f"whether {name} is on by default depends on the version",
            )
            return no_evidence(problem, "api/version", "cluster", sources=flags.sources)
        if flags.exact is not None:
            active = name in flags.exact
        else:
            by_default = default is not None and default.value == "true"
            active = (by_default or name in flags.enabled) and name not in flags.disabled
        by = None if named or default is None else _by_default(default, target)
        return self._verdict(name, flags, active=active, by_default=by)

    def _verdict(
        self, name: str, flags: _Flags, *, active: bool, by_default: tuple[str, str] | None
    ) -> Judgement:
        """Judge one plugin; ``by_default`` is the version and source where no flag names it."""
        good = active is self.enabled
        version, source = by_default or ("", "")
        how = f"by default, {version}" if by_default else " ".join(flags.written)
        actual = f"{name} {'on' if active else 'off'} ({how})"
        word = "DEFAULT" if by_default else "EXPLICIT"
        known = f", by {source}" if source else ""
        return Judgement(
            verdict=Verdict.PASS if good else Verdict.FAIL,
            reason=Reason(f"{'PASS' if good else 'FAIL'}_{word}"),
            actual=actual,
            why=f"{actual}{known}; the rule wants it {'on' if self.enabled else 'off'}.",
            sources=flags.sources,
        )

    @property
    def _ended(self) -> bool:
        """Tell whether newer versions lack it, so that an unknown version may be one of them.

        That a version is too old for it needs no care: a benchmark that asks for a plugin was
        written for versions that have it.
        """
        return self.subject is not None and self.subject.until is not None

    def _expected(self) -> str:
        return f"{' or '.join(self.plugins)} {'on' if self.enabled else 'off'}"


def _missing(subject: Subject, target: Target, version: str) -> Judgement:
    """Judge where no such plugin exists; one that is named stops the API server."""
    met = subject.without is Without.MET
    return Judgement(
        verdict=Verdict.PASS if met else Verdict.NOT_APPLICABLE,
        reason=Reason.PASS_ABSENT if met else Reason.NA_VERSION,
        actual=f"Kubernetes {version}",
        why=f"This API server is {version}, which has no such plugin.",
        sources=target.config.looked,
    )


def _by_default(default: Default, target: Target) -> tuple[str, str]:
    return version_text(target), trusted(default, target)


def _read_flags(target: Target) -> _Flags | Unreadable:
    found: list[Looked] = [
        target.config.look_up(Query(flag=flag, shape=Shape.LIST))
        for flag in (_ENABLE, _DISABLE, _EXACT)
    ]
    problem = next((f for f in found if isinstance(f, Unreadable)), None)
    if problem is not None:
        return problem
    values = [f for f in found if isinstance(f, Value)]
    enabled, disabled, exact = found
    return _Flags(
        enabled=_items(enabled),
        disabled=_items(disabled),
        exact=None if isinstance(exact, Unset) else _items(exact),
        sources=tuple(v.source for v in values) or target.config.looked,
        written=tuple(v.written for v in values),
    )


def _items(looked: Looked) -> tuple[str, ...]:
    return looked.items if isinstance(looked, Value) else ()


def _default_name(plugin: str) -> str:
    return f"admission-plugin.{plugin}"
