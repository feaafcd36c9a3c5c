"""The configuration of an instance: its settings, how they are loaded, and how a new file is written."""

from fediunion.config.load import configuration_file, load_settings, secret_keys
from fediunion.config.sections import (
    SECTIONS,
    DatabaseSettings,
    Federation,
    Instance,
    Limits,
    Mail,
    Media,
    Privacy,
    Registration,
    Secrets,
    Server,
)
from fediunion.config.settings import Settings
from fediunion.config.words import (
    FederationMode,
    InviteMakers,
    MailMode,
    MediaStore,
    Mode,
    Reach,
    RegistrationMode,
    Scheme,
    UnionLevel,
    UnionRegion,
)
from fediunion.config.write import example, new_configuration, with_key

__all__ = [
    "SECTIONS",
    "DatabaseSettings",
    "Federation",
    "FederationMode",
    "Instance",
    "InviteMakers",
    "Limits",
    "Mail",
    "MailMode",
    "Media",
    "MediaStore",
    "Mode",
    "Privacy",
    "Reach",
    "Registration",
    "RegistrationMode",
    "Scheme",
    "Secrets",
    "Server",
    "Settings",
    "UnionLevel",
    "UnionRegion",
    "configuration_file",
    "example",
    "load_settings",
    "new_configuration",
    "secret_keys",
    "with_key",
]
