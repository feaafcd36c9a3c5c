"""Quotes with consent, as clients ask for them, decide about them and see them."""

from typing import Any

import pytest
from mastodon.return_types import Quote, QuoteApproval, ShallowQuote, Status, StatusEdit
from sqlalchemy.orm import Session

from fediunion.actors.models import Reach
from fediunion.social.posts.models import Post
from tests.api.mastodon.conformity import check
from tests.api.rig import Client, Rig


async def policy_of(client: Client, post_id: str) -> dict[str, Any]:
    policy: dict[str, Any] = (await client.get(f"/api/v1/statuses/{post_id}"))["quote_approval"]
    return policy


async def change(client: Client, post_id: str, policy: str | None) -> Any:
    body = {} if policy is None else {"quote_approval_policy": policy}
    return await client.ask("PUT", f"/api/v1/statuses/{post_id}/interaction_policy", json=body)


async def quoted_by(ana: Client, ben: Client) -> tuple[str, str]:
    """Return a post of Ana and one of Ben that quotes it."""
    post_id = (await ana.publish("Quote me"))["id"]
    return post_id, (await ben.publish("As Ana says", quoted_status_id=post_id))["id"]


async def test_a_post_says_who_may_quote_it_and_what_that_means_for_each_reader(
    rig: Rig, ana: Client, ben: Client
) -> None:
    follower = await rig.member("fay")
    await follower.post(f"/api/v1/accounts/{ana.id}/follow")
    for wish, automatic, words in (
        ("public", ["public"], ("automatic", "automatic", "automatic")),
        ("followers", ["followers"], ("automatic", "automatic", "denied")),
        ("nobody", [], ("automatic", "denied", "denied")),
    ):
        made = await ana.publish("Hello", quote_approval_policy=wish)
        assert made["quote_approval"] == {"automatic": automatic, "manual": [], "current_user": "automatic"}
        for client, word in zip((ana, follower, ben), words, strict=True):
            # Twice: the second answer comes from what is kept of the first.
            for _ in range(2):
                assert (await policy_of(client, made["id"]))["current_user"] == word, (wish, client.id)
        boost = await follower.post(f"/api/v1/statuses/{made['id']}/reblog")
        assert boost["reblog"]["quote_approval"]["current_user"] == words[1]
        assert (await policy_of(rig.anonymous, made["id"]))["automatic"] == automatic


async def test_quotes_are_as_documented(ana: Client, ben: Client) -> None:
    post_id, quoting_id = await quoted_by(ana, ben)
    outer = await ana.publish("See", quoted_status_id=quoting_id)
    check(outer, "OwnStatus", Status)
    check(outer["quote"], "AnyQuote", Quote)
    check(outer["quote"]["quoted_status"]["quote"], "AnyQuote", ShallowQuote)
    check(outer["quote_approval"], "QuoteApproval", QuoteApproval)
    check(await ana.get(f"/api/v1/statuses/{post_id}/quotes"), "[OwnStatus]", Status)


async def test_who_may_not_quote_is_refused(rig: Rig, ana: Client, ben: Client) -> None:
    follower = await rig.member("fay")
    await follower.post(f"/api/v1/accounts/{ana.id}/follow")
    post_id = (await ana.publish("Hello", quote_approval_policy="followers"))["id"]
    answer = await ben.ask("POST", "/api/v1/statuses", json={"status": "x", "quoted_status_id": post_id})
    assert (answer.status_code, list(answer.json()["details"])) == (422, ["quoted_status_id"])
    quoting = await follower.publish("x", quoted_status_id=post_id)
    assert quoting["quote"]["state"] == "accepted"
    assert (await ana.publish("x", quoted_status_id=post_id))["quote"]["state"] == "accepted"


async def test_the_policy_can_be_changed_and_stands_in_the_answer(ana: Client, ben: Client) -> None:
    post_id = (await ana.publish("Hello"))["id"]
    assert (await policy_of(ben, post_id))["current_user"] == "automatic"
    for _ in range(2):
        answer = await change(ana, post_id, "nobody")
        assert answer.json()["quote_approval"] == {"automatic": [], "manual": [], "current_user": "automatic"}
        assert answer.json()["edited_at"] is None
    assert (await policy_of(ben, post_id))["current_user"] == "denied"
    edited = await ana.ask(
        "PUT", f"/api/v1/statuses/{post_id}", json={"status": "New", "quote_approval_policy": "followers"}
    )
    assert edited.json()["quote_approval"]["automatic"] == ["followers"]
    again = await ana.ask("PUT", f"/api/v1/statuses/{post_id}", json={"status": "Newer"})
    assert again.json()["quote_approval"]["automatic"] == ["followers"]


@pytest.mark.parametrize("policy", [None, "", "everybody", "x" * 1000])
async def test_a_policy_that_is_none_is_422(ana: Client, policy: str | None) -> None:
    post_id = (await ana.publish("Hello"))["id"]
    answer = await change(ana, post_id, policy)
    assert (answer.status_code, list(answer.json()["details"])) == (422, ["quote_approval_policy"])


async def test_O12_the_policy_of_anothers_post_is_not_there_to_be_changed(ana: Client, ben: Client) -> None:
    post_id = (await ana.publish("Hello"))["id"]
    assert (await change(ben, post_id, "nobody")).status_code == 404
    assert (await policy_of(ben, post_id))["automatic"] == ["public"]


async def test_what_is_not_public_is_for_nobody_to_quote_whatever_was_wished(
    ana: Client, ben: Client
) -> None:
    post_id = (await ana.publish("Here", local_only=True, quote_approval_policy="public"))["id"]
    assert await policy_of(ben, post_id) == {"automatic": [], "manual": [], "current_user": "denied"}
    answer = await ben.ask("POST", "/api/v1/statuses", json={"status": "x", "quoted_status_id": post_id})
    assert answer.status_code == 422


async def test_a_consent_taken_back_hides_the_quote_and_is_not_given_again(ana: Client, ben: Client) -> None:
    post_id, quoting_id = await quoted_by(ana, ben)
    for _ in range(2):
        answer = await ana.post(f"/api/v1/statuses/{post_id}/quotes/{quoting_id}/revoke")
        assert (answer["id"], answer["quote"]) == (quoting_id, {"state": "revoked", "quoted_status": None})
    seen = await ben.get(f"/api/v1/statuses/{quoting_id}")
    assert seen["quote"] == {"state": "revoked", "quoted_status": None}
    assert await ana.get(f"/api/v1/statuses/{post_id}/quotes") == []
    assert (await ana.get(f"/api/v1/statuses/{post_id}"))["quotes_count"] == 0


async def test_O12_only_the_quoted_author_revokes_and_only_what_quotes(
    rig: Rig, ana: Client, ben: Client
) -> None:
    post_id, quoting_id = await quoted_by(ana, ben)
    other_id = (await ben.publish("Something else"))["id"]
    for client, quoted, quoting in (
        (ben, post_id, quoting_id),
        (ana, post_id, other_id),
        (ana, other_id, quoting_id),
        (ana, post_id, "1"),
        (ana, post_id, "x"),
    ):
        answer = await client.ask("POST", f"/api/v1/statuses/{quoted}/quotes/{quoting}/revoke")
        assert answer.status_code == 404
    assert (await ana.get(f"/api/v1/statuses/{quoting_id}"))["quote"]["state"] == "accepted"


async def test_the_history_of_a_quote_shows_what_it_quotes(ana: Client, ben: Client) -> None:
    post_id, quoting_id = await quoted_by(ana, ben)
    await ben.ask("PUT", f"/api/v1/statuses/{quoting_id}", json={"status": "As Ana said"})
    history = await ana.get(f"/api/v1/statuses/{quoting_id}/history")
    assert [version["quote"]["quoted_status"]["id"] for version in history] == [post_id] * 2
    check(history, "[StatusEdit]", StatusEdit)


async def test_a_quoted_post_that_is_deleted_leaves_a_quote_that_says_so(
    rig: Rig, ana: Client, ben: Client
) -> None:
    post_id, quoting_id = await quoted_by(ana, ben)
    around = await rig.member("cal")
    outer_id = (await around.publish("See", quoted_status_id=quoting_id))["id"]
    assert (await ana.ask("DELETE", f"/api/v1/statuses/{post_id}")).status_code == 200
    seen = await rig.anonymous.get(f"/api/v1/statuses/{quoting_id}")
    assert seen["quote"] == {"state": "deleted", "quoted_status": None}
    outer = await ana.get(f"/api/v1/statuses/{outer_id}")
    assert outer["quote"]["quoted_status"]["quote"] == {"state": "deleted", "quoted_status_id": None}


@pytest.mark.parametrize(("act", "state"), [("mute", "muted_account"), ("block", "blocked_account")])
async def test_whoever_put_the_quoted_author_aside_is_told_so(
    rig: Rig, ana: Client, ben: Client, act: str, state: str
) -> None:
    post_id, quoting_id = await quoted_by(ana, ben)
    reader = await rig.member("cal")
    assert (await reader.get(f"/api/v1/statuses/{quoting_id}"))["quote"]["state"] == "accepted"
    await reader.post(f"/api/v1/accounts/{ana.id}/{act}")
    quote = (await reader.get(f"/api/v1/statuses/{quoting_id}"))["quote"]
    assert (quote["state"], quote["quoted_status"]["id"]) == (state, post_id)
    assert (await ben.get(f"/api/v1/statuses/{quoting_id}"))["quote"]["state"] == "accepted"


async def test_a_quote_whose_words_the_reader_may_not_see_shows_none(
    rig: Rig, ana: Client, ben: Client
) -> None:
    _, quoting_id = await quoted_by(ana, ben)
    reader = await rig.member("cal")
    await ana.post(f"/api/v1/accounts/{reader.id}/block")
    seen = await reader.get(f"/api/v1/statuses/{quoting_id}")
    assert seen["quote"] == {"state": "unauthorized", "quoted_status": None}


@pytest.mark.parametrize("wish", ["public", "unlisted", "private", "direct"])
async def test_a_quote_of_an_own_post_reaches_no_further_than_that_post(ana: Client, wish: str) -> None:
    own = (await ana.publish("Among us", visibility="private"))["id"]
    quoting = await ana.publish("As I said", quoted_status_id=own, visibility=wish)
    assert quoting["quote"]["state"] == "accepted"
    assert quoting["visibility"] == ("direct" if wish == "direct" else "private")
    here = (await ana.publish("Here", local_only=True))["id"]
    assert (await ana.publish("x", quoted_status_id=here, visibility=wish))["local_only"] == (
        wish != "direct"
    )


async def test_a_private_message_is_quoted_by_nobody_not_even_its_author(ana: Client, ben: Client) -> None:
    told = await ana.publish("@ben Between us", visibility="direct")
    assert told["quote_approval"]["current_user"] == "denied"
    for client in (ana, ben):
        body = {"status": "x", "quoted_status_id": told["id"]}
        answer = await client.ask("POST", "/api/v1/statuses", json=body)
        assert (answer.status_code, list(answer.json()["details"])) == (422, ["quoted_status_id"])


async def test_a_quote_in_a_private_message_needs_the_quoted_author_among_its_readers(
    ana: Client, ben: Client
) -> None:
    post_id = (await ana.publish("Quote me"))["id"]
    body = {"status": "psst", "quoted_status_id": post_id, "visibility": "direct"}
    assert (await ben.ask("POST", "/api/v1/statuses", json=body)).status_code == 422
    assert (await ben.publish("@ana psst", quoted_status_id=post_id, visibility="direct"))["quote"]
    assert (await ana.publish("Note to self", quoted_status_id=post_id, visibility="direct"))["quote"]


async def test_posts_start_from_what_the_member_set_for_all_posts(rig: Rig, ana: Client, ben: Client) -> None:
    source = {"privacy": "unlisted", "sensitive": True, "language": "de", "quote_policy": "nobody"}
    await ana.publish("Before, so that the token is remembered")
    changed = await ana.ask("PATCH", "/api/v1/accounts/update_credentials", json={"source": source})
    assert changed.status_code == 200
    preferences = await ana.get("/api/v1/preferences")
    assert {name: value for name, value in preferences.items() if not name.startswith("fediunion:")} == {
        "posting:default:visibility": "unlisted",
        "posting:default:sensitive": True,
        "posting:default:language": "de",
        "posting:default:quote_policy": "nobody",
        "reading:expand:media": "default",
        "reading:expand:spoilers": False,
        "reading:autoplay:gifs": False,
    }
    usual = await ana.publish("Hello")
    assert (usual["visibility"], usual["sensitive"], usual["language"]) == ("unlisted", True, "de")
    assert (await policy_of(ben, usual["id"]))["current_user"] == "denied"
    said = await ana.publish(
        "Hello", visibility="public", sensitive=False, language="fr", quote_approval_policy="public"
    )
    assert (said["visibility"], said["sensitive"], said["language"]) == ("public", False, "fr")
    assert (await policy_of(ben, said["id"]))["current_user"] == "automatic"
    assert (await ben.publish("Hello"))["sensitive"] is False


async def test_what_a_member_set_is_never_wider_than_the_reach(rig: Rig) -> None:
    member = await rig.member("fol", reach=Reach.FOLLOWABLE)
    await member.ask("PATCH", "/api/v1/accounts/update_credentials", json={"source": {"privacy": "public"}})
    assert (await member.publish("Hello"))["visibility"] == "private"


async def test_a_quote_begins_with_a_link_for_apps_that_know_no_quotes(
    rig: Rig, ana: Client, ben: Client
) -> None:
    quoted = await ana.publish("Quote me")
    page = f'<a href="{quoted["url"]}"'
    made = await ben.publish("As Ana says", quoted_status_id=quoted["id"])
    assert made["content"].startswith(f'<p class="quote-inline">RE: {page}')
    assert made["content"].endswith("</p><p>As Ana says</p>")
    path = f"/api/v1/statuses/{made['id']}"
    assert (await ana.get(path))["content"] == made["content"]
    assert (await ben.get(f"{path}/source"))["text"] == "As Ana says"
    edited = (await ben.ask("PUT", path, json={"status": "As Ana said"})).json()
    assert edited["content"] == made["content"].replace("says", "said")
    assert [each["content"] for each in await ben.get(f"{path}/history")] == [
        made["content"],
        edited["content"],
    ]
    await rig.index()
    found = [(await ben.get("/api/v2/search", q=q))["statuses"] for q in ("has:link", "said", "union.test")]
    assert [[each["id"] for each in some] for some in found] == [[], [made["id"]], []]
    for address in (quoted["url"], quoted["uri"]):
        linking = await ben.publish(f"See {address} there", quoted_status_id=quoted["id"])
        assert "quote-inline" not in linking["content"]


async def test_a_quote_needs_no_words_of_its_own(ana: Client, ben: Client) -> None:
    quoted = await ana.publish("Quote me")
    made = await ben.publish("", quoted_status_id=quoted["id"])
    assert (made["quote"]["state"], made["quote"]["quoted_status"]["id"]) == ("accepted", quoted["id"])
    assert made["content"].startswith('<p class="quote-inline">')
    path = f"/api/v1/statuses/{made['id']}"
    worded = (await ben.ask("PUT", path, json={"status": "Words"})).json()
    assert worded["content"] == made["content"] + "<p>Words</p>"
    assert (await ben.ask("PUT", path, json={"status": ""})).json()["content"] == made["content"]
    assert (await ben.ask("POST", "/api/v1/statuses", json={"status": ""})).status_code == 422


async def test_a_quote_of_what_is_not_here_yet_waits_and_one_of_what_was_forgotten_is_none(
    rig: Rig, ana: Client, ben: Client
) -> None:
    made = await ben.publish("As they say")
    path = f"/api/v1/statuses/{made['id']}"
    for state, shown in (("pending", {"state": "pending", "quoted_status": None}), ("accepted", None)):

        def unit(session: Session, state: str = state) -> None:
            post = session.get_one(Post, int(made["id"]))
            post.quote_uri, post.quote_state, post.quote_of_id = "https://far.test/1", state, None

        await rig.world.db.write(unit)
        assert (await ana.get(path))["quote"] == shown
