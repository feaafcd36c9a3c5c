"""Figures: what can be counted without watching anybody."""

from tests.api.rig import Client, Rig


async def test_measures_are_counts_of_rows_by_day(rig: Rig, admin: Client, ana: Client, ben: Client) -> None:
    await ana.post("/api/v1/reports", account_id=ben.id)
    rig.clock.advance(days=1)
    carl = await rig.member("carl")
    await carl.post("/api/v1/reports", account_id=ben.id)
    today = f"{rig.clock.now():%Y-%m-%d}"
    keys = ["new_users", "opened_reports", "active_users", "instance_accounts", "made_up"]
    body = {
        "keys": keys,
        "start_at": "2026-03-02",
        "end_at": today,
        "instance_accounts": {"domain": "x.test"},
    }
    users, reports, accounts = await admin.post("/api/v1/admin/measures", **body)
    assert (users["key"], users["total"], users["previous_total"]) == ("new_users", "4", "0")
    assert [day["value"] for day in users["data"]] == ["3", "1"]
    assert [day["value"] for day in reports["data"]] == ["1", "1"]
    assert (accounts["key"], accounts["total"]) == ("instance_accounts", "0")


async def test_a_measure_without_dates_is_refused_and_a_long_time_is_cut(admin: Client) -> None:
    path = "/api/v1/admin/measures"
    for start in (None, "soon", "0001-01-01", "9999-12-31T23:59:59-12:00"):
        body = {"keys": ["new_users"], "start_at": start, "end_at": "2026-03-02"}
        assert (await admin.ask("POST", path, json=body)).status_code == 422, start
    body = {"keys": ["new_users"], "start_at": "2001-01-02", "end_at": "2026-03-02"}
    (measure,) = await admin.post(path, **body)
    assert len(measure["data"]) == 366
    backwards = {"keys": ["new_users"], "start_at": "2026-03-02", "end_at": "2026-03-01"}
    assert await admin.post(path, **backwards) == []


async def test_dimensions_are_versions_space_and_servers(admin: Client) -> None:
    keys = ["software_versions", "space_usage", "servers", "languages"]
    found = {each["key"]: each["data"] for each in await admin.post("/api/v1/admin/dimensions", keys=keys)}
    assert found.keys() == {"software_versions", "space_usage", "servers"}
    assert [each["key"] for each in found["software_versions"]] == ["fediunion", "python"]
    assert found["space_usage"][0]["value"] == "0"
    assert found["servers"] == []


async def test_who_comes_back_is_not_recorded(admin: Client) -> None:
    body = {"start_at": "2026-03-01", "end_at": "2026-03-02", "frequency": "day"}
    assert await admin.post("/api/v1/admin/retention", **body) == []
