"""Is a workbook still as we wrote it, or has somebody's spreadsheet saved it since?"""

from dataclasses import dataclass, field

from analyzer.judgement.workbook_archive import open_archive
from analyzer.judgement.workbook_xml import listen
from analyzer.model.errors import UserFileError
from analyzer.model.review_sheet import PROGRAM

_CORE, _APP = "docProps/core.xml", "docProps/app.xml"
_WRITER = ("Microsoft Excel", "12.0000")
"""What our workbook library says of itself; spreadsheets say otherwise when they save."""
_MOST = 100_000


def is_untouched(content: bytes) -> bool:
    """Tell whether nobody has saved a workbook of ours since it was written.

    Every spreadsheet names itself or its user, or the time, when it saves; ours says that we
    wrote it last, when it was made. What cannot be read counts as touched: a password, macros
    or damage are no reason to lose what somebody typed.
    """
    heard = _Properties()
    try:
        archive = open_archive(content, "report.xlsx")
        for part in (_CORE, _APP):
            listen(archive, part, heard, most=_MOST)
    except UserFileError:
        return False
    said = heard.said
    return (
        said.get("lastModifiedBy", "").startswith(PROGRAM)
        and bool(said.get("created"))
        and said.get("created") == said.get("modified")
        and (said.get("Application"), said.get("AppVersion")) == _WRITER
    )


@dataclass(slots=True)
class _Properties:
    """Hears the properties of a document, each a text in an element of its own."""

    done: bool = False
    said: dict[str, str] = field(default_factory=dict)
    _open: str = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        del attributes
        self._open = tag

    def data(self, text: str) -> None:
        self.said[self._open] = self.said.get(self._open, "") + text

    def end(self, tag: str) -> None:
        del tag
        self._open = ""
