"""How often a second factor or a password may be tried by one member, and from one address."""

from typing import Final

from fediunion.config import Settings
from fediunion.members.attempts import Allowance, address_bucket

_MINUTES_5: Final = 300
_HOUR: Final = 3600
_DAY: Final = 86_400


def code_allowances(whom: str, address: str) -> list[Allowance]:
    """Return how often codes are tried: 5 in 5 minutes, 20 in an hour, 50 in a day for one account (W11)."""
    return [
        Allowance("code:5-minutes", whom, 5, _MINUTES_5),
        Allowance("code:hour", whom, 20, _HOUR),
        Allowance("code:day", whom, 50, _DAY),
        Allowance("code:address", address_bucket(address), 20, _MINUTES_5),
    ]


def password_allowances(settings: Settings, whom: str, address: str) -> list[Allowance]:
    """Return how often passwords are tried on an account, from an address, and in all (row W09)."""
    limits = settings.limits
    return [
        Allowance("sign-in:account", whom, limits.logins_per_5_minutes, _MINUTES_5),
        Allowance("sign-in:address", address_bucket(address), limits.logins_per_5_minutes, _MINUTES_5),
        Allowance("sign-in:all", "", limits.all_logins_per_5_minutes, _MINUTES_5),
    ]


def passkey_allowances(address: str) -> list[Allowance]:
    """Return how often passkeys are asked for and tried from one address."""
    return [Allowance("passkey:address", address_bucket(address), 60, _MINUTES_5)]
