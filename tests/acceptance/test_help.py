"""Help that teaches: every command says what it needs and writes, and shows lines that work."""

import re
import shlex
from typing import Any

import pytest
import typer

from analyzer.cli import main
from analyzer.cli.app import app
from analyzer.cli.exits import Exit
from analyzer.cli.help_texts import HELP, epilog

GROUP: Any = typer.main.get_command(app)
COMMANDS = tuple(GROUP.commands)


def _parsed(line: str) -> str:
    """Parse a command line as the program would, run nothing, and return the command."""
    program, name, *words = shlex.split(line)
    assert program == "kube-evidence"
    GROUP.commands[name].make_context(name, words)
    return name


def test_every_command_has_its_text() -> None:
    assert set(COMMANDS) <= set(HELP)


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_are_command_lines_of_their_command(command: str) -> None:
    for text in (epilog(command), GROUP.commands[command].epilog):
        examples = re.findall(r"(?m)^Example: (.*)$", text)
        assert examples
        assert {_parsed(line) for line in examples} == {command}


def test_an_example_that_is_none_is_noticed() -> None:
    with pytest.raises(Exception, match="No such option"):
        _parsed("kube-evidence analyze bundles/ --no-such-option")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_shown_and_fits_a_terminal(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "Example: kube-evidence " in shown
    assert max(len(line) for line in shown.splitlines()) <= 100


@pytest.mark.parametrize("command", HELP)
def test_texts_teach_needs_results_and_exit_codes(command: str) -> None:
    needs, writes, codes, examples = epilog(command).split("\n\n")
    assert needs.startswith("Needs ")
    assert writes.startswith("Writes ")
    assert codes.startswith("Exit codes: 0 done; 1 a defect of ours; 2 ")
    assert examples.startswith("\b\nExample: kube-evidence ")
    assert max(len(line) for line in examples.splitlines()) <= 78


def test_codes_are_those_that_a_command_can_end_with() -> None:
    judging = {code for code in Exit if code >= Exit.CONTROL_FAILED}
    flagged = {
        name
        for name, command in GROUP.commands.items()
        if any("--exit-code" in parameter.opts for parameter in command.params)
    }
    for name in COMMANDS:
        assert (judging <= set(HELP[name].codes)) is (name in flagged)
        opens = any(parameter.name == "bundles" for parameter in GROUP.commands[name].params)
        assert (Exit.BUNDLE_REFUSED in HELP[name].codes) is opens
