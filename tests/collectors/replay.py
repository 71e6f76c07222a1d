"""An API server that only answers from a recording, and a kubectl that speaks to it.

The server listens on the loopback interface, pages its lists as the real one does
(``limit``, ``continue``, ``remainingItemCount``) and can be told to fail in known ways.
The stand-in is a small program for machines without kubectl: it takes the same words, and
fails with the same exit code and the same text on standard error.
"""

import base64
import contextlib
import copy
import gzip
import json
import ssl
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

RECORDING = Path(__file__).resolve().parent.parent / "data" / "api"
RULES_REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"

Document = dict[str, Any]

NOBODY: Document = {}
ALL_RULES: Document = {
    "incomplete": False,
    "resourceRules": [{"verbs": ["list"], "apiGroups": ["*"], "resources": ["*"]}],
    "nonResourceRules": [{"verbs": ["get"], "nonResourceURLs": ["/version"]}],
}

MESSAGE = 'User "someone@example.com" met REASON at PATH'
"""What servers say when they fail: they name who was logged in."""

ACCESS_REVIEW = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

_REASONS = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    410: "Expired",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to go wrong.

    Attributes:
        path: The API path it strikes.
        kind: An HTTP status code as text, or ``cut``, ``slow``, ``not-json``, ``status-in-200``,
            ``other-kind``, ``no-items``, ``nameless``, ``endless``, ``short``, ``other-version``,
            ``more``, ``odd-continue``, ``odd-count``, ``html``, ``warned``, or ``to URL``,
            a redirect.
        page: The page it strikes, counted from 0.
        times: How often it strikes before the server is well again.
    """

    path: str
    kind: str
    page: int = 0
    times: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What the server knows."""

    lists: Mapping[str, Document]
    discovery: Mapping[str, Document]
    configz: Mapping[str, Document] = field(default_factory=dict)
    rules: Document = field(default_factory=lambda: ALL_RULES)
    allowed: Mapping[str, bool | None] = field(default_factory=dict)
    """By resource name, what an access review says; None: nothing but an error; else True."""


def captured() -> Recording:
    """Return the recording of the real cluster."""
    return Recording(
        lists=_read("api-lists.json.gz"),
        discovery=_read("api-discovery.json.gz"),
        configz={"cp-1": json.loads((RECORDING / "configz-cp-1.json").read_bytes())},
    )


def _read(name: str) -> dict[str, Document]:
    document: dict[str, Document] = json.loads(gzip.decompress((RECORDING / name).read_bytes()))
    return document


def small(lists: Mapping[str, Sequence[Document]], kinds: Mapping[str, str]) -> Recording:
    """Return a recording of a core API that serves only ``lists`` (by resource name)."""
    resources = [
        {"name": name, "kind": kind, "namespaced": name not in ("nodes", "namespaces"),
         "verbs": ["get", "list"]}
        for name, kind in kinds.items()
    ]  # fmt: skip
    return Recording(
        lists={
            f"/api/v1/{name}": {
                "kind": f"{kinds[name]}List",
                "apiVersion": "v1",
                "metadata": {"resourceVersion": "77"},
                "items": list(items),
            }
            for name, items in lists.items()
        },
        discovery={
            "/version": {"major": "1", "minor": "32", "gitVersion": "v1.32.0"},
            "/api": {"kind": "APIVersions", "versions": ["v1"]},
            "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
            "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": resources},
        },
    )


def three_pods() -> Recording:
    """Return the smallest recording of which a whole, paged run can be made."""
    pods = [{"metadata": {"name": f"pod-{at}", "namespace": "default"}} for at in range(3)]
    spaces = [{"metadata": {"name": "kube-system", "uid": "0badcafe-1"}}]
    kinds = {"nodes": "Node", "namespaces": "Namespace", "pods": "Pod"}
    return small({"nodes": [], "namespaces": spaces, "pods": pods}, kinds)


class Replay:
    """The server; use it as a context manager."""

    def __init__(
        self,
        recording: Recording,
        *,
        page: int = 500,
        faults: Sequence[Fault] = (),
        tls: ssl.SSLContext | None = None,
        token: str = "",
        message: str = MESSAGE,
    ) -> None:
        self._message = message
        self._recording = recording
        self._page = page
        self._faults = faults
        self._left = [fault.times for fault in faults]
        self._lock = threading.Lock()
        self.tls = tls
        self.token = token
        self.requests: list[str] = []
        self.refused: list[str] = []
        """Every request that would have changed something, as verb and path."""
        self.stopping = threading.Event()
        self._server = _Server(self, tls)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        assert not self.refused, self.refused

    @property
    def port(self) -> int:
        """The port that the server listens on."""
        return int(self._server.server_address[1])

    def kubeconfig(self, path: Path, *, ca: Path | None = None, user: Document = NOBODY) -> Path:
        """Write a kubeconfig for this server (JSON is YAML too) and return its path."""
        scheme = "http" if self.tls is None else "https"
        return write_kubeconfig(path, self.port, scheme=scheme, ca=ca, user=user)

    def status(self, code: int, path: str) -> bytes:
        """Return the body of a failure, with the message that this server gives."""
        return _status(code, path, self._message)

    def strike(self, path: str, page: int) -> str:
        """Return the fault to commit now, or the empty text."""
        with self._lock:
            for at, fault in enumerate(self._faults):
                if (fault.path, fault.page) == (path, page) and self._left[at] > 0:
                    self._left[at] -= 1
                    return fault.kind
        return ""

    def answer(self, target: str) -> tuple[int, bytes, str]:
        """Return status code, body and the fault to commit for one GET."""
        path, _, query = target.partition("?")
        words = dict(urllib.parse.parse_qsl(query))
        limit = min(int(words.get("limit", "500")), self._page)
        start = int(base64.b64decode(words["continue"])) if words.get("continue") else 0
        fault = self.strike(path, start // limit)
        if fault.isdigit():
            return int(fault), self.status(int(fault), path), ""
        document = self._find(path)
        if document is None:
            code = 503 if path.endswith("/proxy/configz") else 404
            return code, self.status(code, path), ""
        if "items" in document:
            document = _page_of(document, start, limit)
        _spoil(document, fault, start)
        return 200, json.dumps(document).encode("utf-8"), fault

    def review(self, path: str, asked: Document) -> Document:
        """Return the status of a review of one's own rights."""
        return review(path, asked, self._recording.rules, self._recording.allowed)

    def _find(self, path: str) -> Document | None:
        if path in self._recording.discovery:
            return copy.deepcopy(self._recording.discovery[path])
        parts = path.split("/")
        if path.endswith("/proxy/configz"):
            return copy.deepcopy(self._recording.configz.get(parts[4]))
        if len(parts) > 5 and parts[-3] == "namespaces":
            whole = self._recording.lists.get("/".join([*parts[:-3], parts[-1]]))
            return None if whole is None else _in_namespace(whole, parts[-2])
        return copy.deepcopy(self._recording.lists.get(path))


def write_kubeconfig(
    path: Path, port: int, *, scheme: str = "http", ca: Path | None = None, user: Document = NOBODY
) -> Path:
    """Write a kubeconfig for a port of the loopback address (JSON is YAML too), return its path."""
    cluster = {"server": f"{scheme}://127.0.0.1:{port}"}
    if ca is not None:
        cluster["certificate-authority"] = str(ca)
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "replay", "cluster": cluster}],
        "users": [{"name": "reader", "user": user}],
        "contexts": [{"name": "replay", "context": {"cluster": "replay", "user": "reader"}}],
        "current-context": "replay",
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


class _Server(ThreadingHTTPServer):
    """The listening socket, with the replay that answers."""

    daemon_threads = True

    def __init__(self, replay: Replay, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replay = replay
        if tls is not None:
            self.socket = tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away or would not trust the certificate."""


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: _Server

    def do_GET(self) -> None:
        replay = self.server.replay
        if replay.token and self.headers["Authorization"] != f"Bearer {replay.token}":
            self._send(401, replay.status(401, self.path), "")
            return
        replay.requests.append(self.path)
        code, body, fault = replay.answer(self.path)
        if code == 200 and "as=PartialObjectMetadataList;" in (self.headers["Accept"] or ""):
            body = _metadata_of(body)
        if fault == "slow" and not self._is_waited_for():
            return
        # A client that gave up has closed its end.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._send(code, body, fault)

    def _is_waited_for(self) -> bool:
        """Be silent for longer than any limit of a test; tell whether the server ends before.

        The stand-in is told, since its clock begins only now: a busy machine is no slow server.
        """
        if self.headers["Host"] == "stand-in":
            self.send_response_only(102)
            self.end_headers()
        return self.server.replay.stopping.wait(20)

    def do_POST(self) -> None:
        replay = self.server.replay
        replay.requests.append(self.path)
        asked = json.loads(self._body())
        if self.path.partition("?")[0] not in (RULES_REVIEW, ACCESS_REVIEW):
            self._refuse()
            return
        fault = replay.strike(self.path.partition("?")[0], 0)
        if fault.isdigit():
            self._send(int(fault), replay.status(int(fault), self.path), "")
        else:
            status = replay.review(self.path.partition("?")[0], asked)
            self._send(201, json.dumps(dict(asked, status=status)).encode("utf-8"), "")

    def _refuse(self) -> None:
        """Note a request that would change something, and refuse it."""
        self.server.replay.refused.append(f"{self.command} {self.path}")
        self._send(405, self.server.replay.status(405, self.path), "")

    do_PUT = do_PATCH = do_DELETE = _refuse  # noqa: N815 - their names there

    def _body(self) -> bytes:
        if self.headers["Transfer-Encoding"] != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"]))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        return b"".join(pieces)

    def _send(self, code: int, body: bytes, fault: str) -> None:
        if fault == "not-json":
            body = body[: len(body) // 2]
        if fault == "html":
            body = b"<html>Log in, please.</html>"
        if fault.startswith("to "):
            code, body = 302, b""
        self.send_response(code)
        self.send_header("Content-Type", "text/html" if fault == "html" else "application/json")
        if fault == "warned":
            self.send_header("Warning", '299 - "this version does not exist much longer"')
        if fault.startswith("to "):
            self.send_header("Location", fault.partition(" ")[2])
        if code == 429:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if fault == "cut" else body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing: a test's output is its own."""


def review(
    path: str, asked: Document, rules: Document, allowed: Mapping[str, bool | None]
) -> Document:
    """Return the status of a review of one's own rights."""
    if path == RULES_REVIEW:
        return rules
    said = allowed.get(asked["spec"]["resourceAttributes"]["resource"], True)
    return {"allowed": False, "evaluationError": "x"} if said is None else {"allowed": said}


def _status(code: int, path: str, message: str) -> bytes:
    reason = _REASONS[code]
    document = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message.replace("REASON", reason).replace("PATH", path),
        "reason": reason,
        "code": code,
    }
    return json.dumps(document).encode("utf-8")


def _metadata_of(body: bytes) -> bytes:
    """Return a list as servers send it that were asked for the objects' metadata alone."""
    document = json.loads(body)
    if not isinstance(document.get("items"), list):
        return body
    form: Document = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}
    items = [{**form, "metadata": one["metadata"]} for one in document["items"]]
    document.update(kind="PartialObjectMetadataList", apiVersion="meta.k8s.io/v1", items=items)
    return json.dumps(document).encode("utf-8")


def _in_namespace(whole: Document, namespace: str) -> Document:
    kept = [one for one in whole["items"] if one["metadata"].get("namespace") == namespace]
    return dict(copy.deepcopy({**whole, "items": []}), items=kept)


def _page_of(document: Document, start: int, limit: int) -> Document:
    items = document["items"]
    page = dict(document, items=items[start : start + limit])
    page["metadata"] = dict(document["metadata"])
    left = len(items) - start - limit
    if left > 0:
        page["metadata"]["continue"] = base64.b64encode(str(start + limit).encode()).decode()
        page["metadata"]["remainingItemCount"] = left
    return page


def _spoil(document: Document, fault: str, start: int) -> None:
    """Make one answer wrong in the way that ``fault`` names."""
    spoilers: Mapping[str, Callable[[], Document]] = {
        "status-in-200": lambda: {"kind": "Status", "code": 500, "reason": "InternalError"},
        "other-kind": lambda: {**document, "kind": "ConfigMapList"},
        "no-items": lambda: {**document, "items": None},
        "nameless": lambda: {**document, "items": [{"metadata": {}}]},
        "endless": lambda: _with_metadata(
            document, {"continue": base64.b64encode(f"{start}".encode()).decode()}
        ),
        "short": lambda: _with_metadata(document, {"continue": "", "remainingItemCount": 3}),
        "more": lambda: _with_metadata(document, {"continue": None, "remainingItemCount": 1}),
        "odd-continue": lambda: _with_metadata(document, {"continue": {"a": 1}}),
        "odd-count": lambda: _with_metadata(document, {"remainingItemCount": "3"}),
        "other-version": lambda: _with_metadata(document, {"resourceVersion": f"9{start}"}),
    }
    if fault in spoilers:
        changed = spoilers[fault]()
        document.clear()
        document.update(changed)


def _with_metadata(document: Document, change: Document) -> Document:
    return {**document, "metadata": {**document["metadata"], **change}}


# It starts anew for every request, so it imports nothing that a request does not need.
_STAND_IN = r"""
import _socket, sys

def fail(text):
    sys.stderr.write(text + "\n")
    sys.exit(1)

words, limit, config = [], None, None
rest = iter(sys.argv[1:])
for word in rest:
    if word == "--kubeconfig":
        config = next(rest)
    elif word == "--context":
        next(rest)
    elif word == "-v=6":
        pass
    elif word.startswith("--request-timeout="):
        limit = float(word.split("=")[1].rstrip("s")) or None
    else:
        words.append(word)
if words[:2] == ["version", "--client"]:
    print('{"clientVersion": {"gitVersion": "v0.0.0-stand-in"}}')
    sys.exit(0)
try:
    with open(config) as stream:
        document = stream.read()
except OSError:
    fail("error: stat %s: no such file or directory" % config)
if words[:2] == ["config", "view"]:
    import json
    cluster = json.loads(document)["clusters"][0]["cluster"]
    print(cluster.get("certificate-authority-data", ""))
    print(cluster.get("certificate-authority", ""), end="")
    sys.exit(0)
host, port = document.split('"server": "http://')[1].split('"')[0].split(":")
path = words[words.index("--raw") + 1]
body = sys.stdin.buffer.read() if words[0] == "create" else b""
verb = "POST" if words[0] == "create" else "GET"
try:
    link = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    link.connect((host, int(port)))
    head = "%s %s HTTP/1.0\r\nHost: stand-in\r\nContent-Length: %d\r\n\r\n"
    link.sendall((head % (verb, path, len(body))).encode() + body)
    answer = link.recv(65536)
    if answer.startswith(b"HTTP/1.0 102 "):
        link.settimeout(limit)
        answer = b""
    answer += b"".join(iter(lambda: link.recv(65536), b""))
except TimeoutError:
    fail("Unable to connect to the server: net/http: request canceled "
         "(Client.Timeout exceeded while awaiting headers)")
except OSError:
    fail("The connection to the server %s:%s was refused - did you specify the right host "
         "or port?" % (host, port))
head, _, body = answer.partition(b"\r\n\r\n")
lines = head.decode().split("\r\n")
code = int(lines[0].split()[1])
size = [int(one.split(":")[1]) for one in lines if one.lower().startswith("content-length")][0]
if len(body) != size:
    fail("error: unexpected EOF")
if 300 <= code < 400:
    fail('I0101 00:00:00.000000 1 round_trippers.go:1] "Response" status="%d Found"' % code)
if code >= 400:
    import json
    status = json.loads(body.decode())
    fail("Error from server (%s): %s" % (status["reason"], status["message"]))
sys.stdout.buffer.write(body)
"""


def write_stand_in(path: Path) -> Path:
    """Write the stand-in for kubectl as an executable file and return its path."""
    path.write_text(f"#!{sys.executable} -IS\n{_STAND_IN}", encoding="utf-8")
    path.chmod(0o700)
    return path


def main() -> None:
    """Serve the recording until the input ends, for trying things out by hand."""
    with Replay(captured()) as server:
        sys.stdout.write(f"{server.kubeconfig(Path(sys.argv[1]))}\n")
        sys.stdout.flush()
        while sys.stdin.readline():
            time.sleep(0)


if __name__ == "__main__":
    main()
