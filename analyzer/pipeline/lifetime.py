"""What a report has to say of a control whose subject the observed version does not have."""

from analyzer.model.benchmark import Control, Subject
from analyzer.model.context import Context
from analyzer.model.verdict import Verdict
from analyzer.model.version import Version

_ON_NODES = "worker"
_COMES_TO = {
    Verdict.PASS: "The rule is met by its letter, and that shows nothing more.",
    Verdict.NOT_APPLICABLE: "The rule cannot apply.",
}
_JUDGED_MORE = (
    "The text of this benchmark asks for it; judged was whether anything does what it was for."
)


def lifetime_note(control: Control, verdict: Verdict, context: Context) -> str:
    """Return the sentences to add to a control's explanation; empty where there is no need."""
    versions = _versions(control, context)
    own, wording = control.definition.subject, control.wording
    said = _missing(own, versions)
    if own is not None and said:
        return " ".join(part for part in (said, _COMES_TO.get(verdict, ""), own.instead) if part)
    said = _missing(wording, versions)
    return f"{said} {_JUDGED_MORE}" if said else ""


def _versions(control: Control, context: Context) -> tuple[Version, ...]:
    """Return the versions that a control is about: those of kubelets, or the API server's."""
    if control.node_role == _ON_NODES and context.kubelet_versions:
        return tuple(sorted(set(context.kubelet_versions.values())))
    return () if context.version is None else (context.version,)


def _missing(subject: Subject | None, versions: tuple[Version, ...]) -> str:
    if subject is None:
        return ""
    missing = (version for version in versions if not subject.exists_in(version))
    return " ".join(f"{subject.missing_text(version)}." for version in missing)
