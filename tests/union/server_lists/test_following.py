"""Lists of other unions: what is taken from them, what never is, and what is done about it."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.domains import list_domain_rules
from fediunion.actors.models import DomainAction
from fediunion.kit.clock import format_instant
from fediunion.kit.errors import FediUnionError, Invalid, NotAllowed
from fediunion.social.moderation.models import AuditEntry
from fediunion.social.moderation.servers import decide_on_host
from fediunion.union.affiliation.service import offers
from fediunion.union.server_lists.fetching import fetch_list, look_at_lists
from fediunion.union.server_lists.models import Applying, EntryState
from fediunion.union.server_lists.queries import entries_in, get_followed, list_followed, preview
from fediunion.union.server_lists.service import apply_entries, follow_list, skip_entries
from tests.fakes import bonds
from tests.fakes.stranger import StrangeActor, Stranger
from tests.union.affiliation.scene import CONTEXT, Scene

URL = "https://clerks.example/federation-lists/blocked"


def entry(host: object, action: object = "block", **more: Any) -> dict[str, Any]:
    """Return an entry as another union writes it."""
    return {"type": "fu:ServerRule", "fu:serverHost": host, "fu:ruleAction": action, **more}


def publish(scene: Scene, *entries: object, by: StrangeActor | None = None, **more: Any) -> dict[str, Any]:
    """Let the clerks' server have a list; return it. `by` is whose key proves it."""
    document = {
        "@context": CONTEXT,
        "id": URL,
        "type": "OrderedCollection",
        "attributedTo": scene.clerks.uri,
        "updated": format_instant(scene.clock.now()),
        "totalItems": len(entries),
        "orderedItems": list(entries),
        **more,
    }
    proved = (by or scene.clerks).prove(document)
    scene.clerks.server.serve(URL, proved)
    return proved


async def follow(scene: Scene, applying: Applying = Applying.ASK) -> None:
    """Follow the list as it is now."""
    found, document = await fetch_list(scene.nurses.world, URL)
    await scene.nurses.world.db.write(follow_list, found, document, applying, by="ana")


async def states(scene: Scene) -> dict[str, str]:
    """Return how each server of the followed list stands."""
    return await scene.nurses.world.db.read(
        lambda session: {row.host: row.state for row in entries_in(session, get_followed(session, URL))}
    )


async def rules(scene: Scene) -> dict[str, str]:
    """Return our rules."""
    return await scene.nurses.world.db.read(
        lambda session: {row.host: row.action for row in list_domain_rules(session)}
    )


async def decide(scene: Scene, *hosts: str, skips: bool = False) -> None:
    """Apply or skip entries."""

    def work(session: Session) -> None:
        followed = get_followed(session, URL)
        chosen = [row for row in entries_in(session, followed) if row.host in hosts]
        assert len(chosen) == len(hosts)
        if skips:
            skip_entries(chosen)
        else:
            apply_entries(session, followed, chosen, by="ana")

    await scene.nurses.world.db.write(work)


async def problem(scene: Scene) -> str:
    """Look at the lists again; return what went wrong with the one."""
    await look_at_lists(scene.nurses.world, {})
    [row] = await scene.nurses.world.db.read(list_followed)
    return str(row.problem)


async def test_entries_wait_until_an_officer_decides_one_by_one(scene: Scene) -> None:
    publish(scene, entry("bad.example", summary="Spam"), entry("loud.example", "silence"))
    await follow(scene)
    assert await rules(scene) == {}
    assert await states(scene) == {"bad.example": "waiting", "loud.example": "waiting"}
    await decide(scene, "bad.example")
    await decide(scene, "loud.example", skips=True)
    assert await rules(scene) == {"bad.example": "block"}
    scene.clock.advance(hours=7)
    publish(scene, entry("bad.example"), entry("loud.example", "silence"))
    assert await problem(scene) == ""
    assert await states(scene) == {"bad.example": "applied", "loud.example": "skipped"}


async def test_what_disappears_from_the_list_is_offered_for_removal(scene: Scene) -> None:
    publish(scene, entry("bad.example"), entry("other.example"), entry("third.example"))
    await follow(scene)
    await decide(scene, "bad.example", "other.example")
    scene.clock.advance(hours=7)
    publish(scene, entry("other.example"))
    assert await problem(scene) == ""
    assert await states(scene) == {"bad.example": "gone", "other.example": "applied"}
    assert await rules(scene) == {"bad.example": "block", "other.example": "block"}
    await decide(scene, "bad.example")
    assert await rules(scene) == {"other.example": "block"}


async def test_automatic_is_for_blocks_and_never_for_unions_of_our_network(scene: Scene) -> None:
    hosts = ("clerks.example", "bad.example", "nurses.test")
    publish(scene, *map(entry, hosts), entry("loud.example", "silence"), entry("good.example", "allow"))
    await follow(scene, Applying.AUTOMATIC)
    assert await rules(scene) == {"bad.example": "block"}
    assert await states(scene) == {
        "bad.example": "applied",
        "clerks.example": "waiting",
        "good.example": "waiting",
        "loud.example": "waiting",
    }

    def flagged(session: Session) -> list[str]:
        rows = entries_in(session, get_followed(session, URL))
        return [each.row.host for each in preview(session, rows) if each.is_affiliate]

    assert await scene.nurses.world.db.read(flagged) == ["clerks.example"]
    acts = select(AuditEntry.subject).where(AuditEntry.action == "host.block")
    assert await scene.nurses.world.db.read(lambda session: list(session.scalars(acts))) == ["bad.example"]


async def test_a_rule_of_an_officer_is_never_changed_by_a_list(scene: Scene) -> None:
    await scene.nurses.world.db.write(decide_on_host, "bad.example", DomainAction.SILENCE, by="ana")
    publish(scene, entry("bad.example"))
    await follow(scene, Applying.AUTOMATIC)
    await decide(scene, "bad.example")
    assert await rules(scene) == {"bad.example": "silence"}
    assert await states(scene) == {"bad.example": "waiting"}


async def test_nonsense_is_refused_and_the_rest_is_taken(scene: Scene) -> None:
    deep: Any = "bad.example"
    for _ in range(20):
        deep = [deep]
    publish(
        scene,
        entry("bad.example"),
        entry("BAD.example."),
        entry("bad.example:443"),
        entry("nurses.test"),
        entry("test"),
        entry("com"),
        entry("a b"),
        entry("*"),
        entry(""),
        entry(5),
        entry(deep),
        entry({"host": "x.example"}),
        entry("x.example", "destroy"),
        entry("x.example", None),
        entry("x" * 5000),
        "bad.example",
        None,
        7,
        ["bad.example"],
        {"type": "Note"},
        entry("bücher.example"),
        entry("xn--bcher-kva.example"),
    )
    await follow(scene)
    assert await states(scene) == {"bad.example": "waiting", "xn--bcher-kva.example": "waiting"}


@pytest.mark.parametrize(
    "more",
    [
        {"orderedItems": {"a": 1}},
        {"orderedItems": None},
        {"type": "Note"},
        {"id": "https://clerks.example/federation-lists/other"},
        {"attributedTo": "https://other.example/users/union"},
        {"attributedTo": None},
        {"updated": "yesterday"},
        {"updated": None},
        {"orderedItems": [entry(f"s{number}.example") for number in range(1001)]},
    ],
    ids=[
        "no list",
        "nothing",
        "a note",
        "other address",
        "other owner",
        "nobody",
        "no date",
        "null date",
        "long",
    ],
)
async def test_what_is_no_list_of_its_owner_is_not_taken(scene: Scene, more: dict[str, Any]) -> None:
    publish(scene, entry("bad.example"), **more)
    with pytest.raises(FediUnionError):
        await follow(scene)
    assert await scene.nurses.world.db.read(list_followed) == []


async def test_a_list_proved_by_somebody_else_changed_or_unproved_is_refused(scene: Scene) -> None:
    server = await Stranger(scene.internet, "other.example", scene.clock).start()
    publish(scene, entry("bad.example"), by=server.add_actor("union", type="Organization"))
    with pytest.raises(FediUnionError):
        await follow(scene)
    changed = publish(scene, entry("bad.example")) | {"orderedItems": [entry("good.example")]}
    scene.clerks.server.serve(URL, changed)
    with pytest.raises(FediUnionError):
        await follow(scene)
    scene.clerks.server.serve(URL, {key: value for key, value in changed.items() if key != "proof"})
    with pytest.raises(FediUnionError):
        await follow(scene)
    assert await scene.nurses.world.db.read(list_followed) == []


async def test_an_older_version_is_a_replay(scene: Scene) -> None:
    old = publish(scene, entry("bad.example"))
    scene.clock.advance(hours=7)
    publish(scene, entry("worse.example"))
    await follow(scene)
    scene.clerks.server.serve(URL, old)
    assert "older" in await problem(scene)
    assert await states(scene) == {"worse.example": "waiting"}


async def test_a_list_is_followed_of_those_only_that_a_relation_leads_to(scene: Scene) -> None:
    publish(scene, entry("bad.example"))
    await follow(scene, Applying.AUTOMATIC)
    await bonds.decide(scene.nurses, "clerks.example", offers.end_affiliation)
    scene.clock.advance(hours=7)
    publish(scene, entry("good.example"))
    assert "no relation" in await problem(scene)
    assert await rules(scene) == {"bad.example": "block"}
    with pytest.raises(Invalid):
        await follow(scene)


async def test_F02_an_address_that_leads_elsewhere_is_not_followed(scene: Scene) -> None:
    for target in ("http://127.0.0.1/list", "https://10.0.0.1/list", "https://other.example/list"):
        scene.clerks.server.serve(URL, {}, status=302, headers={"Location": target})
        with pytest.raises(FediUnionError):
            await follow(scene)


async def test_a_blocked_server_is_not_asked(scene: Scene) -> None:
    await scene.nurses.world.db.write(decide_on_host, "clerks.example", DomainAction.BLOCK, by="ana")
    with pytest.raises(NotAllowed):
        await fetch_list(scene.nurses.world, URL)


async def test_a_server_that_is_down_changes_nothing(scene: Scene) -> None:
    publish(scene, entry("bad.example"))
    await follow(scene)
    scene.clerks.server.withdraw(URL, status=503)
    assert await problem(scene) != ""
    assert await states(scene) == {"bad.example": EntryState.WAITING}
