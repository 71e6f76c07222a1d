"""The cells of a workbook as the reader sees them, and workbooks that mean harm."""

import random
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from xlsxwriter import Workbook as Writer

from analyzer.judgement.workbook_cells import CellKind, column_letters, column_number
from analyzer.judgement.workbook_sheets import Sheet, address, read_sheets, unescaped
from analyzer.model.errors import UserFileError
from tests.judgement.workbook_maker import parts_of, put_together, saved, with_part
from tests.reports.builder import HOSTILE

SHEET = "xl/worksheets/sheet1.xml"


def book_of(rows: list[list[object]], title: str = "Controls") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return saved(book)


def read(content: bytes) -> Sheet:
    return read_sheets(content, ("Controls",), "mine.xlsx")["Controls"]


def texts(content: bytes) -> list[str]:
    return [cell.text for row in read(content).rows.values() for cell in row.values()]


def shared_book() -> bytes:
    """A small workbook that keeps its texts in one place, as spreadsheets do."""
    out = BytesIO()
    writer = Writer(out)
    sheet = writer.add_worksheet("Controls")
    sheet.write_row(0, 0, ["Heading", "Other"])
    sheet.write_row(1, 0, ["one", 2])
    sheet.write_row(2, 1, [True])
    writer.close()
    return out.getvalue()


SMALL = shared_book()


def test_cells_of_every_kind() -> None:
    content = book_of([["text", 1.5, True, date(2026, 1, 5), "=1+1", None, " kept "]])
    row = read(content).rows[1]
    assert {column: (cell.kind, cell.text, cell.formula) for column, cell in row.items()} == {
        1: (CellKind.TEXT, "text", False),
        2: (CellKind.NUMBER, "1.5", False),
        3: (CellKind.BOOLEAN, "1", False),
        4: (CellKind.NUMBER, "46027", False),
        5: (CellKind.NUMBER, "", True),
        7: (CellKind.TEXT, " kept ", False),
    }


@pytest.mark.parametrize("text", HOSTILE[:-1], ids=lambda text: repr(text[:15]))
def test_texts_are_what_the_writer_was_given(text: str) -> None:
    out = BytesIO()
    writer = Writer(out, {"strings_to_formulas": False, "strings_to_urls": False})
    kept = "".join(c if c not in "\x00\x1b\x07\x7f\x9b\uffff\ufffe\r" else "?" for c in text)
    writer.add_worksheet("Controls").write_string(2, 1, kept[:32_000])
    writer.close()
    assert texts(out.getvalue()) == [kept[:32_000]]


def test_runs_are_joined_and_sounds_left_out() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Controls"
    sheet["B2"] = CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"))
    assert texts(saved(book)) == ["plain bold"]
    shared = "<si><r><t>a</t></r><r><t>b</t></r><rPh sb='0' eb='1'><t>sound</t></rPh></si>"
    content = with_part(
        SMALL, "xl/sharedStrings.xml", lambda d: d.replace(b"<si><t>one</t></si>", shared.encode())
    )
    assert "ab" in texts(content)


def test_positions_count_where_no_address_is_given() -> None:
    def strip(data: bytes) -> bytes:
        for name in (b' r="A2"', b' r="B2"', b' r="2"', b' r="3"', b' r="A1"', b' r="B1"'):
            data = data.replace(name, b"")
        return data

    assert b' r="A2"' in parts_of(SMALL)[SHEET]
    assert read(with_part(SMALL, SHEET, strip)).rows == read(SMALL).rows


def test_only_wanted_sheets_are_read() -> None:
    assert read_sheets(SMALL, ("_meta",), "x") == {}


def test_columns_have_letters() -> None:
    for number in (1, 26, 27, 52, 702, 703, 16_384):
        assert column_number(column_letters(number)) == number
    assert address(7, 28) == "AB7"


def test_escapes_are_read_once() -> None:
    assert unescaped("a_x000D_b _x005F_x000D_ _xD83D_ _x41_") == "a\rb _x000D_ _xD83D_ _x41_"


def _encrypted(content: bytes) -> bytes:
    data = bytearray(content)
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def _offset(content: bytes, to: int) -> bytes:
    """Let every entry of the directory point to another place."""
    data = bytearray(content)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 42 : at + 46] = to.to_bytes(4, "little")
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _far(content: bytes) -> bytes:
    """Let the first entry point beyond what a position can say, as large archives do it."""
    data = bytearray(_offset(content, 0xFFFFFFFF))
    at = data.index(b"PK\x01\x02")
    length = int.from_bytes(data[at + 28 : at + 30], "little")
    data[at + 30 : at + 32] = (12).to_bytes(2, "little")
    extra = b"\x01\x00\x08\x00" + (2**64 - 2**20).to_bytes(8, "little")
    data[at + 46 + length : at + 46 + length] = extra
    end = data.rindex(b"PK\x05\x06")
    size = int.from_bytes(data[end + 12 : end + 16], "little") + 12
    data[end + 12 : end + 16] = size.to_bytes(4, "little")
    return bytes(data)


def _twice(content: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts_of(content).items():
            archive.writestr(name, data)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr(SHEET, b"<worksheet/>")
    return out.getvalue()


def _with(**parts: bytes) -> bytes:
    return put_together({**parts_of(SMALL), **parts})


def _doctype(data: bytes) -> bytes:
    return data.replace(b"<worksheet", b"<!DOCTYPE w [<!ENTITY a 'b'>]><worksheet", 1)


_DTD_16 = "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE a><a/>".encode("utf-16")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"hello", "not a workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old kind"),
        (SMALL[:-30], "damaged"),
        (SMALL[: len(SMALL) // 2], "damaged"),
        (_encrypted(SMALL), "password"),
        (_offset(SMALL, len(SMALL) - 10), "damaged"),
        (_far(SMALL), "damaged"),
        (_twice(SMALL), "twice"),
        (put_together(parts_of(SMALL), zipfile.ZIP_LZMA), "compressed"),
        (_with(**{"xl/vbaProject.bin": b"x"}), "macros"),
        (put_together({"mimetype": b"x", "content.xml": b"<a/>"}), "OpenDocument"),
        (put_together({"xl/workbook.bin": b"x"}), "xlsb"),
        (put_together({"a.txt": b"x"}), "not a workbook"),
        (
            with_part(
                SMALL,
                "[Content_Types].xml",
                lambda d: d.replace(b".sheet.main+xml", b".sheet.macroEnabled.main+xml"),
            ),
            "macros",
        ),
        (with_part(SMALL, "_rels/.rels", lambda d: d.replace(b'officeDocument"', b'x"')), "not"),
        (with_part(SMALL, SHEET, _doctype), "document type"),
        (with_part(SMALL, SHEET, lambda _: _DTD_16), "document type"),
        (with_part(SMALL, SHEET, lambda d: d[:-5]), "damaged"),
        (with_part(SMALL, SHEET, lambda d: d.replace(b'r="B2"', b'r="A2"')), "damaged"),
        (with_part(SMALL, SHEET, lambda d: d.replace(b"<v>2<", b"<v>" + b"9" * 200_000)), "long"),
        (
            with_part(SMALL, SHEET, lambda d: d.replace(b"<c ", b"<c/>" * 300_001 + b"<c ", 1)),
            "too many cells",
        ),
        (put_together({f"p{n}": b"" for n in range(2_001)}), "too many parts"),
    ],
)
def test_what_is_no_workbook_of_ours_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(UserFileError) as caught:
        read(content)
    assert said in caught.value.what
    assert caught.value.where == "mine.xlsx"
    assert caught.value.advice


def test_a_part_that_inflates_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.judgement.workbook_archive._PART_BYTES", 1_000_000)
    content = with_part(SMALL, SHEET, lambda d: d.replace(b"<row", b" " * 2_000_000 + b"<row", 1))
    assert len(content) < 20_000
    with pytest.raises(UserFileError, match="too large"):
        read(content)


def test_elements_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kilobytes can hold millions of them."""
    monkeypatch.setattr("analyzer.judgement.workbook_sheets._MOST_IN_STRINGS", 10_000)
    strings = "xl/sharedStrings.xml"
    many = with_part(SMALL, strings, lambda d: d.replace(b"<si>", b"<x/>" * 10_000 + b"<si>", 1))
    with pytest.raises(UserFileError, match="too many elements"):
        read(many)
    more = with_part(SMALL, SHEET, lambda d: d.replace(b"<row", b"<x/>" * 1_000_001 + b"<row", 1))
    with pytest.raises(UserFileError, match="too many elements"):
        read(more)
    assert read(SMALL).rows


@pytest.mark.parametrize("bomb", ["name", "attributes"])
def test_a_huge_tag_is_refused_before_it_is_read(bomb: str) -> None:
    tag = b"y" * 8_000_000 if bomb == "name" else b'y z="' + b"1" * 8_000_000 + b'"'
    content = with_part(SMALL, SHEET, lambda d: d.replace(b"<row", b"<" + tag + b"/><row", 1))
    assert len(content) < 40_000
    with pytest.raises(UserFileError, match="too large an element"):
        read(content)


def test_what_a_formula_beside_it_came_to_is_a_formula_too() -> None:
    """Only the first cell of an array of results holds the formula itself."""
    cell = b'<c r="B2" t="str"><v>Pass</v></c>'
    content = with_part(SMALL, SHEET, lambda d: d.replace(b'<c r="B2"><v>2</v></c>', cell))
    found = read(content).rows[2][2]
    assert (found.text, found.formula) == ("Pass", True)


def test_a_sheet_elsewhere_is_not_followed() -> None:
    def outside(data: bytes) -> bytes:
        return data.replace(b'Id="rId1"', b'TargetMode="External" Id="rId1"')

    content = with_part(SMALL, "xl/_rels/workbook.xml.rels", outside)
    assert read_sheets(content, ("Controls",), "x") == {}


BOOK = "xl/workbook.xml"
LINKS = "xl/_rels/workbook.xml.rels"
_DECOY = SHEET.replace("1.xml", "9.xml")


def _decoy(sheet: str, **changes: Callable[[bytes], bytes]) -> bytes:
    """Return the small workbook with a second sheet that says ``planted`` in place of 2."""
    parts = parts_of(SMALL)
    cell = b'<c r="B2" t="inlineStr"><is><t>planted</t></is></c>'
    parts[_DECOY] = parts[SHEET].replace(b'<c r="B2"><v>2</v></c>', cell)
    link = b'<Relationship Id="rId99" Type="%s/worksheet" Target="worksheets/sheet9.xml"/>'
    link %= b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts[LINKS] = parts[LINKS].replace(b"</Relationships>", link + b"</Relationships>")
    parts[BOOK] = changes["book"](parts[BOOK]).replace(b"@", sheet.encode())
    return put_together(parts)


def _after(tag: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(tag, tag + b"@", 1)


@pytest.mark.parametrize("title", ["Controls", "CONTROLS"])
def test_two_sheets_of_one_name_are_refused(title: str) -> None:
    sheet = f'<sheet name="{title}" sheetId="99" state="veryHidden" r:id="rId99"/>'
    content = _decoy(sheet, book=lambda data: data.replace(b"</sheets>", b"@</sheets>"))
    with pytest.raises(UserFileError, match="two sheets have one name"):
        read(content)


@pytest.mark.parametrize(
    "sheet",
    [
        '<extLst><q:sheet xmlns:q="urn:q" name="Controls" q:id="rId99"/></extLst>',
        '<extLst><sheets><sheet name="Controls" r:id="rId99"/></sheets></extLst>',
        '<q:x xmlns:q="urn:q"><sheets><sheet name="Controls" r:id="rId99"/></sheets></q:x>',
        '<sheet name="Controls" r:id="rId99"/>',
    ],
)
def test_a_sheet_counts_only_where_a_spreadsheet_looks_for_it(sheet: str) -> None:
    content = _decoy(sheet, book=_after(b"</sheets>"))
    assert read(content).rows == read(SMALL).rows


def _put(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(old, new)


def test_a_sheet_has_the_id_that_a_spreadsheet_goes_by() -> None:
    for decoy in ('q:id="rId99" r:id="rId1"', 'r:id="rId1" q:id="rId99"', 'id="rId99" r:id="rId1"'):
        change = f'xmlns:q="urn:q" {decoy}'.encode()
        content = _decoy("", book=_put(b'r:id="rId1"', change))
        assert read(content).rows == read(SMALL).rows


@pytest.mark.parametrize(
    "wrap", [b"<extLst><ext>@</ext></extLst>", b'<q xmlns="urn:q">@</q>', b"@"]
)
def test_cells_count_only_where_a_spreadsheet_looks_for_them(wrap: bytes) -> None:
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    row = b'<row xmlns="%s" r="2"><c r="E2" t="inlineStr"><is><t>Pass</t></is></c></row>' % space
    planted = wrap.replace(b"@", row)
    after = with_part(SMALL, SHEET, lambda d: d.replace(b"</sheetData>", b"</sheetData>" + planted))
    assert read(after).rows == read(SMALL).rows
    if wrap == b"@":
        return
    cell = b'<c xmlns="%s" r="E2" t="inlineStr"><is><t>Pass</t></is></c>' % space
    planted = wrap.replace(b"@", cell) + b"</row>"
    within = with_part(SMALL, SHEET, lambda d: d.replace(b"</row>", planted, 1))
    assert read(within).rows == read(SMALL).rows


def test_what_leads_two_ways_is_refused() -> None:
    fake = b'<Relationship Id="rId98" Type="urn:q/officeDocument" Target="xl/other.xml"/>'
    faked = with_part(SMALL, "_rels/.rels", lambda d: d.replace(b"<Rel", fake + b"<Rel", 2))
    with pytest.raises(UserFileError):
        read(faked)
    twice = with_part(SMALL, LINKS, lambda d: d.replace(b'Id="rId2"', b'Id="rId1"'))
    with pytest.raises(UserFileError, match="two relations have one id"):
        read(twice)


@pytest.mark.parametrize("number", ["9" * 4300, "1048577", "0", "-1", "x", "1.5"])
def test_rows_outside_of_a_sheet_are_refused(number: str) -> None:
    rows = f'<row r="{number}"/><row><c><v>1</v></c></row></sheetData>'
    for bad in (rows, f'<row><c r="A{number}"><v>1</v></c></row></sheetData>'):
        content = with_part(SMALL, SHEET, _put(b"</sheetData>", bad.encode()))
        if bad is rows or number == "1048577":
            with pytest.raises(UserFileError, match="outside the sheet"):
                read(content)
        else:
            assert max(read(content).rows) == 4


def test_the_row_after_the_last_is_refused() -> None:
    rows = b'<row r="1048576"/><row><c><v>1</v></c></row></sheetData>'
    content = with_part(SMALL, SHEET, lambda d: d.replace(b"</sheetData>", rows))
    with pytest.raises(UserFileError, match="outside the sheet"):
        read(content)


def test_rows_that_nobody_sees_are_known() -> None:
    for hidden in (b' hidden="1"', b' hidden="true"', b' ht="0" customHeight="1"', b' ht="0.0"'):
        content = with_part(SMALL, SHEET, _put(b'<row r="2"', b'<row r="2"' + hidden))
        assert read(content).hidden_rows == {2}
    assert read(SMALL).hidden_rows == frozenset()


def test_of_other_sheets_the_first_rows_are_read() -> None:
    out = BytesIO()
    writer = Writer(out)
    for name in ("Controls", "Other", "Hidden"):
        sheet = writer.add_worksheet(name)
        sheet.write_column(0, 0, [f"{name} {row}" for row in range(1, 9)])
        if name == "Hidden":
            sheet.hide()
    writer.close()
    found = read_sheets(out.getvalue(), ("Controls",), "x", head_rows=2)
    assert {name: len(sheet.rows) for name, sheet in found.items()} == {"Controls": 8, "Other": 2}
    assert found["Other"].rows[2][1].text == "Other 2"
    assert list(read_sheets(out.getvalue(), ("Controls",), "x")) == ["Controls"]


def test_sheets_without_end_are_refused() -> None:
    more = "".join(f'<sheet name="s{n}" r:id="rId1"/>' for n in range(100))
    content = _decoy(more, book=lambda data: data.replace(b"</sheets>", b"@</sheets>"))
    with pytest.raises(UserFileError, match="too many sheets"):
        read(content)


@pytest.mark.parametrize("damage", ["bytes", "parts"])
def test_damage_of_any_kind_is_a_refusal_or_harmless(damage: str) -> None:
    """Bytes are flipped in the container, or in the parts before they are packed."""
    chance = random.Random(4)
    spoil: Callable[[random.Random], bytes] = _flip_bytes if damage == "bytes" else _flip_parts
    refused = 0
    for _ in range(600):
        try:
            read_sheets(spoil(chance), ("Controls",), "mine.xlsx")
        except UserFileError:
            refused += 1
    assert refused > 100


def _flip_bytes(chance: random.Random) -> bytes:
    return _flipped(SMALL, chance)


def _flip_parts(chance: random.Random) -> bytes:
    parts = parts_of(SMALL)
    name = chance.choice(
        ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", SHEET, "xl/sharedStrings.xml"]
    )
    parts[name] = _flipped(parts[name], chance)
    return put_together(parts)


def _flipped(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        at = chance.randrange(len(out))
        match chance.randrange(3):
            case 0:
                out[at] = chance.randrange(256)
            case 1:
                del out[at : at + chance.randrange(1, 9)]
            case _:
                out[at:at] = bytes(chance.randrange(256) for _ in range(3))
    return bytes(out)
