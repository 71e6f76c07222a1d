"""The kubelet's answer to /configz: its whole effective configuration, zero values left out."""

from collections.abc import Mapping
from typing import Any

from analyzer.formats.config_file import ConfigFile
from analyzer.formats.strict_yaml import YamlValue
from analyzer.model.evidence import Absent, Evidence, Present, Unreadable
from analyzer.model.verdict import Reason


def read_configz(node: str, answer: Evidence[Mapping[str, Any]]) -> ConfigFile | Unreadable:
    """Read one node's answer as if it were a configuration file."""
    match answer:
        case Present(value=value, source=source):
            bare = value.get("kind") == "KubeletConfiguration"
            document = value if bare else value.get("kubeletconfig")
            if not isinstance(document, Mapping):
                detail = f"configz of node {node} holds no kubeletconfig"
                return Unreadable(reason=Reason.NE_SCHEMA_INVALID, detail=detail, source=source)
            texts = {str(name): _text(item) for name, item in document.items()}
            return ConfigFile(
                path=f"configz of {node}",
                document=texts,
                source=source,
                root="" if bare else "/kubeletconfig",
            )
        case Absent(source=source):
            detail = f"the API offers no configz for node {node}"
            return Unreadable(reason=Reason.NE_API_KIND_MISSING, detail=detail, source=source)
        case Unreadable():
            return answer


def _text(value: object) -> YamlValue:
    """Turn JSON values into the text form that configuration files are read in."""
    if isinstance(value, Mapping):
        return {str(name): _text(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_text(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
