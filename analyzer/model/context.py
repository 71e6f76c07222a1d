"""What a check may know besides evidence: versions, defaults, the declared policy, the reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from analyzer.model.version import Version


@unique
class Reading(StrEnum):
    """Which answer decides where the benchmark's text and Kubernetes' behaviour differ."""

    EFFECTIVE = "effective"
    LETTER = "letter"

    @property
    def other(self) -> "Reading":
        """Return the reading that does not decide when this one does."""
        return Reading.LETTER if self is Reading.EFFECTIVE else Reading.EFFECTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """What a component does when a setting is absent.

    Attributes:
        component: ``kubelet``.
        name: Flag without dashes, or dotted configuration key, exactly as the rule asks.
        value: The default as text; None means unset.
        since, until: Kubernetes versions it holds for, inclusive; None is open.
        when: ``always``, ``config-file`` (the component runs with a configuration file) or
            ``no-config-file``.
        source: Where that is documented or written in Kubernetes' code.
        verified: False when no source could be found; reports say so.
        checked_to: Newest version the source was checked for.
    """

    component: str
    name: str
    value: str | None
    since: Version | None
    until: Version | None
    when: str
    source: str
    verified: bool
    checked_to: Version | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Every default that we know, by (component, name)."""

    entries: Mapping[tuple[str, str], tuple[Default, ...]]

    def lookup(
        self, component: str, name: str, version: Version | None, *, config_file: bool
    ) -> Default | None:
        """Return the default that holds for a version; None when it is not known.

        With no version in evidence, a default is returned only when it never changed.
        """
        mode = "config-file" if config_file else "no-config-file"
        fitting = [d for d in self.entries.get((component, name), ()) if d.when in ("always", mode)]
        if version is None:
            values = {d.value for d in fitting}
            return fitting[-1] if len(values) == 1 else None
        return next((d for d in fitting if _covers(d, version)), None)


def _covers(default: Default, version: Version) -> bool:
    after = default.since is None or version >= default.since
    return after and (default.until is None or version <= default.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The declared policy that class B rules use; printed with each verdict that used it.

    Attributes:
        id: ``default`` or the name of the user's file.
        values: Named scalars: ``audit-log-maxage-days``, ``unenforced-namespace``, ...
        lists: Named lists: ``system-namespaces`` (exact names or ``prefix*``), ...
    """

    id: str
    values: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]

    def number(self, name: str) -> int:
        """Return a whole number of the policy."""
        return int(self.values[name])

    def matches(self, name: str, text: str) -> bool:
        """Tell whether a text is in a list, whose entries may end in ``*``."""
        return any(
            text.startswith(entry[:-1]) if entry.endswith("*") else text == entry
            for entry in self.lists.get(name, ())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the run decided before the first check.

    Attributes:
        version: The API server's version, or None when it is not in evidence.
        kubelet_versions: Version by node name, where known.
        reading: Which reading decides.
        benchmark: Id of the benchmark being judged.
    """

    version: Version | None
    kubelet_versions: Mapping[str, Version]
    defaults: Defaults
    policy: Policy
    reading: Reading
    benchmark: str
