#!/bin/sh
# Apertium: the star of an unknown word stands inside codes, and a marking is translated.
#
# A good engineer would guess: a word that Apertium does not know comes back whole with a star before it, so that taking
#   the first star off each word gives the text back; and a line of codes and capitals passes as it is.
# What happens: a code is cut where digits, a hyphen and letters meet. "T-72B3" comes back as "*T-72*B3", "38SMB4484" as
#   "38*SMB4484". Of "REL TO USA" the word between is read as a preposition, and the country is translated.
# Versions: Debian's apertium 3.8.3 with apertium-eng-spa 0.8.1.
# Why it matters here: equipment, grids and date-time groups are what a translation must not touch, and a marking that
#   reads otherwise is another marking or none.
# How Donovan goes round it: donovan/llm/protecting.py finds markings, grids, groups and codes by their form, and they go
#   round the engine; donovan/llm/apertium.py takes off marks wherever they stand before a letter or digit.
# Documentation: apertium(1) speaks of marking unknown words with the star; what a word is in a code is not said.
set -eu
if ! command -v apertium > /dev/null || ! [ -e /usr/share/apertium/modes/eng-spa.mode ]; then
    echo "This needs Debian's packages apertium and apertium-eng-spa, which are not installed."
    exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
dpkg-query -W -f '${Package} ${Version}\n' apertium apertium-eng-spa
said() { printf '%s\n' "$1" > "$work/in.txt"; apertium eng-spa "$work/in.txt"; }
tank=$(said "The T-72B3 fired.")
grid=$(said "Grid 38SMB4484 at noon.")
marking=$(said "Marked REL TO USA only.")
echo "expected: *T-72B3 and 38SMB4484 whole, REL TO USA as it is"
echo "seen:     $tank"
echo "          $grid"
echo "          $marking"
case "$tank $grid" in
    *"T-72*B3"*"38*SMB4484"*) ;;
    *) echo "no longer as described"; exit 1 ;;
esac
case "$marking" in
    *"REL TO USA"*) echo "no longer as described"; exit 1 ;;
esac
echo "as described"
