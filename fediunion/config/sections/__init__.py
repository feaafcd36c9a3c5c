"""The sections of the configuration file: every key with its default, unit and meaning."""

from fediunion.config.sections.content import Federation, Media, Translation
from fediunion.config.sections.machine import DatabaseSettings, Limits, Mail, Secrets, Server
from fediunion.config.sections.union import Campaigns, Instance, Privacy, Registration, Transparency

__all__ = [
    "SECTIONS",
    "Campaigns",
    "DatabaseSettings",
    "Federation",
    "Instance",
    "Limits",
    "Mail",
    "Media",
    "Privacy",
    "Registration",
    "Secrets",
    "Server",
    "Translation",
    "Transparency",
]

SECTIONS: dict[str, type] = {
    "instance": Instance,
    "server": Server,
    "database": DatabaseSettings,
    "federation": Federation,
    "media": Media,
    "mail": Mail,
    "registration": Registration,
    "privacy": Privacy,
    "limits": Limits,
    "translation": Translation,
    "transparency": Transparency,
    "campaigns": Campaigns,
    "secrets": Secrets,
}
