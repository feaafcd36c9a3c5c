"""The tables made of all features: complete, and without two that claim one thing."""

import re
from pathlib import Path

from fediunion.app.metrics import Metrics
from fediunion.installed import FEATURES, audiences, job_handlers, reactions, routes, rules, schedule
from fediunion.world import World
from tests.app.conftest import world

__all__ = ["world"]
ROOT = Path(__file__).parents[1]


def test_no_two_features_have_one_name() -> None:
    names = [feature.name for feature in FEATURES]
    assert len(set(names)) == len(names)


def test_every_package_with_a_feature_is_installed() -> None:
    found = {path.parent.name for path in (ROOT / "fediunion").rglob("feature.py")} - {"fediunion"}
    assert found == {feature.name for feature in FEATURES}


def test_no_two_rules_claim_one_activity() -> None:
    assert len(list(rules())) == sum(len(feature.activities) for feature in FEATURES)


async def test_every_scheduled_job_has_somebody_who_does_it(world: World) -> None:
    handlers = job_handlers(world.part(Metrics).rejections)
    assert [every.job for every in schedule() if every.job not in handlers] == []


async def test_every_job_that_is_enqueued_has_somebody_who_does_it(world: World) -> None:
    handlers = job_handlers(world.part(Metrics).rejections)
    named = re.compile(r'enqueue\(\s*session,\s*"([^"]+)"')
    sources = "\n".join(path.read_text() for path in (ROOT / "fediunion").rglob("*.py"))
    assert set(named.findall(sources)) - handlers.keys() == set()


def test_every_audience_that_is_named_has_an_expander() -> None:
    assert "followers" in audiences()


def test_every_event_with_a_reaction_is_a_frozen_fact() -> None:
    for event in reactions():
        assert event.__dataclass_params__.frozen, event  # type: ignore[attr-defined]  # set by dataclass


def test_no_two_routes_have_one_path() -> None:
    paths = [
        (
            getattr(route, "path", None) or getattr(route, "prefix", ""),
            tuple(getattr(route, "methods", ()) or ()),
        )
        for route in routes()
    ]
    assert [path for path in paths if paths.count(path) > 1] == []
