"""Of a unit file stays what systemd reads in it, or nothing at all."""

from pathlib import Path

import pytest

from analyzer.formats.unit_file import unit_settings
from analyzer.model.evidence import is_redacted
from tests.collectors.redactor import redact
from tests.collectors.userlands import AWKS

JUDGED = {"IPAddressAllow", "IPAddressDeny", "Slice"}
KEY = "# -----BEGIN PRIVATE KEY-----\n{}# -----END PRIVATE KEY-----\n"

# Units, and whether anything of them is kept.
UNITS: dict[str, tuple[str | bytes, bool]] = {
    "plain": ("[Service]\nIPAddressDeny=any\nIPAddressAllow=10.0.0.0/8 localhost\n", True),
    "comment with a backslash": ("[Service]\n# old \\\nIPAddressAllow=any\n", True),
    "second comment with one": ("[Service]\n ; a \\\n# b \\\nIPAddressAllow=any\n", True),
    "comment within": (
        "[Service]\nIPAddressAllow=\\\n# why \\\n ; more\n  any\nSlice=a.slice\n",
        True,
    ),
    "comment within a command": (
        "[Service]\nExecStart=/usr/bin/kubelet \\\n# quiet\n  --v=2\nIPAddressAllow=any\n",
        True,
    ),
    "comment at the end": ("[Service]\nIPAddressAllow=any \\\n# x", True),
    "two backslashes": ("[Service]\nExecStart=a\\\\\nIPAddressAllow=any\n", True),
    "three backslashes": ("[Service]\nExecStart=a\\\\\\\nIPAddressAllow=any\n", True),
    "a backslash and a blank": ("[Service]\nUser=a\\ \nIPAddressAllow=any\n", True),
    "an empty line within": ("[Service]\nUser=a \\\n\nIPAddressAllow=any\n", True),
    "another section": ("[Service]\nIPAddressAllow=any\n[X-Fleet]\nIPAddressAllow=\n", True),
    "another section alone": ("[Service]\nUser=a\n[X-Fleet]\nIPAddressDeny=any\n", True),
    "section with a digit": ("[Service]\nUser=a\n[9]\nIPAddressDeny=any\n", True),
    "section that is open": ("[Service]\nIPAddressAllow=any\n[Service\nIPAddressAllow=\n", True),
    "byte order mark": ("\ufeff[Service]\nIPAddressDeny=any\n", True),
    "carriage returns": ("[Service]\r\nIPAddressDeny=any\r\n", True),
    "lone carriage return": ("[Service]\n# x\rIPAddressAllow=any\n", False),
    "zero byte": (b"[Service]\n# x\0IPAddressAllow=any\n", False),
    "key around a section": (KEY.format("[Service]\n"), False),
    "key around a setting": ("[Service]\n" + KEY.format("IPAddressAllow=any\n"), False),
    "open key": ("[Service]\n# BEGIN PRIVATE KEY\nIPAddressAllow=any\n", False),
}


def judged(text: str) -> list[tuple[str, str, str]]:
    """Return section, name and value of every setting that a rule reads."""
    found = [s for s in unit_settings(text) if s.name in JUDGED]
    return [(s.section, s.name, s.value) for s in found if s.section in {"Service", "Slice"}]


@pytest.mark.parametrize("awk", AWKS, ids=" ".join)
@pytest.mark.parametrize("name", UNITS)
def test_a_unit_says_the_same_before_and_after(
    tmp_path: Path, name: str, awk: tuple[str, ...]
) -> None:
    text, stays = UNITS[name]
    data = text.encode() if isinstance(text, str) else text
    kept = redact(tmp_path, data, how="unit", role="kubelet-unit", awk=awk).kept
    assert (kept is not None) == stays
    if kept is None:
        return
    before, after = judged(data.decode()), judged(kept.decode())
    assert [one[:2] for one in after] == [one[:2] for one in before]
    for given, found in zip(before, after, strict=True):
        assert found == given or is_redacted(found[2])


def test_a_comment_within_a_command_leaves_the_command(tmp_path: Path) -> None:
    text = UNITS["comment within a command"][0]
    assert isinstance(text, str)
    kept = redact(tmp_path, text.encode(), how="unit", role="kubelet-unit").kept
    assert (kept or b"").startswith(b"[Service]\nExecStart=/usr/bin/kubelet  --v=2\n\n\nIPAddress")
