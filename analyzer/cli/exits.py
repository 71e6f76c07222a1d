"""Exit codes, and how a failure is laid out for a person."""

import sys
from enum import IntEnum, unique

from analyzer.model.errors import BundleRefusedError, KubeEvidenceError, UsageError, UserFileError


@unique
class Exit(IntEnum):
    """What the process tells its caller."""

    DONE = 0
    DEFECT = 1
    USAGE = 2
    BUNDLE_REFUSED = 3
    USER_FILE = 4
    CONTROL_FAILED = 10
    EVIDENCE_LACKING = 11


MEANING = {
    Exit.DONE: "done",
    Exit.DEFECT: "a defect of ours",
    Exit.USAGE: "wrong usage",
    Exit.BUNDLE_REFUSED: "a bundle was refused",
    Exit.USER_FILE: "a file of yours (benchmark, profile, policy, waivers, reviews) is invalid",
    Exit.CONTROL_FAILED: "with --exit-code: a control failed without a waiver",
    Exit.EVIDENCE_LACKING: "with --exit-code: none failed, but some lack evidence",
}

_DEFAULT_ADVICE = {
    Exit.USAGE: "Run kube-evidence --help to see what there is.",
    Exit.BUNDLE_REFUSED: "Ask for the bundle again, and compare its custody fingerprint.",
    Exit.USER_FILE: "Correct the file and run again.",
}


def code_for(error: KubeEvidenceError) -> Exit:
    """Return the exit code that the contract gives to a failure."""
    match error:
        case UsageError():
            return Exit.USAGE
        case UserFileError():
            return Exit.USER_FILE
        case BundleRefusedError():
            return Exit.BUNDLE_REFUSED
        case _:
            return Exit.DEFECT


def say_error(error: KubeEvidenceError, code: Exit) -> None:
    """Print ``error:`` and ``help:`` lines on stderr, safe for a terminal."""
    where = f"{error.where}: " if error.where else ""
    advice = error.advice or _DEFAULT_ADVICE.get(code, "")
    sys.stderr.write(f"error: {printable(where + error.what)}\n")
    if advice:
        sys.stderr.write(f"help: {printable(advice)}\n")


def printable(text: str) -> str:
    """Make text from anywhere harmless on a terminal: one line, no control characters."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
