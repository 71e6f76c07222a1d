"""Any results with any waivers of them, for laws that hold whatever they are."""

from hypothesis import strategies as st

from analyzer.model.assessment import ControlResult
from analyzer.model.digests import failing_digest, failures_of
from analyzer.model.judgement import Scope, Waiver, WaiverReason
from tests.judgement.results import control

NUMBERS = ("1.2.15", "4.2.9", "5.1.1", "5.2.2")
SUBJECTS = (
    "cluster",
    "node/cp-1",
    "node/worker-1",
    "Namespace/shop",
    "Deployment/shop/web",
    "Deployment/bank/web",
    "Group/shop/admins",
    "ClusterRole/ops",
)
WORDS = ("fail", "fail", "fail: otherwise", "pass", "no-evidence", "manual", "error")
ENTRIES = ("*", "cp-1", "cp-*", "shop", "s*", "Deployment/*", "Deployment/shop/*", *SUBJECTS)

controls_any = st.dictionaries(
    st.sampled_from(NUMBERS),
    st.dictionaries(st.sampled_from(SUBJECTS), st.sampled_from(WORDS), min_size=1),
    min_size=1,
).map(lambda all_: tuple(control(number, found) for number, found in all_.items()))
entries_any = st.lists(st.sampled_from(ENTRIES), max_size=3, unique=True).map(tuple)
scopes_any = st.builds(Scope, nodes=entries_any, namespaces=entries_any, objects=entries_any)
dates_any = st.sampled_from(("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01"))


@st.composite
def waivers_any(draw: st.DrawFn, controls: tuple[ControlResult, ...]) -> tuple[Waiver, ...]:
    """Some waivers of these controls; many digests are of what fails now."""
    made = []
    for n in range(draw(st.integers(0, 4))):
        known = [c.id for c in controls]
        named = draw(st.lists(st.sampled_from(known), min_size=1, unique=True))
        now = failing_digest(f for c in controls if c.id in named for f in failures_of(c))
        made.append(
            Waiver(
                id=f"W-{n}",
                controls=tuple(named),
                scope=draw(st.one_of(st.just(Scope()), scopes_any)),
                reason=WaiverReason.RISK_ACCEPTED,
                justification="Said at length somewhere else.",
                owner="Ada",
                approver="Grace",
                valid_from=draw(dates_any),
                expires_on=draw(st.sampled_from(("2026-06-30", "2026-12-31"))),
                ticket="",
                digest=draw(st.sampled_from(("", now, "sha256:" + "0" * 64))),
            )
        )
    return tuple(made)


worlds = controls_any.flatmap(lambda c: st.tuples(st.just(c), waivers_any(c)))
