"""Something changes while an answer for apps is made: what was read before is nobody's answer afterwards."""

import pytest

from fediunion.actors.viewer import ANONYMOUS
from fediunion.api.auth import Unauthorized, find_bearer
from fediunion.api.mastodon.fragments import Fragments, statuses_of
from fediunion.social.cards.reading import PageHead
from fediunion.social.cards.service import record_card
from tests.api.rig import Client, Rig
from tests.fakes.changing import world_that_changes
from tests.members.revoking import revoke_token


async def test_a_token_revoked_while_it_was_looked_up_opens_nothing_afterwards(rig: Rig, ana: Client) -> None:
    header = f"Bearer {ana.bearer}".encode()

    async def revoke() -> None:
        await rig.world.db.write(revoke_token, ana.bearer)

    world, database = world_that_changes(rig.world, "_load_caller", revoke)
    assert await find_bearer(world, header) is not None
    assert database.changed
    with pytest.raises(Unauthorized):
        await find_bearer(rig.world, header)


async def test_a_card_found_while_a_status_was_rendered_is_shown_afterwards(rig: Rig, ana: Client) -> None:
    status = int((await ana.publish("See https://news.example/strike"))["id"])
    head = PageHead(card={"url": "https://news.example/strike", "title": "Strike at noon"}, image_url=None)

    async def find_card() -> None:
        await rig.world.db.write(record_card, "https://news.example/strike", head)

    rig.world.part(Fragments)
    world, database = world_that_changes(rig.world, "make_parts", find_card)
    await statuses_of(world, ANONYMOUS, [status])
    assert database.changed
    shown = (await statuses_of(rig.world, ANONYMOUS, [status]))[status]
    assert b"Strike at noon" in shown
