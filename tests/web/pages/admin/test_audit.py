"""The audit log as officers read it: accounts by their handles, reports by their pages."""

from fediunion.social.moderation.audit import record_audit
from tests.oauth.rig import BASE, Desk
from tests.web.pages.admin.staff import sign_in


async def test_the_log_names_accounts_by_handle_and_leads_to_reports(desk: Desk) -> None:
    mo = await sign_in(desk, "mo")
    by = "@adi@us.example"
    entries = {
        "institution.editor": (f"{BASE}/actors/jobs", f"{BASE}/actors/ana"),
        "actor.suspend": ("https://far.example/users/eve", "Spam"),
        "report.resolve": ("118", "Done"),
        "announcement.publish": ("117660179828216339", ""),
    }
    for action, (subject, reason) in entries.items():
        await desk.db.write(record_audit, by=by, action=action, subject=subject, reason=reason)
    page = (await mo.get("/admin/audit")).text
    assert "@jobs@us.example</bdi>" in page
    assert ">@ana@us.example<" in page
    assert "https://far.example/users/eve</bdi>" in page
    assert 'href="/admin/reports/118"' in page
    assert "117660179828216339" not in page
