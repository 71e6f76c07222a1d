"""Make docs/pictures from the sample bundles; ``make docs`` runs this.

Workbook sheets go through LibreOffice to PDF and through pdftoppm to PNG, as they print. The HTML
report is photographed in Chromium with a fixed window. Needs LibreOffice, poppler-utils and
Chromium; nothing is fetched. A picture is written only when it has changed.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, sync_playwright

from analyzer.cli import main as kube_evidence
from analyzer.model import review_sheet

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
LIMIT_BYTES = 200_000
"""A picture in version control stays below this."""

RUNS: Mapping[str, tuple[str, ...]] = {
    "provider": ("--benchmark", "cis-1.5", "--profile", "ibm-iks-1.32"),
    "waived": ("--benchmark", "cis-1.12", "--waivers", "samples/waivers.yaml"),
    "reviewed": ("--benchmark", "cis-1.12"),
}
"""The analyses that pictures are taken of: options by name; all of samples/bundles."""

FILLED_IN: Mapping[str, tuple[str, ...]] = {
    "1.1.1": ("Agree", "EXAMINE", "", "Ada Auditor", "2026-11-30"),
    "1.1.9": (
        "Need more evidence",
        "INTERVIEW",
        "A control-plane node without network configuration is odd. Asked how it is networked.",
        "Ada Auditor",
        "2026-11-30",
    ),
    "1.1.12": (
        "Compensated",
        "EXAMINE",
        "Nobody but the platform team can log in to the node; seen in its sshd configuration.",
        "Ada Auditor",
        "2026-11-30",
    ),
}
"""What an auditor put into the workbook of the run "reviewed"; the auditor is made up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The first printed page of one sheet of a run's workbook.

    Attributes:
        holds: Text that the page has to hold, for a sheet that prints in several parts.
    """

    picture: str
    run: str
    sheet: str
    holds: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A window onto a run's report.html.

    Attributes:
        scheme: ``light`` or ``dark``.
        control: Number of the control to open and scroll to; empty for the top of the page.
        width: Of the window, in pixels.
    """

    picture: str
    run: str
    scheme: str
    control: str = ""
    width: int = 1200


SHEETS = (
    Sheet(picture="sheet-cover.png", run="provider", sheet="Cover"),
    Sheet(picture="sheet-summary.png", run="provider", sheet="Summary"),
    Sheet(picture="sheet-controls.png", run="provider", sheet="Controls"),
    Sheet(picture="sheet-findings.png", run="provider", sheet="Findings"),
    Sheet(picture="sheet-responsibility.png", run="provider", sheet="Responsibility"),
    Sheet(picture="sheet-published.png", run="provider", sheet="Published vs observed"),
    Sheet(picture="sheet-gaps.png", run="provider", sheet="Gaps"),
    Sheet(picture="sheet-nodes.png", run="provider", sheet="Nodes"),
    Sheet(picture="sheet-waivers.png", run="waived", sheet="Waivers"),
    Sheet(picture="sheet-review.png", run="reviewed", sheet="Controls", holds=review_sheet.VERDICT),
)
SCREENS = (
    Screen(picture="html-light.png", run="provider", scheme="light"),
    Screen(picture="html-dark.png", run="provider", scheme="dark"),
    Screen(picture="html-control.png", run="provider", scheme="light", control="1.2.1"),
)
_HEIGHT = 800
_DOTS_PER_INCH = 96
_WIDTH_POINTS = 842  # A4, landscape
_SHOWN_POINTS = 400
_FOOTER_POINTS = 570
"""Heights on a page: what a picture shows at most, and where the footer begins."""
_WORD = re.compile(r'<word [^>]*yMax="([0-9.]+)"')
_FOOTER = re.compile(r"report [0-9a-f]{16}\s+(\S.*?)\s+Page \d+ of \d+")
_BROWSER = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--font-render-hinting=none",
)


def make() -> int:
    """Make every picture; returns an exit code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for run, options in RUNS.items():
            _analyze(folder / run, options)
        _fill_in(folder / "reviewed" / "report.xlsx")
        made = dict(_sheets(folder))
        made |= dict(_screens(folder))
    return _keep(made)


def _analyze(folder: Path, options: tuple[str, ...]) -> None:
    formats = ("--format", "json,xlsx,html")
    words = ["analyze", str(ROOT / "samples" / "bundles"), *options, *formats, "-o", str(folder)]
    words = [str(ROOT / word) if word.startswith("samples/") else word for word in words]
    if kube_evidence(words):
        sys.exit(f"no pictures: analyze {' '.join(options)} failed")


def _fill_in(workbook: Path) -> None:
    """Be the auditor: put words into a fresh workbook."""
    book = load_workbook(workbook)
    heads, *rows = book[review_sheet.SHEET].iter_rows()
    place = {cell.value: number for number, cell in enumerate(heads)}
    for row in rows:
        said = FILLED_IN.get(str(row[place[review_sheet.NUMBER]].value), ())
        for heading, text in zip(review_sheet.BLOCK, said, strict=False):
            row[place[heading]].value = text
    book.save(workbook)


def _sheets(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each sheet's picture by name."""
    for run in RUNS:
        own = f"-env:UserInstallation={(folder / 'office').as_uri()}"
        asked = ("--convert-to", "pdf", "--outdir", folder / run)
        _call("soffice", own, "--headless", *asked, folder / run / "report.xlsx")
        printed = folder / run / "report.pdf"
        pages = tuple(_pages(printed))
        for one in (one for one in SHEETS if one.run == run):
            page = next((n for n, sheet, text in pages if _shows(one, sheet, text)), 0)
            if not page:
                sys.exit(f"no pictures: no page of sheet {one.sheet} was printed")
            _photograph(printed, str(page), folder / one.sheet)
            yield one.picture, (folder / f"{one.sheet}.png").read_bytes()


def _shows(one: Sheet, sheet: str, text: str) -> bool:
    return sheet == one.sheet and one.holds in text


def _photograph(printed: Path, page: str, target: Path) -> None:
    """Write the upper part of one page as a PNG; short pages end below their last word."""
    only = ("-f", page, "-l", page)
    words = _call("pdftotext", "-bbox", *only, printed, "-").decode("utf-8", "replace")
    ends = [float(found[1]) for found in _WORD.finditer(words)]
    end = max((y for y in ends if y < _FOOTER_POINTS), default=0)
    shown = (_WIDTH_POINTS, min(end + 8, _SHOWN_POINTS))
    size = [str(int(points * _DOTS_PER_INCH / 72)) for points in shown]
    crop = ("-x", "0", "-y", "0", "-W", size[0], "-H", size[1])
    _call(
        "pdftoppm", "-r", str(_DOTS_PER_INCH), *only, *crop, "-singlefile", "-png", printed, target
    )


def _pages(printed: Path) -> Iterator[tuple[int, str, str]]:
    """Yield each page: its number from 1, the sheet that its footer names, and its text."""
    text = _call("pdftotext", "-layout", printed, "-").decode("utf-8", "replace")
    for number, page in enumerate(text.split("\f"), start=1):
        footer = _FOOTER.search(page)
        if footer:
            yield number, footer[1], page


def _screens(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each window's picture by name."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_found("chromium"), args=_BROWSER)
        for one in SCREENS:
            page = browser.new_page(
                viewport={"width": one.width, "height": _HEIGHT},
                color_scheme="dark" if one.scheme == "dark" else "light",
                reduced_motion="reduce",
            )
            page.goto((folder / one.run / "report.html").as_uri())
            if one.control:
                _open(page, one.control)
            yield one.picture, page.screenshot(animations="disabled")
            page.close()
        browser.close()


def _open(page: Page, control: str) -> None:
    """Open one control of the register and bring it to the top of the window."""
    row = page.locator(f'[id="control-{control}"]')
    row.evaluate(
        "row => { for (const part of [row, ...row.querySelectorAll('details')])"
        " { if (part.tagName === 'DETAILS') part.open = true; } row.scrollIntoView(); }"
    )


def _keep(made: Mapping[str, bytes]) -> int:
    """Write what has changed, remove what is no longer made, name what is too large."""
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        if old.name not in made:
            old.unlink()
    for name, content in made.items():
        path = PICTURES / name
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            sys.stdout.write(f"written {path.relative_to(ROOT)} ({len(content)} bytes)\n")
    large = [name for name, content in made.items() if len(content) > LIMIT_BYTES]
    if large:
        sys.stderr.write(f"larger than {LIMIT_BYTES} bytes: {', '.join(large)}\n")
    return 1 if large else 0


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        sys.exit(f"no pictures: {program} is not installed")
    return path


def _call(program: str, *arguments: str | Path) -> bytes:
    """Run a program to its end and return what it said."""
    command = [_found(program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=300)  # noqa: S603 - ours
    if done.returncode:
        sys.exit(f"no pictures: {program} failed: {done.stderr.decode('utf-8', 'replace')[:500]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(make())
