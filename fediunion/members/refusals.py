"""What is refused because nobody was shown to be the one."""

from fediunion.kit.errors import NotAllowed


class WrongProof(NotAllowed):
    """What was shown proves nothing; the message may be shown to whoever tried."""

    reason = "wrong-proof"


class SignInRefused(WrongProof):
    """Nobody is signed in; the message says why as far as whoever tried may know."""

    reason = "sign-in-refused"
