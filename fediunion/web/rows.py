"""Posts as one member is shown them: with files, polls, quotes, what the member did and may do."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.kit.errors import Invalid
from fediunion.kit.html import html_to_text
from fediunion.kit.sentences import Sentence
from fediunion.social.filters.matching import Screen, fold
from fediunion.social.filters.models import FilterAction
from fediunion.social.filters.screens import screen_of
from fediunion.social.media.addresses import MediaAddresses
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Poll, Post
from fediunion.social.posts.queries import PostView, views_of
from fediunion.social.posts.quote_links import without_quote_link
from fediunion.social.posts.service.quotes import REJECTED
from fediunion.web.emoji import text_with_emoji, with_emoji
from fediunion.web.plugged import feature_cards
from fediunion.web.shown import (
    AUDIENCES,
    FeatureCard,
    PostActions,
    ShownCard,
    ShownFile,
    ShownOption,
    ShownPerson,
    ShownPoll,
    ShownPost,
    shown_person,
)
from fediunion.web.visits import Visit

_NO_BOOST: Final = {
    Audience.FOLLOWERS: Sentence("It is for followers only."),
    Audience.NETWORK: Sentence("This post stays in the union network."),
    Audience.LOCAL: Sentence("This post stays on this server."),
    Audience.DIRECT: Sentence("Only people named can read it."),
}
_NO_QUOTE: Final = Sentence("The quoted post is not shown.")
_PENDING_QUOTE: Final = Sentence("The quoted post is shown once its author agrees.")
_REFUSED: Final = Sentence("The author of the post that you reply to did not accept your reply.")
_THIRDS: Final = 1 / 3


async def load_rows(visit: Visit, post_ids: Sequence[int], *, back: str, context: str) -> list[ShownPost]:
    """Return the posts that the member may see, in that order; `context` is the place that filters name.

    Posts that a filter hides there are left out.
    """
    views = await visit.world.db.read(views_of, post_ids, visit.member.viewer)
    return await show_rows(visit, views, back=back, context=context)


async def show_rows(visit: Visit, views: Iterable[PostView], *, back: str, context: str) -> list[ShownPost]:
    """Return posts that were loaded for the member as rows."""
    listed = list(views)
    screen = await screen_of(visit.world, visit.member.viewer)
    place = Place(visit, back, context, screen, await feature_cards(visit, listed))
    return [row for view in listed if (row := place.row(view)) is not None]


def may_boost(view: PostView, viewer: Viewer) -> bool:
    """Return whether the viewer may pass a post on: what is public, and one's own for followers."""
    audience = Audience(view.post.audience)
    own = view.post.author_id == viewer.actor_id
    return audience.is_public or (own and audience == Audience.FOLLOWERS)


@dataclass(frozen=True)
class Place:
    """Where posts are shown to whom: the page that buttons come `back` to, and the reader's filters."""

    visit: Visit
    back: str
    context: str
    screen: Screen | None = None
    cards: Mapping[int, FeatureCard] = field(default_factory=dict)

    def row(self, view: PostView) -> ShownPost | None:
        """Return a post, of a boost what it boosts; None for one that a filter hides here."""
        about = view.boosted or view
        filtered = self._filtered(view, about)
        if filtered is None:
            return None
        shown = replace(self.shown(about), number=str(view.post.id), filtered=filtered)
        if view.boosted is None:
            return shown
        return replace(shown, boosted_by=self.person(view.author).shown_name)

    def shown(self, view: PostView, *, quoted: bool = False) -> ShownPost:
        """Return a post with everything that belongs to it; one that is quoted has no buttons."""
        post = view.post
        words = post.content if quoted or not post.quote_state else without_quote_link(post.content)
        return ShownPost(
            path=f"/posts/{post.id}",
            author=self.person(view.author),
            audience=AUDIENCES[Audience(post.audience)],
            published_at=post.published_at,
            content=with_emoji(words, post.emojis, self._addresses),
            title=post.title,
            language=post.language or "",
            warning=post.content_warning,
            pictured_warning=text_with_emoji(post.content_warning, post.emojis, self._addresses),
            edited=post.edited_at is not None,
            number=str(post.id),
            actions=None if quoted else self._actions(view),
            answers=f"/posts/{post.in_reply_to_id}" if post.in_reply_to_id is not None else "",
            sensitive=post.sensitive or view.author.sensitized_at is not None,
            files=shown_files(view.attachments, self._addresses),
            poll=None if view.poll is None else self._poll(view, view.poll),
            card=shown_card(post, self._addresses),
            quoted=None if view.quoted is None or quoted else self.shown(view.quoted, quoted=True),
            no_quote="" if view.quoted is not None or quoted else _no_quote(post.quote_state),
            refused=_REFUSED if self._is_refused(post) else "",
            feature_card=self.cards.get(post.id),
        )

    def person(self, actor: Actor) -> ShownPerson:
        """Return somebody with a picture that is fetched from here."""
        has_picture = actor.icon_url and actor.suspended_at is None
        picture = self._addresses.avatar(actor) if has_picture else ""
        return shown_person(actor, self._addresses, picture=picture)

    @property
    def _addresses(self) -> MediaAddresses:
        return MediaAddresses.of(self.visit.settings)

    def _is_refused(self, post: Post) -> bool:
        return post.approval_state == REJECTED and post.author_id == self.visit.member.actor_id

    def _filtered(self, view: PostView, about: PostView) -> str | None:
        if self.screen is None or about.post.author_id == self.visit.member.actor_id:
            return ""
        ids = {view.post.id, about.post.id}
        found = [
            match.view.filter
            for match in self.screen.matches(fold(_written_in(about)), ids, self.visit.reader.now)
            if self.context in match.view.filter.contexts
        ]
        if any(each.action == FilterAction.HIDE for each in found):
            return None
        return found[0].title if found else ""

    def _actions(self, view: PostView) -> PostActions:
        post, can_boost = view.post, may_boost(view, self.visit.member.viewer)
        return PostActions(
            path=f"/posts/{post.id}",
            reply_path=f"/compose?reply={post.id}",
            back=self.back,
            replies=post.replies_count,
            boosts=post.boosts,
            favourites=post.favourites,
            boosted=view.is_boosted,
            favourited=view.favourited,
            bookmarked=view.bookmarked,
            no_boost="" if can_boost else _NO_BOOST.get(Audience(post.audience), ""),
        )

    def _poll(self, view: PostView, poll: Poll) -> ShownPoll:
        others = view.post.author_id != self.visit.member.actor_id
        return shown_poll(
            poll,
            self.visit.reader.now,
            view.own_choices,
            can_vote=others,
            written=lambda words: text_with_emoji(words, view.post.emojis, self._addresses),
        )


def shown_files(attachments: Iterable[Attachment], addresses: MediaAddresses) -> list[ShownFile]:
    """Return what is attached to a post, with addresses of this server."""
    return [
        ShownFile(
            kind=each.kind,
            address=addresses.original(each) or "",
            preview=addresses.preview(each) or "",
            description=each.description,
            focus=focus_class(each.focal_x, each.focal_y),
        )
        for each in attachments
    ]


def shown_card(post: Post, addresses: MediaAddresses) -> ShownCard | None:
    """Return the preview of the link that a post is about; None where there is none, or files are shown."""
    card = post.card
    address, title = str(card.get("url") or ""), str(card.get("title") or "").strip()
    if not title or not address.startswith(("https://", "http://")):
        return None
    image = card.get("image") if not post.sensitive and "card_id" in card else None
    return ShownCard(
        address=address,
        title=title,
        description=str(card.get("description") or ""),
        provider=str(card.get("provider_name") or "") or urlsplit(address).hostname or "",
        language=str(card.get("language") or ""),
        picture=addresses.card(card["card_id"], image) if image else "",
        picture_description=str(card.get("image_description") or ""),
    )


def shown_poll(
    poll: Poll,
    now: datetime,
    own_choices: Sequence[int] = (),
    *,
    can_vote: bool,
    written: Callable[[str], Markup],
) -> ShownPoll:
    """Return a poll as it stands; while it hides its votes until the end, without them.

    `can_vote`: the reader may where the poll is open and the reader did not vote yet. `written` makes the
    pictures of emoji in an answer.
    """
    ended = poll.closed_at is not None or (poll.ends_at is not None and poll.ends_at <= now)
    hidden = poll.hides_totals and not ended
    votes = [int(option.get("votes") or 0) for option in poll.options]
    voters = poll.voters_count or sum(votes)
    options = [
        ShownOption(
            number=number,
            words=written(str(option["name"])),
            votes=0 if hidden else votes[number],
            share=None if hidden else min(round(100 * votes[number] / max(voters, 1)), 100),
            is_own=number in own_choices,
        )
        for number, option in enumerate(poll.options)
    ]
    return ShownPoll(
        options=options,
        can_vote=can_vote and not ended and not own_choices,
        multiple=poll.multiple,
        has_ended=ended,
        ends_at=poll.ends_at or poll.closed_at,
        voters=voters,
    )


def focus_class(x: float | None, y: float | None) -> str:
    """Return the class of the ninth of a picture in which its focal point is, "" for the middle."""
    if x is None or y is None:
        return ""
    column = "start" if x < -_THIRDS else "end" if x > _THIRDS else "middle"
    line = "top" if y > _THIRDS else "bottom" if y < -_THIRDS else "middle"
    return "" if column == line == "middle" else f"focus-{line}-{column}"


def local_moment(moment: datetime, visit: Visit) -> str:
    """Return a moment as a field of a form has it (`2027-01-08T23:59`), in the reader's zone."""
    return moment.astimezone(visit.reader.zone).strftime("%Y-%m-%dT%H:%M")


def moment_in(text: str, visit: Visit, field: str) -> datetime | None:
    """Return the moment in a field of a form, None for an empty one. Raises Invalid for what is none."""
    if not text:
        return None
    try:
        local = datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=visit.reader.zone)
    except ValueError as error:
        raise Invalid(Sentence("Give a day and a time."), field=field) from error
    return local.astimezone(UTC)


def _no_quote(state: str) -> str | Sentence:
    return "" if not state else _PENDING_QUOTE if state == "pending" else _NO_QUOTE


def _written_in(view: PostView) -> str:
    options = [str(option["name"]) for option in view.poll.options] if view.poll is not None else []
    described = [each.description for each in view.attachments]
    words = without_quote_link(view.post.content)
    return "\n\n".join(
        [view.post.content_warning, html_to_text(words), view.post.title, *options, *described]
    )


def own_actor(session: Session, visit: Visit) -> Actor:
    """Return the member's own actor, as it is in this unit of work."""
    return session.get_one(Actor, visit.member.actor_id)
