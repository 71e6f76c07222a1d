"""Another setting without which a satisfied one has no effect."""

from dataclasses import dataclass, replace

from analyzer.checks.compare import Expect, Kind, satisfies
from analyzer.checks.judgement import Judgement, no_evidence
from analyzer.checks.own_answer import own_answer
from analyzer.checks.settings_evidence import unreadable_key
from analyzer.checks.subjects import Target
from analyzer.formats.settings import Looked, Origin, Query, Unset, Value
from analyzer.model.evidence import Source, Unreadable
from analyzer.model.verdict import Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Precondition:
    """A boolean that has to be true for a passing value to do anything.

    Attributes:
        flag, key: Its names; false when unset.
        spared_by: A path setting (flag, key) with which the whole question does not arise.
        spared_names: File names that configz gives for it though it is unset.
    """

    flag: str
    key: str
    spared_by: tuple[str, str] = ("", "")
    spared_names: tuple[str, ...] = ()

    def apply(self, judged: Judgement, target: Target) -> Judgement:
        """Turn a pass into a failure where the value has no effect; the letter keeps its pass."""
        if not self.key or judged.verdict is not Verdict.PASS:
            return judged
        found = self._worse(target)
        if isinstance(found, Value) and _true(found):
            return replace(judged, sources=(*judged.sources, found.source))
        spared = self._spared(target)
        if isinstance(spared, Value):
            note = f"{spared.written}: who made that certificate has to renew it"
            sources = (*judged.sources, spared.source)
            return replace(judged, notes=(*judged.notes, note), sources=sources)
        problem = next((f for f in (found, spared) if isinstance(f, Unreadable)), None)
        if problem is not None:
            key = unreadable_key(problem, target.config, "")
            return no_evidence(problem, key, target.subject, sources=judged.sources)
        return self._without_effect(judged, found)

    def _worse(self, target: Target) -> Looked:
        """Return the setting; an own answer (configz) that contradicts it is the worse of both."""
        query = Query(flag=self.flag, key=self.key, zero="false")
        found, answer = target.look_up(query), own_answer(target, query)
        contradicts = isinstance(answer, Value) and not _true(answer)
        return answer if answer is not None and contradicts else found

    def _spared(self, target: Target) -> Looked:
        flag, key = self.spared_by
        found = target.look_up(Query(flag=flag, key=key))
        if not isinstance(found, Value):
            return found
        name = found.text.rpartition("/")[2]
        made_up = found.origin is Origin.CONFIGZ and name in self.spared_names
        return Unset(looked=(found.source,)) if made_up or not found.text else found

    def _without_effect(self, judged: Judgement, found: Looked) -> Judgement:
        sources: tuple[Source, ...] = judged.sources
        if isinstance(found, Value):
            sources = (found.source, *sources)
        word = found.written if isinstance(found, Value) else f"{self.key} unset"
        return replace(
            judged,
            verdict=Verdict.FAIL,
            reason=Reason.FAIL_EXPLICIT if isinstance(found, Value) else Reason.FAIL_DEFAULT,
            actual=f"{judged.actual}; {word}",
            why=f"{judged.actual} has no effect without {self.key}: true, and {word}.",
            sources=sources,
            letter=Verdict.PASS,
            letter_why=f"the benchmark's text does not ask for {self.key}",
            letter_reason=judged.reason,
        )


def _true(value: Value) -> bool:
    return satisfies(Kind.BOOLEAN, Expect.EQUALS, "true", value)
