"""Another setting that meets a control where the first one does not."""

from dataclasses import dataclass, replace

from analyzer.checks.compare import Expect, Kind, satisfies
from analyzer.checks.judgement import Judgement, no_evidence
from analyzer.checks.outranked import other_gate
from analyzer.checks.own_answer import own_answer
from analyzer.checks.settings_evidence import unreadable_key
from analyzer.checks.subjects import Target
from analyzer.formats.settings import Query, Shape, Unset, Value
from analyzer.model.context import Context
from analyzer.model.evidence import Source, Unreadable
from analyzer.model.verdict import Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A boolean that meets the control when true.

    Attributes:
        flag, key: Its names.
        gate: Feature gate without which it does nothing; empty for none.
        gate_group: The switch of that gate's group.
    """

    flag: str
    key: str
    gate: str = ""
    gate_group: str = ""

    def apply(self, judged: Judgement, target: Target, context: Context) -> Judgement:
        """Turn a judgement into a pass where this setting is true and has its effect."""
        if not self.key or judged.verdict is Verdict.PASS:
            return judged
        found = self._effective(Query(flag=self.flag, key=self.key, zero="false"), target)
        if isinstance(found, Unreadable):
            return self._unknown(judged, found, target)
        if found is None or not _true(found):
            return judged
        off = self._switched_off(target, context)
        if isinstance(off, Unreadable):
            return self._unknown(judged, off, target)
        if off is not None:
            note = f"{found.written} has no effect: the gate {self.gate} is false ({off.written})"
            sources = (*judged.sources, off.source)
            return replace(judged, notes=(*judged.notes, note), sources=sources)
        return _met(judged, found)

    def _effective(self, query: Query, target: Target) -> Value | Unreadable | None:
        """Return the value in effect; one that configz contradicts is the worse of the two."""
        found = target.look_up(query)
        answer = own_answer(target, query)
        if isinstance(found, Value) and isinstance(answer, Value) and not _true(answer):
            return answer
        return None if isinstance(found, Unset) else found

    def _switched_off(self, target: Target, context: Context) -> Value | Unreadable | None:
        """Return what switches the gate off; None when it is on."""
        if not self.gate:
            return None
        query = Query(
            flag="feature-gates",
            key="featureGates",
            shape=Shape.GATE,
            gate=self.gate,
            gate_group=self.gate_group,
        )
        here = target.look_up(query)
        places = (here, other_gate(target, query, here), own_answer(target, query))
        values = [found for found in places if isinstance(found, (Value, Unreadable))]
        bad = (f for f in values if isinstance(f, Unreadable) or not _true(f))
        found = next(bad, None)
        if found is not None or values:
            return found
        return _by_default(self.gate, target, context)

    def _unknown(self, judged: Judgement, problem: Unreadable, target: Target) -> Judgement:
        if judged.verdict is not Verdict.FAIL:
            return judged
        key = unreadable_key(problem, target.config, "")
        return no_evidence(problem, key, target.subject, sources=judged.sources)


def _by_default(gate: str, target: Target, context: Context) -> Value | Unreadable | None:
    component = target.config.component
    default = context.defaults.lookup(
        component, gate, target.version, config_file=target.config.has_config_file
    )
    if default is not None and default.value == "true":
        return None
    return Unreadable(
        reason=Reason.NE_VERSION_UNKNOWN,
        detail=f"the gate {gate} is not set, and that it is on by default is not known",
    )


def _true(value: Value) -> bool:
    return satisfies(Kind.BOOLEAN, Expect.EQUALS, "true", value)


def _met(judged: Judgement, other: Value) -> Judgement:
    sources: tuple[Source, ...] = (other.source, *judged.sources)
    return replace(
        judged,
        verdict=Verdict.PASS,
        reason=Reason.PASS_EXPLICIT,
        actual=f"{judged.actual}; {other.written}",
        why=f"{other.written} meets the control in another way.",
        sources=sources,
        letter=judged.verdict,
        letter_why=judged.why.rstrip("."),
        letter_reason=judged.reason,
    )
