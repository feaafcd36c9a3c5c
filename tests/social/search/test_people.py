"""Finding accounts, hashtags and servers by how they begin."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor, ActorKind, Instance, Reach
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.db import Database, now_of
from fediunion.social.search.people import search_accounts, search_peers, search_tags
from tests.social.builders import let_follow, local_actor, post_by, remote_actor
from tests.social.plans import full_scans, plan_of, pretend_large


def _find(session: Session, text: str, viewer: Viewer, **more: Any) -> Sequence[Actor]:
    session.flush()
    return search_accounts(session, text, viewer, **{"limit": 20, "offset": 0, "following": False, **more})


def _viewer(actor: Actor) -> Viewer:
    return Viewer(actor.id, None, is_member=True)


async def test_accounts_are_found_by_handle_and_name_with_those_followed_first(social: Database) -> None:
    def work(session: Session) -> None:
        me, bea = local_actor(session, "anna"), local_actor(session, "bea")
        far = remote_actor(session, "far.test", "beatrix", display_name="Grève Générale", discoverable=True)
        shy = remote_actor(session, "far.test", "ben", display_name="Beate Général")
        viewer = _viewer(me)
        assert _find(session, "be", viewer) == [bea, far, shy]
        let_follow(session, me, shy)
        assert _find(session, "be", viewer) == [shy, bea, far]
        assert _find(session, "be", viewer, following=True) == [shy]
        assert _find(session, "be", viewer, limit=1, offset=1) == [bea]
        assert _find(session, "greve", viewer) == [far]
        assert _find(session, "general grev", viewer) == [far]
        assert _find(session, "@beatrix@far", viewer) == [far]
        assert _find(session, "eatrix", viewer) == []

    await social.write(work)


async def test_by_the_name_is_found_who_wants_that_or_is_followed(social: Database) -> None:
    def work(session: Session) -> None:
        me, shy = local_actor(session, "anna"), remote_actor(session, "far.test", "zoe", display_name="Beate")
        assert _find(session, "beate", _viewer(me)) == []
        let_follow(session, me, shy)
        assert _find(session, "beate", _viewer(me)) == [shy]
        shy.display_name = "Carla"
        assert (_find(session, "beate", _viewer(me)), _find(session, "carla", _viewer(me))) == ([], [shy])

    await social.write(work)


async def test_V09_a_hidden_member_is_found_by_members_only(social: Database) -> None:
    def work(session: Session) -> None:
        hidden, me = local_actor(session, "hilda", Reach.HIDDEN), local_actor(session, "anna")
        hidden.display_name = "Beate"
        for text in ("hilda", "@hilda", "hi", "beate"):
            assert _find(session, text, ANONYMOUS) == []
            assert _find(session, text, Viewer(None, "far.test")) == []
            assert _find(session, text, _viewer(me)) == [hidden]

    await social.write(work)


async def test_a_bot_that_wants_not_to_be_discovered_is_found_by_its_whole_handle_or_by_who_follows_it(
    social: Database,
) -> None:
    def work(session: Session) -> None:
        me, other = local_actor(session, "anna"), local_actor(session, "bea")
        own = local_actor(session, "p-secret", kind=ActorKind.SEARCH)
        own.display_name, own.discoverable = "Vacancies", False
        far = remote_actor(session, "far.test", "p-sealed", wire_type="Service", display_name="Vacancies")
        let_follow(session, other, far)
        for text in ("p-", "p-secre", "@p-seale", "p-sealed@far.tes", "vacancies"):
            assert _find(session, text, _viewer(me)) == [], text
        assert _find(session, "P-secret", _viewer(me)) == [own]
        assert _find(session, f"@p-secret@{own.handle_host}", _viewer(me)) == [own]
        for text in ("p-sealed", "@p-sealed@far.test"):
            assert _find(session, text, _viewer(me)) == [far]
        for text in ("p-", "vacancies"):
            assert _find(session, text, _viewer(other)) == [far]

    await social.write(work)


async def test_hashtags_are_found_that_anybody_may_read_by_name(social: Database) -> None:
    def work(session: Session) -> None:
        author = local_actor(session, "anna")
        for _ in range(3):
            post_by(session, author, tags=["strike", "strikers", "stroll"])
        post_by(session, author, Audience.DIRECT, tags=["strikesecret"])
        session.flush()
        assert list(search_tags(session, "#Strik", limit=9, offset=0)) == ["strike", "strikers"]
        assert list(search_tags(session, "str", limit=1, offset=2)) == ["stroll"]
        assert list(search_tags(session, "%", limit=9, offset=0)) == []
        assert list(search_tags(session, "", limit=9, offset=0)) == []

    await social.write(work)


async def test_servers_are_found_by_how_they_begin(social: Database) -> None:
    def work(session: Session) -> None:
        session.add_all(
            Instance(host=host, first_seen_at=now_of(session)) for host in ("far.test", "fair.test")
        )
        session.flush()
        assert list(search_peers(session, "FA", limit=5)) == ["fair.test", "far.test"]
        assert list(search_peers(session, "far", limit=5)) == ["far.test"]
        assert list(search_peers(session, "", limit=5)) == []

    await social.write(work)


async def test_R12_no_table_is_read_whole_for_people_tags_and_servers(social: Database) -> None:
    def work(session: Session) -> None:
        me = local_actor(session, "anna")
        post_by(session, me, tags=["strike"])
        session.flush()
        pretend_large(session)
        for viewer in (_viewer(me), ANONYMOUS):
            assert full_scans(plan_of(session, partial(_find, text="an", viewer=viewer))) == []
        tags = plan_of(session, lambda s: search_tags(s, "st", limit=5, offset=0))
        # What is read whole is the short list of the names that were found.
        assert [line for line in full_scans(tags) if "names" not in line] == []
        assert full_scans(plan_of(session, lambda s: search_peers(s, "fa", limit=5))) == []

    await social.write(work)


async def test_O16_whatever_is_typed_finds_accounts_and_hashtags_or_none(social: Database) -> None:
    me = await social.write(local_actor, "anna")

    def ask(session: Session) -> None:
        characters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")

        @settings(max_examples=80)
        @given(st.text(st.one_of(st.sampled_from('"-:*()@ %_\\'), characters), max_size=40))
        def answers(text: str) -> None:
            search_accounts(session, text, _viewer(me), limit=5, offset=0, following=False)
            search_tags(session, text, limit=5, offset=0)
            search_peers(session, text, limit=5)

        answers()

    await social.read(ask)
