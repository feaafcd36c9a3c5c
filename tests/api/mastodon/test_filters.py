"""Filters through the client interface: made, changed, removed."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.queries import get_actor
from fediunion.api.mastodon.entities.frame import instant
from fediunion.social.filters import service
from tests.api.rig import Client, Rig

PATH = "/api/v2/filters"


async def a_filter(of: Client, **body: Any) -> Any:
    words = [{"keyword": "cat", "whole_word": True}, {"keyword": "dog", "whole_word": False}]
    return await of.post(
        PATH, **{"title": "Pets", "context": ["home", "thread"], "keywords_attributes": words, **body}
    )


async def test_a_filter_is_made_changed_and_removed(rig: Rig, ana: Client) -> None:
    made = await a_filter(ana, expires_in=3600, filter_action="hide")
    cat, dog = made["keywords"]
    assert made == {
        "id": made["id"],
        "title": "Pets",
        "context": ["home", "thread"],
        "expires_at": instant(rig.clock.now() + timedelta(hours=1)),
        "filter_action": "hide",
        "keywords": [
            {"id": cat["id"], "keyword": "cat", "whole_word": True},
            {"id": dog["id"], "keyword": "dog", "whole_word": False},
        ],
        "statuses": [],
    }
    assert await ana.get(PATH) == [made]
    assert await ana.get(f"{PATH}/{made['id']}") == made
    form = [
        ("title", "Animals"),
        ("context[]", "public"),
        ("expires_in", ""),
        ("filter_action", "blur"),
        ("keywords_attributes[0][id]", cat["id"]),
        ("keywords_attributes[0][keyword]", "cats"),
        ("keywords_attributes[1][id]", dog["id"]),
        ("keywords_attributes[1][_destroy]", "1"),
        ("keywords_attributes[2][keyword]", "cow"),
    ]
    query = "&".join(f"{name}={value}" for name, value in form)
    answer = await ana.ask(
        "PUT",
        f"{PATH}/{made['id']}",
        content=query,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    changed = answer.json()
    assert (changed["title"], changed["context"], changed["filter_action"]) == ("Animals", ["public"], "blur")
    assert changed["expires_at"] is None
    assert [(row["keyword"], row["whole_word"]) for row in changed["keywords"]] == [
        ("cats", True),
        ("cow", True),
    ]
    untouched = (await ana.ask("PUT", f"{PATH}/{made['id']}", json={"title": "Beasts"})).json()
    assert untouched == changed | {"title": "Beasts"}
    assert (await ana.ask("DELETE", f"{PATH}/{made['id']}")).json() == {}
    assert await ana.get(PATH) == []
    assert (await ana.ask("DELETE", f"{PATH}/{made['id']}")).status_code == 404


async def test_keywords_come_and_go_one_by_one(ana: Client) -> None:
    made = await a_filter(ana)
    path = f"{PATH}/{made['id']}/keywords"
    added = await ana.post(path, keyword=" bird ", whole_word=False)
    assert added == {"id": added["id"], "keyword": "bird", "whole_word": False}
    assert (await ana.post(path, keyword="fox"))["whole_word"] is True
    assert len(await ana.get(path)) == 4
    one = f"{PATH}/keywords/{added['id']}"
    assert await ana.get(one) == added
    assert (await ana.ask("PUT", one, json={"whole_word": True})).json() == added | {"whole_word": True}
    assert (await ana.ask("DELETE", one)).json() == {}
    assert (await ana.ask("GET", one)).status_code == 404
    blank = await ana.ask("POST", path, json={"keyword": "  "})
    assert (blank.status_code, blank.json()["details"]["keyword"][0]["error"]) == (422, "ERR_BLANK")


async def test_a_single_post_is_part_of_a_filter_once(ana: Client, ben: Client) -> None:
    made, status = await a_filter(ana), await ben.publish("Hello")
    path = f"{PATH}/{made['id']}/statuses"
    added = await ana.post(path, status_id=status["id"])
    assert added == {"id": added["id"], "status_id": status["id"]}
    assert await ana.post(path, status_id=status["id"]) == added
    assert await ana.get(path) == [added]
    one = f"{PATH}/statuses/{added['id']}"
    assert await ana.get(one) == added
    assert (await ana.ask("DELETE", one)).json() == added
    assert await ana.get(path) == []


async def test_a_post_that_is_not_there_for_the_member_cannot_be_filtered(ana: Client, ben: Client) -> None:
    made, hidden = await a_filter(ana), await ben.publish("Psst", visibility="direct")
    path = f"{PATH}/{made['id']}/statuses"
    for status_id in (hidden["id"], "17", "x"):
        assert (await ana.ask("POST", path, json={"status_id": status_id})).status_code == 404
    assert (await ana.ask("POST", path, json={})).status_code == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 257}, "title"),
        ({"context": []}, "context"),
        ({"context": ["home", "elsewhere"]}, "context"),
        ({"filter_action": "burn"}, "filter_action"),
        ({"expires_in": -5}, "expires_in"),
        ({"expires_in": 1e14}, "expires_in"),
        ({"keywords_attributes": [{"keyword": ""}]}, "keyword"),
        ({"keywords_attributes": ["x"]}, "keywords_attributes"),
        ({"keywords_attributes": [{"keyword": "x" * 600}]}, "keyword"),
    ],
)
async def test_what_is_no_filter_is_422_and_names_the_field(
    ana: Client, body: dict[str, Any], field: str
) -> None:
    answer = await ana.ask("POST", PATH, json={"title": "T", "context": ["home"], **body})
    assert (answer.status_code, list(answer.json()["details"])) == (422, [field])
    assert await ana.get(PATH) == []


async def test_there_is_a_bound_to_filters_and_to_keywords(rig: Rig, ana: Client) -> None:
    def fill(session: Session) -> None:
        owner = get_actor(session, ana.actor_id)
        for number in range(service.MAX_FILTERS - 1):
            service.create_filter(session, owner, title=str(number), contexts=["home"])

    await rig.world.db.write(fill)
    words = [{"keyword": str(number)} for number in range(service.MAX_KEYWORDS)]
    made = await a_filter(ana, keywords_attributes=words)
    answer = await ana.ask("POST", f"{PATH}/{made['id']}/keywords", json={"keyword": "more"})
    assert (answer.status_code, list(answer.json()["details"])) == (422, ["keyword"])
    one_more = await ana.ask("POST", PATH, json={"title": "T", "context": ["home"]})
    assert (one_more.status_code, list(one_more.json()["details"])) == (422, ["title"])


async def test_O12_a_filter_and_its_parts_are_there_for_their_owner_alone(ana: Client, ben: Client) -> None:
    made, status = await a_filter(ana), await ana.publish("Hello")
    part = await ana.post(f"{PATH}/{made['id']}/statuses", status_id=status["id"])
    own, keyword = await a_filter(ben), made["keywords"][0]["id"]
    body = {"title": "x", "keyword": "x", "status_id": status["id"], "phrase": "x", "context": ["home"]}
    for method, path in [
        *((method, f"{PATH}/{made['id']}") for method in ("GET", "PUT", "DELETE")),
        *((method, f"{PATH}/{made['id']}/keywords") for method in ("GET", "POST")),
        *((method, f"{PATH}/{made['id']}/statuses") for method in ("GET", "POST")),
        *((method, f"{PATH}/keywords/{keyword}") for method in ("GET", "PUT", "DELETE")),
        *((method, f"{PATH}/statuses/{part['id']}") for method in ("GET", "DELETE")),
        *((method, f"/api/v1/filters/{keyword}") for method in ("GET", "PUT", "DELETE")),
    ]:
        request = {} if method == "GET" else {"json": body}
        answer = await ben.ask(method, path, **request)
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"}), (method, path)
    wish = {"keywords_attributes": [{"id": keyword, "keyword": "mine now"}]}
    assert (await ben.ask("PUT", f"{PATH}/{own['id']}", json=wish)).status_code == 404
    assert await ana.get(f"{PATH}/{made['id']}") == made | {"statuses": [part]}


async def test_O07_filters_need_their_own_scopes(rig: Rig, ana: Client) -> None:
    made = await a_filter(ana)
    reader, writer = await rig.token(ana, "read:filters"), await rig.token(ana, "write:filters")
    other = await rig.token(ana, "read:statuses write:statuses")
    assert await reader.get(f"{PATH}/{made['id']}") == made
    assert (await reader.ask("PUT", f"{PATH}/{made['id']}", json={"title": "x"})).status_code == 403
    assert (await writer.ask("PUT", f"{PATH}/{made['id']}", json={"title": "x"})).status_code == 200
    assert (await writer.ask("GET", PATH)).status_code == 403
    assert (await other.ask("GET", PATH)).status_code == 403
    assert (await rig.anonymous.ask("GET", PATH)).status_code == 401


async def test_older_apps_know_a_filter_as_one_keyword(ana: Client) -> None:
    made = await ana.post("/api/v1/filters", phrase="cat", context=["home"], irreversible=True, expires_in=60)
    assert made == {
        "id": made["id"],
        "phrase": "cat",
        "context": ["home"],
        "whole_word": False,
        "expires_at": made["expires_at"],
        "irreversible": True,
    }
    assert await ana.get("/api/v1/filters") == [made]
    path = f"/api/v1/filters/{made['id']}"
    assert await ana.get(path) == made
    (whole,) = await ana.get(PATH)
    assert (whole["title"], whole["filter_action"]) == ("cat", "hide")
    body = {"phrase": "cats", "context": ["home", "public"], "whole_word": True, "irreversible": False}
    changed = (await ana.ask("PUT", path, json=body)).json()
    assert changed == made | body
    assert (await ana.ask("DELETE", path)).json() == {}
    assert await ana.get("/api/v1/filters") == []
    # Only the keyword went: its filter belongs to apps that know the other kind.
    assert [each["keywords"] for each in await ana.get(PATH)] == [[]]
    for wrong in ({"phrase": " ", "context": ["home"]}, {"phrase": "x"}, {"phrase": "x", "context": ["y"]}):
        assert (await ana.ask("POST", "/api/v1/filters", json=wrong)).status_code == 422


async def test_an_older_app_changes_nothing_that_other_keywords_would_suffer_from(ana: Client) -> None:
    made = await a_filter(ana, filter_action="blur")
    path = f"/api/v1/filters/{made['keywords'][0]['id']}"
    for body in ({"context": ["home"]}, {"irreversible": True}, {"expires_in": 60}):
        assert (await ana.ask("PUT", path, json=body)).status_code == 422
    same = {"context": ["home", "thread"], "irreversible": False, "phrase": "cats", "whole_word": False}
    assert (await ana.ask("PUT", path, json=same)).json()["phrase"] == "cats"
    now = await ana.get(f"{PATH}/{made['id']}")
    assert (now["filter_action"], now["keywords"][0]["keyword"]) == ("blur", "cats")
