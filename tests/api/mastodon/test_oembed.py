"""A post for other websites to show: what everybody may read, and nothing else."""

import pytest

from fediunion.actors.models import Reach
from tests.api.rig import Client, Rig

PATH = "/api/oembed"


async def test_a_public_post_is_shown_by_either_address_to_anybody(rig: Rig, ana: Client) -> None:
    status = await ana.publish("Join <us> & win")
    for address in (status["url"], status["uri"], f"{status['url']}/"):
        shown = await rig.anonymous.get(PATH, url=address)
        assert (shown["type"], shown["version"], shown["width"], shown["height"]) == (
            "rich",
            "1.0",
            400,
            None,
        )
        assert shown["provider_url"] == "https://union.test/"
        assert status["content"] in shown["html"]
        assert "<script" not in shown["html"]
        assert "<iframe" not in shown["html"]


async def test_words_behind_a_warning_stay_behind_it(rig: Rig, ana: Client) -> None:
    status = await ana.publish("Secret ending", spoiler_text='A "film" <b>')
    html = (await rig.anonymous.get(PATH, url=status["url"]))["html"]
    assert "Secret ending" not in html
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize("wish", [{"visibility": "private"}, {"visibility": "direct"}, {"local_only": True}])
async def test_V11_what_is_not_for_everybody_is_not_there_for_its_own_author_either(
    ana: Client, wish: dict[str, object]
) -> None:
    status = await ana.publish("Among us", **wish)
    answer = await ana.ask("GET", PATH, params={"url": status["url"]})
    assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})


async def test_V11_other_addresses_and_deleted_posts_are_not_there(rig: Rig, ana: Client) -> None:
    status = await ana.publish("Hello")
    slug = status["url"].rpartition("/")[2]
    hidden = await rig.member("hid", reach=Reach.HIDDEN)
    secret = await hidden.publish("Nobody knows me")
    wrong = [
        f"https://evil.example/@ana/{slug}",
        f"https://union.test/@ben/{slug}",
        slug,
        "",
        secret["url"],
        "x" * 2000,
    ]
    for address in wrong:
        assert (await rig.anonymous.ask("GET", PATH, params={"url": address})).status_code == 404, address
    await ana.ask("DELETE", f"/api/v1/statuses/{status['id']}")
    assert (await rig.anonymous.ask("GET", PATH, params={"url": status["url"]})).status_code == 404
    xml = await rig.anonymous.ask("GET", PATH, params={"url": status["url"], "format": "xml"})
    assert xml.status_code == 404
