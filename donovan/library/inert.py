"""Values on their way into CSV and spreadsheet files, made so that opening the file runs nothing.

Spreadsheet programs take a text that begins with =, +, -, @, a tab or a line end for a formula; an apostrophe
before it keeps it a text (OWASP, CSV Injection).
"""

import re

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[-+]?[0-9]+([., '\u00a0\u202f][0-9]+)*(e[-+]?[0-9]+)? ?%?", re.IGNORECASE)


def inert(value: object) -> object:
    """The value as it may be written to a CSV or XLSX file: texts that could be formulas get an apostrophe.

    Numbers, dates and texts that are plainly numbers stay as they are.
    """
    if not isinstance(value, str):
        return value
    text = value.lstrip(" \u00a0\ufeff")
    if text.startswith(_STARTS) and not _NUMBER.fullmatch(text.strip()):
        return f"'{value}"
    return value
