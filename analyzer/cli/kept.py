"""An assessment that was kept: read back from assessment.json."""

import stat
from pathlib import Path

from analyzer.model.assessment import Assessment
from analyzer.model.errors import UserFileError
from analyzer.reports.assessment_json import read

_LIMIT_BYTES = 1 << 30


def load_assessment(path: Path) -> Assessment:
    """Read an assessment.json.

    Raises:
        UserFileError: It cannot be read, or is not an assessment of this version.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device could be read for ever
            raise UserFileError(str(path), "not a file", advice="Name an assessment.json.")
        with path.open("rb") as file:
            content = file.read(_LIMIT_BYTES + 1)
        if len(content) > _LIMIT_BYTES:
            raise UserFileError(str(path), "larger than 1 GiB", advice="Is this assessment.json?")
    except OSError as failure:
        raise UserFileError(
            str(path), f"cannot be read ({failure.strerror})", advice="Name an assessment.json."
        ) from failure
    return read(content, where=str(path))
