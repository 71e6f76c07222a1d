"""What settings rest on: evidence keys, defaults, and what to ask for when they are missing."""

from collections.abc import Callable
from dataclasses import replace

from analyzer.checks.judgement import Judgement, no_evidence
from analyzer.checks.subjects import Target
from analyzer.formats.component_config import ComponentConfig
from analyzer.formats.settings import Origin, Query, Unset, Value
from analyzer.model.benchmark import Subject, Without
from analyzer.model.context import Context, Default
from analyzer.model.evidence import EvidenceKey, Unreadable
from analyzer.model.verdict import Reason, Verdict

_ROLES = {
    "config": {
        "kubelet": "kubelet-config",
        "kube-scheduler": "scheduler-config",
        "kube-proxy": "proxy-config",
    },
    "config-file": {"etcd": "etcd-config"},
    "authorization-config": {"kube-apiserver": "authorization-config"},
    "authentication-config": {"kube-apiserver": "authentication-config"},
}
_USUAL = {"etcd": "config-file"}
_NO_FILE = ("", "-")


def setting_keys(component: str, file: str, *, in_file: bool) -> tuple[EvidenceKey, ...]:
    """Return what a rule about one component's settings reads."""
    keys = [f"process/{component}"]
    if in_file:
        keys.append(f"file/{_role(component, file)}")
    if component == "kubelet":
        keys += ["file/kubelet-dropin", "api/configz"] if in_file else []
    return tuple(EvidenceKey(key) for key in keys)


def unreadable_key(problem: Unreadable, config: ComponentConfig, file: str) -> str:
    """Return what has to be collected to know after all."""
    process = config.process
    member = problem.source.member if problem.source else ""
    if process is None or problem.reason is Reason.NE_PROCESS_NOT_FOUND:
        return f"process/{config.component}"
    if member and member in (process.source.member, _environ_member(config)):
        return f"process/{config.component}"
    return f"file/{_role(config.component, file)}"


def default_judgement(
    unset: Unset,
    target: Target,
    context: Context,
    *,
    name: str,
    label: str,
    good: Callable[[Value], bool],
    good_unset: bool,
    explained: Callable[[Judgement, Value], Judgement] = lambda judged, _: judged,
    wanted: str = "",
) -> Judgement:
    """Judge a setting that nothing sets, by what the component then does.

    Args:
        unset: Where it was looked for.
        target: The process.
        context: Defaults by version.
        name: Name in the defaults.
        label: Name in the report.
        good: Tells whether a default value satisfies the rule.
        good_unset: Whether having no value at all does.
        explained: Adds what a default value means.
        wanted: What the rule wants, where a declared policy says that; empty otherwise.
    """
    component = target.config.component
    if unset.known_unset:
        return _without_value(unset, f"{label} unset", good=good_unset)
    default = context.defaults.lookup(
        component, name, target.version, config_file=target.config.has_config_file
    )
    if default is None:
        return _unknown_default(target, label, unset)
    if default.value is None:
        return _without_value(unset, f"{label} unset", good=good_unset)
    value = _as_value(default, unset)
    judged = explained(_by_default(unset, target, label, default, passed=good(value)), value)
    why = f"{judged.why.rstrip('.')}; the rule wants: {wanted}." if wanted else judged.why
    return replace(judged, why=why)


def with_effect(judged: Judgement, target: Target, flag: str) -> Judgement:
    """Fail what satisfies a rule where the setting does nothing without a file.

    Args:
        judged: What the setting alone says.
        target: The process.
        flag: The flag that names the file, where ``-`` is standard output; empty when the
            setting needs none.
    """
    if not flag or judged.verdict is not Verdict.PASS:
        return judged
    other = target.config.look_up(Query(flag=flag))
    written = other.written if isinstance(other, Value) else f"--{flag} is unset"
    if isinstance(other, Unreadable) or (isinstance(other, Value) and other.text not in _NO_FILE):
        return judged
    by_default = judged.reason in (Reason.PASS_DEFAULT, Reason.PASS_ABSENT)
    actual = f"{judged.actual}; {written}"
    return replace(
        judged,
        verdict=Verdict.FAIL,
        reason=Reason.FAIL_DEFAULT if by_default else Reason.FAIL_EXPLICIT,
        actual=actual,
        why=f"{actual}, so it has no effect: no file is kept.",
        letter=judged.letter or Verdict.PASS,
        letter_why=judged.letter_why or f"the benchmark's text does not ask for --{flag} here",
    )


def no_such_setting(unset: Unset, label: str, subject: Subject, version: str) -> Judgement:
    """Judge what cannot be set: nothing is turned on by it, and nothing protected either."""
    met = subject.without is Without.MET
    comes_to = "so that it turns nothing on" if met else "so that the rule cannot apply"
    return Judgement(
        verdict=Verdict.PASS if met else Verdict.NOT_APPLICABLE,
        reason=Reason.PASS_ABSENT if met else Reason.NA_VERSION,
        actual=f"{label} unset; no such setting in {version}",
        why=f"{label} is unset, and {version} has no such setting, {comes_to}.",
        sources=unset.looked,
    )


def version_text(target: Target) -> str:
    """Name the version that a default was taken for."""
    return f"Kubernetes {target.version}" if target.version else "every version known"


def _as_value(default: Default, unset: Unset) -> Value:
    """Return a default as if it had been given by a flag."""
    text = default.value or ""
    return Value(
        text=text,
        items=tuple(part for part in text.split(",") if part),
        origin=Origin.FLAG,
        source=unset.looked[0],
        written=text,
    )


def _by_default(
    unset: Unset, target: Target, label: str, default: Default, *, passed: bool
) -> Judgement:
    text = default.value or ""
    actual = f"{label} unset; default {text or 'empty'} ({version_text(target)})"
    if unset.written:
        actual = f"{unset.written}, which means the default, {text} ({version_text(target)})"
    return Judgement(
        verdict=Verdict.PASS if passed else Verdict.FAIL,
        reason=Reason.PASS_DEFAULT if passed else Reason.FAIL_DEFAULT,
        actual=actual,
        why=f"{actual}, by {trusted(default, target)}.",
        sources=unset.looked,
        notes=(target.version_note,) if target.version_note else (),
    )


def trusted(default: Default, target: Target) -> str:
    """Return where a default is looked up, and how well it is known."""
    if not default.verified:
        return f"{default.source} (unverified)"
    checked = default.checked_to
    if checked is not None and target.version is not None and target.version > checked:
        return f"{default.source} (checked up to Kubernetes {checked} only)"
    return default.source


def _without_value(unset: Unset, actual: str, *, good: bool) -> Judgement:
    return Judgement(
        verdict=Verdict.PASS if good else Verdict.FAIL,
        reason=Reason.PASS_ABSENT if good else Reason.FAIL_ABSENT,
        actual=actual,
        why=f"{actual}, and it has no default value.",
        sources=unset.looked,
    )


def _unknown_default(target: Target, label: str, unset: Unset) -> Judgement:
    if target.version is None:
        why = f"{label} is unset, its default changed over time, and the version is not known"
    else:
        why = f"{label} is unset and its default in {version_text(target)} is not known"
    problem = Unreadable(reason=Reason.NE_VERSION_UNKNOWN, detail=why)
    subject = "cluster" if target.version is None else target.subject
    return no_evidence(problem, "api/version", subject, sources=unset.looked)


def _role(component: str, file: str) -> str:
    flag = file or _USUAL.get(component, "config")
    return _ROLES.get(flag, {}).get(component, flag)


def _environ_member(config: ComponentConfig) -> str:
    process = config.process
    return process.environ_source.member if process and process.environ_source else ""
