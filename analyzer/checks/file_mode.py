"""Check type ``file-mode``: no permission bit beyond a limit."""

from dataclasses import dataclass
from enum import StrEnum, unique

from analyzer.checks.file_gather import FileGroup
from analyzer.checks.file_groups import FILE_SETS, file_subjects
from analyzer.checks.file_verdict import FileRule, judge_group
from analyzer.checks.judgement import one_per_subject, outcome_of
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Present
from analyzer.model.node import FileStat, NodeEvidence
from analyzer.model.outcome import Outcome

_STICKY, _OTHERS_WRITE = 0o1000, 0o002


@unique
class Only(StrEnum):
    """Which files of a set a rule is about."""

    ALL = "all"
    CERTIFICATES = "certificates"
    KEYS = "keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMode:
    """Judge the mode of the final target of every file of a set.

    Attributes:
        files: Name of the set.
        limit: Octal text; a file may have these bits and no others.
        only: Which files of the set.
        include_super_admin: With the set ``admin-kubeconfig``: super-admin.conf too.
    """

    files: str
    limit: str
    only: Only = Only.ALL
    include_super_admin: bool = True

    def __post_init__(self) -> None:
        """Refuse an unknown set or limit when the catalogue is loaded, not later."""
        if self.files not in FILE_SETS:
            raise ValueError(f"unknown file set {self.files}")
        int(self.limit, 8)

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads."""
        wanted = FILE_SETS[self.files]
        return EvidenceKey(f"process/{wanted.component}"), EvidenceKey(f"file/{wanted.role}")

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every node that has to have such files."""
        found = file_subjects(self.files, evidence, context)
        expected = f"mode {self.limit} or stricter"
        outcomes = (
            outcome_of(
                judge_group(group, self.files, self._rule(group)),
                group.subject,
                expected,
                context,
            )
            for group in found.groups
        )
        return (*one_per_subject(outcomes), *found.outcomes)

    def _rule(self, group: FileGroup) -> FileRule:
        return FileRule(
            offence=lambda stat: self._offence(stat, group.node),
            doubt=lambda stat: (
                "carries an access control list, which can widen its mode" if stat.has_acl else ""
            ),
            facts=lambda stat: f"has mode {_mode(stat)}",
            picks=self._picks,
            what={Only.CERTIFICATES: "certificate files", Only.KEYS: "key files"}.get(
                self.only, "such files"
            ),
        )

    def _offence(self, stat: FileStat, node: NodeEvidence) -> str:
        if stat.mode & ~int(self.limit, 8) & 0o7777:
            return f"has mode {_mode(stat)}, more than {self.limit} allows"
        folder = node.stat(stat.path.rpartition("/")[0] or "/") if stat.link_target else None
        if isinstance(folder, Present) and _writable(folder.value):
            return "is a link in a folder that others may write to"
        return ""

    def _picks(self, path: str, stat: FileStat | None) -> bool:
        return picks(self.only, path, stat, super_admin=self.include_super_admin)


def picks(only: Only, path: str, stat: FileStat | None, *, super_admin: bool = True) -> bool:
    """Tell whether a path is of the kind that a rule is about."""
    name = path.rpartition("/")[2]
    if not super_admin and name.startswith("super-admin"):
        return False
    if only is Only.ALL:
        return True
    if stat is not None and stat.kind == "dir":
        return False
    key = name.endswith((".key", "-key.pem")) and not name.endswith(".pub")
    if only is Only.KEYS:
        return key
    return not key and name.endswith((".crt", ".cert", ".pem"))


def _mode(stat: FileStat) -> str:
    return f"{stat.mode:04o}"


def _writable(folder: FileStat) -> bool:
    return bool(folder.mode & _OTHERS_WRITE) and not folder.mode & _STICKY
