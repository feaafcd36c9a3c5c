"""Published and followed lists of servers, plugged in."""

from fediunion.feature import Entry, Feature, Menu
from fediunion.jobs.schedule import Every
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.union.server_lists import api, fetching, pages

FEATURE = Feature(
    name="server_lists",
    jobs={fetching.LOOK_JOB: fetching.look_at_lists},
    schedule=[Every(job=fetching.LOOK_JOB, seconds=fetching.EVERY_SECONDS)],
    routes=[*api.ROUTES, *pages.ROUTES],
    menus={
        Menu.OFFICERS: [
            Entry(
                "server-lists",
                "/admin/server-lists",
                Sentence("Lists of servers"),
                "shield",
                least=Role.ADMIN,
            )
        ]
    },
)
