"""LibreOffice as a program that opens a workbook and saves it again."""

import subprocess
from pathlib import Path

FILTERS = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "ods": "ods:calc8"}


class Office:
    """Opens a workbook and saves it again."""

    def __init__(self, program: str, home: Path) -> None:
        self._program, self._home, self._serial = program, home, 0

    def save_as(self, content: bytes, from_: str, to: str) -> bytes:
        """Return a file of one kind as another, or the same, kind."""
        self._serial += 1
        source = self._home / f"in-{self._serial}" / f"book.{from_}"
        source.parent.mkdir()
        source.write_bytes(content)
        out = self._home / f"out-{self._serial}"
        subprocess.run(
            [
                self._program,
                f"-env:UserInstallation={(self._home / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                FILTERS[to],
                "--outdir",
                str(out),
                str(source),
            ],
            check=True,
            timeout=600,
            capture_output=True,
        )
        return (out / f"book.{to}").read_bytes()
