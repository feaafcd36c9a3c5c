"""The fields Signature-Input and Signature, read: the usual form at once, others by the whole grammar."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import http_sf

from fediunion.kit.errors import BadSignature

_STRING = r'"[ !#-\[\]-~]*"'
_INTEGER = r"0|-?[1-9][0-9]{0,14}"
_LABEL = r"[a-z*][a-z0-9_.*-]*"
_USUAL_INPUT: Final = re.compile(
    rf"({_LABEL})=(\(((?:{_STRING}(?: {_STRING})*)?)\)((?:;{_LABEL}=(?:{_STRING}|{_INTEGER}))*))"
)
_USUAL_SIGNATURE: Final = re.compile(rf"({_LABEL})=:((?:[A-Za-z0-9+/]{{4}})*[A-Za-z0-9+/]{{2,4}}={{0,2}}):")
_PARAMETER: Final = re.compile(rf"({_LABEL})=(?:\"([^\"]*)\"|({_INTEGER}))")


@dataclass(frozen=True, slots=True)
class WrittenSignature:
    """One member of both fields as written, not yet checked against any profile.

    `components` are the names that it covers, `parameters` the strings, numbers and so on behind them.
    `line` is the canonical text of the member of Signature-Input, as the signature base ends with it.
    """

    components: tuple[str, ...]
    parameters: Mapping[str, Any]
    signature: bytes
    line: str


def read_signatures(inputs: str, signatures: str, *, most: int) -> list[WrittenSignature | None]:
    """Return the first `most` signatures by their order in `inputs`, a Signature-Input field.

    None stands for one that has no bytes in `signatures`, or covers something other than plain names.
    Raises BadSignature ("signature-malformed") where a field cannot be read, or names a label or parameter
    twice: of two readers one would take the first and one the last. Source: RFC 9421 sections 4.1 and 4.2.
    """
    usual = usual_signature(inputs, signatures)
    return [usual] if usual is not None else any_signatures(inputs, signatures, most=most)


def usual_signature(inputs: str, signatures: str) -> WrittenSignature | None:
    """Return the one signature of two fields in the form that is nearly always sent, or None for any other.

    That is one label, in canonical form: names, strings without escapes, and numbers. Where this returns
    something, `any_signatures` returns the same, at five times the cost.
    """
    shape = _USUAL_INPUT.fullmatch(inputs)
    signed = _USUAL_SIGNATURE.fullmatch(signatures)
    if shape is None or signed is None or shape[1] != signed[1] or len(signed[2]) % 4:
        return None
    parameters: dict[str, str | int] = {}
    for found in _PARAMETER.finditer(shape[4]):
        if found[1] in parameters:
            return None
        parameters[found[1]] = found[2] if found[3] is None else int(found[3])
    components = tuple(shape[3][1:-1].split('" "')) if shape[3] else ()
    return WrittenSignature(components, parameters, base64.b64decode(signed[2]), shape[2])


def any_signatures(inputs: str, signatures: str, *, most: int) -> list[WrittenSignature | None]:
    """Return what `read_signatures` does, by the whole grammar of structured fields. Raises BadSignature."""
    members = _dictionary(inputs, "Signature-Input")
    signed = _dictionary(signatures, "Signature")
    return [_written(members[label], signed.get(label)) for label in list(members)[:most]]


def _written(member: Any, signed: Any) -> WrittenSignature | None:
    items, parameters = member
    signature = signed[0] if signed is not None else None
    if not isinstance(items, list) or not isinstance(signature, bytes):
        return None
    if any(type(name) is not str or more for name, more in items):
        return None
    line = http_sf.ser({"sig": member}).removeprefix("sig=")
    return WrittenSignature(tuple(name for name, _ in items), parameters, signature, line)


def _dictionary(text: str, field: str) -> dict[str, Any]:
    try:
        parsed = http_sf.parse(
            text.encode("latin-1"), tltype="dictionary", on_duplicate_key=_refuse_twice(field)
        )
    except (ValueError, IndexError) as error:
        raise BadSignature(f"The {field} header cannot be read", reason="signature-malformed") from error
    if not isinstance(parsed, dict):
        raise BadSignature(f"The {field} header is no dictionary", reason="signature-malformed")
    return parsed


def _refuse_twice(field: str) -> Callable[[str, str], None]:
    def refuse(_name: str, _where: str) -> None:
        raise BadSignature(f"The {field} header names something twice", reason="signature-malformed")

    return refuse
