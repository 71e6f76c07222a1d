"""A hostile or odd configuration file is understood rightly, or nothing of it is kept."""

import re
from pathlib import Path

import pytest

from tests.collectors.node_documents import REDACTORS, texts
from tests.collectors.node_run import Collected, assert_absent, collect, write
from tests.collectors.redactor import redact
from tests.collectors.userlands import AWKS

FOLDER = "/var/lib/rancher/rke2/agent/etc/kubelet.conf.d"
SECRET = "Zq7Wk3hunterX9"
CODED = "".join(f"\\u{ord(c):04x}" for c in SECRET)
LONG = "a1B" * 5_000
MARK = re.compile(rb"KEB-REDACTED-r\d+")

# Files with ZZ in the place of a secret, UU for one written in escapes, and what is kept of them,
# with # for each mask. Of a file with None nothing is kept.
CASES: dict[str, tuple[str | bytes, str | None]] = {
    "anchor": ("token: &x ZZ\nport: 1\n", None),
    "anchor-of-a-mapping": ("authentication: &a\n  token: ZZ\nport: 1\n", None),
    "alias": ("port: *ZZ\n", None),
    "alias-as-name": ("*ZZ : 1\nport: 1\n", None),
    "tag": ("kind: !!str ZZ\n", None),
    "own-tag": ("port: !ZZ 1\n", None),
    "merge": ("<<: {token: ZZ}\n", None),
    "merge-in-flow": ('{"<<": {"token": "ZZ"}}\n', None),
    "directive": ("%YAML 1.1\n---\ntoken: ZZ\n", None),
    "complex-name": ("? ZZ\n: x\n", None),
    "complex-name-flow": ("{? ZZ : x}\n", None),
    "list-as-name": ("[ZZ]: x\n", None),
    "tab": ("authentication:\n\ttoken: ZZ\n", None),
    "tab-after-blank": ("authentication:\n  \ttoken: ZZ\n", None),
    "tab-after-colon": ("token:\tZZ\n", None),
    "blank-before-colon": ("token : ZZ\n", None),
    "blank-in-name": ("a token: ZZ\n", None),
    "colon-in-value": ("token: ZZ: x\n", None),
    "no-blank-in-flow": ("{port:1, token: ZZ}\n", None),
    "closing-bracket": ("address: ]ZZ\n", None),
    "dash-in-flow": ("clusterDNS: [- ZZ]\n", None),
    "dash-in-value": ("address: - ZZ\n", None),
    "broken-indent": ("port: 1\n   token: ZZ\n", None),
    "open-quote": ('token: "ZZ\nport: 1\n', None),
    "open-bracket": ("clusterDNS: [ZZ,\nport: 1\n", None),
    "after-quote": ('port: "1" ZZ\n', None),
    "after-bracket": ("clusterDNS: [] ZZ\n", None),
    "indicator": ("token: |2\n   ZZ\n", None),
    "odd-escape": ('token: "\\x5a ZZ"\n', None),
    "short-escape": ('token: "\\u5a ZZ"\n', None),
    "escaped-control": ('token: "\\u0000ZZ"\n', None),
    "escaped-break": ('token: "ZZ\\\n  x"\n', None),
    "name-alone": ("{ZZ}\n", None),
    "name-alone-in-list": ("{port: 1, ZZ}\n", None),
    "deep": ("[" * 70 + "ZZ" + "]" * 70 + "\n", None),
    "deep-block": ("".join("  " * n + "a:\n" for n in range(40)) + "  " * 40 + "token: ZZ\n", None),
    "nested": ("a: " + "[" * 27 + "{b: ZZ}" + "]" * 27 + "\nport: 1\n", "#: #\nport: 1\n"),
    "nested-block": (
        "".join("  " * n + "a:\n" for n in range(28)) + "  " * 28 + "- b: ZZ\n",
        "#: #\n",
    ),
    "nul": (b"token: ZZ\0\n", None),
    "utf-16": ("token: ZZ\n".encode("utf-16"), None),
    "utf-16-bare": ("port: 1\ntoken: ZZ\n".encode("utf-16-le"), None),
    "lone-cr": ("# x\rtoken: ZZ\nport: 1\n", None),
    "nel": ("# x\x85token: ZZ\nport: 1\n", None),
    "line-separator": ("# x\u2028token: ZZ\nport: 1\n", None),
    "form-feed": ("port: 1\n\ftoken: ZZ\n", None),
    "start-with-value": ("--- {token: ZZ}\n", None),
    "bom": ("\ufeffport: 1\ntoken: ZZ\n", "port: 1\n#: #\n"),
    "crlf": ("port: 1\r\ntoken: ZZ\r\n", "port: 1\n#: #\n"),
    "comments": ("# ZZ\nport: 1 # ZZ\naddress: # ZZ\n  # ZZ\n", "port: 1\naddress:\n"),
    "comment-in-flow": ("{port: 1, # ZZ]\n x: ZZ}\n", "port: 1\n#: #\n"),
    "documents": ("port: 1\n---\ntoken: ZZ\n...\n- ZZ\n", "port: 1\n---\n#: #\n- #\n"),
    "name": ("ZZ: 1\nport: 1\n", "#: #\nport: 1\n"),
    "name-in-quotes": ("\"ZZ x\" : 1\n'ZZ': 1\n", "#: #\n#: #\n"),
    "name-of-mapping": ("ZZ:\n  port: ZZ\nport: 1\n", "#: #\nport: 1\n"),
    "name-of-list": ("ZZ:\n- ZZ\n-\n  - ZZ\nport: 1\n", "#: #\nport: 1\n"),
    "name-of-nothing": ("ZZ:\nport: 1\n", "#:\nport: 1\n"),
    "name-in-flow": ("{ZZ: {port: ZZ}, port: 1}\n", "#: #\nport: 1\n"),
    "name-among-any": (
        "featureGates: {KMSv1: true, ZZ: true}\n",
        "featureGates:\n  KMSv1: true\n  #: #\n",
    ),
    "value-among-any": ("featureGates:\n  KMSv1: ZZ\n", "featureGates:\n  KMSv1: #\n"),
    "twice": ("token: ZZ\ntoken: ZZ\nport: 1\nport: 2\n", "#: #\n#: #\nport: 1\nport: 2\n"),
    "text-for-mapping": ("authentication: ZZ\nport: 1\n", "authentication: #\nport: 1\n"),
    "list-for-mapping": ("authentication: [ZZ]\n", "authentication:\n- #\n"),
    "mapping-for-text": ("port:\n  a: ZZ\n  b: {c: ZZ}\n", "port:\n  #: #\n  #: #\n"),
    "root-text": ("ZZ\n", "#\n"),
    "root-list": ("- ZZ\n- port: 1\n", "- #\n- port: 1\n"),
    "next-line": ("token:\n  ZZ\n  ZZ\nport: 1\n", "#: #\nport: 1\n"),
    "over-lines": ('token: "a\nZZ\n\n  b"\nport: 1\n', "#: #\nport: 1\n"),
    "literal": ("token: |\n  a: b\n\n  ZZ\nport: 1\n", "#: #\nport: 1\n"),
    "folded": ("token: >- # ZZ\n  ZZ\n  # ZZ\nport: 1\n", "#: #\nport: 1\n"),
    "literal-in-list": ("- |\n ZZ\n- port: 1\n", "- #\n- port: 1\n"),
    "escapes": ('{"t\\u006fken": "UU", "p\\u006frt": 1}\n', "#: #\nport: 1\n"),
    "escaped-slash": ('{"address": "\\/x", "a": "UU"}\n', 'address: "\\/x"\n#: #\n'),
    "flow-over-lines": (
        '{"token":\n\t"ZZ" ,\n"x" : ["ZZ"\n], "port": 1\n}',
        "#: #\n#: #\nport: 1\n",
    ),
    "quote-in-flow": (
        "{address: 'it''s\n  on', token: \"ZZ\\\"}\"}\n",
        "address: 'it''s on'\n#: #\n",
    ),
    "header": ("staticPodURLHeader: {Authorization: [Bearer ZZ]}\n", "staticPodURLHeader: #\n"),
    "header-block": ("staticPodURLHeader:\n  ZZ:\n  - ZZ\n", "staticPodURLHeader: #\n"),
    "kept-place": ("address: https://u:ZZ@h/x\n", 'address: "https://h"\n'),
    "long": (f"token: {LONG}ZZ\nport: 1\n", "#: #\nport: 1\n"),
    "long-flow": (f'{{"token": "{LONG}ZZ", "port": 1}}\n', "#: #\nport: 1\n"),
    "not-utf-8": (b"token: \xff\xfeZZ\nport: 1\n", "#: #\nport: 1\n"),
    "empty": ("", ""),
    "only-comment": ("# ZZ\n", ""),
}


def spelled(text: str | bytes) -> bytes:
    """Return the bytes of a case, with the secret in its places."""
    raw = text.encode() if isinstance(text, str) else text
    wide = SECRET.encode("utf-16-le")
    filled = raw.replace(b"ZZ", SECRET.encode()).replace(b"UU", CODED.encode())
    return filled.replace("ZZ".encode("utf-16-le"), wide)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tree with every case as a drop-in of its kubelet."""
    root = tmp_path_factory.mktemp("yaml") / "root"
    (root / "proc").mkdir(parents=True)
    for name, (text, _) in CASES.items():
        write(root, f"{FOLDER}/{name}.conf", spelled(text))
    return root


@pytest.fixture(scope="module")
def run(tree: Path) -> Collected:
    """Return what is kept of all cases."""
    return collect(tree, tree.parent / "out")


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_file_is_understood_or_refused(run: Collected, name: str) -> None:
    found = run.record("file/kubelet-dropin", f"{FOLDER}/{name}.conf")
    expected = CASES[name][1]
    if expected is None:
        assert ("blob" in found, found["status"]) == (False, "error")
        assert found["detail"] == "redactor failed"
        assert found["stat"]["mode"] == "0644"
        return
    assert found["status"] == "ok"
    kept = run.members["bundle/" + found["blob"]]
    assert MARK.sub(b"#", kept).decode() == expected
    assert found["redactions"] >= expected.count("#")


def test_no_case_leaks(run: Collected) -> None:
    assert_absent(run, SECRET)
    for content in run.members.values():
        assert CODED.encode() not in content
        assert SECRET.encode("utf-16-le") not in content


@pytest.mark.parametrize("words", AWKS[1:], ids=" ".join)
def test_every_awk_reads_alike(tmp_path: Path, words: tuple[str, ...]) -> None:
    files = [(spelled(text), "kubelet", "kubelet-dropin") for text, _ in CASES.values()]
    files += [(text.encode(), *REDACTORS[name]) for name, text in texts().items()]
    for data, how, role in files:
        usual = redact(tmp_path, data, how=how, role=role, awk=AWKS[0])
        assert redact(tmp_path, data, how=how, role=role, awk=words) == usual
