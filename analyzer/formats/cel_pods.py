"""What a CEL expression of an admission policy is sure to forbid in a pod.

An expression counts only when it provably implies the rule: each way of making it true is one
that keeps to the rule. Whatever is not recognised proves nothing. An expression that fails to
evaluate refuses the pod, as long as the policy's failurePolicy is Fail.
Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol

from analyzer.formats.cel_text import (
    call,
    for_pods,
    outermost,
    split,
    ternary,
    unwrapped,
    written_out,
)

LISTS = ("containers", "initContainers", "ephemeralContainers")
_SPEC = "object.spec"
_DEEPEST = 24
_MOST = 20_000
"""Characters of one policy's expressions, variables written out, that are looked at."""
_MOST_EXPRESSIONS = 100
_OPERATORS = re.compile(r"==|!=|<|>|\+|-|\*|/|%|\bin\b|\?(?!\w)")


_NEVER = ("false", 'object.kind!="Pod"')
"""What is not true of any pod."""


class Rule(Protocol):
    """What has to hold of one thing in a pod."""

    def keeps(self, atom: str) -> bool:
        """Tell whether an atom that is true implies the rule."""
        ...

    def tells(self, atom: str) -> bool:
        """Tell whether a broken rule implies that an atom is true."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A rule about one field below ``root``.

    Attributes:
        path: Names of the field and of what holds it, ``("securityContext", "privileged")``.
        default: What stands for an unset field in ``orValue``: ``false``, ``true``, ``[]``.
        good: Endings behind the field that imply the rule: ``==false``.
        bad: Endings behind the field that a broken rule implies: ``==true``.
        unset_is_good: The rule holds while the field, or what would hold it, is not there.
        negation: ``!FIELD`` implies the rule, and a broken rule implies ``FIELD``.
        member: Literal that the list holds where the rule is kept; empty when that is not asked.
    """

    root: str
    path: tuple[str, ...]
    default: str
    good: tuple[str, ...]
    bad: tuple[str, ...]
    unset_is_good: bool
    negation: bool
    member: str

    def keeps(self, atom: str) -> bool:
        """Recognise the good endings, and where allowed the field's absence."""
        if self.negation and atom.startswith("!") and self._names(atom[1:]):
            return True
        if self.unset_is_good and atom in {f"!has({one})" for one in self._holders()}:
            return True
        return self._ends(atom, self.good) or self._holds_member(atom)

    def tells(self, atom: str) -> bool:
        """Recognise the bad endings, and where allowed the field's presence."""
        if self.unset_is_good and atom in {f"has({one})" for one in self._holders()}:
            return True
        if self.negation and self._names(atom):
            return self.unset_is_good or atom.endswith(")")
        return self._ends(atom, self.bad)

    def _holds_member(self, atom: str) -> bool:
        if not self.member:
            return False
        found = call(atom, "exists")
        if found is not None:
            target, variable, body = found
            return self._names(target) and body == f"{variable}=={self.member}"
        before = f"{self.member}in "
        return atom.startswith(before) and self._names(atom.removeprefix(before))

    def _holders(self) -> tuple[str, ...]:
        return tuple(
            ".".join((self.root, *self.path[:length])) for length in range(1, len(self.path) + 1)
        )

    def _names(self, text: str) -> bool:
        return text == self._holders()[-1] or self._optional().fullmatch(text) is not None

    def _ends(self, atom: str, endings: tuple[str, ...]) -> bool:
        for ending in endings:
            before, _, after = ending.partition("FIELD")
            if atom.startswith(before) and atom.endswith(after):
                inner = atom[len(before) : len(atom) - len(after)]
                if self._names(inner):
                    return True
        return False

    def _optional(self) -> re.Pattern[str]:
        steps = r"\.\??".join(map(re.escape, self.path))
        plain = re.escape(self._holders()[-1])
        default = re.escape(self.default)
        return re.compile(rf"(?!{plain}){re.escape(self.root)}\.\??{steps}\.orValue\({default}\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """A rule about every element of a list.

    Attributes:
        path: The list, ``object.spec.containers``.
        rule: What has to hold of an element, by the name that the expression gives it.
    """

    root: str
    name: str
    rule: "ElementRule"

    def keeps(self, atom: str) -> bool:
        """Recognise ``LIST.all(...)``, ``!LIST.exists(...)``, and the list's absence."""
        if atom == f"!has({self.root}.{self.name})":
            return True
        found = call(atom, "all")
        if found is None or not self._goes_through(found):
            return False
        return implies(found[2], self.rule.of(found[1]))

    def tells(self, atom: str) -> bool:
        """Recognise ``LIST.exists(...)``, and the list's presence."""
        if atom == f"has({self.root}.{self.name})":
            return True
        found = call(atom, "exists")
        if found is None or not self._goes_through(found):
            return False
        return implied(found[2], self.rule.of(found[1]))

    def _goes_through(self, loop: tuple[str, str, str]) -> bool:
        target, variable, _ = loop
        return variable != self.root.partition(".")[0] and self._covers(target)

    def _covers(self, target: str) -> bool:
        whole = f"{self.root}.{self.name}"
        forms = {
            whole,
            f"{self.root}.?{self.name}.orValue([])",
            f"has({whole})?{whole}:[]",
            f"!has({whole})?[]:{whole}",
        }
        if ternary(target) is not None:  # what is added in a branch is added there only
            return target in forms
        return any(unwrapped(part) in forms for part in split(target, "+"))


class ElementRule(Protocol):
    """Makes the rule about an element once its name is known."""

    def of(self, variable: str) -> Rule:
        """Return the rule about the element of that name."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldOf:
    """A rule about a field of each element."""

    path: tuple[str, ...]
    default: str
    good: tuple[str, ...]
    bad: tuple[str, ...] = ()
    unset_is_good: bool = True
    negation: bool = False
    member: str = ""

    def of(self, variable: str) -> Rule:
        """Return the rule about one element."""
        return Field(
            root=variable,
            path=self.path,
            default=self.default,
            good=self.good,
            bad=self.bad,
            unset_is_good=self.unset_is_good,
            negation=self.negation,
            member=self.member,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementsOf:
    """A rule about a list within each element."""

    name: str
    rule: ElementRule

    def of(self, variable: str) -> Rule:
        """Return the rule about the list of one element."""
        return Elements(root=variable, name=self.name, rule=self.rule)


def implies(text: str, rule: Rule, depth: int = _DEEPEST) -> bool:
    """Tell whether a true expression implies the rule; what is never true implies anything."""
    shape, parts = _apart(text)
    if depth == 0 or shape is _Shape.NOTHING:
        return False
    match shape:
        case _Shape.NEVER:
            return True
        case _Shape.CHOICE:
            return _chooses(parts, rule, depth - 1)
        case _Shape.ANY:
            return all(implies(part, rule, depth - 1) for part in parts)
        case _Shape.ALL:
            return any(implies(part, rule, depth - 1) for part in parts)
        case _Shape.NOT if implied(parts[1], rule, depth - 1):
            return True
    return rule.keeps(parts[0])


def implied(text: str, rule: Rule, depth: int = _DEEPEST) -> bool:
    """Tell whether a broken rule implies that an expression is true."""
    shape, parts = _apart(text)
    if depth == 0 or shape in (_Shape.NOTHING, _Shape.NEVER, _Shape.CHOICE):
        return False
    match shape:
        case _Shape.ANY:
            return any(implied(part, rule, depth - 1) for part in parts)
        case _Shape.ALL:
            return all(implied(part, rule, depth - 1) for part in parts)
        case _Shape.NOT if implies(parts[1], rule, depth - 1):
            return True
    return rule.tells(parts[0])


class _Shape(Enum):
    NOTHING = auto()
    NEVER = auto()
    CHOICE = auto()
    ANY = auto()
    ALL = auto()
    NOT = auto()
    ATOM = auto()


@lru_cache(maxsize=8192)
def _apart(text: str) -> tuple[_Shape, tuple[str, ...]]:
    """Take an expression apart at its weakest operator; kept, as every rule asks it again.

    Returns:
        The shape and its parts; the first part of what is negated, or an atom, is all of it.
    """
    text = for_pods(text)
    if not text or text in _NEVER:
        return (_Shape.NEVER if text else _Shape.NOTHING), ()
    choice = ternary(text)
    if choice is not None:
        return _Shape.CHOICE, choice
    if len(parts := split(text, "||")) > 1:
        return _Shape.ANY, parts
    if len(parts := split(text, "&&")) > 1:
        return _Shape.ALL, parts
    inner = _negated(text)
    return (_Shape.NOT, (text, inner)) if inner else (_Shape.ATOM, (text,))


def _chooses(choice: tuple[str, ...], rule: Rule, depth: int) -> bool:
    """Judge ``condition?one:other``: each branch keeps the rule, by itself or by the condition."""
    condition, one, other = choice
    if not implies(one, rule, depth):
        return False
    return implies(other, rule, depth) or (other == "true" and implied(condition, rule, depth))


def _negated(text: str) -> str:
    """Return what ``!`` stands before, when it is before all of the text."""
    rest = text[1:] if text.startswith("!") else ""
    if not rest or rest.startswith("="):
        return ""
    whole = unwrapped(rest) != rest
    return rest if whole or not _OPERATORS.search(outermost(rest)) else ""


def _flag(*path: str) -> FieldOf:
    """Return the rule that a boolean must not be true."""
    return FieldOf(
        path=path,
        default="false",
        good=("FIELD==false", "FIELD!=true"),
        bad=("FIELD==true", "FIELD!=false"),
        negation=True,
    )


_NO_PORT = FieldOf(path=("hostPort",), default="0", good=("FIELD==0",), bad=("FIELD!=0", "FIELD>0"))
_NO_HOST_PATH = FieldOf(path=("hostPath",), default="null", good=())
_DROPS_ALL = FieldOf(
    path=("securityContext", "capabilities", "drop"),
    default="[]",
    good=(),
    unset_is_good=False,
    member='"ALL"',
)
_ADDS_NONE = FieldOf(
    path=("securityContext", "capabilities", "add"),
    default="[]",
    good=("FIELD==[]", "FIELD.size()==0", "size(FIELD)==0"),
    bad=("FIELD!=[]", "FIELD.size()>0", "size(FIELD)>0", "FIELD.size()!=0", "size(FIELD)!=0"),
)
_NO_ESCALATION = FieldOf(
    path=("securityContext", "allowPrivilegeEscalation"),
    default="true",
    good=("FIELD==false", "FIELD!=true"),
    unset_is_good=False,
    negation=True,
)
_NON_ROOT = FieldOf(
    path=("securityContext", "runAsNonRoot"),
    default="false",
    good=("FIELD", "FIELD==true", "FIELD!=false"),
    unset_is_good=False,
)
_IN_CONTAINERS: Mapping[str, ElementRule] = MappingProxyType(
    {
        "added-capabilities": _ADDS_NONE,
        "allow-privilege-escalation": _NO_ESCALATION,
        "capabilities-not-dropped": _DROPS_ALL,
        "host-port": ElementsOf(name="ports", rule=_NO_PORT),
        "host-process": _flag("securityContext", "windowsOptions", "hostProcess"),
        "privileged": _flag("securityContext", "privileged"),
        "root": _NON_ROOT,
    }
)
_IN_PODS: Mapping[str, Rule] = MappingProxyType(
    {
        "host-ipc": _flag("hostIPC").of(_SPEC),
        "host-network": _flag("hostNetwork").of(_SPEC),
        "host-path": Elements(root=_SPEC, name="volumes", rule=_NO_HOST_PATH),
        "host-pid": _flag("hostPID").of(_SPEC),
        "host-process": _flag("securityContext", "windowsOptions", "hostProcess").of(_SPEC),
    }
)
_MADE_OF = MappingProxyType({"net-raw": ("added-capabilities", "capabilities-not-dropped")})
"""Tests that hold where others do: what drops everything and adds nothing holds no NET_RAW."""

_NO_EPHEMERAL = ("host-port",)
"""Tests about fields that the API refuses in ephemeral containers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbids:
    """What a policy's expressions provably forbid of one test.

    Attributes:
        known: Something about the test was recognised.
        open: Where it is not forbidden: names of container lists, or ``pod``.
    """

    known: bool
    open: tuple[str, ...] = field(default=())


def forbids(test: str, expressions: Iterable[str], variables: Mapping[str, str]) -> Forbids:
    """Tell what expressions, all of which must be true, forbid of a test.

    Args:
        test: Name of a pod-security test.
        expressions: The policy's validations.
        variables: Its variables, by name.
    """
    return _forbids(test, tuple(expressions), tuple(sorted(variables.items())))


@lru_cache(maxsize=2048)
def _forbids(
    test: str, expressions: tuple[str, ...], variables: tuple[tuple[str, str], ...]
) -> Forbids:
    if len(expressions) > _MOST_EXPRESSIONS:
        return Forbids(known=False)
    texts = tuple(written_out(one, dict(variables)) for one in expressions)
    if sum(map(len, texts)) > _MOST:
        return Forbids(known=False)
    states = {
        place: any(implies(text, rule) for text in texts)
        for part in _MADE_OF.get(test, (test,))
        for place, rule in _rules(part)
    }
    return Forbids(
        known=any(states.values()),
        open=tuple(dict.fromkeys(name for (name, _), holds in states.items() if not holds)),
    )


def _rules(test: str) -> Iterable[tuple[tuple[str, str], Rule]]:
    if test in _IN_PODS:
        yield ("pod", test), _IN_PODS[test]
    if test in _IN_CONTAINERS:
        for name in LISTS:
            if name != "ephemeralContainers" or test not in _NO_EPHEMERAL:
                rule = Elements(root=_SPEC, name=name, rule=_IN_CONTAINERS[test])
                yield (name, test), rule
