"""In a pod without kubectl, the program asks the API server itself, and trusts only its CA."""

import hashlib
import ssl
from pathlib import Path

import pytest

from tests.collectors import faults, replay
from tests.collectors.api_run import collect, collect_in_pod, evidence
from tests.collectors.programs import python
from tests.collectors.replay import Replay, small, three_pods
from tests.collectors.tls import Pair, made_pair

TOKEN = "the-token-of-the-pod"


@pytest.mark.parametrize("which", ["oldest", "newest"])
def test_a_pod_collects_what_kubectl_does(tmp_path: Path, pair: Pair, which: str) -> None:
    (tmp_path / "pod").mkdir()
    (tmp_path / "kubectl").mkdir()
    with Replay(three_pods(), page=2, tls=pair.context(), token=TOKEN) as server:
        got = collect_in_pod(
            tmp_path / "pod", server, ca=pair.certificate, words=(), python=python(which)
        )
    other = collect(tmp_path / "kubectl", three_pods(), page=2)
    assert (got.code, got.manifest["complete"], got.err) == (0, True, "")
    assert evidence(got) == evidence(other)
    der = ssl.PEM_cert_to_DER_cert(pair.certificate.read_text(encoding="ascii"))
    assert got.manifest["cluster"]["ca_sha256"] == hashlib.sha256(der).hexdigest()
    assert got.manifest["tools"]["kubectl"] is None
    assert TOKEN.encode() not in b"".join(got.members.values())


def test_faults_are_recorded_as_what_they_were(tmp_path: Path, pair: Pair) -> None:
    with (
        Replay(faults.cluster()) as elsewhere,
        Replay(
            faults.cluster(),
            page=faults.PAGE,
            faults=faults.faults(f"http://127.0.0.1:{elsewhere.port}"),
            tls=pair.context(),
            token=TOKEN,
        ) as server,
    ):
        words = ("--in-cluster", "--timeout", faults.TIMEOUT)
        got = collect_in_pod(tmp_path, server, ca=pair.certificate, words=words)
        assert elsewhere.requests == []
    assert faults.recorded(got) == faults.expected()


@pytest.mark.parametrize("case", ["other-ca", "other-address", "plain-http"])
def test_nothing_is_sent_to_a_server_that_is_not_proven(
    tmp_path: Path, pair: Pair, case: str
) -> None:
    """Not even the token: the handshake comes first."""
    folder = tmp_path / "other"
    folder.mkdir()
    other = made_pair(folder, "127.0.0.2" if case == "other-address" else "127.0.0.1")
    tls = None if case == "plain-http" else other.context()
    trusted = other if case == "other-address" else pair
    with Replay(three_pods(), tls=tls, token=TOKEN) as server:
        got = collect_in_pod(tmp_path, server, ca=trusted.certificate)
    assert (got.code, got.requests) == (4, ())
    assert "certificate" in got.probe("version")["detail"]
    assert got.manifest["stopped"] == "no answer from the API server"


@pytest.mark.parametrize("obliging", [True, False], ids=["metadata", "whole"])
def test_of_configmaps_only_metadata_are_asked_for(
    tmp_path: Path, pair: Pair, monkeypatch: pytest.MonkeyPatch, *, obliging: bool
) -> None:
    """A server may send them whole nevertheless: what is kept stays the same."""
    sent: list[bytes] = []
    original = replay._metadata_of

    def note(body: bytes) -> bytes:
        sent.append(original(body))
        return sent[-1] if obliging else body

    monkeypatch.setattr(replay, "_metadata_of", note)
    metadata = {"name": "settings", "namespace": "default"}
    lists = {"nodes": [], "configmaps": [{"metadata": metadata, "data": {"a": "b"}}]}
    recording = small(lists, {"nodes": "Node", "configmaps": "ConfigMap"})
    with Replay(recording, tls=pair.context(), token=TOKEN) as server:
        got = collect_in_pod(tmp_path, server, ca=pair.certificate)
    assert (got.code, len(sent)) == (0, 1)
    assert got.objects("configmaps") == [{"metadata": metadata}]
    assert b'"data"' not in sent[0]
