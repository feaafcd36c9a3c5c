"""Posts out of the database as templates show them to strangers."""

from datetime import datetime

from markupsafe import Markup

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind
from fediunion.social.media.addresses import MediaAddresses
from fediunion.social.media.models import READY, Attachment
from fediunion.social.posts.models import Poll
from fediunion.social.posts.queries import PostView
from fediunion.web.shown import (
    AUDIENCES,
    ShownFile,
    ShownOption,
    ShownPerson,
    ShownPoll,
    ShownPost,
    shown_person,
)


def stranger_person(actor: Actor, addresses: MediaAddresses) -> ShownPerson:
    """Return an actor as a stranger sees it: one of elsewhere leads to its own server."""
    picture = addresses.avatar(actor) if actor.icon_url else ""
    person = shown_person(actor, picture=picture)
    if actor.local:
        return person
    return ShownPerson(
        name=person.name, handle=person.handle, path=actor.url or actor.uri, picture=person.picture
    )


def stranger_post(
    view: PostView, addresses: MediaAddresses, now: datetime, *, answering: str = ""
) -> ShownPost:
    """Return a post as a stranger sees it; of a boost, the boosted post and who boosted it.

    Of what a member of ours wrote the minute is told, not the second (privacy 3.5).
    """
    if view.boosted is not None:
        boosted = stranger_post(view.boosted, addresses, now)
        return ShownPost(**{**vars(boosted), "boosted_by": view.author.display_name or view.author.username})
    post, author = view.post, view.author
    path = f"/@{author.username}/{post.slug}" if author.local else post.url or post.uri
    return ShownPost(
        path=path,
        author=stranger_person(author, addresses),
        audience=AUDIENCES[Audience(post.audience)],
        published_at=told_moment(post.published_at, author),
        content=Markup(post.content),  # noqa: S704 - cleaned when it was written
        language=post.language or "",
        warning=post.content_warning,
        edited=post.edited_at is not None,
        title=post.title,
        sensitive=(post.sensitive or author.sensitized_at is not None) and not post.content_warning,
        files=[_file(each, addresses) for each in view.attachments if each.state == READY],
        poll=None if view.poll is None else _poll(view.poll, now),
        quoted=None if view.quoted is None else stranger_post(view.quoted, addresses, now),
        answering=answering,
        history=f"{path}/history" if author.local and post.edited_at is not None else "",
        interact=post.uri if author.local else "",
        listed=author.indexable and post.audience == Audience.PUBLIC,
    )


def told_moment(moment: datetime, author: Actor) -> datetime:
    """Return when, as strangers are told it: of members of ours without seconds."""
    person = author.local and author.kind == ActorKind.MEMBER
    return moment.replace(second=0, microsecond=0) if person else moment


def _poll(poll: Poll, now: datetime) -> ShownPoll:
    """Return a poll as it stands; while it hides its votes until the end, without them."""
    ended = poll.closed_at is not None or (poll.ends_at is not None and poll.ends_at <= now)
    votes = [int(option.get("votes") or 0) for option in poll.options]
    voters, shows = poll.voters_count or sum(votes), ended or not poll.hides_totals
    return ShownPoll(
        options=[
            ShownOption(
                number=number,
                words=str(option["name"]),
                votes=votes[number] if shows else 0,
                share=min(round(100 * votes[number] / max(voters, 1)), 100) if shows else None,
                is_own=False,
            )
            for number, option in enumerate(poll.options)
        ],
        can_vote=False,
        multiple=poll.multiple,
        has_ended=ended,
        ends_at=poll.ends_at or poll.closed_at,
        voters=voters,
    )


def _file(attachment: Attachment, addresses: MediaAddresses) -> ShownFile:
    return ShownFile(
        kind=attachment.kind,
        address=addresses.original(attachment) or "",
        preview=addresses.preview(attachment) or "",
        description=attachment.description,
    )
