"""The names of the months, in the one table of the product."""

from collections import Counter
from collections.abc import Mapping

from babel.dates import get_month_names

from ccs_qa.records import LANGUAGES, Language
from ccs_qa.text import fold

# Whole names, folded, by language.
WHOLE_MONTHS: Mapping[Language, Mapping[str, int]] = {
    language: {fold(name): at for at, name in get_month_names("wide", locale=language).items()}
    for language in LANGUAGES
}


def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for language, whole in WHOLE_MONTHS.items():
        short = get_month_names("abbreviated", locale=language)
        found |= dict(whole) | {fold(name).rstrip("."): at for at, name in short.items()}
        begins = Counter(name[:3] for name in whole)
        # "Jui" may be June and July.
        found |= {name[:3]: at for name, at in whole.items() if begins[name[:3]] == 1}
    return found


# Whole and shortened names of both languages, folded, without a point.
MONTHS = _months()
MONTH = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?"
