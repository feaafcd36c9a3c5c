"""Lists of servers: what one would end is shown first, line by line; applied is what was shown."""

import re

from sqlalchemy.orm import Session

from fediunion.actors.models import DomainRule
from tests.oauth.rig import Desk, fields_of
from tests.social.builders import let_follow, local_actor, remote_actor
from tests.web.pages.admin.staff import sign_in, submit, token_of

SERVERS = "/admin/servers"
IMPORT = f"{SERVERS}/import"
LIST = '#domain,#severity,#public_comment\nbad.test,suspend,"Spam, much"\nloud.test,silence,=1+1\n'


async def test_a_list_shows_what_it_would_end_before_it_is_applied(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")

    def work(session: Session) -> None:
        ben, there = local_actor(session, "ben"), remote_actor(session, "sub.bad.test", "eve")
        let_follow(session, ben, there)
        let_follow(session, there, ben)

    await desk.db.write(work)
    preview = await adi.post(IMPORT, await token_of(adi) | {"list": LIST})
    assert (preview.status_code, await desk.rows(DomainRule)) == (200, [])
    rows = re.findall(r"<tr><td.*", preview.text)
    assert [re.findall(r'"num">(.*?)</td>', row) for row in rows] == [["2", "1", "1"], ["3", "–", "–"]]
    assert "2 rules would be added" in preview.text
    answer = await adi.post(IMPORT, fields_of(preview.text))
    assert answer.status_code == 303
    assert {rule.host: rule.action for rule in await desk.rows(DomainRule)} == {
        "bad.test": "block",
        "loud.test": "silence",
    }
    out = await adi.get(f"{SERVERS}/export.csv")
    assert out.headers["content-type"].startswith("text/csv")
    assert 'bad.test,suspend,"Spam, much"' in out.text
    assert "loud.test,silence,'=1+1" in out.text


async def test_what_was_not_shown_is_not_applied(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    preview = await adi.post(IMPORT, await token_of(adi) | {"list": "bad.test"})
    changed = fields_of(preview.text) | {"list": "bad.test\nworse.test"}
    again = await adi.post(IMPORT, changed)
    assert (again.status_code, await desk.rows(DomainRule)) == (200, [])
    assert "worse.test" in again.text


async def test_rules_that_are_there_stay_as_they_are(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    await submit(adi, SERVERS, SERVERS, host="bad.test", action="silence")
    preview = await adi.post(IMPORT, await token_of(adi) | {"list": "bad.test\nworse.test"})
    assert "stays: Limited" in preview.text
    assert "One rule would be added" in preview.text
    await adi.post(IMPORT, fields_of(preview.text))
    assert {rule.host: rule.action for rule in await desk.rows(DomainRule)} == {
        "bad.test": "silence",
        "worse.test": "block",
    }


async def test_nonsense_is_refused_line_by_line_and_the_rest_is_taken(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    text = "bad.test\nus.example\ncom\nBAD.test.\n<b>\n"
    preview = await adi.post(IMPORT, await token_of(adi) | {"list": text})
    for says in (
        "our own server",
        "can have a name below",
        "same server as in line 1",
        "no name of a server",
    ):
        assert says in preview.text
    assert "&lt;b&gt;" in preview.text
    assert (await adi.post(IMPORT, fields_of(preview.text))).status_code == 303
    assert [rule.host for rule in await desk.rows(DomainRule)] == ["bad.test"]


async def test_a_list_without_a_line_that_can_be_taken_is_refused_with_its_text(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    for text, says in (("us.example", "No line of the list"), ("", "A list has 1 to")):
        answer = await adi.post(IMPORT, await token_of(adi) | {"list": text})
        assert (answer.status_code, says in answer.text) == (422, True), text
    assert await desk.rows(DomainRule) == []


async def test_lists_are_for_administrators(desk: Desk) -> None:
    mo = await sign_in(desk, "mo")
    assert (await mo.post(IMPORT, await token_of(mo) | {"list": LIST})).status_code == 404
