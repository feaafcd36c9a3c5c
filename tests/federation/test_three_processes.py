"""The story of three unions once more, as three real processes over loopback."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.federation.processes import Client, Json, UnionProcess, eventually

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class People:
    """Who acts in the story, each in a union of their own; Ana is there twice, for she moves."""

    ana: Client
    ben: Client
    chris: Client
    new_ana: Client


@pytest.fixture
def people(databases: Databases, tmp_path: Path) -> Iterator[People]:
    """Three unions that serve, and their members."""
    labels = ("nurses", "clerks", "drivers")
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        nurses, clerks, drivers = [
            stack.enter_context(UnionProcess(label, tmp_path / label, database_url=databases.empty()))
            for label in labels
        ]
        joining = [
            pool.submit(union.member, name)
            for union, name in ((nurses, "ana"), (clerks, "ben"), (drivers, "chris"), (drivers, "ana"))
        ]
        nurses.run("member", "create", "heron", "--email", "heron@union.test", "--reach", "hidden")
        yield People(*[each.result() for each in joining])


def test_three_unions_talk_rest_move_and_part(people: People) -> None:
    ana, ben, chris = people.ana, people.ben, people.chris
    _follow(ben, ana)
    _follow(chris, ben)

    post = ana.post("Who strikes on Monday?", visibility="public")
    at_ben = eventually(lambda: ben.find_at_home(post["uri"]))
    answer = ben.post(f"{ana.handle} we do", in_reply_to_id=at_ben["id"])
    ben.act(at_ben["id"], "reblog")
    at_chris = eventually(lambda: chris.find_at_home(post["uri"]))
    chris.act(at_chris["id"], "favourite")
    eventually(lambda: _counts(ana, post) == (1, 1, 1), what="a reply, a boost and a like")
    thread = ana.call("GET", f"/api/v1/statuses/{post['id']}/context")
    assert [each["uri"] for each in thread["descendants"]] == [answer["uri"]]

    _a_poll_is_answered_from_elsewhere(ana, ben)
    _private_words_stay_private(ana, ben, chris)
    _a_hidden_member_is_nobody(ana.union)
    _unions_affiliate(ana, ben, chris)
    _what_was_missed_comes_after_a_rest(ana, ben)
    _followers_go_along(people)

    ana.call("DELETE", f"/api/v1/statuses/{post['id']}")
    eventually(lambda: ben.status_code(f"/api/v1/statuses/{at_ben['id']}") == 404)
    eventually(lambda: chris.status_code(f"/api/v1/statuses/{at_chris['id']}") == 404)

    chris.union.run("member", "delete", "ana")
    eventually(
        lambda: ben.call("GET", "/api/v1/accounts/lookup", params={"acct": "ben"})["following_count"] == 0
    )


def _follow(follower: Client, followed: Client) -> None:
    account = follower.account(followed.handle)
    follower.call("POST", f"/api/v1/accounts/{account['id']}/follow")
    eventually(lambda: follower.relationship(account["id"])["following"])


def _counts(client: Client, post: Json) -> tuple[int, int, int]:
    shown = client.shown(post["id"])
    return shown["replies_count"], shown["reblogs_count"], shown["favourites_count"]


def _a_poll_is_answered_from_elsewhere(ana: Client, ben: Client) -> None:
    asked = ana.post("Which day?", poll={"options": ["Monday", "Tuesday"], "expires_in": 3600})
    seen = eventually(lambda: ben.find_at_home(asked["uri"]))
    ben.call("POST", f"/api/v1/polls/{seen['poll']['id']}/votes", json={"choices": [1]})
    eventually(lambda: [each["votes_count"] for each in ana.shown(asked["id"])["poll"]["options"]] == [0, 1])


def _private_words_stay_private(ana: Client, ben: Client, chris: Client) -> None:
    posts = [
        ana.post("For those who follow me", visibility="private"),
        ana.post("Only here", audience="local"),
        ana.post(f"{ben.handle} for you alone", visibility="direct"),
    ]
    eventually(lambda: ben.find_at_home(posts[0]["uri"]))
    found = eventually(lambda: ben.call("GET", "/api/v1/conversations"))
    assert found[0]["last_status"]["uri"] == posts[2]["uri"]
    assert ben.find_at_home(posts[1]["uri"]) is None
    for post in posts:
        path = post["uri"].removeprefix(ana.union.base_url)
        assert ana.union.get(path, Accept="application/activity+json").status_code == 404
        found = chris.call("GET", "/api/v2/search", params={"q": post["uri"], "resolve": "true"})
        assert found["statuses"] == []


def _a_hidden_member_is_nobody(union: UnionProcess) -> None:
    """J8, over a socket: the bytes are the same but for the date and the name that was asked for."""
    for path in (
        "/actors/{}",
        "/@{}",
        "/actors/{}/outbox",
        "/.well-known/webfinger?resource=acct:{}@" + union.domain,
    ):
        answers = []
        for name in ("heron", "ghost"):
            answer = union.get(path.format(name), Accept="application/activity+json")
            headers = [(key, value) for key, value in answer.headers.raw if key.lower() != b"date"]
            answers.append((answer.status_code, headers, answer.content))
        assert answers[0] == answers[1], path
        assert answers[0][0] == 404


def _unions_affiliate(ana: Client, ben: Client, chris: Client) -> None:
    """By commands beside the running servers; then what is for the network is theirs alone."""
    nurses, clerks = ana.union, ben.union
    nurses.run("peers", "affiliate", clerks.domain)
    offer = ("peers", "show", nurses.domain, "--json")
    eventually(lambda: "offered" in clerks.run(*offer), what="the offer arrives")
    clerks.run("peers", "affiliate", nurses.domain, "--accept")
    peer = ("peers", "show", clerks.domain, "--json")
    eventually(lambda: "network" in json.loads(nurses.run(*peer))["trust"], what="the answer arrives")
    post = ana.post(f"{chris.handle} for our unions", audience="network")
    read = "/api/fediunion/v1/timelines/network"
    eventually(lambda: [each["uri"] for each in ben.call("GET", read)] == [post["uri"]])
    path = post["uri"].removeprefix(nurses.base_url)
    assert nurses.get(path, Accept="application/activity+json").status_code == 404
    assert chris.call("GET", read) == []


def _what_was_missed_comes_after_a_rest(ana: Client, ben: Client) -> None:
    ben.union.stop()
    missed = [ana.post(f"While you slept, part {number}") for number in (1, 2)]
    regretted = ana.post("Forget this")
    ana.call("DELETE", f"/api/v1/statuses/{regretted['id']}")
    ben.union.start()
    # Order is kept, so what was posted last comes last, after the deletion.
    last = ana.post("You are awake")
    eventually(lambda: ben.find_at_home(last["uri"]), what="what was missed")
    eventually(lambda: not ben.find_at_home(regretted["uri"]), what="the deletion")
    uris = [status["uri"] for status in ben.home()]
    assert uris.index(missed[1]["uri"]) < uris.index(missed[0]["uri"])


def _followers_go_along(people: People) -> None:
    ana, ben, new_ana = people.ana, people.ben, people.new_ana
    new_ana.union.run("member", "alias", "ana", "--add", f"acct:{ana.handle[1:]}")
    ana.union.run("member", "move", "ana", "--to", f"acct:{new_ana.handle[1:]}")
    moved = ben.account(new_ana.handle)
    eventually(lambda: ben.relationship(moved["id"])["following"], what="Ben goes along")
    greeting = new_ana.post("Greetings from the depot")
    eventually(lambda: ben.find_at_home(greeting["uri"]))
