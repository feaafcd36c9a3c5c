"""Rules about other servers."""

import pytest

from fediunion.actors.domains import (
    find_domain_action,
    find_domain_actions,
    host_blocked,
    is_blocked,
    list_domain_rules,
    normalise_host,
    remove_domain_rule,
    set_domain_rule,
)
from fediunion.actors.events import DomainRuleChanged
from fediunion.actors.models import DomainAction
from fediunion.config import FederationMode, Mode
from fediunion.kit.errors import Invalid
from tests.actors.conftest import StartHome
from tests.actors.home import Home


@pytest.mark.parametrize(
    "host",
    [
        "bücher.example",
        "BÜCHER.example",
        "xn--bcher-kva.example",
        "XN--BCHER-KVA.EXAMPLE",
        "bücher.example.",
        "sub.bücher.example",
        "deep.sub.xn--bcher-kva.example",
        "bücher.example:8443",
    ],
)
async def test_S44_a_block_covers_every_spelling_sub_domain_and_port(home: Home, host: str) -> None:
    await home.world.db.write(set_domain_rule, "Bücher.example", DomainAction.BLOCK)
    assert await home.world.db.read(is_blocked, host)


@pytest.mark.parametrize("host", ["cher.example", "xbücher.example", "example", "bücher.example.org"])
async def test_a_block_covers_no_other_server(home: Home, host: str) -> None:
    await home.world.db.write(set_domain_rule, "bücher.example", DomainAction.BLOCK)
    assert not await home.world.db.read(is_blocked, host)


async def test_in_development_a_rule_with_a_port_means_just_that_one(home: Home) -> None:
    await home.world.db.write(set_domain_rule, "union-b.localhost:8102", DomainAction.BLOCK)
    assert await home.world.db.read(is_blocked, "union-b.localhost:8102")
    assert not await home.world.db.read(is_blocked, "union-b.localhost:8103")
    assert not await home.world.db.read(is_blocked, "union-b.localhost")


async def test_in_production_a_port_is_left_out_of_a_rule(start_home: StartHome) -> None:
    home = await start_home(instance={"mode": Mode.PRODUCTION})
    rule = await home.world.db.write(set_domain_rule, "evil.example:8443", DomainAction.BLOCK)
    assert rule.host == "evil.example"
    assert await home.world.db.read(is_blocked, "evil.example")


async def test_the_closest_rule_decides(home: Home) -> None:
    await home.world.db.write(set_domain_rule, "hoster.example", DomainAction.BLOCK)
    await home.world.db.write(set_domain_rule, "nice.hoster.example", DomainAction.SILENCE)
    assert await home.world.db.read(is_blocked, "other.hoster.example")
    assert not await home.world.db.read(is_blocked, "nice.hoster.example")
    assert await home.world.db.read(find_domain_action, "x.nice.hoster.example") is DomainAction.SILENCE


async def test_in_allowlist_mode_everybody_else_is_blocked(start_home: StartHome) -> None:
    home = await start_home(federation={"mode": FederationMode.ALLOWLIST})
    await home.world.db.write(set_domain_rule, "friend.example", DomainAction.ALLOW)
    assert not await home.world.db.read(is_blocked, "www.friend.example")
    assert not await home.world.db.read(is_blocked, "union.test")
    assert await home.world.db.read(is_blocked, "stranger.example")


async def test_what_was_remembered_is_forgotten_when_a_rule_changes(home: Home) -> None:
    assert not await host_blocked(home.world, "evil.example")
    await home.world.db.write(set_domain_rule, "evil.example", DomainAction.BLOCK, "spam")
    assert await host_blocked(home.world, "evil.example")
    assert await home.world.db.write(remove_domain_rule, "EVIL.example")
    assert not await home.world.db.write(remove_domain_rule, "evil.example")
    assert not await host_blocked(home.world, "evil.example")


async def test_a_rule_is_kept_once_and_announced(home: Home) -> None:
    await home.world.db.write(set_domain_rule, "a.example", DomainAction.BLOCK)
    await home.world.db.write(set_domain_rule, "a.example", DomainAction.SILENCE, "why")
    (rule,) = await home.world.db.read(list_domain_rules)
    assert (rule.host, rule.action, rule.reason) == ("a.example", DomainAction.SILENCE, "why")
    assert home.announced[-1] == DomainRuleChanged("a.example", DomainAction.SILENCE)


async def test_we_cannot_block_ourselves(home: Home) -> None:
    with pytest.raises(Invalid):
        await home.world.db.write(set_domain_rule, "union.test", DomainAction.BLOCK)


@pytest.mark.parametrize("text", ["", "a b", "a..b", "*.", "127.1", "x" * 300])
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        normalise_host(text)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://Evil.Example/@x", "evil.example"),
        ("*.evil.example", "evil.example"),
        ("@evil.example", "evil.example"),
        ("evil.example:8443", "evil.example:8443"),
        ("[2001:DB8::1]", "[2001:db8::1]"),
    ],
)
def test_hosts_are_read_in_the_forms_people_write_them(text: str, host: str) -> None:
    assert normalise_host(text) == host


async def test_many_servers_are_looked_up_at_once(home: Home) -> None:
    await home.world.db.write(set_domain_rule, "bad.example", DomainAction.BLOCK)
    await home.world.db.write(set_domain_rule, "good.bad.example", DomainAction.ALLOW)
    await home.world.db.write(set_domain_rule, "loud.example", DomainAction.SILENCE)
    hosts = ["a.bad.example", "good.bad.example", "loud.example", "other.example"]
    with home.counting_queries() as executed:
        found = await home.world.db.read(find_domain_actions, hosts)
    assert found == {
        "a.bad.example": DomainAction.BLOCK,
        "good.bad.example": DomainAction.ALLOW,
        "loud.example": DomainAction.SILENCE,
    }
    assert len([each for each in executed if each.startswith("SELECT")]) == 1
    assert await home.world.db.read(find_domain_actions, []) == {}
