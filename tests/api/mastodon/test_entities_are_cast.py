"""Each module of entities is cast by the types of Mastodon.py in a test; here those that others leave."""

import re
from pathlib import Path
from typing import Final

from mastodon import return_types as types

from fediunion.actors.models import DomainAction
from fediunion.api.mastodon import entities
from fediunion.social.moderation import departures
from fediunion.social.moderation.servers import decide_on_host
from tests.api.mastodon.conformity import check, miscasts
from tests.api.mastodon.test_collections import made, willing
from tests.api.mastodon.test_severances import followed_both_ways
from tests.api.rig import Client, Rig
from tests.social.media import samples
from tests.social.media.test_uploads import upload

HERE: Final = Path(__file__).parent
NO_ENTITY: Final = {"__init__", "frame", "visibility"}
CAST_IN: Final = {
    "test_entities.py": """account:Account role:Account card:Status conversation:Conversation poll:Poll
        relationship:Relationship scheduled_status:ScheduledStatus status:Status status_edit:StatusEdit""",
    "test_entities_of_instance.py": """application:Application instance:InstanceV2
        push_subscription:WebPushSubscription""",
    "test_entities_of_members.py": """filter:FilterV2 list:UserList marker:Marker notification:Notification
        report:Report suggestion:Suggestion tag:Tag""",
    "admin/test_entities.py": """admin_account:AdminAccount admin_domain_rule:AdminDomainBlock
        admin_email_block:AdminEmailDomainBlock admin_figures:AdminMeasure admin_report:AdminReport
        announcement:Announcement""",
    "test_custom_emojis.py": "custom_emoji:CustomEmoji",
    "test_entities_are_cast.py": "collection:Collection media_attachment:MediaAttachment profile:Profile",
    "../../social/translation/test_translation.py": "translation:Translation",
}
"""By test: modules of entities, and the type of Mastodon.py by which the test casts what they make."""


def test_each_module_of_entities_is_cast_in_a_test() -> None:
    written = {path.stem for folder in entities.__path__ for path in Path(folder).glob("*.py")} - NO_ENTITY
    cast = [pair.split(":") for pairs in CAST_IN.values() for pair in pairs.split()]
    assert sorted(module for module, _ in cast) == sorted(written)
    for test, pairs in CAST_IN.items():
        text = (HERE / test).read_text(encoding="utf-8")
        _imports, tests = re.split(r"\n(?=@pytest|async def|def )", text, maxsplit=1)
        for pair in pairs.split():
            assert re.search(rf"\b{pair.partition(':')[2]}\b", tests), f"{test}: {pair}"


async def test_collections_are_what_mastodon_py_promises(rig: Rig, ana: Client) -> None:
    ben = await willing(rig, "ben")
    collection = await made(ana, description="Ask", language="en", tag_name="#Stewards", account_ids=[ben.id])
    check(collection, "any", types.Collection)
    shown = await ana.get(f"/api/v1/collections/{collection['id']}")
    assert shown["accounts"]
    assert miscasts(shown, types.CollectionWithAccounts) == []
    assert miscasts(shown["collection"]["items"][0], types.CollectionItem) == []
    assert miscasts(await ana.get(f"/api/v1/accounts/{ana.id}/collections"), types.Collections) == []


async def test_what_a_member_says_of_itself_is_what_mastodon_py_promises(ana: Client, ben: Client) -> None:
    await ana.ask(
        "PATCH",
        "/api/v1/profile",
        json={"fields_attributes": [{"name": "Ward", "value": "Four"}], "attribution_domains": ["a.example"]},
    )
    await ana.post("/api/v1/featured_tags", name="wages")
    profile = await ana.get("/api/v1/profile")
    assert profile["fields"]
    assert miscasts(profile, types.Profile) == []
    assert miscasts(await ana.get("/api/v1/preferences"), types.Preferences) == []
    (familiar,) = await ben.get("/api/v1/accounts/familiar_followers", id=ana.id)
    assert miscasts(familiar, types.FamiliarFollowers) == []
    unread = await ana.get("/api/v1/notifications/unread_count")
    assert miscasts(unread, types.UnreadNotificationsCount) == []


async def test_files_are_what_mastodon_py_promises(ana: Client) -> None:
    media = await upload(ana, samples.picture(), description="A gate", focus="-0.5,0.25")
    assert (media["description"], media["meta"]["focus"]) == ("A gate", {"x": -0.5, "y": 0.25})
    check(media, "MediaAttachment", types.MediaAttachment)


async def test_follows_that_ended_are_what_mastodon_py_promises(rig: Rig, ana: Client) -> None:
    await rig.world.db.write(followed_both_ways, ana.actor_id, "far.test", 1)
    await rig.world.db.write(decide_on_host, "far.test", DomainAction.BLOCK, by="test")
    await departures.sever_hosts(rig.world, {"host": "far.test"})
    (told,) = await ana.get("/api/v1/notifications")
    check(told, "Notification", types.Notification)
    assert miscasts(told["event"], types.RelationshipSeveranceEvent) == []
