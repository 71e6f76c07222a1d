"""Which CEL expressions prove that a pod-security test is forbidden, and which only look so."""

import pytest

from analyzer.formats.cel_pods import LISTS, forbids
from analyzer.formats.cel_text import call, normal, split, ternary, unwrapped

ALL = (
    "object.spec.containers + object.spec.?initContainers.orValue([]) + "
    "object.spec.?ephemeralContainers.orValue([])"
)
SHORT = {"SC": "securityContext", "APE": "allowPrivilegeEscalation", "CAP": "capabilities"}
BODIES = {
    "privileged": (
        "!has(c.SC) || !has(c.SC.privileged) || !c.SC.privileged",
        "!has(c.SC) || !has(c.SC.privileged) || c.SC.privileged == false",
        "!has(c.SC) || (!has(c.SC.privileged) || c.SC.privileged != true)",
        "!(has(c.SC) && has(c.SC.privileged) && c.SC.privileged == true)",
        "has(c.SC) && has(c.SC.privileged) ? c.SC.privileged == false : true",
        "!c.?SC.?privileged.orValue(false)",
        "c.?SC.?privileged.orValue(false) == false",
        "c.?SC.privileged.orValue(false) != true && c.image != ''",
        "false",
    ),
    "allow-privilege-escalation": (
        "has(c.SC) && has(c.SC.APE) && c.SC.APE == false",
        "c.?SC.?APE.orValue(true) == false",
        "!c.?SC.?APE.orValue(true)",
        "has(c.SC) ? c.SC.?APE.orValue(true) == false : false",
    ),
    "capabilities-not-dropped": (
        "has(c.SC) && has(c.SC.CAP) && has(c.SC.CAP.drop) && 'ALL' in c.SC.CAP.drop",
        "c.?SC.?CAP.?drop.orValue([]).exists(d, d == 'ALL')",
    ),
    "added-capabilities": (
        "size(c.?SC.?CAP.?add.orValue([])) == 0",
        "!has(c.SC) || !has(c.SC.CAP) || !has(c.SC.CAP.add) || c.SC.CAP.add.size() == 0",
    ),
    "root": (
        "c.?SC.?runAsNonRoot.orValue(false)",
        "has(c.SC) && has(c.SC.runAsNonRoot) && c.SC.runAsNonRoot == true",
    ),
    "host-port": (
        "!has(c.ports) || c.ports.all(p, !has(p.hostPort) || p.hostPort == 0)",
        "c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0)",
        "!has(c.ports) || !c.ports.exists(p, has(p.hostPort) && p.hostPort != 0)",
    ),
}
NEAR_MISSES = {
    "privileged": (
        "true",
        "has(c.SC)",
        "!has(c.SC) || !has(c.SC.privilege) || c.SC.privileged",
        "!has(c.SC) || c.image.startsWith('ok/') || c.SC.privileged == false",
        "c.?SC.?privileged.orValue(true) == true",
        "!c.?SC.?privileged.orValue(false) || c.name == 'agent'",
        "!(has(c.SC) && c.image == 'x' && c.SC.privileged)",
        "d.?SC.?privileged.orValue(false) == false",
        "!c.?SC.?privileged.orValue(false) == false",
        "'c.?SC.?privileged.orValue(false) == false' == ''",
        "has(c.SC) ? c.SC.privileged == false : c.name != ''",
        "c.SC.privileged",
    ),
    "allow-privilege-escalation": (
        "!has(c.SC) || c.SC.APE == false",
        "c.?SC.?APE.orValue(false) == false",
        "has(c.SC) && has(c.SC.APE)",
    ),
    "capabilities-not-dropped": (
        "!has(c.SC) || 'ALL' in c.SC.CAP.drop",
        "'NET_RAW' in c.SC.CAP.drop",
        "c.?SC.?CAP.?drop.orValue(['ALL']).exists(d, d == 'ALL')",
        "c.?SC.?CAP.?drop.orValue([]).exists(d, d != 'ALL')",
    ),
    "added-capabilities": ("c.SC.CAP.add.size() == 1",),
    "root": ("!has(c.SC) || c.SC.runAsNonRoot",),
    "host-port": (
        "c.ports.all(p, p.hostPort != 80)",
        "c.?ports.orValue([]).exists(p, p.?hostPort.orValue(0) == 0)",
    ),
}


def long(text: str) -> str:
    for short, word in SHORT.items():
        text = text.replace(short, word)
    return text


CASES = [(test, long(body)) for test, bodies in BODIES.items() for body in bodies]
MISSES = [(test, long(body)) for test, bodies in NEAR_MISSES.items() for body in bodies]


@pytest.mark.parametrize(("test", "body"), CASES)
def test_a_body_that_proves_it(test: str, body: str) -> None:
    assert forbids(test, [f"({ALL}).all(c, {body})"], {}).open == ()


@pytest.mark.parametrize(("test", "body"), MISSES)
def test_a_body_that_proves_nothing(test: str, body: str) -> None:
    found = forbids(test, [f"({ALL}).all(c, {body})"], {})
    assert not found.known
    assert found.open


@pytest.mark.parametrize(("test", "body"), CASES)
def test_what_exists_of_it_proves_nothing(test: str, body: str) -> None:
    if body != "false":
        assert not forbids(test, [f"({ALL}).exists(c, {body})"], {}).known


def test_each_list_is_proven_by_itself() -> None:
    body = "!c.?securityContext.?privileged.orValue(false)"
    found = forbids("privileged", [f"object.spec.containers.all(c, {body})"], {})
    assert found.known
    assert found.open == LISTS[1:]


def test_several_expressions_prove_several_lists() -> None:
    body = long("has(x.SC) && has(x.SC.privileged) && x.SC.privileged")
    texts = [
        f"!object.spec.containers.exists(x, {body})",
        f"!has(object.spec.initContainers) || !object.spec.initContainers.exists(x, {body})",
        f"has(object.spec.{LISTS[2]}) ? !object.spec.{LISTS[2]}.exists(x, {body}) : true",
    ]
    assert forbids("privileged", texts, {}).open == ()
    assert forbids("privileged", texts[:2], {}).open == ("ephemeralContainers",)


def test_variables_are_written_out() -> None:
    inits = "(has(variables.pod.initContainers) ? variables.pod.initContainers : [])"
    variables = {"pod": "object.spec", "all": f"variables.pod.containers + {inits}"}
    text = "variables.all.all(c, !c.?securityContext.?privileged.orValue(false))"
    assert forbids("privileged", [text], variables).open == ("ephemeralContainers",)
    assert not forbids("privileged", [text], {}).known


@pytest.mark.parametrize(
    ("test", "text", "proven"),
    [
        ("host-pid", "!has(SPEC.hostPID) || SPEC.hostPID == false", True),
        ("host-pid", "!SPEC.?hostPID.orValue(false) && !SPEC.?hostIPC.orValue(false)", True),
        ("host-ipc", "!SPEC.?hostPID.orValue(false) && !SPEC.?hostIPC.orValue(false)", True),
        ("host-pid", "!SPEC.?hostPID.orValue(false) || !SPEC.?hostIPC.orValue(false)", False),
        ("host-network", "!(has(SPEC.hostNetwork) && SPEC.hostNetwork)", True),
        ("host-network", "SPEC.hostNetwork != 'true'", False),
        ("host-network", "object.kind == 'x' || !SPEC.?hostNetwork.orValue(false)", False),
        ("host-path", "!has(SPEC.volumes) || SPEC.volumes.all(v, !has(v.hostPath))", True),
        ("host-path", "!has(SPEC.volumes) || !SPEC.volumes.exists(v, has(v.hostPath))", True),
        ("host-path", "SPEC.volumes.all(v, !has(v.hostPath) || v.hostPath.path == '/x')", False),
        ("host-path", "!has(SPEC.volumes) || SPEC.volumes.exists(v, !has(v.hostPath))", False),
    ],
)
def test_fields_of_the_pod(test: str, text: str, proven: bool) -> None:
    assert (forbids(test, [text.replace("SPEC", "object.spec")], {}).open == ()) is proven


def test_no_capability_is_left_when_all_are_dropped_and_none_is_added() -> None:
    drop = long(BODIES["capabilities-not-dropped"][1])
    add = long(BODIES["added-capabilities"][0])
    assert forbids("net-raw", [f"({ALL}).all(c, {drop} && {add})"], {}).open == ()
    assert forbids("net-raw", [f"({ALL}).all(c, {drop})"], {}).open == LISTS


CRON = "object.kind == 'CronJob' ? object.spec.jobTemplate.spec : object.spec.template.spec"


@pytest.mark.parametrize(
    ("spec", "proven"),
    [
        ("object.kind == 'Pod' ? object.spec : object.spec.template.spec", True),
        ("has(object.spec.template) ? object.spec.template.spec : object.spec", True),
        (f"object.kind == 'Pod' ? object.spec : ({CRON})", True),
        (f"object.kind == 'Pod' ? object.spec : {CRON}", True),
        ("object.kind == 'Pod' ? object.spec.template.spec : object.spec", False),
        ("object.metadata.name == 'x' ? object.spec : object.spec.template.spec", False),
    ],
)
def test_of_several_kinds_the_pod_counts(spec: str, proven: bool) -> None:
    found = forbids("host-pid", ["!variables.s.?hostPID.orValue(false)"], {"s": spec})
    assert (found.open == ()) is proven


def test_a_policy_about_several_kinds_asks_for_the_kind_first() -> None:
    text = "object.kind {} 'Pod' || !object.spec.?hostPID.orValue(false)"
    assert forbids("host-pid", [text.format("!=")], {}).open == ()
    assert forbids("host-pid", [text.format("==")], {}).open == ("pod",)


def test_hostile_texts_prove_nothing() -> None:
    for text in (
        "(" * 5000,
        "!" * 9000,
        "a" * 9000,
        "variables.a",
        "'",
        ")(",
        "||",
        "&&",
        "?:",
        "x.all(,)",
    ):
        assert not forbids("privileged", [text], {"a": "variables.a + variables.a"}).known


UNPRIVILEGED = "!c.?securityContext.?privileged.orValue(false)"
PID = "object.spec.hostPID == false"


@pytest.mark.parametrize(
    "text",
    [
        f"true // && {PID}",
        f"true // {PID}\n|| {PID}",
        f"true // \r && {PID}",
        f"true || '//' == '' // \n || {PID}",
        f"r'\\' == '' || '&& {PID} && ' == r'\\'",
        f"b'x' == b'' || {PID}",
        f"{PID} && r'\\' == r'\\'",
        f'\'\' == """x" && {PID} && "y"""',
        f"'''x' && {PID} && 'y''' != ''",
        f"`a` == '' && {PID}",
        f"'x && {PID}",
        f"{PID}\u00a0&& true",
        f"[1].all(object, {PID}) && {PID}",
        f"[1].all(i, object, {PID}) && {PID}",
        "cel.bind(variables, object, true) && !variables.s.hostPID",
        "!c.variables.s.hostPID",
        "!c.?variables.s.hostPID",
        f"{'(' * 25}{PID}{')' * 25}",
        f"{PID} && {' && '.join(['1 == 1'] * 700)}",
    ],
)
def test_what_is_not_surely_understood_proves_nothing(text: str) -> None:
    assert not forbids("host-pid", [text], {"s": "object.spec"}).known


@pytest.mark.parametrize(
    "text",
    [
        f"// hostPID\n{PID}",
        f"{PID} // must be",
        f"true // first\r\n && {PID} // then\r\n",
        f"'//' != 'x' && {PID}",
        f"'it\\'s' != \"\" && {PID}",
        f"{'(' * 20}{PID}{')' * 20}",
    ],
)
def test_comments_and_literals_do_not_hide_what_is_proven(text: str) -> None:
    assert forbids("host-pid", [text], {}).open == ()


@pytest.mark.parametrize(
    "loop",
    [
        "(object.metadata.name == 'x' ? [] : [] + LIST).all(c, BODY)",
        "(has(object.spec.initContainers) ? object.spec.initContainers : [] + LIST).all(c, BODY)",
        "LIST.all(object, BODY)",
        "LIST.all(i, c, BODY)",
        "LIST.all('c', BODY)",
        "[LIST].all(c, BODY)",
        "(LIST - LIST).all(c, BODY)",
        "LIST.filter(c, false).all(c, BODY)",
        "LIST.all(c, [1].all(c, BODY))",
    ],
)
def test_loops_that_miss_a_container(loop: str) -> None:
    text = loop.replace("LIST", "object.spec.containers").replace("BODY", UNPRIVILEGED)
    assert "containers" in forbids("privileged", [text], {}).open


def test_a_policy_of_too_many_or_too_long_expressions_proves_nothing() -> None:
    assert forbids("host-pid", [PID, *["true"] * 99], {}).known
    assert not forbids("host-pid", [PID, *["true"] * 100], {}).known
    assert not forbids("host-pid", [PID, *["variables.a"] * 10], {"a": "b||" * 900 + "c"}).known


def test_a_loop_in_a_loop_has_its_own_name() -> None:
    text = "object.spec.containers.all({0}, {0}.ports.all({1}, {1}.hostPort == 0))"
    assert "containers" not in forbids("host-port", [text.format("c", "p")], {}).open
    assert "containers" in forbids("host-port", [text.format("c", "c")], {}).open


def test_texts_are_taken_apart() -> None:
    assert normal("a  in\n b && 'x y' == \"z\"") == 'a in b&&"x y"=="z"'
    assert normal("'it\"s'") == "'it\"s'"
    assert unwrapped("((a)||(b))") == "(a)||(b)"
    assert split('f(a||b)||"||"||c', "||") == ("f(a||b)", '"||"', "c")
    assert ternary("a.?b?c:d") == ("a.?b", "c", "d")
    assert ternary("a.?b.orValue(1)") is None
    assert ternary("a?b?c:d:e") == ("a", "b?c:d", "e")
    assert ternary("a?b:c?d:e") == ("a", "b", "c?d:e")
    assert ternary("a?b") == ("a", "", "")
    assert call("(a+b).all(x,f(x,y))", "all") == ("a+b", "x", "f(x,y)")
    assert call("a+b.all(x,y)", "all") is None
