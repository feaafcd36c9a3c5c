"""What the instance says of itself."""

import pytest

from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import DomainAction
from tests.api.rig import Rig


@pytest.fixture
async def limiting(rig: Rig) -> Rig:
    await rig.world.db.write(set_domain_rule, "spam.example", DomainAction.BLOCK, "advertisements")
    await rig.world.db.write(set_domain_rule, "loud.example", DomainAction.SILENCE, "")
    await rig.world.db.write(set_domain_rule, "friend.example", DomainAction.ALLOW, "")
    return rig


async def test_the_privacy_policy_tells_the_periods_of_the_configuration(rig: Rig) -> None:
    policy = await rig.anonymous.get("/api/v1/instance/privacy_policy")
    days = rig.world.settings.privacy.remote_post_days
    assert f"are kept for {days} days" in policy["content"]
    assert policy["updated_at"].endswith("Z")


async def test_the_terms_of_a_day_on_which_none_began_are_not_found(rig: Rig) -> None:
    terms = await rig.anonymous.get("/api/v1/instance/terms_of_service")
    same = await rig.anonymous.get(f"/api/v1/instance/terms_of_service/{terms['effective_date']}")
    assert same == terms
    other = await rig.anonymous.ask("GET", "/api/v1/instance/terms_of_service/1999-01-01")
    assert other.status_code == 404
    assert "error" in other.json()


async def test_languages_have_names(rig: Rig) -> None:
    assert {"code": "en", "name": "English"} in await rig.anonymous.get("/api/v1/instance/languages")


async def test_members_see_which_servers_are_limited_and_strangers_do_not(limiting: Rig) -> None:
    ana = await limiting.member("ana")
    shown = await ana.get("/api/v1/instance/domain_blocks")
    assert [(each["domain"], each["severity"]) for each in shown] == [
        ("loud.example", "silence"),
        ("spam.example", "suspend"),
    ]
    assert (await limiting.anonymous.ask("GET", "/api/v1/instance/domain_blocks")).status_code == 401


async def test_what_does_not_exist_on_purpose_has_the_form_that_is_documented(rig: Rig) -> None:
    ana = await rig.member("ana")
    reports = await ana.get("/api/v1/annual_reports")
    assert reports == {"annual_reports": [], "accounts": [], "statuses": []}
    assert await ana.get("/api/v1/annual_reports/2026/state") == {"state": "ineligible"}
    assert await ana.get("/api/v1/timelines/link", url="https://news.example/a") == []


async def test_the_health_is_a_word_or_json_as_one_likes(rig: Rig) -> None:
    assert (await rig.anonymous.ask("GET", "/health")).text == "OK"
    asked = await rig.anonymous.ask("GET", "/health", headers={"Accept": "application/json"})
    assert asked.json() == {"status": "UP"}
