"""Writes the names by which countries are found, from the Unicode CLDR: `python -m scripts.country_names`.

In English, French, Spanish and Arabic, in each country's own languages, and as the United Nations call it. A
name that two countries could mean is left out. Babel has them all, but keeps each language that it reads.
"""

from collections import defaultdict
from pathlib import Path
from typing import Final

from babel import Locale
from babel.core import UnknownLocaleError, get_global

from fediunion.union.vacancies.terms.countries import COUNTRIES, NO_COUNTRIES
from fediunion.union.vacancies.terms.keys import place_key

_EVERYBODYS: Final = ("en", "fr", "es", "ar")
_ALSO: Final = {
    "AE": ("UAE",),
    "BO": ("Bolivia (Plurinational State of)",),
    "BN": ("Brunei Darussalam",),
    "CD": ("Democratic Republic of the Congo", "DRC", "DR Congo", "République démocratique du Congo", "RDC"),
    "CG": ("Congo", "Republic of the Congo", "République du Congo"),
    "CI": ("Cote d'Ivoire", "Ivory Coast"),
    "CV": ("Cabo Verde", "Cape Verde"),
    "CZ": ("Czech Republic",),
    "FM": ("Micronesia (Federated States of)",),
    "GB": (
        "United Kingdom of Great Britain and Northern Ireland",
        "UK",
        "Great Britain",
        "England",
        "Scotland",
    ),
    "GR": ("EL",),
    "IR": ("Iran (Islamic Republic of)", "Islamic Republic of Iran"),
    "KP": ("Democratic People's Republic of Korea", "DPRK"),
    "KR": ("Republic of Korea",),
    "LA": ("Lao People's Democratic Republic", "Lao PDR"),
    "LY": ("State of Libya",),
    "MD": ("Republic of Moldova",),
    "MK": ("The former Yugoslav Republic of Macedonia",),
    "MM": ("Burma",),
    "NL": ("Netherlands (Kingdom of the)", "The Netherlands", "Holland"),
    "PS": ("State of Palestine", "Palestine", "Occupied Palestinian Territory", "oPt"),
    "RU": ("Russian Federation",),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Turquie"),
    "TZ": ("United Republic of Tanzania",),
    "US": ("United States of America", "USA", "U.S.A.", "U.S."),
    "VA": ("Holy See",),
    "VE": ("Venezuela (Bolivarian Republic of)",),
    "VN": ("Viet Nam",),
    "XK": ("Kosovo (UNSCR 1244)", "Kosovo (under UNSC resolution 1244)"),
}


def main(written: Path = COUNTRIES) -> None:
    """Write the list: code, names, among them the codes of three letters."""
    codes = sorted(
        code
        for code in map(str, Locale.parse("en").territories)
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES
    )
    letters = defaultdict(list)
    for alias, codes_of in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(codes_of) == 1:
            letters[codes_of[0]].append(alias)
    names = {
        code: list(dict.fromkeys((*_ALSO.get(code, ()), *_from_cldr(code), *sorted(letters[code]))))
        for code in codes
    }
    meant = defaultdict(set)
    for code in codes:
        for name in names[code]:
            meant[place_key(name)].add(code)
    lines = []
    for code in codes:
        sure = {place_key(name): name for name in reversed(names[code]) if len(meant[place_key(name)]) == 1}
        also = {place_key(name): name for name in _ALSO.get(code, ())}
        lines.append(f"{code}\t{'|'.join((sure | also).values())}")
    written.write_text("\n".join(lines) + "\n", "utf-8")


def _from_cldr(code: str) -> list[str]:
    own = [
        language
        for language, said in get_global("territory_languages").get(code, {}).items()
        if said["official_status"] or said["population_percent"] >= 20
    ]
    found = []
    for language in (*_EVERYBODYS, *own):
        try:
            name = Locale.parse(language).territories.get(code)
        except (UnknownLocaleError, ValueError):
            continue
        if name:
            found.append(name)
    return found


if __name__ == "__main__":
    main()
