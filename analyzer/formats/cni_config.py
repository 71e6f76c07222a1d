"""The names of network plugins in a node's CNI configuration file.

Source: https://github.com/containernetworking/cni/blob/main/SPEC.md, sections 1 and 2.
"""

from analyzer.formats.strict_json import parse_object


def plugin_types(content: str) -> tuple[str, ...]:
    """Return the plugin types of a ``.conf`` or ``.conflist`` text, in order.

    Raises:
        EvidenceFormatError: Not a JSON object.
    """
    document = parse_object(content.encode("utf-8", "surrogatepass"))
    listed = document.get("plugins")
    entries = listed if isinstance(listed, list) else [document]
    types = (entry.get("type") for entry in entries if isinstance(entry, dict))
    return tuple(name for name in types if isinstance(name, str))
