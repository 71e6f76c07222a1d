"""Property tests run alike everywhere: same examples each time, however slow the machine.

So do those that make files for another user to read, whatever files may be read by default here.

Files whose tests share something dear are run by one worker. The mark of pytest-xdist that asks
for this has no effect with pytest 9.2: the name of a test no longer tells its group.
"""

import os
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")
os.umask(0o022)

TOGETHER = {
    f"tests/collectors/test_{name}.py": name
    for name in ("api_program", "kubernetes_manifests", "node_allow_lists", "sign")
} | {f"tests/browser/test_{name}.py": "browser" for name in ("access", "report")}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the files of a group together where groups are asked for."""
    if config.getvalue("dist") != "loadgroup":
        return None
    scheduler: Any = import_module("xdist.scheduler").LoadGroupScheduling(config, log)
    usual = scheduler._split_scope

    def scope(nodeid: str) -> str:
        return TOGETHER.get(nodeid.partition("::")[0]) or str(usual(nodeid))

    scheduler._split_scope = scope
    return scheduler
