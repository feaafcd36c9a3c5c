"""Media: uploading, watching, describing, deleting. Source: https://docs.joinmastodon.org/methods/media/"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.api.auth import Caller
from fediunion.api.endpoint import Answer, Call, Endpoint, Json, delete, get, post, put
from fediunion.api.errors import TooManyRequests
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.media_attachment import media_attachment_entity
from fediunion.api.params import Params
from fediunion.db import now_of
from fediunion.kit.errors import Invalid
from fediunion.kit.multipart import UploadedFile
from fediunion.members.attempts import TooManyAttempts
from fediunion.social.media import allowance, service, uploads
from fediunion.social.media.models import FAILED, READY, Attachment
from fediunion.social.media.queries import get_own
from fediunion.social.media.service import MAX_DESCRIPTION, STUCK, Focus, NewThumbnail

_TOO_MUCH: Final = "You have uploaded too much; wait a while."
_PARTIAL: Final = 206
_MOST_DESCRIBED: Final = 16


async def upload(call: Call) -> Answer:
    """Take a file: 200 once it can be posted, 202 with `url` null where that takes longer."""
    attachment, task = await _begin(call)
    done = await uploads.wait_for(call.world, attachment, task)
    return _answer(call, done or attachment, 202)


async def upload_and_wait(call: Call) -> Answer:
    """Take a file, and answer when it can be posted: what older apps expect."""
    attachment, task = await _begin(call)
    return _answer(call, await uploads.finished(call.world, attachment, task), 202)


async def _begin(call: Call) -> uploads.Begun:
    caller, params = call.member, call.params
    file = file_in(params, "file")
    if file is None:
        raise Invalid("A file is needed.", field="file")
    thumbnail = file_in(params, "thumbnail")
    description = params.text("description", most=MAX_DESCRIPTION)
    await check_uploads_left(call, caller)
    return await uploads.begin_upload(
        call.world,
        caller.actor_id,
        file.path,
        thumbnail=None if thumbnail is None else thumbnail.path,
        description=description,
        focus=focus_in(params),
    )


async def check_uploads_left(call: Call, caller: Caller) -> None:
    """Raise TooManyRequests for a member who uploaded as much as may be in an hour (M16)."""
    try:
        await allowance.check_uploads_left(call.world, caller.actor_id)
    except TooManyAttempts as error:
        raise TooManyRequests(_TOO_MUCH, retry_after_seconds=error.retry_after_seconds) from error


async def show_upload(call: Call) -> Answer:
    """Show an upload: 206 while it is being worked on."""
    caller, attachment_id = call.member, call.id

    def load(session: Session) -> Attachment:
        attachment = get_own(session, attachment_id, caller.actor_id)
        stuck = attachment.state != READY and attachment.created_at < now_of(session) - STUCK
        if attachment.state == FAILED or stuck:
            raise Invalid("The file could not be read.", field="file")
        return attachment

    return _answer(call, await call.world.db.read(load), _PARTIAL)


async def change_upload(call: Call) -> Answer:
    """Change what is said about an upload that is not posted yet, or its thumbnail."""
    caller, params, attachment_id = call.member, call.params, call.id
    description = params.text("description", most=MAX_DESCRIPTION) if "description" in params else None
    focus, thumbnail = focus_in(params), file_in(params, "thumbnail")
    changed = await call.world.db.write(
        service.change_upload, attachment_id, caller.actor_id, description=description, focus=focus
    )
    if thumbnail is not None:
        await check_uploads_left(call, caller)
        changed = await uploads.replace_thumbnail(call.world, attachment_id, caller.actor_id, thumbnail.path)
    return _answer(call, changed, _PARTIAL)


async def delete_upload(call: Call) -> Json:
    """Delete an upload that is in no post."""
    await call.world.db.write(service.delete_upload, call.id, call.member.actor_id)
    return {}


async def thumbnails_in(call: Call) -> dict[int, NewThumbnail]:
    """Return by attachment the small pictures that came with an edit, stored."""
    groups = call.params.groups("media_attributes", most=_MOST_DESCRIBED)
    files = {
        group.id("id") or 0: file for group in groups if (file := file_in(group, "thumbnail")) is not None
    }
    if files:
        await check_uploads_left(call, call.member)
    return {
        attachment_id: await uploads.store_thumbnail(call.world, call.member.actor_id, file.path)
        for attachment_id, file in files.items()
    }


def file_in(params: Params, name: str) -> UploadedFile | None:
    """Return an uploaded file; None where there is none. Raises Invalid for a text in its place."""
    value = params.values.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, UploadedFile):
        raise Invalid(f"{name} has to be a file", field=name)
    return value


def focus_in(params: Params) -> Focus:
    """Return the focal point that a client names; what is none is ignored (M18)."""
    return service.focus_in(params.text("focus", most=100))


def _answer(call: Call, attachment: Attachment, unfinished: int) -> Answer:
    frame = frame_for(call.world.settings, call.viewer)
    entity: Entity = media_attachment_entity(attachment, frame)
    return Answer(entity, status=200 if attachment.state == READY else unfinished)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    post("/api/v2/media", upload, "write:media", takes_files=True),
    post("/api/v1/media", upload_and_wait, "write:media", takes_files=True),
    get("/api/v1/media/:id", show_upload, "write:media"),
    put("/api/v1/media/:id", change_upload, "write:media", takes_files=True),
    put("/api/v2/media/:id", change_upload, "write:media", takes_files=True),
    delete("/api/v1/media/:id", delete_upload, "write:media"),
)
