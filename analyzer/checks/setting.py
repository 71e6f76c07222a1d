"""Check type ``setting``: one effective setting of a component against what a rule wants."""

from dataclasses import dataclass, replace

from analyzer.checks.alternative import Alternative
from analyzer.checks.compare import Expect, Kind, alike, in_words, malformed, meaning, satisfies
from analyzer.checks.datastore import unless_no_etcd
from analyzer.checks.insecure_port import unless_insecure_port
from analyzer.checks.judgement import Judgement, all_of, no_evidence, one_per_subject, outcome_of
from analyzer.checks.listening import unless_listening
from analyzer.checks.manifest_drift import drift_notes
from analyzer.checks.named_file import not_there
from analyzer.checks.number_meaning import NumberMeaning
from analyzer.checks.outranked import CONTESTED, other_gate, outranked_notes
from analyzer.checks.own_answer import compared, own_answer
from analyzer.checks.peers import single_member, unless_perhaps_alone
from analyzer.checks.plain_urls import unless_plain_listener, unless_plain_server
from analyzer.checks.precondition import Precondition
from analyzer.checks.settings_evidence import (
    default_judgement,
    no_such_setting,
    setting_keys,
    unreadable_key,
    version_text,
    with_effect,
)
from analyzer.checks.subjects import Target, component_subjects
from analyzer.formats.scalars import parse_duration
from analyzer.formats.settings import Looked, Origin, Query, Shape, Unset, Value
from analyzer.model.benchmark import Subject
from analyzer.model.cluster import ClusterEvidence
from analyzer.model.context import Context
from analyzer.model.evidence import EvidenceKey, Unreadable
from analyzer.model.outcome import Outcome
from analyzer.model.verdict import Reason, Verdict

_SHAPES = {Kind.LIST: Shape.LIST, Kind.GATE: Shape.GATE}
_SECOND_DOOR = ("port", "healthzBindAddress", "metricsBindAddress")
_ZEROS = {Kind.BOOLEAN: "false", Kind.NUMBER: "0", Kind.DURATION: "0s"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Judge a setting wherever its component runs.

    The running process decides. Its arguments are read as the component reads them: repeated,
    separate and underscored flags. A configuration file that outranks them comes first,
    drop-ins and environment in the component's own order, and a kubelet's own answer is set beside
    all of these. What none of them sets has the default of the observed version. The rule is
    then asked of that one value: satisfied is a pass, else a fail. A value whose place was
    denied, cut, redacted or malformed, and an unset one whose default is not known, is no
    evidence.

    Attributes:
        component: ``kube-apiserver``.
        flags: Flag names without dashes; with several, each must satisfy the rule.
        keys: Dotted configuration keys, in the order of ``flags``.
        file: Flag naming the file of ``keys``; empty for the component's usual one.
        kind, expect, value: What it holds and what is wanted.
        policy: Name of the declared policy value to use for ``value``.
        gate, gate_group: For kind ``gate``: its name, and the switch of its group.
        letter_unset: ``pass`` or ``fail``: what the benchmark's text says of an unset
            setting, where Kubernetes' default says something else.
        letter_value: The one value that the text names where others satisfy the rule too.
        zero_in_file_is_unset: The component replaces a zero in its file by the default, while
            the text does not accept it.
        allowed_by: Name of a declared policy value: ``allowed`` there accepts any value.
        alternative_flag, alternative_key: A boolean that, when true, meets the control.
        alternative_gate: Beta feature gate without which that boolean does nothing.
        effect_flag, effect_key: A boolean that has to be true for a passing value to do
            anything, while the text does not ask for it.
        spared_flag, spared_key: A path setting with which that question does not arise.
        insecure_port: The component once had a port for plain HTTP that has to be closed, too.
        not_listening: Port that the setting closes, as ``unless_listening`` takes it: a socket
            of the process that listens there contradicts a pass.
        written_to: The path is one that the component writes, so that it may not exist yet.
        subject: Which versions of Kubernetes have the setting; None for all of them.
        filled_in: File names that the component puts into its own configz answer when the
            setting is unset, so that the answer proves nothing.
        only_with: Flag naming a file without which the setting has no effect, nor has it with
            ``-``, which is standard output. The text does not ask for it.
        zero_means: Name in the defaults of what a zero stands for.
        zero_remark: A fact to add where a zero is no limit.
        letter_zero: ``pass`` or ``fail``: what the benchmark's text says of a zero.
        policy_floor: Name of the declared policy value that is the least.
        peers_only: The control is about etcd's peers: a single member has none.
        etcd_only: The control is about the way to etcd: another datastore has none.
        plain_urls: Flag of a list of URLs; the setting has no effect on those without TLS.
        remark: A fact to add to every finding.
    """

    component: str
    flags: tuple[str, ...]
    kind: Kind
    expect: Expect
    keys: tuple[str, ...] = ()
    file: str = ""
    value: str = ""
    policy: str = ""
    gate: str = ""
    gate_group: str = ""
    letter_unset: str = ""
    letter_value: str = ""
    zero_in_file_is_unset: bool = False
    allowed_by: str = ""
    alternative_flag: str = ""
    alternative_key: str = ""
    alternative_gate: str = ""
    effect_flag: str = ""
    effect_key: str = ""
    spared_flag: str = ""
    spared_key: str = ""
    subject: Subject | None = None
    filled_in: tuple[str, ...] = ()
    only_with: str = ""
    zero_means: str = ""
    zero_remark: str = ""
    letter_zero: str = ""
    policy_floor: str = ""
    peers_only: bool = False
    etcd_only: bool = False
    plain_urls: str = ""
    insecure_port: bool = False
    not_listening: str = ""
    written_to: bool = False
    remark: str = ""

    @property
    def needs(self) -> tuple[EvidenceKey, ...]:
        """Evidence the check reads."""
        return setting_keys(self.component, self.file, in_file=bool(self.keys))

    @property
    def defaults_read(self) -> tuple[tuple[str, str], ...]:
        """Defaults that decide when nothing is set, and what a zero means."""
        own = (self.gate,) if self.gate else self.flags or self.keys
        doors = _SECOND_DOOR if self.insecure_port else ()
        names = (*own, self.zero_means, self.alternative_gate, *doors)
        return tuple((self.component, name) for name in names if name)

    def evaluate(self, evidence: ClusterEvidence, context: Context) -> tuple[Outcome, ...]:
        """Judge every process of the component."""
        subjects = component_subjects(self.component, evidence, context)
        found = (
            outcome_of(
                self.judge(target, evidence, context),
                target.subject,
                self.expected(context),
                context,
            )
            for target in subjects.targets
        )
        return (*one_per_subject(found), *subjects.outcomes)

    def judge(self, target: Target, evidence: ClusterEvidence, context: Context) -> Judgement:
        """Judge one process."""
        alone = single_member(target, evidence) if self.peers_only else None
        if alone is not None:
            return alone
        parts = [
            self._part(target, context, self._query(index)) for index in range(len(self.flags))
        ]
        judged = self._alternative.apply(all_of(parts), target, context)
        judged = self._precondition.apply(judged, target)
        if self.etcd_only:
            judged = unless_plain_server(unless_no_etcd(judged, target), target)
        judged = unless_plain_listener(judged, target, self.plain_urls)
        if self.insecure_port:
            judged = unless_insecure_port(judged, target, context)
        judged = unless_listening(judged, target, self.not_listening)
        if self.peers_only:
            judged = unless_perhaps_alone(judged, target, evidence)
        notes = (*judged.notes, *self._remarks, *target.notes)
        return replace(judged, notes=notes)

    def _query(self, index: int) -> Query:
        return Query(
            flag=self.flags[index],
            key=self.keys[index] if index < len(self.keys) else "",
            file=self.file,
            shape=_SHAPES.get(self.kind, Shape.SCALAR),
            gate=self.gate,
            gate_group=self.gate_group,
            zero=_ZEROS.get(self.kind),
        )

    def _part(self, target: Target, context: Context, query: Query) -> Judgement:
        found = self._normal(target.look_up(query), target)
        judged = self._judged(found, target, query, context)
        other = self._contested(found, target, query)
        notes = outranked_notes(target, query, contested=other)
        judged = replace(judged, notes=(*judged.notes, *notes))
        if other is not None:
            both = all_of((judged, self._explicit(other, target, context)))
            judged = replace(both, notes=(*both.notes, CONTESTED))
        answer = own_answer(target, query)
        answer = None if answer is None else self._normal(answer, target)
        if answer is None or isinstance(answer, Unreadable) or answer == found:
            return judged
        return compared(
            judged,
            self._judged(answer, target, query, context),
            differ=isinstance(found, Value)
            and isinstance(answer, Value)
            and not alike(self.kind, found, answer),
        )

    def _contested(self, found: Looked, target: Target, query: Query) -> Value | None:
        """Return the file's word on a kubelet's gate where it differs from the flag's."""
        other = other_gate(target, query, found)
        if other is None or not isinstance(found, Value) or alike(self.kind, found, other):
            return None
        return other

    def _judged(self, looked: Looked, target: Target, query: Query, context: Context) -> Judgement:
        match looked:
            case Unreadable():
                key = unreadable_key(looked, target.config, self.file)
                return no_evidence(looked, key, target.subject, sources=target.config.looked)
            case Value():
                drift = drift_notes(target, query.flag) if looked.origin is Origin.FLAG else ()
                judged = self._explicit(looked, target, context)
                return replace(judged, notes=(*judged.notes, *drift, *self._misread(target)))
            case Unset():
                judged = self._unset(looked, target, query, context)
                return replace(judged, notes=(*judged.notes, *drift_notes(target, query.flag)))

    def _normal(self, looked: Looked, target: Target) -> Looked:
        """Treat as unset what the component treats as unset."""
        if not isinstance(looked, Value):
            return looked
        if looked.origin is Origin.CONFIGZ and looked.text.rpartition("/")[2] in self.filled_in:
            return Unreadable(
                reason=Reason.NE_PROCESS_NOT_FOUND,
                detail=f"{looked.written} may be set or may be what the component made itself",
                source=looked.source,
            )
        empty = not looked.text and self.kind not in (Kind.BOOLEAN, Kind.GATE)
        in_file = looked.origin in (Origin.FILE, Origin.DROPIN)
        zero = self.kind is Kind.DURATION and parse_duration(looked.text) == 0
        means_default = self.zero_in_file_is_unset and in_file and zero
        if empty or means_default:
            written = looked.written if means_default else ""
            return Unset(looked=(looked.source, *target.config.looked), written=written)
        return looked

    def _explicit(self, value: Value, target: Target, context: Context) -> Judgement:
        problem = malformed(self.kind, value)
        unknown = self._number.unknown(value, target, context) if not problem else None
        if unknown is not None:
            return unknown
        met = not problem and self._met(value, target, context)
        good = met or self._policy_allows(context)
        verb = "satisfies" if good else "violates"
        found = f"{value.written}{meaning(self.kind, value)} ({value.origin.value})"
        why = f"{found} {verb} the rule: {self.expected(context)}"
        judged = Judgement(
            verdict=Verdict.PASS if good else Verdict.FAIL,
            reason=Reason.PASS_EXPLICIT if good else Reason.FAIL_EXPLICIT,
            actual=value.written,
            why=f"{why}; {problem}." if problem else f"{why}.",
            sources=(value.source,),
        )
        judged = self._lettered(judged, value) if good else judged
        judged = judged if met or not good else _by_policy_alone(judged, value)
        judged = self._number.explained(judged, value, target, context)
        judged = with_effect(judged, target, self.only_with)
        paths = value.items if self._names_files and good else ()
        return all_of(not_there(judged, target, value, path) for path in paths) if paths else judged

    def _met(self, value: Value, target: Target, context: Context) -> bool:
        """Tell whether what a well-formed value stands for is what the rule wants."""
        meant = self._number.meant(value, target, context)
        if meant is None:
            return True
        wanted = self._wanted(context)
        enough = self._number.enough(meant, target, context)
        return enough and satisfies(self.kind, self.expect, wanted, meant)

    def _lettered(self, judged: Judgement, value: Value) -> Judgement:
        """Set beside a pass that the text names one value, and this is another."""
        if not self.letter_value or value.text == self.letter_value:
            return judged
        why = f"the benchmark's text names {self.letter_value}, not {value.text}"
        return replace(judged, letter=Verdict.FAIL, letter_why=why)

    def _unset(self, unset: Unset, target: Target, query: Query, context: Context) -> Judgement:
        name = self.gate or query.flag or query.key
        label = self.gate or (f"--{query.flag}" if query.flag else query.key)
        missing = self._missing(target)
        if missing is not None:
            return no_such_setting(unset, label, missing, version_text(target))
        judged = default_judgement(
            unset,
            target,
            context,
            name=name,
            label=label,
            wanted=self.expected(context) if self.policy else "",
            good=lambda value: self._met(value, target, context),
            explained=lambda judged, value: self._number.explained(judged, value, target, context),
            good_unset=self.expect in (Expect.UNSET, Expect.LACKS, Expect.DIFFERS),
        )
        judged = with_effect(judged, target, self.only_with)
        if judged.verdict is Verdict.NO_EVIDENCE:
            return judged
        if unset.written:
            why = f"the benchmark's text does not accept {unset.written}"
            return replace(judged, letter=Verdict.FAIL, letter_why=why)
        if not self.letter_unset:
            return judged
        wants = "is content with" if self.letter_unset == "pass" else "does not accept"
        return replace(
            judged,
            letter=Verdict(self.letter_unset),
            letter_why=f"the benchmark's text {wants} an unset {name}",
        )

    def _policy_allows(self, context: Context) -> bool:
        return bool(self.allowed_by) and context.policy.values[self.allowed_by] == "allowed"

    def _wanted(self, context: Context) -> str:
        return context.policy.values[self.policy] if self.policy else self.value

    def expected(self, context: Context) -> str:
        """Return what satisfies the rule, short."""
        wanted = in_words(self.expect, self._wanted(context))
        name = f"{self.gate} " if self.gate else ""
        source = f" (declared policy {self.policy})" if self.policy else ""
        if self.allowed_by:
            word = context.policy.values[self.allowed_by]
            source = f" (declared policy {self.allowed_by}: {word})"
        effect = f", with {self.effect_key}: true" if self.effect_key else ""
        return f"{name}{wanted}{source}{self._number.words(context)}{effect}"

    def _misread(self, target: Target) -> tuple[str, ...]:
        """Doubt the version of a component that was given what it does not know."""
        missing = self._missing(target)
        if missing is None or target.version is None:
            return ()
        said = missing.missing_text(target.version)
        return (f"{said}: given it, the component does not start, so the version may be misread",)

    def _missing(self, target: Target) -> Subject | None:
        """Return the subject where the component's version does not have it."""
        if self.subject is None or target.version is None:
            return None
        return None if self.subject.exists_in(target.version) else self.subject

    @property
    def _remarks(self) -> tuple[str, ...]:
        return (self.remark,) if self.remark else ()

    @property
    def _number(self) -> NumberMeaning:
        return NumberMeaning(
            component=self.component,
            flag=self.flags[0],
            zero=self.zero_means,
            zero_remark=self.zero_remark,
            letter_zero=self.letter_zero,
            floor=self.policy_floor,
            ceiling=self.policy,
        )

    @property
    def _names_files(self) -> bool:
        """Tell whether the component reads what the setting names: one path, or a list of them."""
        paths = self.kind in (Kind.PATH, Kind.LIST) and self.expect is Expect.SET
        return paths and not self.written_to

    @property
    def _precondition(self) -> Precondition:
        return Precondition(
            flag=self.effect_flag,
            key=self.effect_key,
            spared_by=(self.spared_flag, self.spared_key),
            spared_names=self.filled_in,
        )

    @property
    def _alternative(self) -> Alternative:
        return Alternative(
            flag=self.alternative_flag,
            key=self.alternative_key,
            gate=self.alternative_gate,
            gate_group="AllBeta",
        )


def _by_policy_alone(judged: Judgement, value: Value) -> Judgement:
    """Set beside a pass that the declared policy grants, and the text does not."""
    why = f"the benchmark's text does not accept {value.written}"
    return replace(judged, letter=Verdict.FAIL, letter_why=why)
