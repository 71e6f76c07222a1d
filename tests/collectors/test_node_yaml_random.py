"""What the redactor's own reading of YAML makes of damaged files, held against another reader's."""

import random
from pathlib import Path
from typing import Any

import pytest

from analyzer.formats.strict_yaml import load_all
from analyzer.model.errors import EvidenceFormatError
from tests.collectors.node_documents import MARK, REDACTORS, texts
from tests.collectors.redactor import part, redact

DAMAGED = ("kubelet", "audit", "admission", "authorization", "encryption")
PIECES = (
    *(":", ": ", "- ", "-", " #", "'", '"', "{", "}", "[", "]", ",", "|", ">", "\n", "  ", "\t"),
    *("&a ", "*a", "!x ", "\\", "~", "---\n", "...\n", "? ", "<<: ", "\r", "null", "%"),
    *("token: ZZ\n", "\n  ZZ", "'ZZ'", '"ZZ"', "text: |\n  ZZ\n", "odd: 'a\n\n  ZZ'\n"),
)
SECRET = "Zq7Wk3hunterX9"
ROUNDS = 60
Tree = dict[str, str]


def grow(tree: Tree, at: str, path: str) -> None:
    """Add one path of the table: below ``at``, ``a|b`` for two names, ``!`` for a name alone."""
    step, way, rest = path.partition("/")
    for name in step.split("|"):
        if way:
            tree.setdefault(f"{at}/{name}", "")
            if rest:
                grow(tree, f"{at}/{name}", rest)
        elif name.endswith("!"):
            tree[f"{at}/{name[:-1]}"] = "name"
        else:
            tree[f"{at}/{name}"] = "keep"


def fields_of(kind: str) -> Tree:
    """Return the rows of the table for one kind of document."""
    tree: Tree = {"": ""}
    for row in part("FIELDS").splitlines():
        words = row.split()
        if words and words[0] in (kind, "every"):
            for path in words[1:]:
                grow(tree, "", path)
    return tree


def expected(tree: Tree, at: str | None, value: Any) -> Any:
    """Return what may be shown of a value at a place: pairs for mappings, ``#`` for a mask."""
    if value in (None, "", "null", "~"):
        return value or ""
    if at is None or tree[at] == "name":
        return "#"
    if isinstance(value, list):
        return [expected(tree, at, one) for one in value]
    if isinstance(value, dict):
        places = {
            name: next((p for p in (f"{at}/{name}", f"{at}/*") if p in tree), None)
            for name in value
        }
        return [
            ("#" if places[name] is None else name, expected(tree, places[name], below))
            for name, below in value.items()
        ]
    return value if tree[at] == "keep" else "#"


def shown(value: Any) -> Any:
    """Return what is shown, in the shape of ``expected``."""
    if isinstance(value, list):
        return [shown(one) for one in value]
    if isinstance(value, dict):
        return [("#" if MARK.search(name) else name, shown(below)) for name, below in value.items()]
    return "#" if value and MARK.search(value) else value or ""


def within(got: Any, wanted: Any) -> bool:
    """Tell whether nothing is shown but what is wanted; more masks, and less of a URL, are fine."""
    if got in ("#", wanted):
        return True
    if isinstance(got, (list, tuple)) and isinstance(wanted, type(got)):
        return len(got) == len(wanted) and all(map(within, got, wanted))
    return isinstance(got, str) and "://" in got and str(wanted).startswith(got)


def damaged(rng: random.Random, text: str) -> str:
    """Return a document with a few pieces put in, taken out, or moved."""
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(text))
        if rng.random() < 0.6:
            text = text[:at] + rng.choice(PIECES) + text[at:]
        elif rng.random() < 0.4:
            text = text[:at] + text[at + rng.randint(1, 6) :]
        else:
            lines = text.split("\n")
            moved = rng.choice(lines)
            lines.insert(rng.randrange(len(lines)), " " * rng.randint(0, 5) + moved.lstrip())
            text = "\n".join(lines)
    return text.replace("ZZ", SECRET)


def read(text: str) -> tuple[list[Any], str]:
    """Return the documents of a text, and what is wrong with it."""
    try:
        return [document for document in load_all(text) if document is not None], ""
    except EvidenceFormatError as error:
        return [], error.what


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_document_shows_no_more_and_nothing_else(tmp_path: Path, name: str) -> None:
    rng = random.Random(f"{name} 1")
    how, role = REDACTORS[name]
    tree = fields_of(role if how == "component" else how)
    understood = 0
    for _ in range(ROUNDS):
        text = damaged(rng, texts()[name])
        done = redact(tmp_path, text.encode(), how=how, role=role)
        assert SECRET not in done.records
        if done.kept is None:
            continue
        documents, problem = read(text)
        if problem:
            assert "repeated" in problem, text  # a name that stands twice is left to the analyzer
            continue
        understood += 1
        found, _ = read(done.kept.decode())
        wanted = [expected(tree, "", d) for d in documents]
        assert within([shown(d) for d in found], wanted), (
            f"{text}\n---- kept:\n{done.kept.decode()}"
        )
    assert understood >= 5
