"""Pod Security Admission: the label of a namespace, and the cluster's default.

Source: https://kubernetes.io/docs/concepts/security/pod-security-admission/; the plugin enforces
from 1.23 on (beta, on by default), and in 1.22 where its alpha gate is switched on. How it reads
labels: kubernetes/kubernetes staging/src/k8s.io/pod-security-admission/api/helpers.go.
"""

import re
from dataclasses import dataclass, replace

from analyzer.checks.api_lists import some
from analyzer.checks.api_server_flags import (
    PLUGIN_FLAGS,
    Server,
    flag_sources,
    gate_on,
    plugin_on,
)
from analyzer.checks.pod_security_standing import LEVELS, Answer, Demand, Space, Standing
from analyzer.formats.kube_admission_config import PodSecurityDefaults, read_pod_security
from analyzer.model.errors import EvidenceFormatError
from analyzer.model.evidence import Absent, EvidenceKey, Present, Source, Unreadable, is_redacted
from analyzer.model.verdict import Reason
from analyzer.model.version import Version, parse_version

ENFORCE = "pod-security.kubernetes.io/enforce"
ENFORCE_VERSION = f"{ENFORCE}-version"
_ALPHA = Version(1, 22)
_BETA = Version(1, 23)
_SWITCHES = (*PLUGIN_FLAGS, "feature-gates")
_LOCKED = Version(1, 25)
"""From here on the feature gate of the plugin's name cannot be switched off."""

_PINNED = re.compile(r"v1\.(?:0|[1-9][0-9]*)")
"""How a version is written in a label; the plugin reads no other form."""

_PLUGIN = "PodSecurity"
_CONFIG = "admission-control-config-file"
_MASKED = Unreadable(reason=Reason.NE_REDACTED, detail="a name was masked by the collector")
_COMPONENT = "system:"
"""What names of components and of service accounts start with: they make pods for others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """The cluster-wide default of one API server, with where it is written."""

    value: PodSecurityDefaults
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What is known of the plugin in this cluster.

    Attributes:
        version: Of the API server; None when it is not in evidence.
        seen: Some API server's command line is in evidence.
        plugin: On, off, or not in evidence.
        switches: Flags in evidence that can switch it.
        defaults: One for each API server in evidence.
        unknown: Why the cluster-wide default, and who is exempt, is not known; None when it is.
    """

    version: Version | None
    seen: bool
    plugin: bool | None
    switches: tuple[Source, ...]
    defaults: tuple[Defaults, ...]
    unknown: Unreadable | None

    def answer(self, space: Space, demand: Demand) -> Answer:
        """Tell what the plugin does in a namespace."""
        if self.version is None:
            return self._version_unknown(space)
        if self.version < _ALPHA or self.plugin is False:
            return self._off(space, self.version)
        if self.plugin is None and self.seen:
            return Answer(
                standing=Standing.UNKNOWN,
                text="whether the PodSecurity admission plugin is on is not known, as the "
                "collector masked the API server's plugin lists or feature gates",
                sources=(space.source,),
                reason=Reason.NE_REDACTED,
                lacking=(EvidenceKey("process/kube-apiserver"),),
            )
        exempt = tuple(d for d in self.defaults if space.name in d.value.exempt_namespaces)
        if exempt:
            return Answer(
                standing=Standing.NOT,
                text="the API server's admission configuration exempts the namespace",
                sources=tuple(default.source for default in exempt),
            )
        if ENFORCE in space.labels:
            return self._narrowed(self._labelled(space, demand))
        return self._narrowed(self._unlabelled(space, demand))

    def _off(self, space: Space, version: Version) -> Answer:
        if version >= _BETA:
            text, sources = "the PodSecurity admission plugin is switched off", self.switches
            return Answer(standing=Standing.NOT, text=text, sources=sources)
        text = f"Pod Security Admission does not enforce in Kubernetes {version}"
        if version >= _ALPHA:
            text += " unless its feature gate is switched on"
        return Answer(standing=Standing.NOT, text=text, sources=(space.source,))

    def _version_unknown(self, space: Space) -> Answer:
        return Answer(
            standing=Standing.UNKNOWN,
            text="whether Pod Security Admission enforces is not known without the version",
            sources=(space.source,),
            reason=Reason.NE_VERSION_UNKNOWN,
            lacking=(EvidenceKey("api/version"),),
        )

    def _labelled(self, space: Space, demand: Demand) -> Answer:
        level = space.labels[ENFORCE]
        pinned = space.labels.get(ENFORCE_VERSION, "latest")
        if is_redacted(level) or is_redacted(pinned):
            return Answer(
                standing=Standing.UNKNOWN,
                text="the collector masked the label that says what is enforced",
                sources=(space.source,),
                reason=Reason.NE_REDACTED,
                lacking=(EvidenceKey("api/namespaces"),),
            )
        standing, text = _compare(level, pinned, demand)
        return Answer(
            standing=standing,
            text=f"label enforce={level} ({pinned}){text}",
            sources=(space.source,),
        )

    def _narrowed(self, answer: Answer) -> Answer:
        """Weaken an enforcing answer by what escapes it, or by not knowing what does."""
        if answer.standing is not Standing.ENFORCED:
            return answer
        if self.seen and self.unknown is not None:
            return self._exemptions_unknown(answer, self.unknown)
        if any(is_redacted(name) for d in self.defaults for name in d.value.exempt()):
            return self._exemptions_unknown(answer, _MASKED)
        users = tuple(name for d in self.defaults for name in d.value.exempt_users)
        components = tuple(name for name in users if name.startswith(_COMPONENT))
        if components:
            return replace(
                answer,
                standing=Standing.MAYBE,
                text=f"{answer.text}, but the API server's admission configuration exempts "
                f"{some(components, 4)}, so pods made by them for others are not looked at",
                sources=(*answer.sources, *(default.source for default in self.defaults)),
                notes=self._caveats(users),
                whole=users,
            )
        return replace(answer, notes=self._caveats(users), whole=users)

    def _exemptions_unknown(self, answer: Answer, why: Unreadable) -> Answer:
        return replace(
            answer,
            standing=Standing.UNKNOWN,
            text=f"{answer.text}, but whom the API server exempts is not known ({why.detail})",
            sources=(*answer.sources, *((why.source,) if why.source else ())),
            reason=why.reason,
            lacking=(EvidenceKey("file/admission-config"),),
        )

    def _caveats(self, users: tuple[str, ...]) -> tuple[str, ...]:
        classes = tuple(name for d in self.defaults for name in d.value.exempt_classes)
        notes = []
        if users:
            notes.append(f"Exempt users: {some(users)}.")
        if classes:
            notes.append(f"Exempt runtime classes: {some(classes)}.")
        return tuple(notes)

    def _unlabelled(self, space: Space, demand: Demand) -> Answer:
        if self.unknown is not None:
            return Answer(
                standing=Standing.UNKNOWN,
                text=f"no label; the cluster-wide default is not known ({self.unknown.detail})",
                sources=(space.source,),
                reason=self.unknown.reason,
                lacking=(
                    EvidenceKey("file/admission-config" if self.seen else "process/kube-apiserver"),
                ),
            )
        weakest = min(self.defaults, key=lambda default: _compare_default(default.value, demand)[0])
        standing, text = _compare_default(weakest.value, demand)
        return Answer(
            standing=standing,
            text=f"no label; cluster-wide default enforce={weakest.value.enforce}{text}",
            sources=(space.source, weakest.source),
        )


def read_admission(running: tuple[Server, ...], version: Version | None) -> Admission:
    """Gather what node bundles say about the plugin and its configuration."""
    defaults: list[Defaults] = []
    unknown: Unreadable | None = None
    if not running:
        unknown = Unreadable(
            reason=Reason.NE_CONTROL_PLANE_NOT_ACCESSIBLE,
            detail="no API server's command line is in evidence",
        )
    for server in running:
        found = _defaults(server)
        if isinstance(found, Unreadable):
            unknown = found
        else:
            defaults.append(found)
    return Admission(
        version=version,
        seen=bool(running),
        plugin=_plugin_on(running, version),
        switches=flag_sources(running, _SWITCHES),
        defaults=tuple(defaults),
        unknown=unknown,
    )


def _plugin_on(running: tuple[Server, ...], version: Version | None) -> bool | None:
    """Join the feature gate, until it was locked, and the lists of plugins."""
    plugin = plugin_on(running, _PLUGIN, default=True)
    if plugin is False or version is None or version >= _LOCKED:
        return plugin
    beta = version >= _BETA
    gate = gate_on(running, _PLUGIN, group="AllBeta" if beta else "AllAlpha", default=beta)
    return gate if gate is not True else plugin


def _defaults(server: Server) -> Defaults | Unreadable:
    if not server.config_path:
        return Defaults(value=PodSecurityDefaults(), source=server.source(_CONFIG))
    found = _read(server, server.config_path)
    if isinstance(found, Defaults) and found.value.path:
        folder = server.config_path.rpartition("/")[0]
        path = found.value.path
        return _read(server, path if path.startswith("/") else f"{folder}/{path}")
    return found


def _read(server: Server, path: str) -> Defaults | Unreadable:
    content = server.node.content(path)
    match content:
        case Present():
            try:
                return Defaults(value=read_pod_security(content.value), source=content.source)
            except EvidenceFormatError as error:
                return Unreadable(
                    reason=Reason.NE_SCHEMA_INVALID,
                    detail=f"{path} {error.what}",
                    source=content.source,
                )
        case Absent():
            return Unreadable(
                reason=Reason.NE_FILE_ABSENT_ON_HOST,
                detail=f"{path} is named by the API server but does not exist",
                source=content.source,
            )
        case Unreadable():
            return content


def _compare(level: str, pinned: str, demand: Demand) -> tuple[Standing, str]:
    """Compare an enforced level, at a pinned version, with what is demanded."""
    if level not in LEVELS:
        return Standing.MAYBE, ", which is no level: the plugin goes by restricted until it is set"
    if LEVELS[level] < LEVELS[demand.level]:
        return Standing.NOT, f", weaker than {demand.level}"
    version = parse_version(pinned) if _PINNED.fullmatch(pinned) else None
    since = parse_version(demand.since) if demand.since else None
    if since is not None and version is not None and version < since:
        return Standing.NOT, f", pinned before {demand.since} when that level came to forbid it"
    if pinned != "latest" and version is None:
        return Standing.MAYBE, ", which is no version: the plugin goes by latest until it is set"
    return Standing.ENFORCED, ""


def _compare_default(value: PodSecurityDefaults, demand: Demand) -> tuple[Standing, str]:
    return _compare(value.enforce, value.version, demand)
