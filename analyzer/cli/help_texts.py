"""What ``--help`` teaches below the options: what a command needs, writes and exits with.

Each example is a whole command line; a test parses every one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.cli.exits import MEANING, Exit

_AS_IT_STANDS = "\b\n"
"""Tells the help's formatter not to fill the paragraph that follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpText:
    """The end of one command's help.

    Attributes:
        needs: What has to be there before.
        writes: What comes of it, and where.
        codes: Exit codes beside 0 and 1, which all commands have.
        examples: Command lines without the program's name.
    """

    needs: str
    writes: str
    codes: tuple[Exit, ...]
    examples: tuple[str, ...]


_BUNDLES = "Needs bundles that node.sh and api.py made (kube-evidence collector hands them out)."
_ASSESSMENT = "Needs an assessment.json that analyze wrote."

HELP: Mapping[str, HelpText] = {
    "analyze": HelpText(
        needs=f"{_BUNDLES} All must be of one cluster; nothing is fetched from anywhere.",
        writes="Writes the reports into the folder of -o, whole or not at all, and one screen of "
        "summary. With several benchmarks the newest one's reports stand there, the older ones' "
        "in folders of their names.",
        codes=(
            Exit.USAGE,
            Exit.BUNDLE_REFUSED,
            Exit.USER_FILE,
            Exit.CONTROL_FAILED,
            Exit.EVIDENCE_LACKING,
        ),
        examples=(
            "analyze bundles",
            "analyze bundles --profile ibm-iks-1.32 -o report",
            "analyze bundles --benchmark cis-1.10,cis-1.12",
            "analyze bundles --waivers waivers.yaml --exit-code",
            "analyze bundles --baseline old/assessment.json",
        ),
    ),
    "verify": HelpText(
        needs=_BUNDLES,
        writes="Writes no file: hashes, schemas, signatures and what looks like a secret go to "
        "the screen.",
        codes=(Exit.USAGE, Exit.BUNDLE_REFUSED),
        examples=("verify bundles", "verify bundles/node-1.tar.gz bundles/api.tar.gz"),
    ),
    "inspect": HelpText(
        needs=_BUNDLES,
        writes="Writes no file: what each probe brought, and what is missing, goes to the screen.",
        codes=(Exit.USAGE, Exit.BUNDLE_REFUSED),
        examples=("inspect bundles",),
    ),
    "explain": HelpText(
        needs="Needs nothing but the number; with an assessment.json it also tells how this "
        "cluster's evidence led to the verdict.",
        writes="Writes no file.",
        codes=(Exit.USAGE, Exit.USER_FILE),
        examples=(
            "explain 1.2.1",
            "explain 4.2.1 --benchmark cis-1.12",
            "explain 1.2.1 report/assessment.json",
        ),
    ),
    "report": HelpText(
        needs=f"{_ASSESSMENT} The bundles are not needed again.",
        writes="Writes the reports into the folder of -o, whole or not at all.",
        codes=(Exit.USAGE, Exit.USER_FILE),
        examples=(
            "report report/assessment.json --format md -o again",
            "report report/assessment.json --reviews reviews.yaml",
        ),
    ),
    "diff": HelpText(
        needs="Needs two assessment.json, the older one first.",
        writes="Writes to the screen, and with -o into that folder.",
        codes=(Exit.USAGE, Exit.USER_FILE, Exit.CONTROL_FAILED, Exit.EVIDENCE_LACKING),
        examples=(
            "diff old/assessment.json new/assessment.json",
            "diff old/assessment.json new/assessment.json -o out",
        ),
    ),
    "review": HelpText(
        needs="Needs a report.xlsx with the auditor's columns filled in, and the assessment.json "
        "that was written with it; that one is looked for beside the workbook.",
        writes="Writes the reviews into the file of -o; report lays them over the assessment.",
        codes=(Exit.USAGE, Exit.USER_FILE),
        examples=(
            "review report/report.xlsx -o reviews.yaml",
            "review filled-in.xlsx --assessment assessment.json",
        ),
    ),
    "list": HelpText(
        needs="Needs nothing.",
        writes="Writes no file: a name and what helps to choose it, a line each.",
        codes=(Exit.USAGE,),
        examples=("list benchmarks", "list profiles", "list topics"),
    ),
    "collector": HelpText(
        needs="Needs nothing.",
        writes="Writes all that the customer gets, with SHA256SUMS, into the folder of --write; "
        "without it, names the files and their hashes. The last line is the hash of SHA256SUMS: "
        "tell it to the customer by another way than the files.",
        codes=(Exit.USAGE,),
        examples=("collector", "collector --write for-the-customer"),
    ),
}

_OF_DIFF = {
    Exit.CONTROL_FAILED: "with --exit-code: something fails newly",
    Exit.EVIDENCE_LACKING: "with --exit-code: nothing does, but some cannot be compared",
}


def epilog(command: str) -> str:
    """Return what stands below the options of a command.

    Args:
        command: A key of ``HELP``.
    """
    text = HELP[command]
    lines = [f"Example: kube-evidence {example}" for example in text.examples]
    examples = _AS_IT_STANDS + "\n".join(lines)
    return "\n\n".join((text.needs, text.writes, _codes(command, text.codes), examples))


def _codes(command: str, codes: tuple[Exit, ...]) -> str:
    meaning = MEANING | _OF_DIFF if command == "diff" else MEANING
    parts = (f"{code.value} {meaning[code]}" for code in (Exit.DONE, Exit.DEFECT, *codes))
    return f"Exit codes: {'; '.join(parts)}."
