"""Make ``tests.reports.builder`` importable however pytest was started, and share assessments."""

import sys
from pathlib import Path

import pytest

from analyzer.model.assessment import Assessment

sys.path.insert(0, str(Path(__file__).parents[2]))


@pytest.fixture(scope="session")
def assessment() -> Assessment:
    """A whole assessment with every verdict and hostile texts."""
    from tests.reports.builder import build  # noqa: PLC0415 - needs the path set above

    return build()
