"""Every verdict of the three sample runs, control by control, as last read and agreed to."""

import pytest

from tests.golden.regenerate import HERE, RUNS, table


@pytest.mark.parametrize("name", sorted(RUNS))
def test_verdicts_are_those_agreed_to(name: str) -> None:
    agreed = (HERE / f"{name}.csv").read_text(encoding="utf-8")
    assert table(RUNS[name]) == agreed, "run make golden, and read the difference"
