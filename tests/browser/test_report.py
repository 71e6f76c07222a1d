"""report.html in Chromium, offline, from a file: what a reader does with it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from analyzer.model.assessment import Assessment, ControlResult
from analyzer.model.verdict import Verdict
from analyzer.reports.html_listing import FINDINGS
from analyzer.reports.text import one_line, visible
from analyzer.reports.words import VERDICTS
from tests.browser.conftest import Witness

pytestmark = pytest.mark.xdist_group("browser")
PAGES = ("tame", "hostile", "real")


def shown(page: Page) -> list[str]:
    """Ids of the controls that can be seen, in the order on the page."""
    rows = page.locator("tbody.control:visible")
    ids: list[str] = rows.evaluate_all("found => found.map(one => one.id)")
    return [one.removeprefix("control-") for one in ids]


def count_line(page: Page) -> str:
    return page.locator("#count").inner_text()


@pytest.mark.parametrize("name", PAGES)
def test_opens_without_a_word_and_asks_for_nothing(
    page: Page, witness: Witness, site: dict[str, str], name: str
) -> None:
    page.goto(site[name])
    page.get_by_role("button", name="Open all shown").click()
    page.get_by_label("Search").fill("kube")
    page.locator("th button", has_text="Verdict").click()
    page.get_by_role("button", name="Reset").click()
    page.get_by_label("Colours").select_option("dark")
    assert page.title()
    witness.saw_nothing_but(site[name])


def test_hostile_texts_are_texts(
    page: Page, witness: Witness, site: dict[str, str], hostile: Assessment
) -> None:
    page.goto(site["hostile"])
    titles = page.locator("tbody.control .c-title bdi").evaluate_all(
        "found => found.map(one => one.textContent)"
    )
    assert titles == [one_line(control.title) for control in hostile.controls]
    cells = page.locator("tbody.control table caption:text-is('Findings')").evaluate_all(
        "found => found.flatMap(one => [...one.parentElement.tBodies[0].rows]"
        ".map(row => [0, 2, 3].map(n => row.cells[n].textContent)))"
    )
    findings = [f for control in hostile.controls for f in control.findings[:FINDINGS]]
    assert len(cells) == len(findings)
    for (subject, actual, expected), finding in zip(cells, findings, strict=True):
        assert subject == visible(finding.subject)
        assert expected == finding.expected
        whole = visible(finding.actual)
        assert actual == whole or (len(whole) > 4_000 and actual[:3_900] == whole[:3_900])
    assert page.locator("script").count() == 1
    assert page.locator("img, iframe, object, embed, link, base").count() == 0
    witness.saw_nothing_but(site["hostile"])


def test_policy_stops_what_would_get_past_the_escaping(
    page: Page, witness: Witness, site: dict[str, str]
) -> None:
    """The second wall: a script or style that stood in the page would not run."""
    refused: list[str | None] = []
    page.on("requestfailed", lambda request: refused.append(request.failure))
    page.goto(site["tame"])
    page.evaluate(
        """() => {
          const bad = document.createElement("script");
          bad.textContent = "document.title = 'taken'";
          document.body.append(bad);
          const style = document.createElement("style");
          style.textContent = "body { display: none }";
          document.head.append(style);
          const image = document.createElement("img");
          image.src = "https://example.invalid/x.png";
          document.body.append(image);
        }"""
    )
    for _ in range(150):  # what the page says comes when the machine has time for it
        page.wait_for_timeout(200)
        if refused and len(witness.said) >= 3:
            break
    assert "taken" not in page.title()
    assert page.locator("body").is_visible()
    assert refused == ["csp"]
    assert all("Content Security Policy" in said for said in witness.said)
    assert len(witness.said) == 3


FILTERS: dict[str, Callable[[ControlResult], str]] = {
    "section": lambda c: c.section,
    "party": lambda c: c.responsibility.party,
    "level": lambda c: str(c.level),
    "comparison": lambda c: c.responsibility.comparison,
    "disposition": lambda c: c.disposition,
    "review": lambda c: (
        "unreviewed"
        if c.review is None
        else "stale"
        if c.review.stale
        else c.review.review.verdict.value
    ),
}


@pytest.mark.parametrize("key", sorted(FILTERS))
def test_each_choice_narrows_to_its_controls(
    page: Page, site: dict[str, str], tame: Assessment, key: str
) -> None:
    page.goto(site["tame"])
    select = page.locator(f"#f-{key}")
    options = select.locator("option").evaluate_all("found => found.map(one => one.value)")
    own = {FILTERS[key](control) for control in tame.controls}
    assert own <= set(options)
    for value in options[1:]:
        select.select_option(value)
        expected = [
            c.id
            for c in tame.controls
            if FILTERS[key](c) == value
            or (key == "section" and FILTERS[key](c).startswith(f"{value}."))
        ]
        assert expected
        assert shown(page) == expected
        assert count_line(page) == f"{len(expected)} of {len(tame.controls)} controls shown"


def test_changes_narrow_too(page: Page, site: dict[str, str], tame: Assessment) -> None:
    assert tame.changes
    page.goto(site["tame"])
    for row in tame.changes.rows:
        if row.newer:
            page.locator("#f-change").select_option(row.change.value)
            assert shown(page) == [row.newer.id]


def test_verdicts_add_up_and_other_filters_cut(
    page: Page, site: dict[str, str], tame: Assessment
) -> None:
    page.goto(site["tame"])
    page.get_by_role("checkbox", name="fail", exact=True).check()
    page.get_by_role("checkbox", name="no-evidence", exact=True).check()
    wanted = {Verdict.FAIL, Verdict.NO_EVIDENCE}
    either = [c for c in tame.controls if c.verdict in wanted]
    assert shown(page) == [c.id for c in either]
    page.locator("#f-level").select_option("2")
    page.locator("#f-section").select_option("4")
    both = [c.id for c in either if c.level == 2 and c.section.startswith("4")]
    assert both
    assert shown(page) == both
    assert count_line(page) == f"{len(both)} of {len(tame.controls)} controls shown"
    page.get_by_role("button", name="Reset").click()
    assert shown(page) == [c.id for c in tame.controls]
    assert count_line(page) == f"{len(tame.controls)} of {len(tame.controls)} controls shown"
    assert page.locator("input:checked").count() == 0


def test_search_looks_into_what_is_closed(
    page: Page, site: dict[str, str], tame: Assessment
) -> None:
    page.goto(site["tame"])
    control = tame.controls[5]
    page.get_by_label("Search").fill(f"  {control.topic.upper()} ")
    assert control.id in shown(page)
    assert len(shown(page)) < len(tame.controls)
    page.get_by_label("Search").fill("remediation")  # a label of ours, not a text of a control
    assert shown(page) == []
    page.get_by_label("Search").fill("there is no such text")
    assert shown(page) == []
    assert page.get_by_text("No control fits these filters.").is_visible()
    assert page.locator("tbody.group:visible").count() == 0


def test_address_keeps_the_filters(page: Page, site: dict[str, str]) -> None:
    page.goto(site["tame"])
    page.get_by_role("checkbox", name="fail", exact=True).check()
    page.locator("#f-party").select_option("customer")
    page.get_by_label("Search").fill("a&b=c #d")
    page.get_by_label("Search").fill("control")
    before, address = shown(page), page.url
    assert before
    page.goto("about:blank")
    page.goto(address)
    assert shown(page) == before
    assert page.get_by_label("Search").input_value() == "control"
    assert page.get_by_role("checkbox", name="fail", exact=True).is_checked()
    expect(page.locator("#filters")).to_be_in_viewport()
    place = page.locator(f"tbody[id='control-{before[-1]}']")
    place.locator("summary").click()
    place.locator("table a[href^='#EV-']").first.click()
    page.go_back()
    assert shown(page) == before
    expect(place).to_be_in_viewport()


@pytest.mark.parametrize(
    "fragment",
    [
        "#filter:verdict=nonsense&party=%zz&level=<script>alert(1)</script>&x=1",
        "#filter:",
        "#%E0%A4%A",
        "#control-9.9.9",
        "#filter:q=" + "%00" * 50,
        "#constructor",
    ],
)
def test_a_strange_address_does_no_harm(
    page: Page, witness: Witness, site: dict[str, str], fragment: str
) -> None:
    page.goto(site["tame"] + fragment)
    expect(page.locator("#count")).to_contain_text("controls shown")
    assert page.locator("#f-party").input_value() == ""
    assert witness.said == []


def test_sorting_goes_by_reading_order(page: Page, site: dict[str, str], tame: Assessment) -> None:
    page.goto(site["tame"])
    head = page.locator("th[data-key=verdict]")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    rank = {verdict: n for n, verdict in enumerate(VERDICTS)}
    by_verdict = [c.id for c in sorted(tame.controls, key=lambda c: rank[c.verdict])]
    assert shown(page) == by_verdict
    assert page.locator("tbody.group:visible").count() == 0
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    backwards = [c.id for c in sorted(tame.controls, key=lambda c: -rank[c.verdict])]
    assert shown(page) == backwards
    assert page.locator("th[aria-sort]").count() == 1
    page.locator("th[data-key=id]").get_by_role("button").click()
    assert shown(page) == [c.id for c in tame.controls]
    assert page.locator("tbody.group:visible").count() > 0
    page.locator("th[data-key=id]").get_by_role("button").click()
    assert shown(page) == [c.id for c in reversed(tame.controls)]


def test_from_the_register_to_the_evidence_and_back(page: Page, site: dict[str, str]) -> None:
    page.goto(site["real"])
    row = page.locator("tbody.control[data-verdict=fail]").first
    number = row.get_attribute("id")
    row.locator("summary").click()
    link = row.locator("table a[href^='#EV-']").first
    entry = link.inner_text()
    link.click()
    expect(page.locator(f"tr[id='{entry}']")).to_be_in_viewport()
    assert page.evaluate("document.activeElement.id") == entry
    page.go_back()
    expect(row.locator(".body")).to_be_in_viewport()
    link.click()
    page.get_by_role("button", name="Close all").click()
    page.locator(f"tr[id='{entry}'] a[href='#{number}']").click()
    expect(row).to_be_in_viewport()
    assert row.locator("details").get_attribute("open") is not None
    head = page.locator("th[data-key=id]").bounding_box()
    top = row.bounding_box()
    assert head
    assert top
    assert top["y"] >= head["y"] + head["height"] - 1  # not under the heading that stays


def test_a_link_to_a_filtered_row_shows_it(
    page: Page, site: dict[str, str], tame: Assessment
) -> None:
    page.goto(site["tame"])
    page.get_by_role("checkbox", name="pass", exact=True).check()
    worst = page.locator("#front a[href^='#control-']").first
    number = worst.inner_text()
    assert number not in shown(page)
    worst.click()
    assert number in shown(page)
    expect(page.locator(f"tbody[id='control-{number}'] .body")).to_be_in_viewport()


def test_bundles_can_be_followed(page: Page, site: dict[str, str]) -> None:
    page.goto(site["real"])
    link = page.locator("#evidence a[href^='#bundle-']").first
    digits = link.inner_text().split()[-1]
    link.click()
    target = page.locator(f"tr[id='{(link.get_attribute('href') or '')[1:]}']")
    expect(target).to_be_in_viewport()
    assert digits in target.inner_text()


def test_keyboard_alone_opens_and_closes_a_control(page: Page, site: dict[str, str]) -> None:
    page.goto(site["tame"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["y"] >= 0  # type: ignore[index]  # it is visible
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator("#f-q").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.localName") == "summary":
            break
    details = page.locator("tbody.control details").first
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    assert details.get_attribute("open") is not None
    page.keyboard.press("Space")
    assert details.get_attribute("open") is None


def test_keyboard_filters_and_sorts(page: Page, site: dict[str, str], tame: Assessment) -> None:
    page.goto(site["tame"])
    page.locator("input[value=fail]").focus()
    page.keyboard.press("Space")
    failing = [c.id for c in tame.controls if c.verdict is Verdict.FAIL]
    assert shown(page) == failing
    page.locator("th[data-key=id] button").focus()
    page.keyboard.press("Enter")
    assert shown(page) == failing[::-1]


def test_a_click_on_the_row_opens_it(page: Page, site: dict[str, str]) -> None:
    page.goto(site["tame"])
    row = page.locator("tbody.control").nth(3)
    row.locator(".c-title").click()
    assert row.locator("details").get_attribute("open") is not None
    row.locator(".c-title").click()
    assert row.locator("details").get_attribute("open") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_print_hides_controls_and_opens_details(
    page: Page, site: dict[str, str], scheme: str
) -> None:
    page.emulate_media(media="print", color_scheme="dark" if scheme == "dark" else "light")
    page.goto(site["tame"])
    for hidden in (".nav", "#filters", ".skip"):
        assert not page.locator(hidden).is_visible()
    assert page.locator("tbody.control .tell").first.is_visible()
    assert page.locator(".fold .scroll").first.is_visible()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(255, 255, 255)"


def test_printing_closes_again_what_it_opened(page: Page, site: dict[str, str]) -> None:
    page.goto(site["tame"])
    closed = page.locator("details:not([open])").count()
    assert closed
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == closed


def test_without_javascript_every_row_is_there(
    browser: Browser, site: dict[str, str], tame: Assessment
) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(site["tame"])
    assert page.locator("tbody.control:visible").count() == len(tame.controls)
    assert not page.locator("#filters").is_visible()
    assert not page.locator("#theme").is_visible()
    body = page.locator("tbody.control .body").first
    assert not body.is_visible()
    page.locator("tbody.control summary").first.click()
    assert body.is_visible()
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_never_wider_than_the_window(
    page: Page, site: dict[str, str], name: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site[name])
    page.get_by_role("button", name="Open all shown").click()
    for details in page.locator(".fold").all():
        details.evaluate("one => { one.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_numbers_of_the_overall_bar_are_in_words_beside_it(
    page: Page, site: dict[str, str], tame: Assessment
) -> None:
    page.goto(site["tame"])
    bar = page.get_by_role("img", name="All controls")
    said = bar.locator("desc").text_content() or ""
    for verdict, number in tame.summary.overall.by_verdict.items():
        assert not number or re.search(rf"\b{number} {verdict}\b", said)
