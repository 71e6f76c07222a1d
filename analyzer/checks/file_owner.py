"""Check type ``file-owner``: who owns the files of a set."""

from dataclasses import dataclass

from analyzer.checks.file_gather import FileGroup
from analyzer.checks.file_groups import FILE_SETS, file_subjects
from analyzer.checks.file_mode import Only, picks
from analyzer.checks.file_verdict import FileRule, judge_group
from analyzer.checks.judgement import no_evidence, one_per_subject, outcome_of
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey
from analyzer.model.node import FileStat
from analyzer.model.outcome import Outcome

_ROOT = "root:root"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOwner:
    """Judge owner and group: root by number, anyone else by the host's names.

    Files are found as for modes. Root is user 0 and group 0, whatever the names say; an
    account such as etcd is looked up in the host's own account files. A link's own folder
    counts with its target.

    Attributes:
        files: Name of the set.
        owner: ``root:root`` or ``NAME:GROUP``.
        include_super_admin: With the set ``admin-kubeconfig``: super-admin.conf too.
    """

    files: str
    owner: str = _ROOT
    include_super_admin: bool = True

    def __post_init__(self) -> None:
        """Refuse an unknown set or owner when the catalogue is loaded, not later."""
        if self.files not in FILE_SETS:
            raise ValueError(f"unknown file set {self.files}")
        if self.owner.count(":") != 1:
            raise ValueError(f"{self.owner} is not OWNER:GROUP")

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads."""
        wanted = FILE_SETS[self.files]
        keys = (EvidenceKey(f"process/{wanted.component}"), EvidenceKey(f"file/{wanted.role}"))
        return keys if self.owner == _ROOT else (*keys, EvidenceKey("host/users"))

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every node that has to have such files."""
        found = file_subjects(self.files, evidence, context)
        outcomes = tuple(self._judge(group, context) for group in found.groups)
        return (*one_per_subject(outcomes), *found.outcomes)

    def _judge(self, group: FileGroup, context: Context) -> Outcome:
        expected = f"owned by {self.owner}"
        gap = group.node.names_gap
        if self.owner != _ROOT and group.files and gap is not None:
            judged = no_evidence(gap, "host/users", group.subject)
        else:
            judged = judge_group(group, self.files, self._rule())
        return outcome_of(judged, group.subject, expected, context)

    def _rule(self) -> FileRule:
        return FileRule(
            offence=lambda stat: "" if self._owned(stat) else f"is owned by {_owner(stat)}",
            doubt=lambda _: "",
            facts=lambda stat: f"is owned by {_owner(stat)}",
            picks=lambda path, stat: picks(
                Only.ALL, path, stat, super_admin=self.include_super_admin
            ),
            what="such files",
        )

    def _owned(self, stat: FileStat) -> bool:
        if self.owner == _ROOT:
            return stat.uid == 0 and stat.gid == 0
        return f"{stat.owner}:{stat.group}" == self.owner


def _owner(stat: FileStat) -> str:
    names = f"{stat.owner or stat.uid}:{stat.group or stat.gid}"
    return f"{names} ({stat.uid}:{stat.gid})"
