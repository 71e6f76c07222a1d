"""Each list that a rule of section 5 says it needs, hidden: what was proven is then unknown.

The proof of a topic hides what a verdict cites. A list that a verdict depends on without citing
it must not go unnoticed either, so here the lists are taken from the check's own ``needs``. The
same with the control plane: whoever leaves its bundle out must not gain a pass.
"""

import random
from collections.abc import Iterator

import pytest

from tests.mutation.api_world import API_HIDES
from tests.mutation.cases import Spec, specs
from tests.mutation.evidence import API, cluster
from tests.mutation.hide import BUNDLE_MISSING, Hide
from tests.mutation.proof import Unit, started, topics, units, verdict_of

SEED = 5
NEWEST, OLDEST = -1, 0
_KEY = "api/"
_SERVER = "process/kube-apiserver"


def of_section_five(position: int) -> Iterator[Unit]:
    for topic in topics():
        found = [unit for unit in units(topic) if unit.control.id.startswith("5.")]
        if found:
            yield found[position]


def spec(unit: Unit) -> Spec:
    topic = unit.control.definition.topic
    return specs().get(topic, Spec(topic=topic))


def lists(unit: Unit) -> list[str]:
    return [key.removeprefix(_KEY) for key in unit.control.check.needs if key.startswith(_KEY)]


def ways(unit: Unit, resource: str) -> tuple[str, ...]:
    """Return a way to hide a list, by lot but always the same."""
    lot = random.Random(f"{SEED} {unit.benchmark.id} {unit.control.id} {resource}")
    return tuple(lot.sample([how for how in API_HIDES if how != "redacted"], 1))


def label(unit: Unit) -> str:
    return f"{unit.benchmark.id}-{unit.control.definition.topic}"


@pytest.mark.parametrize("unit", [*of_section_five(NEWEST), *of_section_five(OLDEST)], ids=label)
def test_no_needed_list_is_missed(unit: Unit) -> None:
    world = started(spec(unit), unit)
    assert verdict_of(unit, cluster(world)).verdict.value == spec(unit).base
    for resource in lists(unit):
        for how in ways(unit, resource):
            hide = Hide(subject=API, target=resource, how=how)
            words = f"{API} {resource} {how}"
            known = next((e.verdict for e in spec(unit).hide_exceptions if e.fits(words)), "")
            got = verdict_of(unit, cluster(world, (hide,))).verdict.value
            assert got in (known or "no-evidence").split("|"), words


def of_the_server() -> list[Unit]:
    found = (*of_section_five(NEWEST), *of_section_five(OLDEST))
    return [unit for unit in found if _SERVER in unit.control.check.needs]


@pytest.mark.parametrize("unit", of_the_server(), ids=label)
def test_no_pass_without_the_control_plane(unit: Unit) -> None:
    world = started(spec(unit), unit)
    wanted = "no-evidence" if spec(unit).base == "pass" else spec(unit).base
    hide = Hide(subject="cp-1", target="", how=BUNDLE_MISSING)
    assert verdict_of(unit, cluster(world, (hide,))).verdict.value == wanted
