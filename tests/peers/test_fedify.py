"""Federation with an independent implementation: @fedify/fedify on Node, in both signature schemes."""

from functools import partial

import pytest

from tests.federation.processes import Client, eventually
from tests.peers.conftest import Meeting

# One process meets both peers: each meeting has servers of its own.
pytestmark = pytest.mark.peer


def test_a_stranger_follows_a_public_member_and_gets_an_accept_with_a_whole_follow(meeting: Meeting) -> None:
    ana, peer = meeting.ana, meeting.peer
    before = ana.account(ana.handle)["followers_count"]
    follow = peer.ask("follow", actor=ana.uri)
    accept = eventually(lambda: peer.received("Accept", actor=ana.uri, object=follow["id"]))
    assert accept["activity"]["object"]["actor"] == peer.uri("pia")
    assert accept["activity"]["object"]["object"] == ana.uri
    assert ana.account(ana.handle)["followers_count"] == before + 1
    peer.ask("unfollow", id=follow["id"])
    eventually(lambda: ana.account(ana.handle)["followers_count"] == before)


def test_a_member_follows_a_stranger_and_reads_what_it_posts_edits_and_deletes(meeting: Meeting) -> None:
    ana, peer = meeting.ana, meeting.peer
    account = ana.account(f"pia@{peer.domain}")
    assert account["acct"] == f"pia@{peer.domain}"
    assert account["note"] == "<p>Speaks another dialect.</p>"
    ana.call("POST", f"/api/v1/accounts/{account['id']}/follow")
    eventually(lambda: ana.relationship(account["id"])["following"])
    assert peer.received("Follow", actor=ana.uri, object=peer.uri("pia"))

    note = peer.ask("note", id=f"greeting-{ana.name}", content="<p>Hello <b>over</b> there</p>")
    status = eventually(lambda: ana.find_at_home(note["id"]))
    assert status["content"] == "<p>Hello <b>over</b> there</p>"
    assert status["visibility"] == "public"
    assert status["account"]["acct"] == f"pia@{peer.domain}"

    peer.ask("edit", id=f"greeting-{ana.name}", content="<p>Hello again</p>")
    eventually(lambda: ana.shown(status["id"])["content"] == "<p>Hello again</p>")
    assert ana.shown(status["id"])["edited_at"] is not None

    peer.ask("delete", id=f"greeting-{ana.name}")
    eventually(lambda: ana.status_code(f"/api/v1/statuses/{status['id']}") == 404)
    assert ana.find_at_home(note["id"]) is None


def test_a_strangers_reply_stands_in_the_thread_of_the_post(meeting: Meeting) -> None:
    ana, peer = meeting.ana, meeting.peer
    post = ana.post("Who takes Sunday?")
    reply = peer.ask(
        "note", id=f"reply-{ana.name}", content="<p>I do</p>", inReplyTo=post["uri"], to=[ana.uri]
    )
    thread = eventually(
        lambda: ana.call("GET", f"/api/v1/statuses/{post['id']}/context")["descendants"], what="the reply"
    )
    assert [(each["uri"], each["in_reply_to_id"]) for each in thread] == [(reply["id"], post["id"])]
    assert thread[0]["content"] == "<p>I do</p>"
    assert ana.shown(post["id"])["replies_count"] == 1


def test_a_stranger_likes_and_boosts_and_takes_both_back(meeting: Meeting) -> None:
    ana, peer = meeting.ana, meeting.peer
    post = ana.post("Please pass this on")

    def counts() -> tuple[int, int]:
        shown = ana.shown(post["id"])
        return shown["favourites_count"], shown["reblogs_count"]

    like, boost = peer.ask("like", object=post["uri"]), peer.ask("boost", object=post["uri"])
    eventually(lambda: counts() == (1, 1), what="a like and a boost")
    peer.ask("unlike", id=like["id"])
    peer.ask("unboost", id=boost["id"])
    eventually(lambda: counts() == (0, 0), what="both taken back")


def test_a_stranger_verifies_what_a_member_publishes_with_a_proof(meeting: Meeting) -> None:
    ana, peer = meeting.ana, meeting.peer
    follow = peer.ask("follow", actor=ana.uri)
    eventually(lambda: peer.received("Accept", object=follow["id"]))

    post = ana.post("Night shifts are too long", language="en")
    created = eventually(lambda: peer.received("Create", actor=ana.uri, object=post["uri"]))
    assert created["proof"] == "valid"
    note = created["activity"]["object"]
    assert (note["type"], note["attributedTo"], note["contentMap"]) == (
        "Note",
        ana.uri,
        {"en": "<p>Night shifts are too long</p>"},
    )

    ana.call("PUT", f"/api/v1/statuses/{post['id']}", json={"status": "Night shifts are far too long"})
    updated = eventually(lambda: peer.received("Update", actor=ana.uri, object=post["uri"]))
    assert updated["proof"] == "valid"
    assert updated["activity"]["object"]["content"] == "<p>Night shifts are far too long</p>"

    ana.call("DELETE", f"/api/v1/statuses/{post['id']}")
    deleted = eventually(lambda: peer.received("Delete", actor=ana.uri, object=post["uri"]))
    assert deleted["activity"]["object"]["type"] == "Tombstone"
    peer.ask("unfollow", id=follow["id"])


def test_a_stranger_hears_that_its_note_is_liked_and_boosted_and_no_more(meeting: Meeting) -> None:
    ana, peer = meeting.ana, meeting.peer
    note = peer.ask("note", id=f"liked-{ana.name}", content="<p>Like me</p>")
    status = ana.status(note["id"])

    ana.act(status["id"], "favourite")
    eventually(lambda: peer.received("Like", actor=ana.uri, object=note["id"]))
    ana.act(status["id"], "reblog")
    announced = eventually(lambda: peer.received("Announce", actor=ana.uri, object=note["id"]))
    assert announced["proof"] == "valid"

    like = peer.received("Like", actor=ana.uri, object=note["id"])
    assert like is not None
    ana.act(status["id"], "unfavourite")
    ana.act(status["id"], "unreblog")
    for undone in (like["activity"]["id"], announced["activity"]["id"]):
        eventually(partial(peer.received, "Undo", actor=ana.uri, object=undone))


def test_a_person_whose_keys_have_documents_of_their_own_is_believed(meeting: Meeting) -> None:
    ana, peer = meeting.ana, meeting.peer
    follow = peer.ask("follow", as_="quinn", actor=ana.uri)
    eventually(lambda: peer.received("Accept", actor=ana.uri, object=follow["id"]))
    post = ana.post("Are your keys at home?")
    peer.ask(
        "note",
        as_="quinn",
        id=f"apart-{ana.name}",
        content="<p>No, next door</p>",
        inReplyTo=post["uri"],
        to=[ana.uri],
    )
    thread = eventually(lambda: ana.call("GET", f"/api/v1/statuses/{post['id']}/context")["descendants"])
    assert thread[0]["account"]["acct"] == f"quinn@{peer.domain}"


def test_each_finds_the_other_by_webfinger(meeting: Meeting) -> None:
    ana, peer = meeting.ana, meeting.peer
    found = peer.ask("webfinger", resource=ana.uri)
    assert found["subject"] == f"acct:{ana.name}@{ana.union.domain}"
    links = {link["href"] for link in found["links"] if link["rel"] == "self"}
    assert links == {ana.uri}
    person = peer.ask("lookup", id=ana.uri)
    assert (person["type"], person["preferredUsername"]) == ("Person", ana.name)
    assert ana.account(f"quinn@{peer.domain}")["uri"] == peer.uri("quinn")


def test_under_authorized_fetch_a_stranger_reads_with_its_signature_only(
    meeting: Meeting, ben: Client
) -> None:
    peer = meeting.peer
    post = ben.post("For servers that say who they are")
    assert ben.union.get(f"/actors/ben/posts/{post['uri'].rpartition('/')[2]}").status_code == 401
    assert peer.ask("lookup", id=post["uri"], signed=False) is None
    note = peer.ask("lookup", id=post["uri"], signed=True)
    assert note["content"] == "<p>For servers that say who they are</p>"
    assert "name" not in peer.ask("lookup", id=ben.uri, signed=False)
    assert peer.ask("lookup", id=ben.uri, signed=True)["name"]

    follow = peer.ask("follow", actor=ben.uri)
    accept = eventually(lambda: peer.received("Accept", actor=ben.uri, object=follow["id"]))
    assert accept["activity"]["actor"] == ben.uri


def test_a_hidden_member_is_to_a_stranger_as_if_nobody_were_there(meeting: Meeting) -> None:
    for name in ("heron", "nobody"):
        uri = f"{meeting.ana.union.base_url}/actors/{name}"
        assert meeting.peer.ask("webfinger", resource=uri) is None
        assert meeting.peer.ask("lookup", id=uri, signed=True) is None
