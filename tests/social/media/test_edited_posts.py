"""What an edit of a post changes in its files."""

from tests.api.rig import Client, Rig
from tests.social.media import samples
from tests.social.media.test_uploads import upload


async def test_an_edit_can_bring_another_thumbnail(rig: Rig, ana: Client) -> None:
    made = await upload(ana, samples.picture())
    status = await ana.publish("Look", media_ids=[made["id"]])
    edited = await ana.ask(
        "PUT",
        f"/api/v1/statuses/{status['id']}",
        data={"status": "Look", "media_attributes[][id]": made["id"]},
        files={"media_attributes[][thumbnail]": samples.picture(size=(32, 32))},
    )
    assert edited.status_code == 200, edited.text
    before, after = status["media_attachments"][0], edited.json()["media_attachments"][0]
    assert after["preview_url"] != before["preview_url"]
    assert (after["url"], after["meta"]["small"]["width"]) == (before["url"], 32)
    assert (await rig.anonymous.ask("GET", after["preview_url"])).status_code == 200


async def test_M14_a_thumbnail_for_the_file_of_another_is_refused(rig: Rig, ana: Client, ben: Client) -> None:
    made = await upload(ana, samples.picture())
    status = await ana.publish("Look", media_ids=[made["id"]])
    own = await ben.publish("Mine")
    for client, post_id, code in ((ben, own["id"], 422), (ben, status["id"], 404)):
        answer = await client.ask(
            "PUT",
            f"/api/v1/statuses/{post_id}",
            data={"status": "x", "media_attributes[][id]": made["id"]},
            files={"media_attributes[][thumbnail]": samples.picture()},
        )
        assert answer.status_code == code
    seen = await ana.get(f"/api/v1/statuses/{status['id']}")
    assert seen["media_attachments"] == status["media_attachments"]


async def test_M12_a_thumbnail_that_is_no_picture_is_422(ana: Client) -> None:
    made = await upload(ana, samples.picture())
    status = await ana.publish("Look", media_ids=[made["id"]])
    answer = await ana.ask(
        "PUT",
        f"/api/v1/statuses/{status['id']}",
        data={"status": "Changed", "media_attributes[][id]": made["id"]},
        files={"media_attributes[][thumbnail]": b"no picture"},
    )
    assert answer.status_code == 422
    assert "Look" in (await ana.get(f"/api/v1/statuses/{status['id']}"))["content"]
