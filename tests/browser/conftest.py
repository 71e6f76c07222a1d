"""A Chromium without a network, and pages written as files: one hostile, one tame, one real."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from analyzer.model.assessment import Assessment

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from analyzer.cli import main  # noqa: E402 - needs the path set above
from analyzer.reports import render  # noqa: E402
from tests.reports.builder import build  # noqa: E402
from tests.tools import needed  # noqa: E402

TAME = ("plain words", "other words", "--anonymous-auth=true", "0644 root:root")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


class Witness:
    """What a page said and asked for while a test used it."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self.asked.append(request.url))

    def saw_nothing_but(self, url: str) -> None:
        """Hold the page to silence, and to reading its own file."""
        assert self.said == []
        assert {asked.split("#")[0] for asked in self.asked} == {url}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = needed("chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture(scope="session")
def tame() -> Assessment:
    """Every word, party and state, with texts that mean no harm, and a section 1.10."""
    made = build(texts=TAME)
    further = replace(made.controls[0], id="1.10.1", section="1.10")
    return replace(made, controls=(*made.controls, further))


@pytest.fixture(scope="session")
def hostile() -> Assessment:
    return build()


@pytest.fixture(scope="session")
def site(
    tmp_path_factory: pytest.TempPathFactory, tame: Assessment, hostile: Assessment
) -> dict[str, str]:
    """Addresses of the pages by name: ``tame``, ``hostile``, ``real``."""
    folder = tmp_path_factory.mktemp("site")
    for name, assessment in (("tame", tame), ("hostile", hostile)):
        content = render("html", assessment)["report.html"]
        folder.joinpath(f"{name}.html").write_bytes(content)
    _real(folder)
    return {name: (folder / f"{name}.html").as_uri() for name in ("tame", "hostile", "real")}


def _real(folder: Path) -> None:
    """Judge the shipped samples as a user would."""
    out = folder / "out"
    assert main(["analyze", str(ROOT / "samples" / "bundles"), "--benchmark", "cis-1.5",
                 "--profile", "ibm-iks-1.32", "--format", "html", "-o", str(out)]) == 0  # fmt: skip
    (out / "report.html").rename(folder / "real.html")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window of a desk, offline."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def witness(page: Page) -> Witness:
    return Witness(page)
