"""The page of a public post with its visible thread, and how the post read before."""

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.models import Actor
from fediunion.social.posts.documents import told_moment
from fediunion.social.posts.endpoints import show_post
from fediunion.social.posts.models import PostEdit
from fediunion.social.posts.queries import PostView
from fediunion.social.posts.quote_links import without_quote_link
from fediunion.web.markup import already_clean
from fediunion.web.pages.public.heads import Head, number_to_start
from fediunion.web.pages.public.profiles import wants_document
from fediunion.web.pages.thread import show_member_thread
from fediunion.web.plugged import feature_cards
from fediunion.web.queries import Thread, get_history, get_thread
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, shown
from fediunion.web.shown import ShownPost
from fediunion.web.structured import description_of_post, json_ld, post_ld
from fediunion.web.views import StrangersEyes
from fediunion.web.visits import Visit


async def show_thread(visit: Visit) -> Response:
    """GET /@name/{slug}: the page, or for servers the same document as the post's own address."""
    request = visit.request
    if wants_document(request):
        return await show_post(request)
    if visit.visitor is not None:
        return await show_member_thread(visit, request.path_params["name"], request.path_params["slug"])
    parts, start = request.path_params, number_to_start(visit)
    thread = await visit.world.db.read(get_thread, parts["name"], parts["slug"], start=start)
    cards = await feature_cards(visit, [*thread.above, thread.post, *thread.replies])
    eyes = StrangersEyes.at(visit.reader.now, visit.settings, cards)
    handles = _handles([*thread.above, thread.post, *thread.replies])
    post = eyes.post(thread.post)
    replies = [eyes.post(view, answering=_answered(view, thread.post, handles)) for view in thread.replies]
    return page(
        visit,
        "public/thread.html",
        about=_head(visit, thread, post, replies, first=start == 0),
        above=[eyes.post(view) for view in thread.above],
        post=post,
        replies=replies,
        earlier=post.path if start else "",
        later=f"{post.path}?from={thread.next_from}" if thread.next_from is not None else "",
    )


async def show_history(visit: Visit) -> Response:
    """GET /@name/{slug}/history: how a public post read before each edit; members have their own."""
    parts = visit.request.path_params
    view, versions = await visit.world.db.read(get_history, parts["name"], parts["slug"])
    if visit.visitor is not None:
        return see_other(visit, f"/posts/{view.post.id}/history")
    post = StrangersEyes.at(visit.reader.now, visit.settings).post(view)
    return page(
        visit,
        "public/history.html",
        about=Head(address=f"{visit.settings.base_url}{post.history}", title=post.author.name, indexed=False),
        post=post,
        versions=[_version(each, view.author) for each in versions],
    )


def _head(
    visit: Visit, thread: Thread, post: ShownPost, replies: Sequence[ShownPost], *, first: bool
) -> Head:
    base_url, stored = visit.settings.base_url, thread.post.post
    indexed = post.listed and first
    pictures = [file for file in post.files if file.kind == "image"]
    open_picture = pictures[0].preview if pictures and not (post.sensitive or post.warning) else ""
    return Head(
        address=f"{base_url}{post.path}",
        title=f"{post.author.name} ({post.author.handle})",
        kind="article",
        description=description_of_post(post) if indexed else "",
        image=(open_picture or post.author.picture) if indexed else "",
        indexed=indexed,
        activity=stored.uri,
        data=json_ld(post_ld(post, base_url, replies)) if indexed else "",
    )


def _handles(views: Sequence[PostView]) -> Mapping[int, str]:
    return {view.post.id: f"@{view.author.username}@{view.author.handle_host}" for view in views}


def _answered(view: PostView, focus: PostView, handles: Mapping[int, str]) -> str:
    """Return whom a reply answers, where that is not the post of the page."""
    above = view.post.in_reply_to_id
    return "" if above is None or above == focus.post.id else handles.get(above, "")


def _version(edit: PostEdit, author: Actor) -> dict[str, object]:
    return {
        "content": already_clean(without_quote_link(edit.content)),
        "title": edit.title,
        "warning": edit.content_warning,
        "written_at": told_moment(edit.written_at, author),
        "options": list(edit.poll_options),
    }


ROUTES: Final[Sequence[BaseRoute]] = (
    shown("/@{name}/{slug}", show_thread, to=Who.ANYBODY),
    shown("/@{name}/{slug}/history", show_history, to=Who.ANYBODY),
)
