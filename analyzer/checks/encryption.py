"""Check type ``encryption``: which provider writes Secrets to the datastore."""

from dataclasses import dataclass, replace

from analyzer.checks.judgement import Judgement, no_evidence, one_per_subject, outcome_of
from analyzer.checks.named_file import NamedFile, broken_file, named_file
from analyzer.checks.outranked import with_flag_notes
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.encryption_config import (
    EncryptionBlock,
    read_encryption_config,
    winning_block,
)
from analyzer.formats.scalars import parse_boolean
from analyzer.formats.settings import Query, Shape, Value
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import EvidenceKey, Unreadable, is_redacted
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict
from analyzer.model.version import Version

_FLAG = "encryption-provider-config"
_OLD_DATA = "what was written before encryption was turned on may still be in clear"
_AESGCM = (
    "aesgcm does encrypt, but Kubernetes' documentation advises it only where the key is replaced "
    "by itself before 200,000 writes, which no evidence shows"
)
_ROLE = "encryption-config"
_QUERY = Query(flag=_FLAG)
_KMS_V1, _KMS_V1_OFF = "v1", Version(1, 29)
_KMS_VERSIONS = (_KMS_V1, "v2")
_WILDCARDS = Version(1, 27)
_KMS_GATE = Query(flag="feature-gates", shape=Shape.GATE, gate="KMSv1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """Judge the first block that covers a resource: its first provider writes.

    It passes when that provider encrypts with one of the accepted methods, and fails on plain
    text, on a method outside of them, on a file without a block for the resource and on a flag
    that is unset. A configuration that could not be read is no evidence; that its keys are
    masked does not matter.

    Attributes:
        resource: Plural name of a core resource.
        providers: Names that satisfy the rule; with none, the file only has to load.
    """

    resource: str
    providers: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads."""
        return EvidenceKey("process/kube-apiserver"), EvidenceKey(f"file/{_ROLE}")

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every API server."""
        subjects = component_subjects("kube-apiserver", evidence, context)
        expected = f"{self.resource} written by {', '.join(self.providers)}"
        if not self.providers:
            expected = "an EncryptionConfiguration that loads"
        found = (
            outcome_of(
                with_flag_notes(self._judge(target), target, _QUERY),
                target.subject,
                expected,
                context,
            )
            for target in subjects.targets
        )
        return (*one_per_subject(found), *subjects.outcomes)

    def _judge(self, target: Target) -> Judgement:
        unset = f"so {self.resource} are stored in clear"
        file = named_file(target, _FLAG, _ROLE, why_unset=unset)
        if isinstance(file, Judgement):
            return file
        try:
            blocks = read_encryption_config(file.text)
        except EvidenceFormatError as error:
            return broken_file(file, _ROLE, str(error), target.subject)
        broken = _does_not_load(blocks, file, target)
        if broken is not None:
            return broken
        if not self.providers:
            return _loads(file, len(blocks))
        return self._by_block(file, blocks, target)

    def _by_block(
        self, file: NamedFile, blocks: tuple[EncryptionBlock, ...], target: Target
    ) -> Judgement:
        block = winning_block(blocks, self.resource, wildcards=True)
        plain = winning_block(blocks, self.resource, wildcards=False)
        if block is not plain and target.version is None:
            return _by_version(file, "whether the API server knows the wildcards in the file")
        if target.version is not None and target.version < _WILDCARDS:
            block = plain
        if _may_cover_unseen(blocks, block):
            return broken_file(file, _ROLE, "names a resource that was masked", target.subject)
        if block is None or not block.providers:
            return self._uncovered(file)
        if any(is_redacted(name) for name in block.providers):
            return broken_file(file, _ROLE, "has a provider whose name was masked", target.subject)
        return self._covered(file, block)

    def _uncovered(self, file: NamedFile) -> Judgement:
        return Judgement(
            verdict=Verdict.FAIL,
            reason=Reason.FAIL_EXPLICIT,
            actual=f"no provider for {self.resource}",
            why=f"No block of {file.path} covers {self.resource}, so they are stored in clear; "
            f"there is no wildcard before {_WILDCARDS}.",
            sources=(file.flag, file.source),
        )

    def _covered(self, file: NamedFile, block: EncryptionBlock) -> Judgement:
        first = block.providers[0]
        good = first in self.providers
        order = ", ".join(block.providers)
        return Judgement(
            verdict=Verdict.PASS if good else Verdict.FAIL,
            reason=Reason.PASS_EXPLICIT if good else Reason.FAIL_EXPLICIT,
            actual=f"{self.resource} are written by {first}",
            why=f"The first block of {file.path} that covers {self.resource} lists {order}; "
            f"the first one, {first}, writes.",
            sources=(
                replace(file.source, selector=block.pointer, excerpt=f"providers: {order}"[:400]),
                file.flag,
            ),
            notes=_notes(first, good=good),
        )


def _may_cover_unseen(blocks: tuple[EncryptionBlock, ...], winner: EncryptionBlock | None) -> bool:
    """Tell whether a block before the one that decides may cover the resource: a name is masked."""
    before = blocks if winner is None else blocks[: blocks.index(winner)]
    return any(is_redacted(name) for block in before for name in block.resources)


def _notes(first: str, *, good: bool) -> tuple[str, ...]:
    if good:
        return (_OLD_DATA,)
    return (_AESGCM,) if first == "aesgcm" else ()


def _loads(file: NamedFile, blocks: int) -> Judgement:
    return Judgement(
        verdict=Verdict.PASS,
        reason=Reason.PASS_EXPLICIT,
        actual=file.flag_text,
        why=f"{file.path} is an EncryptionConfiguration with {blocks} blocks; which provider "
        "writes is judged by a control of its own.",
        sources=(file.flag, file.source),
    )


def _does_not_load(
    blocks: tuple[EncryptionBlock, ...], file: NamedFile, target: Target
) -> Judgement | None:
    """Return the verdict of a file that an API server refuses; None when nothing speaks for it."""
    for block in blocks:
        for name in block.keyless:
            return _refused(file, block, f"{name} has no key")
        for version in block.kms_versions:
            if version not in _KMS_VERSIONS and not is_redacted(version):
                return _refused(file, block, f"there is no kms of version {version}")
        if _KMS_V1 in block.kms_versions:
            refused = _kms_v1(block, file, target)
            if refused is not None:
                return refused
    return None


def _kms_v1(block: EncryptionBlock, file: NamedFile, target: Target) -> Judgement | None:
    """Return the verdict where an API server no longer takes kms v1; None where it does."""
    if target.version is None:
        return _by_version(file, "whether the API server still takes kms v1")
    gate = target.config.look_up(_KMS_GATE)
    if isinstance(gate, Unreadable):
        return no_evidence(gate, "process/kube-apiserver", target.subject)
    on = parse_boolean(gate.text) if isinstance(gate, Value) else target.version < _KMS_V1_OFF
    if on:
        return None
    why = f"kms of version v1 needs the gate KMSv1 in Kubernetes {target.version}"
    return _refused(file, block, f"{why}, and it is not true")


def _by_version(file: NamedFile, what: str) -> Judgement:
    problem = Unreadable(reason=Reason.NE_VERSION_UNKNOWN, detail=f"{what} depends on its version")
    return no_evidence(problem, "api/version", "cluster", sources=(file.flag, file.source))


def _refused(file: NamedFile, block: EncryptionBlock, problem: str) -> Judgement:
    return Judgement(
        verdict=Verdict.FAIL,
        reason=Reason.FAIL_EXPLICIT,
        actual=f"{file.path}: {problem}",
        why=f"{file.path} cannot be loaded: {problem}.",
        sources=(replace(file.source, selector=block.pointer), file.flag),
    )
