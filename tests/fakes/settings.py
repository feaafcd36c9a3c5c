"""Settings of instances in tests."""

from dataclasses import replace
from pathlib import Path

from fediunion.config import (
    DatabaseSettings,
    Federation,
    Instance,
    Limits,
    Mail,
    MailMode,
    Media,
    Mode,
    Registration,
    RegistrationMode,
    Scheme,
    Secrets,
    Settings,
)

SECRETS = Secrets(master_key=bytes(range(32)), secret_key="a-long-secret-for-tests-only-0123456789")


def settings_for(domain: str, directory: Path, database_url: str = "") -> Settings:
    """Return what `fediunion init --dev` writes for `domain`, but with https, so that ids look as in life."""
    settings = Settings(
        instance=Instance(
            domain=domain, title=domain.partition(".")[0], mode=Mode.DEVELOPMENT, scheme=Scheme.HTTPS
        ),
        secrets=SECRETS,
        federation=Federation(allow_http=True, allow_private_addresses=True, retry_base_seconds=5),
        mail=Mail(mode=MailMode.FILE, dir=directory / "data" / "mail"),
        media=Media(dir=directory / "data" / "media"),
        registration=Registration(mode=RegistrationMode.OPEN),
        limits=Limits(enabled=False),
        directory=directory,
    )
    url = database_url or f"sqlite:///{directory / 'data' / 'fediunion.db'}"
    return replace(settings, database=DatabaseSettings(url=url))
