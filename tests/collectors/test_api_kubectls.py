"""Real kubectls against the replay: the same evidence as ever, and every fault told apart."""

from pathlib import Path

import pytest

from tests.collectors import faults
from tests.collectors.api_run import Collected, collect, evidence, hasty, run
from tests.collectors.programs import kubectl, kubectls, supported_kubectl
from tests.collectors.replay import Document, Replay, three_pods
from tests.collectors.tls import Pair, made_pair

WAITING = """#!/bin/sh
# What a plugin does that wants to be told a password; it leaves traces of being run, and told.
: > "$0.ran"
read -r answer < /dev/tty || read -r answer || exit 1
: > "$0.told"
"""


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    return collect(tmp_path_factory.mktemp("stand-in"), three_pods(), page=2)


@pytest.mark.parametrize("program", kubectls() or [None], ids=lambda one: one and one.name)
def test_every_kubectl_brings_the_same_evidence(
    tmp_path: Path, stand_in: Collected, program: Path | None
) -> None:
    program = program or kubectl("newest")
    got = collect(tmp_path, three_pods(), page=2, kubectl=program)
    assert (got.code, got.err) == (0, "")
    assert evidence(got) == evidence(stand_in)
    assert got.members["log.txt"] == b""
    assert str(got.manifest["tools"]["kubectl"]).startswith("v1.")


# Where there is but one kubectl, it is the oldest and the newest.
WHICH = ["stand-in", "oldest", "newest"] if len(kubectls()) > 1 else ["stand-in", "newest"]


@pytest.mark.parametrize("which", WHICH)
def test_faults_are_recorded_as_what_they_were(tmp_path: Path, which: str) -> None:
    program = None if which == "stand-in" else supported_kubectl(which)
    with Replay(faults.cluster()) as elsewhere:
        got = collect(
            tmp_path,
            faults.cluster(),
            page=faults.PAGE,
            faults=faults.faults(f"http://127.0.0.1:{elsewhere.port}"),
            kubectl=program,
            words=["--timeout", faults.TIMEOUT],
        )
    assert faults.recorded(got) == faults.expected()


def over_tls(
    folder: Path, pair: Pair, *, ca: Path, user: Document, words: tuple[str, ...] = ()
) -> Collected:
    program = supported_kubectl("newest")
    with Replay(three_pods(), tls=pair.context()) as server:
        config = server.kubeconfig(folder / "kubeconfig.json", ca=ca, user=user)
        options = ["--kubectl", str(program), "--kubeconfig", str(config), *words]
        return run(folder, server, hasty(folder, options), {})


def test_a_certificate_that_nobody_vouches_for_ends_the_run(
    tmp_path: Path, pair: Pair, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = made_pair(tmp_path_factory.mktemp("other"))
    got = over_tls(tmp_path, pair, ca=other.certificate, user={"token": "t"})
    assert (got.code, got.requests) == (4, ())
    assert "certificate" in got.probe("version")["detail"], got.members["log.txt"]


def test_kubectl_gets_no_words_when_it_asks_for_a_password(tmp_path: Path, pair: Pair) -> None:
    got = over_tls(tmp_path, pair, ca=pair.certificate, user={})
    assert (got.code, got.requests) == (4, ())
    assert "password" in got.probe("version")["detail"]


def test_a_token_goes_to_the_server_that_is_proven(tmp_path: Path, pair: Pair) -> None:
    got = over_tls(tmp_path, pair, ca=pair.certificate, user={"token": "t"})
    assert (got.code, got.manifest["complete"]) == (0, True)


def test_a_plugin_that_waits_for_words_gets_none(tmp_path: Path, pair: Pair) -> None:
    plugin = tmp_path / "plugin"
    plugin.write_text(WAITING, encoding="ascii")
    plugin.chmod(0o700)
    user = {
        "exec": {
            # The version that old and new kubectls know; its plugins may ask where they can.
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": str(plugin),
        }
    }
    got = over_tls(tmp_path, pair, ca=pair.certificate, user=user)
    assert (tmp_path / "plugin.ran").exists()
    assert not (tmp_path / "plugin.told").exists()
    assert (got.code, got.requests) == (4, ())
    assert got.manifest["stopped"]
