"""The network of unions as pages, plugged in."""

from fediunion.feature import Entry, Feature, Menu
from fediunion.jobs.schedule import Every
from fediunion.kit.sentences import Sentence
from fediunion.members.models import Role
from fediunion.union.affiliation.events import AffiliationChanged
from fediunion.union.directory import describing, pages

FEATURE = Feature(
    name="directory",
    reactions={AffiliationChanged: [describing.describe_soon]},
    jobs={describing.DESCRIBE_JOB: describing.describe_unions},
    schedule=[Every(job=describing.DESCRIBE_JOB, seconds=describing.EVERY_SECONDS)],
    routes=pages.ROUTES,
    menus={
        Menu.STRANGERS: [Entry("unions", "/unions", Sentence("Unions"))],
        Menu.MEMBERS: [Entry("unions", "/unions", Sentence("Unions"), "unions")],
        Menu.OFFICERS: [
            Entry(
                "unions-admin",
                "/admin/unions",
                Sentence("Relations with unions"),
                "network",
                least=Role.ADMIN,
            )
        ],
    },
)
