"""The API server's admission configuration file: the parts of single plugins.

Sources: kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-admission-controller;
kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/admission/config.go (inline before path,
paths relative to the file that names them).
"""

import posixpath
from dataclasses import dataclass

from analyzer.formats.documents import mapping, sequence, text, texts
from analyzer.formats.strict_yaml import YamlValue, load_collected
from analyzer.model.errors import EvidenceFormatError

PRIVILEGED = "privileged"


@dataclass(frozen=True, slots=True, kw_only=True)
class PodSecurityDefaults:
    """What holds where a namespace carries no label, and where nothing holds.

    Attributes:
        enforce: Level that is enforced by default.
        version: Pinned version of that level, ``latest`` unless given.
        exempt_namespaces: Namespaces in which nothing is enforced.
        exempt_users: User names whose pods are not looked at.
        exempt_classes: Runtime classes whose pods are not looked at.
        path: File that holds the configuration instead, relative to this one; empty if none.
    """

    enforce: str = PRIVILEGED
    version: str = "latest"
    exempt_namespaces: tuple[str, ...] = ()
    exempt_users: tuple[str, ...] = ()
    exempt_classes: tuple[str, ...] = ()
    path: str = ""

    def exempt(self) -> tuple[str, ...]:
        """Return every name that is exempt, of whatever kind."""
        return (*self.exempt_namespaces, *self.exempt_users, *self.exempt_classes)


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginEntry:
    """What the file says of one plugin.

    Attributes:
        body: Its own configuration; None where there is none, or elsewhere.
        path: File that holds it instead; empty if none.
    """

    body: dict[str, YamlValue] | None = None
    path: str = ""


def read_plugin_entry(content: str, name: str, file: str) -> PluginEntry:
    """Return what an AdmissionConfiguration says of a plugin; nothing when it does not name it.

    Args:
        content: Text of the file.
        name: Name of the plugin.
        file: Path of the file, from which a relative path leads on.

    Raises:
        EvidenceFormatError: Not an AdmissionConfiguration.
    """
    document = mapping(load_collected(content), "admission configuration")
    if document.get("kind") != "AdmissionConfiguration":
        raise EvidenceFormatError("", "is not an AdmissionConfiguration")
    entries = (mapping(e, "plugin") for e in sequence(document.get("plugins"), "plugins"))
    entry = next((e for e in entries if e.get("name") == name), None)
    if entry is None:
        return PluginEntry()
    if entry.get("configuration") is not None:
        return PluginEntry(body=mapping(entry["configuration"], "configuration"))
    path = text(entry.get("path"), "path")
    return PluginEntry(path=posixpath.join(posixpath.dirname(file), path) if path else "")


def read_plugin_file(content: str) -> dict[str, YamlValue]:
    """Read the file that holds one plugin's configuration.

    Raises:
        EvidenceFormatError: Not a mapping.
    """
    return mapping(load_collected(content), "the configuration")


def read_pod_security(content: str) -> PodSecurityDefaults:
    """Read an AdmissionConfiguration, or a PodSecurityConfiguration that stands alone.

    Raises:
        EvidenceFormatError: The text is neither.
    """
    document = mapping(load_collected(content), "admission configuration")
    if document.get("kind") == "PodSecurityConfiguration":
        return _configuration(document)
    if document.get("kind") != "AdmissionConfiguration":
        raise EvidenceFormatError("", "is not an AdmissionConfiguration")
    for entry in sequence(document.get("plugins"), "plugins"):
        plugin = mapping(entry, "plugin")
        if plugin.get("name") == "PodSecurity":
            return _plugin(plugin)
    return PodSecurityDefaults()


def _plugin(plugin: dict[str, YamlValue]) -> PodSecurityDefaults:
    if plugin.get("configuration") is not None:
        return _configuration(mapping(plugin["configuration"], "configuration"))
    return PodSecurityDefaults(path=text(plugin.get("path"), "path"))


def _configuration(document: dict[str, YamlValue]) -> PodSecurityDefaults:
    defaults = mapping(document.get("defaults") or {}, "defaults")
    exemptions = mapping(document.get("exemptions") or {}, "exemptions")
    return PodSecurityDefaults(
        enforce=text(defaults.get("enforce") or PRIVILEGED, "defaults enforce"),
        version=text(defaults.get("enforce-version") or "latest", "defaults enforce-version"),
        exempt_namespaces=_names(exemptions, "namespaces"),
        exempt_users=_names(exemptions, "usernames"),
        exempt_classes=_names(exemptions, "runtimeClasses"),
    )


def _names(exemptions: dict[str, YamlValue], key: str) -> tuple[str, ...]:
    return texts(exemptions.get(key) or [], key)
