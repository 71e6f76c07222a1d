"""Check type ``cipher-suites``: every configured TLS suite is in the benchmark's set."""

from dataclasses import dataclass

from analyzer.checks.judgement import Judgement, no_evidence, one_per_subject, outcome_of
from analyzer.checks.outranked import with_flag_notes
from analyzer.checks.own_answer import compared, own_answer
from analyzer.checks.settings_evidence import setting_keys, unreadable_key
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.cipher_suites import CIPHER_SETS, WEAK_MARKS, canonical
from analyzer.formats.settings import Looked, Query, Shape, Unset, Value
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Unreadable
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

_SUITES = Query(flag="tls-cipher-suites", key="tlsCipherSuites", shape=Shape.LIST)
_MINIMUM = Query(flag="tls-min-version", key="tlsMinVersion")
_TLS13 = "VersionTLS13"


@dataclass(frozen=True, slots=True, kw_only=True)
class CipherSuites:
    """Judge ``--tls-cipher-suites`` of a component.

    Every configured suite must be one of the set, compared by its registered number and not by
    its name. Unset fails by the letter. With TLS 1.3 as the least version the list has no
    effect: a pass by behaviour.

    Attributes:
        component: ``kube-apiserver`` or ``kubelet``.
        allowed_set: Name of the set: ``C6 C8 C11 C15 C21``.
    """

    component: str
    allowed_set: str

    def __post_init__(self) -> None:
        """Refuse a set that does not exist when the catalogue is loaded, not later."""
        if self.allowed_set not in CIPHER_SETS:
            raise ValueError(f"unknown cipher set {self.allowed_set}")

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads."""
        return setting_keys(self.component, "", in_file=self.component == "kubelet")

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every process of the component."""
        subjects = component_subjects(self.component, evidence, context)
        expected = f"only suites of set {self.allowed_set}"
        found = (
            outcome_of(
                with_flag_notes(self._judge(target), target, _SUITES),
                target.subject,
                expected,
                context,
            )
            for target in subjects.targets
        )
        return (*one_per_subject(found), *subjects.outcomes)

    def _judge(self, target: Target) -> Judgement:
        suites = target.look_up(_SUITES)
        minimum = target.look_up(_MINIMUM)
        if isinstance(suites, Unreadable):
            key = unreadable_key(suites, target.config, "")
            return no_evidence(suites, key, target.subject, sources=target.config.looked)
        judged = self._of(suites, minimum, target)
        answer = own_answer(target, _SUITES)
        if answer is None or isinstance(answer, Unreadable) or answer == suites:
            return judged
        answered = self._of(answer, own_answer(target, _MINIMUM), target)
        return compared(judged, answered, differ=_items(suites) != _items(answer))

    def _of(self, suites: Value | Unset, minimum: Looked | None, target: Target) -> Judgement:
        judged = self._list(suites, target)
        if judged.verdict is Verdict.FAIL and isinstance(minimum, Value) and minimum.text == _TLS13:
            return self._only_tls13(judged, minimum)
        return judged

    def _list(self, suites: Value | Unset, target: Target) -> Judgement:
        if isinstance(suites, Unset) or not suites.items:
            return Judgement(
                verdict=Verdict.FAIL,
                reason=Reason.FAIL_ABSENT,
                actual="--tls-cipher-suites unset",
                why="--tls-cipher-suites is unset, so the suites that Go offers by default are in "
                "use; the rule wants them chosen.",
                sources=target.config.looked,
                notes=target.notes,
            )
        allowed = {canonical(name) for name in CIPHER_SETS[self.allowed_set]}
        strange = [name for name in suites.items if canonical(name) not in allowed]
        good = not strange
        why = (
            f"Every suite of {suites.written} is in set {self.allowed_set}."
            if good
            else f"{', '.join(strange)} is not in set {self.allowed_set}."
        )
        weak = [n for n in suites.items if good and any(m in canonical(n) for m in WEAK_MARKS)]
        notes = (f"the set allows suites that are not strong: {', '.join(weak)}",) if weak else ()
        return Judgement(
            verdict=Verdict.PASS if good else Verdict.FAIL,
            reason=Reason.PASS_EXPLICIT if good else Reason.FAIL_EXPLICIT,
            actual=suites.written,
            why=why,
            sources=(suites.source,),
            notes=(*notes, *target.notes),
        )

    def _only_tls13(self, judged: Judgement, minimum: Value) -> Judgement:
        return Judgement(
            verdict=Verdict.PASS,
            reason=Reason.PASS_EXPLICIT,
            actual=f"{judged.actual}; {minimum.written}",
            why=f"{minimum.written}: the list has no effect on TLS 1.3, and nothing older is "
            "spoken.",
            sources=(minimum.source, *judged.sources),
            notes=judged.notes,
            letter=Verdict.FAIL,
            letter_why=judged.why.rstrip("."),
        )


def _items(suites: Value | Unset) -> tuple[str, ...]:
    """Return suites in an order that says nothing, as the component takes them."""
    return tuple(sorted(suites.items)) if isinstance(suites, Value) else ()
