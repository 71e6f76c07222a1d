"""Files that people lay over an assessment: waivers, reviews, an older assessment, other tools."""

from dataclasses import dataclass, replace

from analyzer.cli.kept import load_assessment
from analyzer.cli.options import AdditionPaths
from analyzer.diff import compare_assessments
from analyzer.judgement.review_file import load_reviews
from analyzer.judgement.waiver_file import load_waivers
from analyzer.model.assessment import Assessment
from analyzer.model.errors import UserFileError
from analyzer.pipeline.conclude import Additions, conclude, unclaimed
from analyzer.pipeline.third_party import load_third_party
from analyzer.reports import rendering_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The same, read and checked as far as that goes without an assessment.

    Attributes:
        baseline: The older assessment.
        baseline_id: Its report id.
    """

    additions: Additions
    baseline: Assessment | None
    baseline_id: str


def load_additions(paths: AdditionPaths) -> Loaded:
    """Read every file before any bundle is opened, so that mistakes show at once.

    Raises:
        UserFileError: One of them cannot be read or is not valid.
    """
    baseline = load_assessment(paths.baseline) if paths.baseline else None
    return Loaded(
        additions=Additions(
            waivers=load_waivers(paths.waivers) if paths.waivers else None,
            reviews=load_reviews(paths.reviews) if paths.reviews else None,
            others=tuple(load_third_party(path) for path in paths.third_party),
        ),
        baseline=baseline,
        baseline_id=rendering_of(baseline).report_id if baseline else "",
    )


def lay_over(assessments: tuple[Assessment, ...], loaded: Loaded) -> tuple[Assessment, ...]:
    """Lay everything over the assessments of one run.

    The older assessment is set against the one of its own benchmark, or else the first.

    Raises:
        UserFileError: A file does not fit the assessments.
    """
    for lost in unclaimed(loaded.additions, assessments):
        raise UserFileError(
            "--waivers, --reviews",
            f"{lost}, and no assessment of this run is",
            advice="Name that benchmark with --benchmark, or give the file of this one.",
        )
    concluded = tuple(conclude(one, loaded.additions) for one in assessments)
    if loaded.baseline is None:
        return concluded
    old = loaded.baseline
    same = [n for n, one in enumerate(concluded) if one.benchmark_id == old.benchmark_id]
    chosen = same[0] if same else 0
    changes = compare_assessments(old, concluded[chosen], loaded.baseline_id, "")
    return tuple(
        replace(one, changes=changes) if n == chosen else one for n, one in enumerate(concluded)
    )
