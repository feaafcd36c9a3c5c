"""An emoji of ours has one id, in posts and in profiles, and what it names is served there."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.db import now_of, settings_of
from fediunion.social.emoji.models import CustomEmoji
from fediunion.social.emoji.service import find_emoji, remove_emoji, shown_emoji
from tests.social.posts.scene import BASE, Scene, ours
from tests.social.posts.test_endpoints import fetch, json_of

ID = f"{BASE}/emojis/Solidarity"


def _add(session: Session) -> None:
    session.add(
        CustomEmoji(
            shortcode="Solidarity",
            shortcode_key="solidarity",
            file_name="fist.png",
            created_at=now_of(session),
        )
    )


def _wear(session: Session) -> None:
    emoji = find_emoji(session, "Solidarity")
    assert emoji is not None
    ana = ours(session, "ana")
    ana.display_name, ana.emojis = "Ana :Solidarity:", [shown_emoji(emoji, settings_of(session).base_url)]


def _emoji_in(document: Any) -> Any:
    (emoji,) = [tag for tag in document["tag"] if tag["type"] == "Emoji"]
    return emoji


async def test_an_emoji_has_one_id_in_posts_and_profiles_and_is_served_there(scene: Scene) -> None:
    await scene.write(_add)
    await scene.write(_wear)
    post = await scene.union.post("ana", "Together :Solidarity:")
    in_post = _emoji_in(json_of(await fetch(scene, post.uri, scene.bob)))
    in_profile = _emoji_in(json_of(await fetch(scene, f"{BASE}/actors/ana", scene.bob)))
    answer = await fetch(scene, ID, None)
    served = json_of(answer)
    assert answer.headers["content-type"] == "application/activity+json"
    assert in_post == in_profile
    assert in_post["id"] == served["id"] == ID
    assert {name: served[name] for name in in_post} == in_post
    assert served["icon"]["mediaType"] == "image/png"
    assert "updated" in served


@pytest.mark.parametrize("name", ["solidarity", "none", ":Solidarity:"], ids=["case", "unknown", "colons"])
async def test_what_is_no_id_of_an_emoji_is_not_found(scene: Scene, name: str) -> None:
    await scene.write(_add)
    assert (await fetch(scene, f"{BASE}/emojis/{name}", None)).status == 404


async def test_a_removed_emoji_is_not_found(scene: Scene) -> None:
    await scene.write(_add)
    assert (await fetch(scene, ID, None)).status == 200
    await scene.write(remove_emoji, "Solidarity")
    assert (await fetch(scene, ID, None)).status == 404
