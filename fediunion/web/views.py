"""People and posts out of the database as templates show them to strangers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType

from markupsafe import Markup

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.config import FederationMode, Settings
from fediunion.social.media.addresses import MediaAddresses
from fediunion.social.media.models import READY
from fediunion.social.posts.documents import told_moment
from fediunion.social.posts.models import Poll, Post
from fediunion.social.posts.queries import PostView
from fediunion.social.posts.quote_links import without_quote_link
from fediunion.web.emoji import text_with_emoji, with_emoji
from fediunion.web.rows import shown_card, shown_files, shown_poll
from fediunion.web.shown import AUDIENCES, FeatureCard, ShownPerson, ShownPoll, ShownPost, shown_person


@dataclass(frozen=True)
class StrangersEyes:
    """How somebody without an account sees things at a moment. `federates`: other servers can reach us."""

    addresses: MediaAddresses
    now: datetime
    federates: bool
    cards: Mapping[int, FeatureCard] = field(default_factory=dict)

    @classmethod
    def at(
        cls, now: datetime, settings: Settings, cards: Mapping[int, FeatureCard] = MappingProxyType({})
    ) -> "StrangersEyes":
        """Return the eyes for an instance; `cards` are those of posts (web/plugged.py)."""
        federates = settings.federation.mode is not FederationMode.OFF
        return cls(MediaAddresses.of(settings), now, federates, cards)

    def person(self, actor: Actor) -> ShownPerson:
        """Return an actor; one of elsewhere leads to its own server."""
        picture = self.addresses.avatar(actor) if actor.icon_url else ""
        person = shown_person(actor, self.addresses, picture=picture)
        return person if actor.local else replace(person, path=actor.url or actor.uri)

    def post(self, view: PostView, *, answering: str = "") -> ShownPost:
        """Return a post; of a boost, the boosted post and who boosted it.

        Of what a member of ours wrote the minute is told, not the second.
        """
        if view.boosted is not None:
            return replace(self.post(view.boosted), boosted_by=self.person(view.author).shown_name)
        post, author = view.post, view.author
        # Whom strangers are not shown is not linked either, though a post of theirs be quoted.
        words = without_quote_link(post.content) if post.quote_state else post.content
        path = f"/@{author.username}/{post.slug}" if author.local else post.url or post.uri
        return ShownPost(
            path=path,
            author=self.person(author),
            audience=AUDIENCES[Audience(post.audience)],
            published_at=told_moment(post.published_at, author),
            content=with_emoji(words, post.emojis, self.addresses),
            title=post.title,
            language=post.language or "",
            warning=post.content_warning,
            pictured_warning=self._written(post, post.content_warning),
            edited=post.edited_at is not None,
            sensitive=post.sensitive or author.sensitized_at is not None,
            files=shown_files([each for each in view.attachments if each.state == READY], self.addresses),
            poll=None if view.poll is None else self._poll(view.poll, post, author),
            card=shown_card(post, self.addresses),
            quoted=None if view.quoted is None else self.post(view.quoted),
            answering=answering,
            history=f"{path}/history" if author.local and post.edited_at is not None else "",
            interact=post.uri if author.local and self.federates else "",
            listed=author.indexable and post.audience == Audience.PUBLIC,
            feature_card=self.cards.get(post.id),
        )

    def _poll(self, poll: Poll, post: Post, author: Actor) -> ShownPoll:
        shown = shown_poll(poll, self.now, can_vote=False, written=partial(self._written, post))
        ends_at = shown.ends_at
        return shown if ends_at is None else replace(shown, ends_at=told_moment(ends_at, author))

    def _written(self, post: Post, text: str) -> Markup:
        return text_with_emoji(text, post.emojis, self.addresses)
