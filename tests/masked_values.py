"""Every value of a case's evidence, masked one at a time, and what else could stand there.

A masked value is set, but unknown. A verdict on it is only right when it would be the same
whatever the value was: that is tried with many values, instead of being thought out.
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

MASK = "KEB-REDACTED-r1"
Path = tuple[str | int, ...]

NEVER_MASKED = frozenset(
    (
        *("n", "name", "namespace", "uid", "owner", "owner_uid", "kind", "apiVersion", "type"),
        *("nodeName", "serviceAccountName", "serviceAccount", "image", "phase"),
    )
)
"""Fields that a collector keeps as they are: identities, types, and enumerations that it knows."""

INSTEAD = (
    *("true", "false", "0", "1", "30", "65535", "9999h", "0s", "*", "x", "/other/path"),
    *("AlwaysAllow", "Webhook", "RBAC", "Node,RBAC", "X509", "ABAC", "AlwaysAdmit", "PodSecurity"),
    *("NodeRestriction", "EventRateLimit", "AlwaysPullImages", "ServiceAccount", "Ingress"),
    *("127.0.0.1", "0.0.0.0", "::", "https://192.0.2.1:2379", "http://0.0.0.0:2379", "None"),
    *("Metadata", "RequestResponse", "restricted", "baseline", "privileged", "latest", "enforce"),
    *("Enforce", "Audit", "Deny", "deny", "dryrun", "Ignore", "Fail", "secrets", "identity"),
    *("system:masters", "system:anonymous", "kube-system", "default", "pods"),
    *("TLS_RSA_WITH_RC4_128_SHA", "TLS_AES_128_GCM_SHA256", "VersionTLS10", "RuntimeDefault"),
    *("Unconfined", "ALL", "NET_RAW", "RotateKubeletServerCertificate=false", "CREATE", "Pod"),
    *("any", "In", "Exists", "!object.spec.hostPID", "0.0.0.0/0", "DenyServiceExternalIPs"),
    *("kubernetes.io/metadata.name",),
)  # fmt: skip
"""What else might stand in the place of a masked value; nothing empty is ever masked."""


def places(case: Mapping[str, Any]) -> Iterator[Path]:
    """Yield the path of every value of a case that a collector could have masked."""
    for at, node in _nodes(case):
        for one, run in enumerate(node.get("run") or ()):
            yield from _words((*at, "run", one, "argv"), run.get("argv"))
            yield from ((*at, "run", one, "env", name) for name in run.get("env") or {})
        yield from _words((*at, "argv"), node.get("argv"))
        yield from _contents(at, node)
    for name, answer in _answers(case).items():
        # Beside arguments and files, an answer that is not known is one that was not given.
        if name not in (case.get("nodes") or {}):
            yield from _scalars(("configz", name), answer)
    yield from _scalars(("lists",), case.get("lists"))


def _nodes(case: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    nodes = case.get("nodes") or {}
    keys = nodes if isinstance(nodes, dict) else range(len(nodes))
    for key in keys:
        # Where the kubelet says itself what it does, that decides.
        if key not in _answers(case):
            yield ("nodes", key), nodes[key] or {}


def _answers(case: Mapping[str, Any]) -> dict[Any, Any]:
    answers = case.get("configz") or {}
    return {name: answer for name, answer in answers.items() if isinstance(answer, dict)}


def _words(at: Path, argv: object) -> Iterator[Path]:
    for index, word in enumerate(argv if isinstance(argv, list) else ()):
        if "=" in word or (index and not word.startswith("-")):
            yield (*at, index)


def _contents(at: Path, node: Mapping[str, Any]) -> Iterator[Path]:
    """Yield values inside files: the path to the text, then ``yaml``, then the path inside."""
    for path, text in _texts(at, node):
        document = _document(text)
        if isinstance(document, dict):
            yield from ((*path, "yaml", *inner) for inner in _scalars((), document))


def _texts(at: Path, node: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for name, facts in (node.get("files") or {}).items():
        for key, text in (facts or {}).items():
            if (key == "content" or (name != key and "/" in key)) and isinstance(text, str):
                yield (*at, "files", name, key), text


def _document(text: str) -> Any:
    try:
        return yaml.load(text, yaml.BaseLoader)
    except yaml.YAMLError:
        return None


def _scalars(at: Path, value: object) -> Iterator[Path]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in NEVER_MASKED:
                yield from _scalars((*at, key), one)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _scalars((*at, index), one)
    elif isinstance(value, str) and value:
        yield at


def replaced(case: Mapping[str, Any], path: Path, text: str) -> dict[str, Any]:
    """Return a case with another value at a path; of ``--flag=value`` only the value changes."""
    made = copy.deepcopy(dict(case))
    here: Any = made
    steps, inner = path, None
    if "yaml" in path:
        steps, inner = path[: path.index("yaml")], path[path.index("yaml") + 1 :]
    for step in steps[:-1]:
        here = here[step]
    old = here[steps[-1]]
    if inner is None:
        flag, sign, _ = str(old).partition("=")
        here[steps[-1]] = flag + sign + text if "argv" in steps and sign else text
    else:
        here[steps[-1]] = _written(_document(old), inner, text)
    return made


def _written(document: Any, path: Path, text: str) -> str:
    here = document
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = text
    return str(yaml.safe_dump(document, sort_keys=False))
