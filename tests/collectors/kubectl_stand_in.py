"""A kubectl for a cluster that is a folder, for tests of collect.sh.

It knows the few commands that collect.sh gives, answers them from STATE/cluster.json, keeps
every object that was made there, and can be told to fail in known ways. A run makes some thirty
calls, each a Python that starts: what is slow to import is done without.
"""

# ruff: noqa: PTH105, PTH110, PTH123
# pathlib and json take longer to import than a call takes

from __future__ import annotations

import marshal
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Cluster = dict[str, Any]
    Thing = dict[str, Any]

CLUSTER_SCOPED = frozenset({"Namespace", "ClusterRole", "ClusterRoleBinding"})
NAMES = {
    "namespaces": "Namespace",
    "clusterroles": "ClusterRole",
    "clusterrolebindings": "ClusterRoleBinding",
    "roles": "Role",
    "rolebindings": "RoleBinding",
    "pods": "Pod",
}


class RefusedError(Exception):
    """The server says no; the message goes to standard error."""


def load(folder: str) -> Cluster:
    """Return the state: ``objects`` now, all ever ``made``, their ``documents``, all ``calls``."""
    with open(f"{folder}/cluster", "rb") as stream:
        cluster: Cluster = marshal.load(stream)
    return cluster


def save(folder: str, cluster: Cluster) -> None:
    """Put the state in place in one step, since calls are killed at any moment."""
    draft = f"{folder}/draft.{os.getpid()}"
    with open(draft, "wb") as stream:
        marshal.dump(cluster, stream)
    os.replace(draft, f"{folder}/cluster")


def options_of(words: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return the plain words, and the options with their values."""
    plain, options = [], {}
    rest = iter(words)
    for word in rest:
        if word == "--":
            plain += ["--", *rest]
        elif word in {"-n", "-l", "-o", "-f", "--raw", "--kubeconfig", "--context"}:
            options[word] = next(rest)
        elif word.startswith("--"):
            name, _, value = word.partition("=")
            options[name] = value
        else:
            plain.append(word)
    return plain, options


def is_selected(thing: Thing, selector: str) -> bool:
    """Tell whether an object's labels fit ``NAME`` or ``NAME=VALUE,NAME=VALUE``."""
    for term in selector.split(","):
        name, equals, value = term.partition("=")
        if name not in thing["labels"] or (equals and thing["labels"][name] != value):
            return False
    return True


def chosen(cluster: Cluster, kinds: str, options: dict[str, str]) -> list[Thing]:
    """Return the objects that the words of a get or delete name."""
    wanted = {NAMES[name] for name in kinds.split(",")}
    return [
        thing
        for thing in cluster["objects"]
        if thing["kind"] in wanted
        and is_selected(thing, options["-l"])
        and (
            thing["kind"] in CLUSTER_SCOPED
            or "--all-namespaces" in options
            or thing["namespace"] == options.get("-n", "default")
        )
    ]


def make(cluster: Cluster, verb: str) -> None:
    """Take the manifests of standard input in; workloads get their pods at once."""
    sys.path += cluster["paths"]
    import yaml  # noqa: PLC0415 - slow, and the other calls do without

    for document in yaml.load_all(sys.stdin, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        add(cluster, verb, document)


def add(cluster: Cluster, verb: str, document: Thing) -> None:
    """Take one object in, as the server would."""
    metadata = document["metadata"]
    thing = {
        "kind": document["kind"],
        "name": metadata["name"],
        "namespace": metadata.get("namespace", ""),
        "labels": metadata.get("labels", {}),
    }
    same = ("kind", "name", "namespace")
    if any(all(one[k] == thing[k] for k in same) for one in cluster["objects"]):
        if verb == "apply":
            return
        raise RefusedError(f"Error from server (AlreadyExists): {thing['name']} already exists")
    spaces = {one["name"] for one in cluster["objects"] if one["kind"] == "Namespace"}
    if thing["kind"] not in CLUSTER_SCOPED and thing["namespace"] not in {*spaces, "default"}:
        raise RefusedError(f"Error from server (NotFound): {thing['namespace']} not found")
    cluster["objects"].append(thing)
    cluster["made"].append(thing)
    if thing["kind"] != "ConfigMap":
        cluster["documents"].append(document)
    if thing["kind"] in {"DaemonSet", "Job"}:
        start(cluster, thing, document["spec"]["template"]["metadata"]["labels"])


def start(cluster: Cluster, owner: Thing, labels: dict[str, str]) -> None:
    """Make the pods of a DaemonSet or Job."""
    nodes = [line.split(",") for line in cluster["nodes"]]
    places = [name for name, os_name, _ in nodes if os_name == "linux"]
    for place in places if owner["kind"] == "DaemonSet" else places[:1]:
        pod = {"kind": "Pod", "name": f"{owner['name']}-{place}", "labels": labels, "node": place}
        cluster["objects"].append({**pod, "namespace": owner["namespace"]})


def pods_of(cluster: Cluster, options: dict[str, str]) -> str:
    """Answer the question for pods, in the shape that collect.sh asks for."""
    ready = {line.split(",")[0]: line.split(",")[2] for line in cluster["nodes"]}
    sick = {fault["on"]: fault["text"] for fault in cluster["faults"] if fault["kind"] == "sick"}
    lines = []
    for pod in chosen(cluster, "pods", options):
        reason = sick.get(pod["name"], "")
        up = ready[pod["node"]] == "True" and not reason
        phase = "Running" if up else "Pending"
        # A pod that could not be placed is known by what it was made for.
        place = "" if reason == "Unplaced" else pod["node"]
        lines.append(f"{place},{pod['name']},{phase},{up},{reason},{pod['node']}\n")
    return "".join(lines)


def named(cluster: Cluster, name: str) -> str:
    """Answer the question who owns a namespace."""
    for thing in cluster["objects"]:
        if (thing["kind"], thing["name"]) == ("Namespace", name):
            return f"{name},{thing['labels'].get('kube-evidence/collector', '')}"
    return ""


def get(cluster: Cluster, plain: list[str], options: dict[str, str]) -> str:
    """Answer a question."""
    if options.get("--raw") == "/version":
        return '{"major": "1", "minor": "%s"}' % cluster["minor"]  # noqa: UP031
    if "--raw" in options:
        if cluster["openshift"]:
            return "{}"
        raise RefusedError("Error from server (NotFound): not found")
    if plain[1] == "nodes":
        # A condition comes whole, as JSON, in the shape that collect.sh asks for.
        parts = [line.split(",") for line in cluster["nodes"]]
        condition = '{"reason":"x","status":"%s","type":"Ready"}'
        return "".join(f"{name},{os_name},{condition % up}\n" for name, os_name, up in parts)
    if plain[1] == "pod":
        return next(str(one["node"]) for one in cluster["objects"] if one["name"] == plain[2])
    if plain[1] == "namespace":
        return named(cluster, plain[2])
    if options["-o"] == "name":
        found = chosen(cluster, plain[1], options)
        return "".join(f"{one['kind'].lower()}/{one['name']}\n" for one in found)
    return pods_of(cluster, options)


def delete(cluster: Cluster, plain: list[str], options: dict[str, str]) -> None:
    """Remove objects; a namespace takes what is in it along."""
    gone = chosen(cluster, plain[1], options)
    spaces = {one["name"] for one in gone if one["kind"] == "Namespace"}
    cluster["objects"] = [
        one for one in cluster["objects"] if one not in gone and one["namespace"] not in spaces
    ]


def read(path: str) -> bytes:
    """Return a file's bytes."""
    with open(path, "rb") as stream:
        return stream.read()


def content(cluster: Cluster, pod: str, name: str) -> bytes:
    """Return a file of a pod's work folder."""
    known = {one["name"]: one for one in cluster["objects"] if one["kind"] == "Pod"}
    if pod not in known:
        raise RefusedError(f"Error from server (NotFound): {pod} not found")
    folder = f"{cluster['pods']}/{known[pod]['labels']['kube-evidence/role']}"
    own = f"{folder}/{known[pod]['node']}"
    return read(f"{own if os.path.exists(own) else folder}/{name.removeprefix('/work/')}")


def answer(cluster: Cluster, words: list[str]) -> bytes:
    """Do what one call asks; returns its standard output."""
    plain, options = options_of(words)
    said = b""
    if plain[0] == "get":
        said = get(cluster, plain, options).encode()
    elif plain[0] in {"create", "apply"}:
        make(cluster, plain[0])
    elif plain[0] == "delete":
        delete(cluster, plain, options)
    elif plain[0] == "label":
        assert named(cluster, plain[2])
    elif plain[0] == "logs":
        said = content(cluster, plain[1], "log")
    elif plain[0] == "exec":
        assert plain[2:4] == ["--", "cat"]
        said = content(cluster, plain[1], plain[4])
    else:
        raise RefusedError(f"error: unknown command {plain[0]}")
    return said


def strike(cluster: Cluster, words: list[str]) -> Thing:
    """Return the fault to commit in this call, or an empty one."""
    plain = " ".join(options_of(words)[0])
    for fault in cluster["faults"]:
        left = fault.get("times", 1000)
        if plain.startswith(fault["on"]) and left > 0 and fault["kind"] != "sick":
            fault["times"] = left - 1
            return dict(fault)
    return {}


def flood(size: int) -> int:
    """Answer with up to so many bytes; returns how many were taken."""
    for sent in range(0, size, 1 << 16):
        try:
            os.write(1, bytes(1 << 16))
        except OSError:
            return sent
    return size


def call() -> int:
    """Be kubectl for one call; returns its exit code."""
    folder, words = sys.argv[1], sys.argv[2:]
    cluster = load(folder)
    cluster["calls"].append(words)
    fault = strike(cluster, words)
    save(folder, cluster)
    if fault.get("kind") == "hang":
        time.sleep(60)
    if fault.get("kind") == "flood":
        cluster["flooded"].append(flood(64 << 20))
        save(folder, cluster)
        return 0
    if fault.get("kind") == "fail":
        sys.stderr.write(fault.get("text", "Unable to connect to the server") + "\n")
        return 1
    try:
        said = answer(cluster, words)
    except RefusedError as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    finally:
        save(folder, cluster)
    if fault.get("kind") == "cut":
        said = said[: len(said) // 2]
    elif fault.get("kind") == "spoil":
        said = read(fault["text"])
    sys.stdout.buffer.write(said)
    return 0
