"""Somebody on another server with pictures, and a post that has one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from fediunion.activitypub.parse import parse_object
from fediunion.activitypub.vocab import Note
from fediunion.actors.queries import get_actor
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.publishing import remove_post
from fediunion.social.posts.service.remote import record_remote_post
from tests.api.rig import Rig
from tests.fakes.internet import FakeSite
from tests.social.builders import remote_actor
from tests.social.media import samples

EMOJI = {"shortcode": "wave", "url": "https://far.test/wave.gif"}


@dataclass
class Stranger:
    """Zoe on `far.test`; `site` answers for her server."""

    rig: Rig
    site: FakeSite
    actor_id: int
    post_id: int

    async def publish(self, **members: Any) -> int:
        """Return the id of another post of hers; `members` are of its Note."""
        return await _publish(self.rig, self.actor_id, members)

    async def delete_post(self) -> None:
        """Delete her post, as a Delete of hers does."""

        def unit(session: Session) -> None:
            post = find_post(session, self.post_id)
            assert post is not None
            remove_post(session, post)

        await self.rig.world.db.write(unit)


async def stranger_at(rig: Rig, host: str = "far.test") -> Stranger:
    """Return Zoe, known here with a post whose picture tells where it was taken."""
    site = FakeSite()
    rig.internet.join(host, site)
    site.serve("/picture.png", samples.photograph(), content_type="image/png")
    site.serve("/avatar.png", samples.animation(), content_type="image/gif")
    site.serve("/header.png", samples.picture("WEBP"), content_type="image/webp")
    site.serve("/wave.gif", samples.animation(), content_type="image/gif")

    def meet(session: Session) -> int:
        pictures = {"icon_url": f"https://{host}/avatar.png", "header_url": f"https://{host}/header.png"}
        return remote_actor(session, host, "zoe", emojis=[EMOJI], **pictures).id

    actor_id = await rig.world.db.write(meet)
    picture = {"type": "Image", "mediaType": "image/png", "url": f"https://{host}/picture.png", "name": "A"}
    emoji = {"type": "Emoji", "name": ":wave:", "icon": {"type": "Image", "url": EMOJI["url"]}}
    post_id = await _publish(rig, actor_id, {"attachment": [picture], "tag": [emoji]})
    return Stranger(rig, site, actor_id, post_id)


async def _publish(rig: Rig, actor_id: int, members: dict[str, Any]) -> int:
    rig.clock.advance(1)

    def unit(session: Session) -> int:
        author = get_actor(session, actor_id)
        note = {
            "id": f"{author.uri}/notes/{rig.clock.now().timestamp()}",
            "type": "Note",
            "attributedTo": author.uri,
            "content": "<p>Hello :wave:</p>",
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "cc": [],
        }
        document = parse_object(note | members)
        assert isinstance(document, Note)
        post = record_remote_post(session, author, document, wanted=True)
        assert post is not None
        return post.id

    return await rig.world.db.write(unit)
