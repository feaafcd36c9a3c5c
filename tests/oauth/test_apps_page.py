"""/settings/apps: what a member let in, and ending it; and the job that deletes what is over."""

from datetime import timedelta

from fediunion.members.models import AccessToken, Member, WebSession
from fediunion.members.tokens import create_token
from fediunion.oauth.jobs import prune
from fediunion.oauth.models import Application, AuthorizationCode, RefreshToken
from tests.oauth.rig import OOB, App, Browser, Desk, fields_of


async def test_the_page_names_apps_what_they_may_do_and_when_they_last_did(
    desk: Desk, app: App, ana: Browser
) -> None:
    assert "No app uses your account" in (await ana.get("/settings/apps")).text
    token = (await app.token(ana, "read:lists push"))["access_token"]
    page = (await ana.get("/settings/apps")).text
    for text in ("Reader", "See your lists", "push notifications", "not used yet", "read:lists push"):
        assert text in page
    await desk.call(token, "/api/v1/lists")
    assert "last used on" in (await ana.get("/settings/apps")).text


async def test_O10_ending_an_app_ends_all_that_it_holds(desk: Desk, ana: Browser) -> None:
    app = await desk.register(scopes="read offline_access")
    other = await desk.register(client_name="Other")
    tokens = [await app.token(ana, "read offline_access"), await app.token(ana)]
    code, kept = await app.code(ana), await other.token(ana)
    page = (await ana.get("/settings/apps")).text
    ended = await ana.post(f"/settings/apps/app/{app.registered['id']}/end", fields_of(page))
    assert ended.headers["location"] == "/settings/apps"
    for token in tokens:
        assert (await desk.call(token["access_token"])).status_code == 401
    renewed = await app.ask(grant_type="refresh_token", refresh_token=tokens[0]["refresh_token"])
    assert renewed.status_code == 400
    assert (await app.redeem(code)).status_code == 400
    assert (await desk.call(kept["access_token"])).status_code == 200
    page = (await ana.get("/settings/apps")).text
    assert "The app can do nothing any more" in page
    assert "Other" in page
    assert "Reader" not in page


async def test_a_token_of_the_command_line_can_be_ended_too(desk: Desk, ana: Browser) -> None:
    (member,) = await desk.rows(Member)
    bearer = await desk.on(member, create_token, "read", "backup")
    (token,) = await desk.rows(AccessToken)
    page = (await ana.get("/settings/apps")).text
    assert "backup" in page
    await ana.post(f"/settings/apps/token/{token.id}/end", fields_of(page))
    assert (await desk.call(bearer)).status_code == 401


async def test_O12_nobody_ends_what_another_member_let_in(desk: Desk, app: App, ana: Browser) -> None:
    token = (await app.token(ana))["access_token"]
    await desk.member("mallory")
    mallory = await desk.signed_in("mallory")
    (row,) = await desk.rows(AccessToken)
    fields = fields_of((await mallory.get("/sign-out")).text)
    for path in (f"app/{app.registered['id']}", f"token/{row.id}", "app/0", f"token/{1 << 62}"):
        assert (await mallory.post(f"/settings/apps/{path}/end", fields)).status_code == 303
    assert (await mallory.post(f"/settings/apps/app/{1 << 80}/end", fields)).status_code == 404
    assert (await mallory.post("/settings/apps/nothing/1/end", fields)).status_code == 404
    assert (await desk.call(token)).status_code == 200


async def test_O28_an_app_without_a_token_is_gone_after_a_day_and_a_used_one_stays(
    desk: Desk, app: App, ana: Browser
) -> None:
    await desk.register(client_name="Unused", redirect_uris=OOB)
    await app.token(ana)
    desk.clock.advance(hours=23)
    await desk.db.write(prune)
    assert len(await desk.rows(Application)) == 2
    desk.clock.advance(hours=2)
    await desk.db.write(prune)
    assert [row.name for row in await desk.rows(Application)] == ["Reader"]
    desk.clock.advance(days=400)
    await desk.db.write(prune)
    assert [row.name for row in await desk.rows(Application)] == ["Reader"]


async def test_what_is_over_is_deleted_and_what_is_not_stays(desk: Desk, ana: Browser) -> None:
    app = await desk.register(scopes="read offline_access")
    await app.code(ana)
    await app.token(ana, "read offline_access")
    await app.token(ana, "read")
    await desk.db.write(prune)
    tables = (AuthorizationCode, AccessToken, RefreshToken, WebSession)
    assert [len(await desk.rows(table)) for table in tables] == [3, 2, 1, 1]
    desk.clock.advance(days=2)
    await desk.db.write(prune)
    assert [len(await desk.rows(table)) for table in tables] == [0, 2, 1, 0]
    desk.clock.advance(timedelta(days=125).total_seconds())
    await desk.db.write(prune)
    assert [len(await desk.rows(table)) for table in tables] == [0, 0, 0, 0]
