"""Byte text, argument lists and user names, as a node's bundle holds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.formats.process_text import (
    effective_uid,
    host_text,
    parse_names,
    split_arguments,
    split_environment,
)


@given(st.text(st.characters(codec="utf-8")))
def test_byte_text_turns_back_into_text(text: str) -> None:
    assert host_text(text.encode().decode("latin-1")) == text


@given(st.binary())
def test_bytes_that_are_no_text_stay_visible(data: bytes) -> None:
    host_text(data.decode("latin-1")).encode("utf-8")


def test_text_that_is_no_byte_text_is_left_alone() -> None:
    assert host_text("größe €") == "größe €"
    assert host_text("a\xff") == "a\\xff"


ARGUMENTS: dict[str, tuple[bytes, bool, tuple[str, ...]]] = {
    "usual": (b"a\x00--b=c\x00", False, ("a", "--b=c")),
    "no-last-nul": (b"a\x00b", False, ("a", "b")),
    "empty-argument": (b"a\x00\x00b\x00", False, ("a", "", "b")),
    "last-empty": (b"a\x00\x00", False, ("a", "")),
    "nothing": (b"", False, ()),
    "cut-in-the-middle": (b"a\x00--b=cd", True, ("a",)),
    "cut-after-one": (b"a\x00--b\x00", True, ("a", "--b")),
    "cut-in-the-first": (b"/usr/bin/ku", True, ()),
    "not-utf8": (b"a\x00\xff\x00", False, ("a", "\\xff")),
}


@pytest.mark.parametrize(("data", "cut", "argv"), ARGUMENTS.values(), ids=ARGUMENTS.keys())
def test_arguments(data: bytes, cut: bool, argv: tuple[str, ...]) -> None:
    assert split_arguments(data, cut=cut) == argv


def test_environment_takes_the_first_of_a_name() -> None:
    data = b"A=1\x00B=\x00A=2\x00=x\x00C\x00D=a=b\x00"
    assert dict(split_environment(data)) == {"A": "1", "B": "", "D": "a=b"}


UIDS: dict[str, tuple[bytes, int | None]] = {
    "usual": (b"Name:\tx\nUid:\t1000\t0\t0\t0\n", 0),
    "missing": (b"Gid:\t0\t0\t0\t0\n", None),
    "short": (b"Uid:\t0\n", None),
    "words": (b"Uid: a b c d\n", None),
    "not-ascii-digits": ("Uid: 1 \u0661\n".encode(), None),
    "bytes": (b"\xff\xfe\nUid:\t5\t6\t7\t8\n", 6),
}


@pytest.mark.parametrize(("data", "uid"), UIDS.values(), ids=UIDS.keys())
def test_effective_uid(data: bytes, uid: int | None) -> None:
    assert effective_uid(data) == uid


def test_names_of_numbers() -> None:
    data = b"u root 0\nu toor 0\ng root 0\ng etcd 998\nx a 1\nu half\nu a b\nu big 99999999999\n\n"
    names = parse_names(data)
    assert dict(names.users) == {0: "root"}
    assert dict(names.groups) == {0: "root", 998: "etcd"}
