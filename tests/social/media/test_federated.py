"""What other servers read of our attachments, and what we keep of theirs."""

from sqlalchemy import select

from fediunion.social.media.models import Attachment
from tests.api.rig import Client, Rig
from tests.social.media import samples
from tests.social.media.stranger import stranger_at
from tests.social.media.test_uploads import upload

ACCEPT = {"Accept": "application/activity+json"}


async def test_our_attachment_tells_all_that_others_show(rig: Rig, ana: Client) -> None:
    made = await upload(ana, samples.picture(), description="A slope", focus="0.5,-0.5")
    status = await ana.publish("Look", media_ids=[made["id"]])
    note = (await rig.anonymous.ask("GET", status["uri"], headers=ACCEPT)).json()
    [attachment] = note["attachment"]
    assert attachment == {
        "type": "Image",
        "mediaType": "image/png",
        "url": made["url"],
        "name": "A slope",
        "summary": "A slope",
        "blurhash": made["blurhash"],
        "width": 64,
        "height": 48,
        "focalPoint": [0.5, -0.5],
    }
    assert (await rig.anonymous.ask("GET", attachment["url"])).status_code == 200


async def test_M18_a_strangers_impossible_blurhash_and_focal_point_are_ignored(rig: Rig) -> None:
    zoe = await stranger_at(rig)
    picture = {"type": "Image", "mediaType": "image/png", "url": "https://far.test/other.png"}
    wrong = {"blurhash": "x", "focalPoint": ["NaN", 1e9]}
    post_id = await zoe.publish(attachment=[picture | wrong])

    row = await rig.world.db.read(
        lambda session: session.scalars(select(Attachment).where(Attachment.post_id == post_id)).one()
    )
    assert (row.blurhash, row.focal_x, row.focal_y) == (None, None, None)
    [shown] = (await rig.anonymous.get(f"/api/v1/statuses/{post_id}"))["media_attachments"]
    assert (shown["blurhash"], shown["meta"]) == (None, {})
