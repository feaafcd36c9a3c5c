"""Settings: everything that an operator decides, and what follows from it."""

import ipaddress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from fediunion.config.readers import Network
from fediunion.config.sections import (
    Campaigns,
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
    Translation,
    Transparency,
)
from fediunion.config.words import Mode

_THIS_MACHINE: tuple[Network, ...] = (ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("::1/128"))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that an operator decides; one object per instance, handed down, never global.

    `directory` is the folder of the configuration file, which is `file` where there is one; all paths in the
    sections are absolute.
    `clock_starts_at` is where the clock of a development instance starts (FEDIUNION_CLOCK_START).
    """

    instance: Instance
    secrets: Secrets
    server: Server = field(default_factory=Server)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    federation: Federation = field(default_factory=Federation)
    media: Media = field(default_factory=Media)
    mail: Mail = field(default_factory=Mail)
    registration: Registration = field(default_factory=Registration)
    privacy: Privacy = field(default_factory=Privacy)
    limits: Limits = field(default_factory=Limits)
    translation: Translation = field(default_factory=Translation)
    transparency: Transparency = field(default_factory=Transparency)
    campaigns: Campaigns = field(default_factory=Campaigns)
    directory: Path = field(default_factory=Path.cwd)
    file: Path | None = None
    clock_starts_at: datetime | None = None

    @property
    def is_development(self) -> bool:
        """Whether this instance is a trial on one machine."""
        return self.instance.mode is Mode.DEVELOPMENT

    @property
    def handle_domain(self) -> str:
        """What stands after the @ in handles, with its port in development."""
        return self.instance.domain

    @property
    def web_domain(self) -> str:
        """The host, with its port in development, that the server answers for."""
        return self.instance.web_domain or self.instance.domain

    @property
    def base_url(self) -> str:
        """Scheme and host of every address that we make, without a slash at the end."""
        return f"{self.instance.scheme}://{self.web_domain}"

    @property
    def authority(self) -> frozenset[str]:
        """Our own hosts, lower case, with port in development: what is under them is never remote."""
        return frozenset({self.handle_domain, self.web_domain})

    @property
    def metrics_networks(self) -> tuple[Network, ...]:
        """Who may read /metrics: the networks that are configured, in development also this machine."""
        return self.server.metrics_allowed + (_THIS_MACHINE if self.is_development else ())

    @property
    def data_dir(self) -> Path:
        """The folder of everything that the instance writes by default."""
        return self.directory / "data"

    @property
    def is_sqlite(self) -> bool:
        """Whether the rows are in a SQLite file."""
        return self.database.url.startswith("sqlite:")
