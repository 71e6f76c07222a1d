"""Prepared node trees, and one run on each that many tests look at."""

from pathlib import Path

import pytest

from tests.collectors.node_run import Collected, collect, unpack, write
from tests.collectors.tls import Pair, made_pair


@pytest.fixture(scope="session")
def cp_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the recorded control-plane node, to be read only."""
    return unpack("cp-1", tmp_path_factory.mktemp("trees") / "cp-1")


@pytest.fixture(scope="session")
def cp_run(cp_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Collected:
    """Return what the collector makes of the recorded control-plane node."""
    return collect(cp_tree, tmp_path_factory.mktemp("cp") / "out")


@pytest.fixture(scope="session")
def worker_run(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    """Return what the collector makes of the recorded worker."""
    folder = tmp_path_factory.mktemp("worker")
    return collect(unpack("worker-1", folder / "tree"), folder / "out")


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Return a certificate for the loopback address, which is its own CA."""
    return made_pair(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return a tree with no more than a name, for tests to furnish."""
    write(tmp_path, "/root/etc/hostname", "bare-1\n")
    write(tmp_path, "/root/etc/os-release", "ID=test\nVERSION_ID='1'\n")
    (tmp_path / "root" / "proc").mkdir()
    return tmp_path / "root"
