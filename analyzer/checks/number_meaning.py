"""What a number of a setting stands for: a zero that means another, and the least of a policy."""

from dataclasses import dataclass, replace

from analyzer.checks.judgement import Judgement, no_evidence
from analyzer.checks.settings_evidence import trusted, version_text
from analyzer.checks.subjects import Target
from analyzer.formats.scalars import parse_number
from analyzer.formats.settings import Value
from analyzer.model.context import Context, Default
from analyzer.model.evidence import Unreadable
from analyzer.model.verdict import Reason, Verdict

_UNLIMITED = "unlimited"
_BY_VERSION = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMeaning:
    """How a component reads a number, and how small the declared policy lets it be.

    Attributes:
        component, flag: The setting.
        zero: Name in the defaults of what a zero means, a number or ``unlimited``; empty when a
            zero is a number like any other.
        zero_remark: What is worth knowing where a zero is no limit.
        letter_zero: ``pass`` or ``fail``: what the benchmark's text says of a zero.
        floor: Name of the policy value that is the least: a number, or ``default`` for what the
            version has when nothing is set; empty for none.
        ceiling: Name of the policy value that is the most; a floor by version never exceeds it.
    """

    component: str
    flag: str
    zero: str = ""
    zero_remark: str = ""
    letter_zero: str = ""
    floor: str = ""
    ceiling: str = ""

    def unknown(self, value: Value, target: Target, context: Context) -> Judgement | None:
        """Return the lack of evidence where the value's meaning depends on an unknown version."""
        zero = self._is_zero(value)
        if zero and self._meant(target, context) is None:
            detail = f"what {value.written} means changed over time, and the version is not known"
        elif not zero and len({_number(value) >= low for low in self._least(target, context)}) > 1:
            detail = f"the default that is the least for {value.written} depends on the version"
        else:
            return None
        problem = Unreadable(reason=Reason.NE_VERSION_UNKNOWN, detail=detail)
        subject = "cluster" if target.version is None else target.subject
        return no_evidence(problem, "api/version", subject, sources=(value.source,))

    def meant(self, value: Value, target: Target, context: Context) -> Value | None:
        """Return the number that a value stands for; None for no limit at all."""
        default = self._meant(target, context) if self._is_zero(value) else None
        if default is None:
            return value
        return None if default.value == _UNLIMITED else replace(value, text=default.value or "")

    def enough(self, value: Value, target: Target, context: Context) -> bool:
        """Tell whether a number is not below the declared least."""
        return all(_number(value) >= low for low in self._least(target, context))

    def explained(
        self, judged: Judgement, value: Value, target: Target, context: Context
    ) -> Judgement:
        """Say what a zero means, and set the text's answer about it beside the verdict."""
        default = self._meant(target, context) if self._is_zero(value) else None
        if default is None:
            return judged
        unlimited = default.value == _UNLIMITED
        means = "no limit" if unlimited else default.value
        said = f"0 means {means} ({version_text(target)}), by {trusted(default, target)}"
        remarks = (self.zero_remark,) if self.zero_remark and unlimited else ()
        judged = replace(judged, notes=(*judged.notes, said, *remarks))
        if not self.letter_zero:
            return judged
        wants = "names 0" if self.letter_zero == "pass" else "asks for a number, not for 0"
        return replace(
            judged,
            letter=Verdict(self.letter_zero),
            letter_why=f"the benchmark's text {wants}",
        )

    def words(self, context: Context) -> str:
        """Return what the least is, short; empty where there is none."""
        if not self.floor:
            return ""
        word = context.policy.values[self.floor]
        least = "the default of its version" if word == _BY_VERSION else word
        return f", and no less than {least} (declared policy {self.floor}: {word})"

    def _is_zero(self, value: Value) -> bool:
        return bool(self.zero) and parse_number(value.text) == 0

    def _meant(self, target: Target, context: Context) -> Default | None:
        return context.defaults.lookup(
            self.component, self.zero, target.version, config_file=target.config.has_config_file
        )

    def _least(self, target: Target, context: Context) -> tuple[int, ...]:
        """Return the least number, or all that it may be where the version is not known."""
        if not self.floor:
            return ()
        word = context.policy.values[self.floor]
        if word != _BY_VERSION:
            return (int(word),)
        found = context.defaults.lookup(
            self.component, self.flag, target.version, config_file=target.config.has_config_file
        )
        known = context.defaults.entries.get((self.component, self.flag), ())
        values = (found,) if found is not None else known
        most = context.policy.number(self.ceiling)
        return tuple(min(int(d.value), most) for d in values if d.value)


def _number(value: Value) -> int:
    return parse_number(value.text) or 0
