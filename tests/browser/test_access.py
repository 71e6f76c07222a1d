"""Can everybody read it? Names, headings, tables and contrast, checked by our own small rules."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("browser")
PAGES = ("tame", "hostile", "real")

_UNNAMED = """() => [...document.querySelectorAll('input, select, button')].filter((one) => {
  const label = one.labels && one.labels[0] && one.labels[0].textContent.trim();
  return !label && !one.textContent.trim() && !one.getAttribute('aria-label');
}).map((one) => one.outerHTML)"""

_TABLES = """() => [...document.querySelectorAll('table')].filter((table) => {
  const heads = [...table.querySelectorAll(':scope > thead th')];
  const named = table.caption || table.parentElement.hasAttribute('aria-labelledby');
  return !named || !heads.length || heads.some((head) => head.scope !== 'col'
    || !head.textContent.trim());
}).map((table) => table.outerHTML.slice(0, 200))"""

_WIDTHS = """() => [...document.querySelectorAll('table')].filter((table) => {
  const spans = [...table.rows].map((row) => [...row.cells].reduce((n, c) => n + c.colSpan, 0));
  return new Set(spans).size > 1;
}).map((table) => table.outerHTML.slice(0, 200))"""

_LEVELS = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
  .map((one) => Number(one.localName[1]))"""

_PAIRS = """() => {
  const seen = new Map();
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\\)$/.test(colour) && colour !== 'transparent') return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || one.closest('script, style, svg, option')) continue;
    const look = getComputedStyle(one);
    seen.set(`${look.color}|${behind(one)}`, `${one.localName}.${one.className}`);
  }
  return [...seen].map(([pair, where]) => [...pair.split('|'), where]);
}"""


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").rstrip(")").split(", ")]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_counted_as_wcag_counts_it() -> None:
    assert contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)") == pytest.approx(21)
    assert contrast("rgb(119, 119, 119)", "rgb(255, 255, 255)") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out(page: Page, site: dict[str, str], scheme: str) -> None:
    page.goto(site["tame"])
    page.get_by_label("Colours").select_option(scheme)
    page.get_by_role("button", name="Open all shown").click()
    pairs = page.evaluate(_PAIRS)
    assert len(pairs) > 10
    weak = [(round(contrast(ink, paper), 2), where) for ink, paper, where in pairs]
    assert [one for one in weak if one[0] < 4.5] == []


def test_a_marked_row_can_still_be_read(page: Page, site: dict[str, str]) -> None:
    for scheme in ("light", "dark"):
        for target in ("#EV-0001", "#control-1.2.3"):
            page.goto(site["tame"] + target)
            page.get_by_label("Colours").select_option(scheme)
            pairs = page.evaluate(_PAIRS)
            assert all(contrast(ink, paper) >= 4.5 for ink, paper, _ in pairs)


def test_dark_and_light_differ_and_follow_the_system(page: Page, site: dict[str, str]) -> None:
    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto(site["tame"])
        found[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.get_by_label("Colours").select_option("light" if scheme == "dark" else "dark")
        found[f"not {scheme}"] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert found["light"] == found["not dark"]
    assert found["dark"] == found["not light"]
    assert found["light"] != found["dark"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_of_fields_can_be_seen(page: Page, site: dict[str, str], scheme: str) -> None:
    page.goto(site["tame"])
    page.get_by_label("Colours").select_option(scheme)
    edge, paper, around = page.locator("#f-party").evaluate(
        "one => [getComputedStyle(one).borderTopColor, getComputedStyle(one).backgroundColor,"
        " getComputedStyle(document.getElementById('filters')).backgroundColor]"
    )
    assert contrast(edge, paper) >= 3
    assert contrast(edge, around) >= 3


@pytest.mark.parametrize("name", PAGES)
def test_page_is_named_and_built_in_order(page: Page, site: dict[str, str], name: str) -> None:
    page.goto(site[name])
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title().strip()
    levels = page.evaluate(_LEVELS)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for role in ("main", "navigation"):
        assert page.get_by_role(role).count() == 1


@pytest.mark.parametrize("name", PAGES)
def test_everything_has_a_name(page: Page, site: dict[str, str], name: str) -> None:
    page.goto(site[name])
    assert page.evaluate(_UNNAMED) == []
    assert page.evaluate(_TABLES) == []
    assert page.evaluate(_WIDTHS) == []
    unnamed = "found => found.filter(one => !one.textContent.trim()).length"
    assert page.locator("a, summary, svg title, svg desc").evaluate_all(unnamed) == 0
    assert page.locator("svg:not([role=img])").count() == 0


def test_each_word_is_written_and_not_only_coloured(page: Page, site: dict[str, str]) -> None:
    page.goto(site["tame"])
    words = page.locator(".w").evaluate_all("found => found.map(one => one.textContent.trim())")
    assert words
    assert all(words)
    keys = page.locator(".key li").evaluate_all("found => found.map(one => one.textContent)")
    assert all(any(letter.isalpha() for letter in key) for key in keys)


def test_count_of_the_filter_is_announced(page: Page, site: dict[str, str]) -> None:
    page.goto(site["tame"])
    status = page.get_by_role("status")
    assert status.get_attribute("aria-live") == "polite"
    before = status.inner_text()
    page.locator("#f-level").select_option("1")
    assert status.inner_text() != before


def test_what_scrolls_can_be_reached_by_keyboard(page: Page, site: dict[str, str]) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(site["real"])
    lost = page.locator(".scroll").evaluate_all(
        "found => found.filter(one => one.tabIndex !== 0 || one.getAttribute('role') !== 'region')"
        ".length"
    )
    assert lost == 0
    overflowing = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(one => one.scrollWidth > one.clientWidth"
        " && getComputedStyle(one).overflowX === 'auto' && one.tabIndex < 0).length"
    )
    assert overflowing == 0
