#!/bin/sh
# Babel: parse_date changes day and month of a single date, even where the format is given.
#
# A good engineer would guess: parse_date("13/04/2019", format="MM/dd/yyyy") raises, since there is no month 13; so trying
#   a whole column with a format shows whether the format fits.
# What happens: where the month is above 12, day and month change places without a word. Of a column written day first,
#   03/04 is read as the 4th of March and 13/04 as the 13th of April. With a locale in place of the format it is the same.
# Versions: babel 2.18.0.
# Why it matters here: tables from several countries lie side by side. Dates up to the 12th land in the wrong month and
#   the rest in the right one, which looks like a pattern in the data; a check by "does it parse" finds nothing.
# How Donovan goes round it: Babel is asked for names and signs only (ingest/values/locales.py); dates are read by
#   ingest/values/dates.py, which gives a date that can be read in two ways twice, as both.
# Documentation: the docstring of parse_date calls the order of a locale a hint, but says that an explicit format is used to
#   parse the date.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
if ! python3 -m pip install --quiet --disable-pip-version-check --no-compile --no-deps --target "$work/packages" babel==2.18.0; then
    echo "The packages could not be installed."
    exit 2
fi
PYTHONPATH="$work/packages" python3 - <<'PY'
import sys
from importlib.metadata import version

from babel.dates import parse_date

written = ["03/04/2019", "12/04/2019", "13/04/2019"]
read = [parse_date(text, format="MM/dd/yyyy").isoformat() for text in written]
by_locale = [parse_date(text, locale="en_US").isoformat() for text in written]
print(f"babel {version('babel')}, MM/dd/yyyy: {written}")
print("expected: 2019-03-04, 2019-12-04, and an error for the third")
print(f"seen:     {read}; with the locale en_US {by_locale}")
is_so = read == by_locale == ["2019-03-04", "2019-12-04", "2019-04-13"]
print("as described" if is_so else "no longer as described")
sys.exit(0 if is_so else 1)
PY
