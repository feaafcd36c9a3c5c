"""The page of a public post: its whole visible thread, what belongs to it, and how it read before."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.domains import set_domain_rule
from fediunion.actors.models import DomainAction, Reach
from fediunion.db import now_of
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Poll, Post, PostEdit
from fediunion.social.posts.service.drafts import PollDraft
from fediunion.web.queries import REPLIES
from tests.attacks.front import statements
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion, running, settle
from tests.web.pages.public.looking import BROWSER, assert_same_as_nobody, browse, change, json_ld_of, meta_of


async def alter(union: TestUnion, post: Post, **values: object) -> None:
    """Change the row of a post."""

    def unit(session: Session) -> None:
        for field, value in values.items():
            setattr(session.get_one(Post, post.id), field, value)

    await union.world.db.write(unit)


async def attach(union: TestUnion, post: Post, **values: object) -> None:
    """Give a post a file."""

    def unit(session: Session) -> None:
        session.add(
            Attachment(post_id=post.id, owner_id=post.author_id, created_at=now_of(session), **values)
        )

    await union.world.db.write(unit)


async def test_a_public_post_has_a_page_and_others_have_none(union: TestUnion) -> None:
    public = await union.post("ana", "Seen by all", content_warning="Careful")
    private = await union.post("ana", "Seen by followers", audience=Audience.FOLLOWERS)
    page = await browse(union, f"/@ana/{public.slug}")
    assert page.status == 200
    assert b"Seen by all" in page.body
    assert b"<summary>Careful</summary>" in page.body
    assert (await browse(union, f"/@ana/{private.slug}")).status == 404
    assert (await browse(union, f"/@union/{public.slug}")).status == 404


@pytest.mark.parametrize("audience", [Audience.FOLLOWERS, Audience.LOCAL, Audience.NETWORK, Audience.DIRECT])
async def test_V02_a_post_that_is_not_public_has_the_page_of_no_post(
    union: TestUnion, audience: Audience
) -> None:
    post = await union.post("ana", "Not for strangers", audience=audience)
    for tail in ("", "/history"):
        await assert_same_as_nobody(union, f"/@ana/{post.slug}{tail}", f"/@ana/nothing{tail}", accept=BROWSER)


async def test_V07_the_thread_around_a_post_has_gaps_without_a_hint(
    union: TestUnion, clock: FakeClock
) -> None:
    first = await union.post("jobs", "The beginning")
    clock.advance(minutes=1)
    hidden = await union.post("ana", "Between us", audience=Audience.FOLLOWERS, in_reply_to=first.uri)
    clock.advance(minutes=1)
    below = await union.post("jobs", "Said aloud again", in_reply_to=first.uri)
    await alter(union, below, in_reply_to_id=hidden.id)
    page = await browse(union, f"/@jobs/{first.slug}")
    assert b"The beginning" in page.body
    assert b"Said aloud again" in page.body
    assert b"Between us" not in page.body
    assert b"@ana" not in page.body
    lower = await browse(union, f"/@jobs/{below.slug}")
    assert b"The beginning" in lower.body
    assert b"Between us" not in lower.body


@pytest.mark.parametrize("reach", [Reach.HIDDEN, Reach.FOLLOWABLE])
async def test_I4_a_reply_of_a_member_who_is_not_public_never_shows(union: TestUnion, reach: Reach) -> None:
    first = await union.post("jobs", "The beginning")
    await union.post("ana", "I was here", in_reply_to=first.uri)
    await change(union, "ana", indexable=True)
    assert len(json_ld_of(await browse(union, f"/@jobs/{first.slug}"))[0]["comment"]) == 1
    await change(union, "ana", reach=reach)
    page = await browse(union, f"/@jobs/{first.slug}")
    assert b"I was here" not in page.body
    assert b"@ana" not in page.body
    assert "comment" not in json_ld_of(page)[0]


async def test_answers_to_answers_say_whom_they_answer(union: TestUnion, clock: FakeClock) -> None:
    first = await union.post("jobs", "The beginning")
    clock.advance(minutes=1)
    second = await union.post("ana", "An answer", in_reply_to=first.uri)
    clock.advance(minutes=1)
    await union.post("jobs", "An answer to it", in_reply_to=second.uri)
    text = ((await browse(union, f"/@jobs/{first.slug}")).body.decode()).partition("</head>")[2]
    text = re.sub(r"<[^>]*>", "", text)
    assert text.count("In reply to @ana@nurses.test") == 1
    assert text.index("An answer") < text.index("In reply to") < text.index("An answer to it")


async def test_replies_of_other_servers_are_shown_unless_their_server_is_limited(
    databases: Databases, clock: FakeClock
) -> None:
    internet = FakeInternet()
    nurses = await TestUnion.start(internet, "nurses.test", databases.with_tables(), clock)
    clerks = await TestUnion.start(internet, "clerks.test", databases.with_tables(), clock)
    async with running(nurses, clerks):
        await nurses.member("ana")
        await clerks.member("ben")
        await clerks.follow("ben", "ana@nurses.test")
        await settle(nurses, clerks)
        first = await nurses.post("ana", "The beginning")
        await settle(nurses, clerks)
        await clerks.post("ben", "From afar", in_reply_to=first.uri)
        await settle(nurses, clerks)
        path = f"/@ana/{first.slug}"
        page = await browse(nurses, path)
        assert b"From afar" in page.body
        assert b'href="https://clerks.test/@ben" rel="nofollow noopener noreferrer"' in page.body
        for action in (DomainAction.SILENCE, DomainAction.BLOCK):
            await nurses.world.db.write(set_domain_rule, "clerks.test", action)
            page = await browse(nurses, path)
            assert b"From afar" not in page.body
            assert b"@ben" not in page.body


async def test_V11_a_preview_of_a_post_behind_a_warning_has_the_warning_only(union: TestUnion) -> None:
    post = await union.post("jobs", "The ending of the film", content_warning="Spoiler")
    page = await browse(union, f"/@jobs/{post.slug}")
    assert meta_of(page, "og:description") == meta_of(page, "description") == "Spoiler"
    (data,) = json_ld_of(page)
    assert "ending" not in str(data)
    assert page.body.count(b"The ending of the film") == 1


async def test_V11_what_is_not_listed_or_not_to_be_found_tells_machines_nothing(union: TestUnion) -> None:
    unlisted = await union.post("jobs", "Quietly said", audience=Audience.UNLISTED)
    by_member = await union.post("ana", "Quietly said")
    for path in (f"/@jobs/{unlisted.slug}", f"/@ana/{by_member.slug}"):
        page = await browse(union, path)
        assert meta_of(page, "robots") == "noindex"
        assert meta_of(page, "og:description") is None
        assert json_ld_of(page) == []
        assert b"data-nosnippet" in page.body


async def test_a_post_of_an_institution_is_described_to_machines(union: TestUnion) -> None:
    post = await union.post("jobs", "A nurse is wanted")
    page = await browse(union, f"/@jobs/{post.slug}")
    (data,) = json_ld_of(page)
    assert data["@type"] == "SocialMediaPosting"
    assert data["text"] == "A nurse is wanted"
    assert data["author"]["@type"] == "Organization"
    assert data["url"] == f"https://nurses.test/@jobs/{post.slug}"
    assert meta_of(page, "og:type") == "article"
    assert f'<link rel="canonical" href="{data["url"]}">'.encode() in page.body


async def test_times_of_members_tell_the_minute_only(union: TestUnion) -> None:
    post = await union.post("ana", "Now")
    await alter(union, post, published_at=post.published_at.replace(second=42))
    await change(union, "ana", indexable=True)
    page = await browse(union, f"/@ana/{post.slug}")
    assert json_ld_of(page)[0]["datePublished"].endswith(":00Z")
    assert b":42Z" not in page.body


async def test_W20_files_are_shown_from_here_with_their_words(union: TestUnion) -> None:
    post = await union.post("jobs", "Look")
    url = "https://elsewhere.test/cat.png"
    await attach(union, post, kind="image", remote_url=url, description='A "cat"')
    await attach(union, post, kind="video", remote_url="https://elsewhere.test/cat.mp4", position=1)
    body = (await browse(union, f"/@jobs/{post.slug}")).body.decode()
    assert 'alt="A &#34;cat&#34;"' in body
    sources = re.findall(r'(?:src|poster|href)="([^"]*elsewhere[^"]*)"', body)
    assert sources == []
    assert re.findall(r'<(?:img|video)[^>]* src="([^"]*)"', body)
    for source in re.findall(r'<(?:img|video)[^>]* src="([^"]*)"', body):
        assert source.startswith("https://nurses.test/media/")


async def test_W20_emoji_are_shown_from_here(union: TestUnion) -> None:
    post = await union.post("jobs", "Solidarity :fist: :other:")
    await alter(union, post, emojis=[{"shortcode": "fist", "url": "https://elsewhere.test/fist.png"}])
    body = (await browse(union, f"/@jobs/{post.slug}")).body.decode()
    assert '<img class="emoji" src="https://nurses.test/media/remote/emoji/' in body
    assert ":other:" in body
    assert "https://elsewhere.test" not in body


async def test_sensitive_files_wait_behind_a_click_and_are_in_no_preview(union: TestUnion) -> None:
    post = await union.post("jobs", "Look", sensitive=True)
    await attach(union, post, kind="image", remote_url="https://elsewhere.test/cat.png")
    page = await browse(union, f"/@jobs/{post.slug}")
    assert b"<summary>Sensitive pictures</summary>" in page.body
    assert meta_of(page, "og:image") is None


async def test_a_poll_shows_its_results_and_hides_what_it_says_it_hides(
    union: TestUnion, clock: FakeClock
) -> None:
    draft = PollDraft(
        options=["Yes", "<b>No</b>"], hides_totals=True, ends_at=clock.now() + timedelta(hours=1)
    )
    post = await union.post("jobs", "Shall we?", poll=draft)

    def vote(session: Session) -> None:
        poll = session.get_one(Poll, post.id)
        poll.options, poll.voters_count = (
            [{**poll.options[0], "votes": 3}, {**poll.options[1], "votes": 1}],
            4,
        )

    await union.world.db.write(vote)
    body = (await browse(union, f"/@jobs/{post.slug}")).body
    assert b"&lt;b&gt;No" in body
    assert b'class="meter"' not in body
    clock.advance(hours=2)
    body = (await browse(union, f"/@jobs/{post.slug}")).body
    assert b"75 %" in body
    assert b"4 people voted" in body


async def test_a_quote_shows_the_quoted_post_while_its_author_is_public(union: TestUnion) -> None:
    quoted = await union.post("ana", "Quoted words")
    post = await union.post("jobs", "See below", quote_of_id=quoted.id)
    page = (await browse(union, f"/@jobs/{post.slug}")).body
    assert (b"Quoted words" in page, b"quote-inline" in page) == (True, False)
    await change(union, "ana", reach=Reach.FOLLOWABLE)
    page = (await browse(union, f"/@jobs/{post.slug}")).body
    assert b"See below" in page
    assert (b"Quoted words" in page, b"/@ana" in page) == (False, False)


async def test_V14_a_quote_of_what_is_public_no_more_shows_nothing_of_it(union: TestUnion) -> None:
    quoted = await union.post("ana", "Quoted words")
    post = await union.post("jobs", "See below", quote_of_id=quoted.id)
    await alter(union, quoted, audience=Audience.FOLLOWERS)
    assert b"Quoted words" not in (await browse(union, f"/@jobs/{post.slug}")).body


async def test_V16_how_a_post_read_before_is_shown_with_it_and_without_it_is_not(union: TestUnion) -> None:
    post = await union.post("jobs", "It says this now")

    def edit(session: Session) -> None:
        stored = session.get_one(Post, post.id)
        stored.edited_at = stored.published_at + timedelta(minutes=5)
        session.add(
            PostEdit(
                post_id=post.id,
                content="<p>It said that before</p>",
                content_warning="Old",
                sensitive=False,
                source="",
                title="",
                attachments=[],
                poll_options=[],
                written_at=stored.published_at,
            )
        )

    await union.world.db.write(edit)
    path = f"/@jobs/{post.slug}"
    assert f'href="{path}/history"'.encode() in (await browse(union, path)).body
    page = await browse(union, f"{path}/history")
    assert page.status == 200
    assert b"It said that before" in page.body
    assert b"<summary>Old</summary>" in page.body
    assert meta_of(page, "robots") == "noindex"
    await alter(union, post, audience=Audience.FOLLOWERS)
    await assert_same_as_nobody(union, f"{path}/history", "/@jobs/nothing/history", accept=BROWSER)


async def test_V33_a_deleted_post_is_gone(union: TestUnion) -> None:
    post = await union.post("ana", "Gone tomorrow")
    await alter(union, post, deleted_at=post.published_at)
    page = await browse(union, f"/@ana/{post.slug}")
    assert page.status == 410
    assert b"Gone tomorrow" not in page.body


async def test_R07_a_long_thread_comes_in_pages_that_cost_the_same(union: TestUnion) -> None:
    first = await union.post("jobs", "The beginning")
    for number in range(3):
        await union.post("ana", f"reply {number:03}", in_reply_to=first.uri)
    path = f"/@jobs/{first.slug}"
    with statements() as few:
        await browse(union, path)

    def many(session: Session) -> None:
        for number in range(3, REPLIES + 20):
            session.add(
                Post(
                    uri=f"{first.uri}/{number}",
                    author_id=first.author_id,
                    local=True,
                    slug=f"s{number}",
                    content=f"<p>reply {number:03}</p>",
                    audience=Audience.PUBLIC,
                    in_reply_to_uri=first.uri,
                    in_reply_to_id=first.id,
                    thread_id=first.thread_id,
                    published_at=first.published_at,
                    received_at=first.published_at,
                )
            )

    await union.world.db.write(many)
    with statements() as executed:
        page = await browse(union, path)
    assert len(executed) == len(few) <= 14, executed
    assert page.body.count(b"<p>reply ") == REPLIES
    assert f'href="{path}?from={REPLIES}"'.encode() in page.body
    second = await browse(union, f"{path}?from={REPLIES}")
    assert second.body.count(b"<p>reply ") == 20
    assert meta_of(second, "robots") == "noindex"
    assert (await browse(union, f"{path}?from=-1")).status == 404
    assert (await browse(union, f"{path}?from=x")).status == 404
