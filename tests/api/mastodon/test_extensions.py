"""What posts say and take beyond the Mastodon API: Markdown, and audiences in our words."""

import asyncio

import pytest
from sqlalchemy.orm import Session

from fediunion.outbox.models import OutboxActivity
from fediunion.social.posts.models import Post
from tests.api.rig import Client, Rig


async def test_a_post_in_markdown_is_shown_as_html_and_given_back_as_typed(ana: Client, ben: Client) -> None:
    text = "# Strike\n\n**@ben**: *now* `@carl` #Pay\n\n<script>x</script>"
    status = await ana.publish(text, content_type="text/markdown")
    content = status["content"]
    assert content.startswith('<p><strong>Strike</strong></p><p><strong><span class="h-card">')
    assert "<em>now</em> <code>@carl</code>" in content
    assert "&lt;script&gt;x&lt;/script&gt;" in content
    assert [each["acct"] for each in status["mentions"]] == ["ben"]
    assert [each["name"] for each in status["tags"]] == ["pay"]
    source = await ana.get(f"/api/v1/statuses/{status['id']}/source")
    assert (source["text"], source["content_type"]) == (text, "text/markdown")
    assert [each["type"] for each in await ben.get("/api/v1/notifications")] == ["mention"]


async def test_an_edit_stays_in_markdown_unless_it_says_otherwise(ana: Client) -> None:
    status = await ana.publish("*a*", content_type="text/markdown")
    path = f"/api/v1/statuses/{status['id']}"
    assert (await ana.ask("PUT", path, json={"status": "*b*"})).json()["content"] == "<p><em>b</em></p>"
    plain = {"status": "*c*", "content_type": "text/plain"}
    assert (await ana.ask("PUT", path, json=plain)).json()["content"] == "<p>*c*</p>"
    assert (await ana.ask("PUT", path, json={"status": "*d*"})).json()["content"] == "<p>*d*</p>"
    wrong = await ana.ask("PUT", path, json={"status": "x", "content_type": "text/html"})
    assert wrong.json()["details"]["content_type"][0]["error"] == "ERR_INCLUSION"


async def test_markdown_travels_as_html_with_its_source(rig: Rig, ana: Client) -> None:
    await ana.publish("*a*", content_type="text/markdown")

    def sent(session: Session) -> str:
        return session.query(OutboxActivity).one().body

    body = await rig.world.db.read(sent)
    assert '"content":"<p><em>a</em></p>"' in body
    assert '"source":{"content":"*a*","mediaType":"text/markdown"}' in body


async def test_the_instance_says_what_can_be_typed(rig: Rig) -> None:
    for version in ("v1", "v2"):
        configuration = (await rig.anonymous.get(f"/api/{version}/instance"))["configuration"]
        assert configuration["statuses"]["supported_mime_types"] == ["text/plain", "text/markdown"]


@pytest.mark.parametrize(
    ("body", "audience", "visibility", "local_only"),
    [
        ({"local_only": True}, "local", "private", True),
        ({"audience": "local"}, "local", "private", True),
        ({"audience": "network"}, "network", "private", False),
        ({"audience": "unlisted", "visibility": "public"}, "unlisted", "unlisted", False),
        ({"audience": "direct"}, "direct", "direct", False),
        ({"visibility": "private"}, "followers", "private", False),
        ({}, "public", "public", False),
    ],
)
async def test_an_audience_is_said_in_our_words_and_in_those_of_others(
    ana: Client, body: dict[str, object], audience: str, visibility: str, local_only: bool
) -> None:
    status = await ana.publish("Hello", **body)
    assert status["fediunion"] == {"audience": audience}
    assert (status["visibility"], status["local_only"]) == (visibility, local_only)


async def test_O24_requests_that_come_together_with_one_key_make_one_post(rig: Rig, ana: Client) -> None:
    async def publish(number: int) -> str:
        body, headers = {"status": f"Hello {number}"}, {"Idempotency-Key": "key"}
        answer = await ana.ask("POST", "/api/v1/statuses", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    for _ in range(3):
        assert len(set(await asyncio.gather(*(publish(number) for number in range(6))))) == 1

    def count(session: Session) -> int:
        return session.query(Post).filter_by(author_id=ana.actor_id).count()

    assert await rig.world.db.read(count) == 1
    assert (await rig.actor(ana)).posts_count == 1
