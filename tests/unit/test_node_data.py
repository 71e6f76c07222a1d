"""Guards over the data of node checks: no setting without its default, none without a source."""

import pytest

from analyzer.catalogue.binding import bind
from analyzer.catalogue.defaults import load_defaults
from analyzer.catalogue.definitions import load_definitions
from analyzer.catalogue.policy import load_policy
from analyzer.checks import CHECK_TYPES
from analyzer.checks.admission_plugin import AdmissionPlugin
from analyzer.checks.setting import Setting
from analyzer.model.version import Version

NEWEST = Version(1, 36)
NEWEST_ETCD = Version(3, 6)
LOOKED_UP = Version(1, 37)
"""A change of the next version may be known before all else of it is."""
CHECKS = {t: bind(e.spec, CHECK_TYPES, where=t) for t, e in load_definitions().items()}
SETTINGS = {topic: check for topic, check in CHECKS.items() if isinstance(check, Setting)}
PLUGINS = {topic: check for topic, check in CHECKS.items() if isinstance(check, AdmissionPlugin)}


@pytest.mark.parametrize("topic", sorted(SETTINGS))
@pytest.mark.parametrize("minor", [15, 28, 32, 36])
def test_every_setting_has_a_default(topic: str, minor: int) -> None:
    check = SETTINGS[topic]
    names = (check.gate,) if check.gate else check.flags
    for name in names:
        for config_file in (True, False):
            version = None if check.component == "etcd" else Version(1, minor)
            found = load_defaults().lookup(check.component, name, version, config_file=config_file)
            subject = check.subject
            if subject is None or subject.exists_in(Version(1, minor)):
                assert found is not None, (check.component, name)
            elif subject.until is not None:
                assert found is None, (check.component, name)


@pytest.mark.parametrize("topic", sorted(PLUGINS))
def test_every_plugin_has_a_default(topic: str) -> None:
    for name in PLUGINS[topic].plugins:
        key = ("kube-apiserver", f"admission-plugin.{name}")
        assert key in load_defaults().entries


def test_policy_names_exist() -> None:
    values = load_policy(None).values
    for topic, check in SETTINGS.items():
        assert not check.policy or check.policy in values, topic
        assert not check.allowed_by or check.allowed_by in values, topic


def test_every_default_says_for_which_versions_it_was_looked_up_and_where() -> None:
    for (component, name), entries in load_defaults().entries.items():
        newest = NEWEST_ETCD if component == "etcd" else LOOKED_UP
        for entry in entries:
            assert entry.source, name
            assert entry.since is not None, name
            assert entry.checked_to is not None, name
            assert entry.since <= entry.checked_to <= newest, name
            assert entry.until is None or entry.since <= entry.until <= newest, name


def test_every_definition_has_a_source() -> None:
    for topic, entry in load_definitions().items():
        assert entry.definition.source.strip(), topic
        subject = entry.definition.subject
        assert subject is None or subject.source.strip(), topic


def test_defaults_do_not_overlap() -> None:
    for key, entries in load_defaults().entries.items():
        for minor in range(15, 38):
            for mode in ("config-file", "no-config-file"):
                fitting = [
                    e
                    for e in entries
                    if e.when in ("always", mode)
                    and (e.since is None or Version(1, minor) >= e.since)
                    and (e.until is None or Version(1, minor) <= e.until)
                ]
                assert len(fitting) <= 1, (key, minor)
