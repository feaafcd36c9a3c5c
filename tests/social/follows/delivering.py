"""A signed delivery with further headers, which Stranger.post does not take."""

from collections.abc import Mapping

import orjson
from multidict import CIMultiDict

from fediunion.kit.urls import parse_remote_url
from tests.fakes.signing import signed_headers
from tests.fakes.stranger import HONEST, Json
from tests.social.posts.scene import BASE, Scene


async def deliver(scene: Scene, activity: Json, headers: Mapping[str, str]) -> None:
    """POST an activity of Bob to the shared inbox, signed by him."""
    body, url = orjson.dumps(activity), f"{BASE}/inbox"
    signed = CIMultiDict(
        signed_headers(
            HONEST, url=url, body=body, key=scene.bob.rsa, key_id=scene.bob.key_id, now=scene.clock.now()
        )
    )
    signed.update({"content-type": "application/activity+json", **headers})
    answer = await scene.internet.send(
        "POST", parse_remote_url(url), signed, body, max_bytes=1 << 20, deadline_seconds=600
    )
    assert answer.status == 202
