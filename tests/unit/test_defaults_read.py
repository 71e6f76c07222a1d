"""``explain`` shows every default that a check looks up, and no lookup goes unnamed."""

import pytest

from analyzer.catalogue.benchmarks import load_benchmark
from analyzer.catalogue.defaults import load_defaults
from analyzer.checks import CHECK_TYPES
from analyzer.cli.explain import rule_lines
from analyzer.model.context import Default, Defaults
from analyzer.model.outcome import Check, ReadsDefaults
from tests import api_cases, node_cases

Key = tuple[str, str]


class Recorder(dict[Key, tuple[Default, ...]]):
    """Entries that remember what was asked of them."""

    def __init__(self) -> None:
        super().__init__(load_defaults().entries)
        self.asked: set[Key] = set()

    def get(self, key: Key, default: object = None) -> tuple[Default, ...]:
        self.asked.add(key)
        return super().get(key, ())


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    found = Recorder()
    for module in (api_cases, node_cases):
        monkeypatch.setattr(module, "load_defaults", lambda: Defaults(entries=found))
    return found


def named(check: Check) -> set[Key]:
    return set(check.defaults_read) if isinstance(check, ReadsDefaults) else set()


def test_checks_of_nodes_name_what_they_look_up(recorder: Recorder) -> None:
    looked_up = 0
    for path in node_cases.FOUND:
        case, check_type = node_cases.read_case(path), path.parent.parent.name
        recorder.asked.clear()
        node_cases.evaluate(case, check_type)
        assert recorder.asked <= named(node_cases.check_of(case, check_type)), path.parent
        looked_up += bool(recorder.asked)
    assert looked_up > 50


def test_checks_of_the_api_name_what_they_look_up(recorder: Recorder) -> None:
    looked_up = 0
    for case in api_cases.all_cases():
        recorder.asked.clear()
        case.outcomes()
        assert recorder.asked <= named(case.check()), case
        looked_up += bool(recorder.asked)
    assert looked_up > 0


@pytest.mark.parametrize(
    ("number", "names"),
    [
        ("1.2.1", ["anonymous-auth true"]),
        ("1.2.9", ["admission-plugin.EventRateLimit false"]),
        ("1.2.10", ["admission-plugin.AlwaysAdmit false"]),
        ("1.2.12", ["admission-plugin.ServiceAccount true"]),
        ("1.2.19", ["audit-log-maxsize 0", "audit-log-maxsize.zero 100"]),
        ("1.3.6", ["RotateKubeletServerCertificate true"]),
        ("4.2.8", ["event-qps 50", "event-qps.zero 5", "event-qps.zero unlimited"]),
        ("4.2.9", ["RotateKubeletServerCertificate true"]),
        ("4.2.11", ["RotateKubeletServerCertificate true"]),
        ("5.6.2", ["seccomp-default false"]),
    ],
)
def test_explain_shows_them(number: str, names: list[str]) -> None:
    benchmark = load_benchmark("cis-1.12", CHECK_TYPES)
    control = next(control for control in benchmark.controls if control.id == number)
    lines = [line for line in rule_lines(benchmark, control) if line.startswith("  default:")]
    for name in names:
        assert any(f"     {name}, from" in line for line in lines), (name, lines)
