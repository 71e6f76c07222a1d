"""What the dates of a run say against each other: told on the front page, judged by nobody."""

import datetime

from analyzer.model.cluster import ClusterEvidence

_APART = datetime.timedelta(days=7)
_OLD = datetime.timedelta(days=90)
_FORM = "%Y-%m-%dT%H:%M:%SZ"


def date_notices(cluster: ClusterEvidence, as_of: str | None) -> tuple[str, ...]:
    """Say where the assessment's date and the times of its evidence do not go together.

    Waivers begin and end by the assessment's date, which by default the collected machines'
    clocks have set: a reader must see when one of them is odd, or when the user chose it.

    Args:
        cluster: All evidence of the run.
        as_of: The date that the user chose, UTC; None when the newest collection sets it.
    """
    bundles = [*cluster.nodes, *((cluster.api,) if cluster.api is not None else ())]
    times = sorted(time for one in bundles if (time := _time(one.collected_at)) is not None)
    if not times:
        return ()
    first, last = times[0], times[-1]
    said = []
    if last - first > _APART:
        said.append(
            f"The bundles were collected {(last - first).days} days apart, from {_day(first)} to "
            f"{_day(last)}."
        )
    chosen = _time(as_of) if as_of else None
    if chosen is not None and chosen.date() < last.date():
        said.append(
            f"The assessment is dated {_day(chosen)}, before its evidence was collected "
            f"({_day(last)}): waivers are held against the earlier day."
        )
    if chosen is not None and chosen - first > _OLD:
        said.append(f"The oldest evidence is {(chosen - first).days} days old ({_day(first)}).")
    return tuple(said)


def _time(text: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.strptime(text, _FORM).replace(tzinfo=datetime.UTC)
    except ValueError:
        return None


def _day(time: datetime.datetime) -> str:
    return time.date().isoformat()
