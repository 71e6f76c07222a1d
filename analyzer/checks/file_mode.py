"""Check type ``file-mode``: no permission bit beyond a limit."""

from dataclasses import dataclass, replace
from enum import StrEnum, unique

from analyzer.checks.file_gather import FileGroup
from analyzer.checks.file_groups import FILE_SETS, file_subjects
from analyzer.checks.file_verdict import SHOWN, FileRule, judge_group
from analyzer.checks.judgement import Judgement, one_per_subject, outcome_of
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import Evidence, EvidenceKey, Present
from analyzer.model.node import FileStat, NodeEvidence
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Verdict

_STICKY, _OTHERS_WRITE = 0o1000, 0o022
_CERTIFICATE, _KEY = "-----BEGIN CERTIFICATE-----", "PRIVATE KEY-----"


@unique
class Only(StrEnum):
    """Which files of a set a rule is about."""

    ALL = "all"
    CERTIFICATES = "certificates"
    KEYS = "keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMode:
    """Judge the mode of the final target of every file of a set.

    Files are those that the running processes name, then the usual places. Bits beyond the
    limit fail, special bits too; links are followed, and the folder that holds a link is
    judged with it. A file that a process names and that is not there fails. A component that
    does not run is not applicable; a path that nobody looked at or could look at is no
    evidence.

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
                self._judge(group),
                group.subject,
                expected,
                context,
            )
            for group in found.groups
        )
        return (*one_per_subject(outcomes), *found.outcomes)

    def _judge(self, group: FileGroup) -> Judgement:
        judged = judge_group(group, self.files, self._rule(group))
        if judged.verdict is Verdict.NO_EVIDENCE:
            return judged
        picked = (
            stat.value
            for path, stat in group.files
            if isinstance(stat, Present) and self._picks(path, stat.value, group.node)
        )
        notes = tuple(note for stat in picked if (note := _folder_note(stat, group.node)))
        return replace(judged, notes=(*judged.notes, *notes[:SHOWN]))

    def _rule(self, group: FileGroup) -> FileRule:
        return FileRule(
            offence=lambda stat: self._offence(stat, group.node),
            doubt=lambda stat: self._doubt(stat, group.node),
            facts=lambda stat: f"has mode {_mode(stat)}",
            picks=lambda path, stat: self._picks(path, stat, group.node),
            what={Only.CERTIFICATES: "certificate files", Only.KEYS: "key files"}.get(
                self.only, "such files"
            ),
        )

    def _offence(self, stat: FileStat, node: NodeEvidence) -> str:
        if self._beyond(stat) and not self._may_be_key(stat, node):
            return f"has mode {_mode(stat)}, more than {self.limit} allows"
        folder = _folder_of_link(stat, node)
        if isinstance(folder, Present) and _writable(folder.value):
            return f"is a link in a folder of mode {_mode(folder.value)}: others may replace it"
        return ""

    def _doubt(self, stat: FileStat, node: NodeEvidence) -> str:
        if self._may_be_key(stat, node):
            return f"has mode {_mode(stat)} and is not proven a certificate: it may hold a key"
        return "carries an access control list, which can widen its mode" if stat.has_acl else ""

    def _picks(self, path: str, stat: FileStat | None, node: NodeEvidence) -> bool:
        if stat is not None and self._may_be_key(stat, node):
            return True
        return picks(self.only, path, stat, super_admin=self.include_super_admin)

    def _beyond(self, stat: FileStat) -> bool:
        return bool(stat.mode & ~int(self.limit, 8) & 0o7777)

    def _may_be_key(self, stat: FileStat, node: NodeEvidence) -> bool:
        """Tell whether a file too open for a key is no key by its name alone."""
        if self.only is not Only.KEYS or stat.kind == "dir" or not self._beyond(stat):
            return False
        if picks(Only.KEYS, stat.path, stat) or stat.path.endswith(".pub"):
            return False
        content = node.content(stat.path)
        if isinstance(content, Present):
            return _KEY in content.value or _CERTIFICATE not in content.value
        return not stat.path.endswith((".crt", ".cert"))


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


def _folder_of_link(stat: FileStat, node: NodeEvidence) -> Evidence[FileStat] | None:
    """Return the facts about the folder that a link lies in; None when the file is no link."""
    return node.stat(stat.path.rpartition("/")[0] or "/") if stat.link_target else None


def _folder_note(stat: FileStat, node: NodeEvidence) -> str:
    folder = _folder_of_link(stat, node)
    if folder is None or isinstance(folder, Present):
        return ""
    return f"{stat.path} is a link, and who may write to its folder is not in evidence"


def _writable(folder: FileStat) -> bool:
    """Tell whether others than the owner may replace a link; in a sticky folder they may not."""
    return bool(folder.mode & _OTHERS_WRITE) and not folder.mode & _STICKY
