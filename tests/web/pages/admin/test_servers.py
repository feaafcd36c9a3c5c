"""Other servers: rules, what a block would end, how they answer, what waits for them; and small lists."""

from datetime import timedelta

from sqlalchemy.orm import Session

from fediunion.actors.models import DomainRule, Instance, InstanceState
from fediunion.actors.queries import instance_actor
from fediunion.db import now_of
from fediunion.outbox.models import Delivery, DeliveryState, OutboxActivity
from tests.oauth.rig import BASE, Desk
from tests.social.builders import let_follow, local_actor, remote_actor
from tests.web.pages.admin.staff import sign_in, submit, token_of

SERVERS = "/admin/servers"


async def test_a_block_first_shows_which_follows_it_ends(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")

    def work(session: Session) -> None:
        ben, there = local_actor(session, "ben"), remote_actor(session, "sub.bad.test", "eve")
        let_follow(session, ben, there)
        let_follow(session, there, ben)

    await desk.db.write(work)
    form = await token_of(adi) | {"host": "BAD.test", "action": "block", "reason": "Spam"}
    preview = await adi.post(SERVERS, form)
    assert preview.status_code == 200
    assert preview.text.count("<dd>1</dd>") == 4
    assert await desk.rows(DomainRule) == []
    assert (await adi.post(SERVERS, form | {"confirmed": "bad.test"})).status_code == 303
    (rule,) = await desk.rows(DomainRule)
    assert (rule.host, rule.action, rule.reason) == ("bad.test", "block", "Spam")
    page = await submit(adi, SERVERS, f"{SERVERS}/forget", host="bad.test")
    assert "No rules" in page


async def test_a_limit_needs_no_confirmation_and_no_host_is_an_error(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    assert "loud.test" in await submit(adi, SERVERS, SERVERS, host="loud.test", action="silence")
    token = await token_of(adi)
    for fields in ({"host": "a b", "action": "block"}, {"host": "a.test", "action": "bite"}):
        assert (await adi.post(SERVERS, token | fields)).status_code == 422


async def dead_letter(desk: Desk, host: str, error: str) -> int:
    """Store a delivery that was given up, of a server that fails; return its id."""

    def work(session: Session) -> int:
        now, author = now_of(session), instance_actor(session)
        activity = OutboxActivity(
            uri=f"{BASE}/x/{host}",
            actor_id=author.id,
            activity_type="Create",
            body="{}",
            recipients={},
            created_at=now,
        )
        session.add(activity)
        session.flush()
        session.add(
            Instance(
                host=host, state=InstanceState.FAILING, failing_since=now, last_error=error, first_seen_at=now
            )
        )
        row = Delivery(
            activity_id=activity.id,
            actor_id=author.id,
            inbox_url=f"https://{host}/inbox",
            host=host,
            state=DeliveryState.DEAD,
            attempts=3,
            next_attempt_at=now,
            expires_at=now,
            last_error=error,
            created_at=now,
            finished_at=now,
        )
        session.add(row)
        session.flush()
        return row.id

    found: int = await desk.db.write(work)
    return found


async def test_a_dead_letter_says_why_in_words_and_is_tried_again_or_dropped(desk: Desk) -> None:
    adi, mo = await sign_in(desk, "adi"), await sign_in(desk, "mo")
    number = await dead_letter(desk, "old.test", "certificate has expired")
    assert (await mo.get("/admin/deliveries")).status_code == 404
    text = (await adi.get("/admin/deliveries")).text
    assert "perhaps it expired" in text
    assert "perhaps it expired" in (await adi.get("/admin/peers")).text
    await submit(adi, "/admin/deliveries", f"/admin/deliveries/{number}/retry")
    (row,) = await desk.rows(Delivery)
    assert row.state == DeliveryState.PENDING
    assert "do not arrive" in (await mo.get("/admin")).text
    await submit(adi, "/admin/deliveries?host=old.test", "/admin/deliveries/drop", host="old.test")
    (row,) = await desk.rows(Delivery)
    assert row.state == DeliveryState.WITHDRAWN
    assert "Nothing here" in (await adi.get("/admin/deliveries?host=nobody.test&state=pending")).text
    assert (await adi.post("/admin/deliveries/9/retry", await token_of(adi))).status_code == 404


async def test_peers_say_how_long_ago_they_answered(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")

    def work(session: Session) -> None:
        now = now_of(session)
        session.add(Instance(host="well.test", last_success_at=now, first_seen_at=now))

    await desk.db.write(work)
    page = (await adi.get("/admin/peers")).text
    assert "well.test</bdi>" in page
    assert page.count("data-ago") == 1


async def test_email_domains_are_blocked_and_unblocked(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    path = "/admin/email-domains"
    page = await submit(adi, path, path, domain="Throwaway.example")
    assert "throwaway.example</bdi>" in page
    again = await adi.post(path, await token_of(adi) | {"domain": "throwaway.example"})
    assert (again.status_code, 'value="throwaway.example"' in again.text) == (422, True)
    number = page.split(f'action="{path}/')[1].split("/")[0]
    assert "No domain is blocked" in await submit(adi, path, f"{path}/{number}/remove")


async def test_announcements_are_cleaned_published_and_withdrawn(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    path = "/admin/announcements"
    page = await submit(adi, path, path, text="**Strike** <script>alert(1)</script>")
    assert "<strong>Strike</strong>" in page
    assert "<script>alert" not in page
    assert (await adi.post(path, await token_of(adi) | {"text": " "})).status_code == 422
    number = page.split(f'action="{path}/')[1].split("/")[0]
    assert "No announcements" in await submit(adi, path, f"{path}/{number}/withdraw")


async def test_an_announcement_says_when_that_happens_which_it_is_about_and_ends(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    path = "/admin/announcements"
    now = desk.clock.now()
    starts, ends = (f"{now + timedelta(days=days):%Y-%m-%dT%H:%M}" for days in (1, 2))
    token = await token_of(adi)
    for wrong in ({"starts_at": ends, "ends_at": starts}, {"starts_at": "soon", "ends_at": ""}):
        answer = await adi.post(path, token | {"text": "General assembly"} | wrong)
        assert answer.status_code == 422
        assert "General assembly</textarea>" in answer.text
        assert f'value="{wrong["starts_at"]}"' in answer.text
    page = await submit(adi, path, path, text="General assembly", starts_at=starts, ends_at=ends)
    home = (await adi.get("/home")).text
    for shown in (page, home):
        assert f'datetime="{starts}:00Z"' in shown
        assert f'datetime="{ends}:00Z"' in shown
    desk.clock.advance(days=3)
    adi = await desk.signed_in("adi")
    assert "General assembly" not in (await adi.get("/home")).text
    assert "General assembly" in (await adi.get(path)).text


async def test_an_emoji_needs_a_name_and_a_picture(desk: Desk) -> None:
    adi, mo = await sign_in(desk, "adi"), await sign_in(desk, "mo")
    token = await token_of(adi)
    files = {"image": ("x.png", b"no picture", "image/png")}
    bad_name = await adi.http.post("/uploads/admin/emoji", data=token | {"shortcode": "a"}, files=files)
    assert bad_name.status_code == 422
    bad_file = await adi.http.post("/uploads/admin/emoji", data=token | {"shortcode": "fist"}, files=files)
    assert bad_file.status_code == 422
    assert 'value="fist"' in bad_file.text
    assert (await mo.get("/admin/emoji")).status_code == 404


async def test_settings_are_shown_with_their_names(desk: Desk) -> None:
    adi = await sign_in(desk, "adi")
    text = (await adi.get("/admin/settings")).text
    assert {"privacy.delivery_days", "instance.rules", "registration.mode"} <= set(
        text.replace("<", " ").replace(">", " ").split()
    )


async def test_C09_members_check_the_chain_without_reading_whom_it_is_about(desk: Desk) -> None:
    ana, adi = await sign_in(desk, "ana"), await sign_in(desk, "adi")
    await submit(adi, SERVERS, SERVERS, host="loud.test", action="silence", reason="Too loud")
    assert "loud.test" in (await adi.get("/admin/audit")).text
    text = (await ana.get("/audit")).text
    assert "limited a server" in text
    assert "chain unbroken" in text
    assert "loud.test" not in text
    assert "Too loud" not in text
    assert (await ana.get("/admin/audit")).status_code == 404
    assert (await desk.http.get("/audit")).status_code == 303
