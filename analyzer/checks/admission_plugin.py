"""Check type ``admission-plugin``: whether an admission plugin is in effect."""

from dataclasses import dataclass, replace

from analyzer.checks.judgement import Judgement, no_evidence, one_per_subject, outcome_of
from analyzer.checks.manifest_drift import drift_notes
from analyzer.checks.settings_evidence import setting_keys
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.settings import Looked, Query, Shape, Unset, Value
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Source, Unreadable
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict
from analyzer.model.version import parse_version

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

    Attributes:
        plugins: Names; one of them in the wanted state is enough.
        enabled: The wanted state.
        gone_since: First Kubernetes version without any of them: not applicable from there.
        configured_by_file: Without ``--admission-control-config-file`` it does nothing.
    """

    plugins: tuple[str, ...]
    enabled: bool
    gone_since: str = ""
    configured_by_file: bool = False

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads."""
        return setting_keys(_COMPONENT, "", in_file=False)

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every API server."""
        subjects = component_subjects(_COMPONENT, evidence, context)
        found = (
            outcome_of(self._judge(target, context), target.subject, self._expected(), context)
            for target in subjects.targets
        )
        return (*one_per_subject(found), *subjects.outcomes)

    def _judge(self, target: Target, context: Context) -> Judgement:
        gone = parse_version(self.gone_since)
        if gone is not None and target.version is not None and target.version >= gone:
            return self._gone(target, gone=str(gone))
        flags = _read_flags(target)
        if isinstance(flags, Unreadable):
            key = f"process/{_COMPONENT}"
            return no_evidence(flags, key, target.subject, sources=target.config.looked)
        states = [self._state(name, flags, target, context) for name in self.plugins]
        judged = next((s for s in states if s.verdict is Verdict.PASS), states[0])
        drift = tuple(n for f in (_ENABLE, _DISABLE) for n in drift_notes(target, f))
        return replace(judged, notes=(*drift, *self._unconfigured(judged, target)))

    def _state(self, name: str, flags: _Flags, target: Target, context: Context) -> Judgement:
        default = context.defaults.lookup(
            _COMPONENT, f"admission-plugin.{name}", target.version, config_file=False
        )
        named = name in (*flags.enabled, *flags.disabled) or flags.exact is not None
        if not named and (default is None or (self.gone_since and target.version is None)):
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
        return self._verdict(name, flags, active=active, named=named)

    def _verdict(self, name: str, flags: _Flags, *, active: bool, named: bool) -> Judgement:
        good = active is self.enabled
        how = " ".join(flags.written) if named else "by default"
        actual = f"{name} {'on' if active else 'off'} ({how})"
        word = "EXPLICIT" if named else "DEFAULT"
        return Judgement(
            verdict=Verdict.PASS if good else Verdict.FAIL,
            reason=Reason(f"{'PASS' if good else 'FAIL'}_{word}"),
            actual=actual,
            why=f"{actual}; the rule wants it {'on' if self.enabled else 'off'}.",
            sources=flags.sources,
        )

    def _unconfigured(self, judged: Judgement, target: Target) -> tuple[str, ...]:
        if not self.configured_by_file or judged.verdict is not Verdict.PASS:
            return ()
        file = target.config.look_up(Query(flag="admission-control-config-file"))
        if isinstance(file, Value) and file.text:
            return (f"its limits stand in {file.text}",)
        return ("no --admission-control-config-file is given, so the plugin limits nothing",)

    def _gone(self, target: Target, *, gone: str) -> Judgement:
        names = " and ".join(self.plugins)
        return Judgement(
            verdict=Verdict.NOT_APPLICABLE,
            reason=Reason.NA_VERSION,
            actual=f"Kubernetes {target.version}",
            why=f"{names} left Kubernetes with {gone}; this API server is {target.version}.",
            sources=target.config.looked,
        )

    def _expected(self) -> str:
        return f"{' or '.join(self.plugins)} {'on' if self.enabled else 'off'}"


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
