"""What the server says of itself and to apps, as entities: every documented field of API 4.5."""

from mastodon.return_types import Application, CustomEmoji, InstanceV2, Rule, WebPushSubscription
from mastodon.return_types import Instance as InstanceV1

from tests.api.mastodon.conformity import check
from tests.api.rig import Client, Rig
from tests.fakes.push_service import PushedApp


async def test_the_instance_is_as_documented_in_both_forms(rig: Rig) -> None:
    check(await rig.anonymous.get("/api/v2/instance"), "Instance", InstanceV2)
    check(await rig.anonymous.get("/api/v1/instance"), "V1Instance", InstanceV1)
    check(await rig.anonymous.get("/api/v1/instance/rules"), "[Rule]", Rule)
    check(await rig.anonymous.get("/api/v1/instance/extended_description"), "ExtendedDescription")
    check(await rig.anonymous.get("/api/v1/instance/privacy_policy"), "ExtendedDescription")


async def test_apps_are_as_documented(rig: Rig) -> None:
    app = await rig.anonymous.post(
        "/api/v1/apps", client_name="Reader", redirect_uris="urn:ietf:wg:oauth:2.0:oob"
    )
    check(app, "CredentialApplication", Application)


async def test_push_subscriptions_are_as_documented(ana: Client) -> None:
    wanted = PushedApp().request(mention=True)
    made = await ana.post("/api/v1/push/subscription", **wanted)
    check(made, "WebPushSubscription", WebPushSubscription)
    assert 0 <= made["id"] < 1 << 31
    assert (await ana.get("/api/v1/push/subscription"))["id"] == made["id"]


async def test_announcements_and_custom_emoji_are_lists(ana: Client) -> None:
    check(await ana.get("/api/v1/announcements"), "[Announcement]")
    check(await ana.get("/api/v1/custom_emojis"), "[CustomEmoji]", CustomEmoji)
