"""What an event of a calendar and a contact say, as fields in the order of the file."""

from collections.abc import Iterator

from ingest.readers.content_lines import Component, Property
from ingest.readers.spots import spot
from ingest.readers.xml_tree import plain_words

KINDS = {
    "VEVENT": "event", "VTODO": "task", "VJOURNAL": "journal entry", "VFREEBUSY": "busy times",
    "VCARD": "contact",
}  # fmt: skip
_LABELS = {
    "SUMMARY": "summary", "DTSTART": "start", "DTEND": "end", "DUE": "due", "DURATION": "duration",
    "LOCATION": "place", "ORGANIZER": "organiser", "ATTENDEE": "attendee", "DESCRIPTION": "description",
    "STATUS": "status", "CATEGORIES": "categories", "COMMENT": "comment", "CONTACT": "contact", "URL": "link",
    "RRULE": "repeats", "RDATE": "also on", "EXDATE": "not on", "GEO": "position", "PRIORITY": "priority",
    "CREATED": "created", "LAST-MODIFIED": "changed", "COMPLETED": "completed", "RESOURCES": "resources",
    "CLASS": "class", "RECURRENCE-ID": "in place of", "FREEBUSY": "busy", "ATTACH": "attached",
    "PERCENT-COMPLETE": "done (%)", "RELATED-TO": "belongs to", "UID": "identifier",
    "FN": "name", "N": "parts of the name", "NICKNAME": "nickname", "ORG": "organisation", "TITLE": "title",
    "ROLE": "role", "TEL": "telephone", "EMAIL": "e-mail", "ADR": "address", "LABEL": "address label",
    "BDAY": "born", "ANNIVERSARY": "anniversary", "DEATHDATE": "died", "NOTE": "note", "IMPP": "messenger",
    "LANG": "language", "TZ": "time zone", "GENDER": "gender", "REV": "changed", "RELATED": "related",
    "MEMBER": "member", "KIND": "kind", "MAILER": "mail program", "SOURCE": "source",
    "X-WR-CALNAME": "calendar", "X-WR-CALDESC": "about the calendar",
}  # fmt: skip
_MOMENTS = frozenset({
    "DTSTART", "DTEND", "DUE", "CREATED", "LAST-MODIFIED", "COMPLETED", "RECURRENCE-ID", "BDAY",
    "ANNIVERSARY", "DEATHDATE", "REV",
})  # fmt: skip
_MOMENT_LISTS = frozenset({"RDATE", "EXDATE"})
_PEOPLE = frozenset({"ORGANIZER", "ATTENDEE"})
_LEFT_OUT = frozenset(
    {"VERSION", "PRODID", "DTSTAMP", "SEQUENCE", "TRANSP", "PROFILE", "CALSCALE", "X-ABLABEL"}
)
_ADDRESS = ("post box", "annex", "street", "town", "region", "postcode", "country")
PACKED = frozenset({"PHOTO", "LOGO", "SOUND", "KEY", "ATTACH"})
_FREQUENCY = {"DAILY": "every day", "WEEKLY": "every week", "MONTHLY": "every month", "YEARLY": "every year"}


def entries_of(components: list[Component]) -> Iterator[Component]:
    """Events, tasks and contacts in the order of the file; zones and alarms are none."""
    for component in components:
        if component.name in KINDS:
            yield component
        yield from entries_of(component.inner)


def fields_of(entry: Component) -> dict[str, str]:
    """The fields of an entry; several of one name are joined."""
    named = {each.group: each.text for each in entry.all("X-ABLABEL") if each.group}
    found: dict[str, list[str]] = {}
    for prop in entry.properties:
        if prop.name in _LEFT_OUT or (prop.name in PACKED and prop.data() is not None):
            continue
        label = _LABELS.get(prop.name, prop.name.removeprefix("X-").replace("-", " ").lower())
        if value := _value(prop, named.get(prop.group, "")):
            found.setdefault(label, []).append(value)
    if entry.name == "VCARD" and found.get("name") and "parts of the name" in found:
        # Said in full already.
        del found["parts of the name"]
    return {label: "; ".join(values) for label, values in found.items()}


def title_of(entry: Component) -> str:
    """What an entry is called."""
    for name in ("SUMMARY", "FN", "ORG", "N"):
        prop = entry.first(name)
        if prop is not None and (words := " ".join(part for part in prop.parts() if part)):
            return " ".join(words.split())[:500]
    return ""


def _value(prop: Property, named: str) -> str:
    if prop.name in _MOMENTS:
        return prop.moment()
    if prop.name in _MOMENT_LISTS:
        moments = (Property(prop.name, part, prop.parameters).moment() for part in prop.value.split(","))
        return ", ".join(moments)
    if prop.name in _PEOPLE:
        return _person(prop)
    if prop.name == "GEO":
        return _position(prop)
    if prop.name == "RRULE":
        return _rule(prop)
    if prop.name == "N":
        return " ".join(part for part in (prop.parts() + [""] * 5)[3::-1] if part)
    if prop.name == "ADR":
        return ", ".join(part.replace("\n", ", ") for part in prop.parts() if part) + _typed(prop, named)
    if prop.name == "ORG":
        return ", ".join(part for part in prop.parts() if part)
    if prop.name in {"DESCRIPTION", "NOTE", "COMMENT"}:
        return plain_words(prop.text)
    return prop.text.removeprefix("tel:") + _typed(prop, named)


def _typed(prop: Property, named: str) -> str:
    said = named.strip("_$!<>") or ", ".join(
        kind.lower() for kind in prop.parameter("TYPE").replace(",", " ").split() if kind.upper() != "PREF"
    )
    return f" ({said})" if said and prop.value.strip() else ""


def _person(prop: Property) -> str:
    address = prop.text.partition(":")[2] if prop.text.lower().startswith("mailto:") else prop.text
    name = prop.parameter("CN")
    said = f"{name} <{address}>" if name and name.lower() != address.lower() else address
    notes = [prop.parameter("PARTSTAT").replace("-", " ").lower(), prop.parameter("ROLE").lower()]
    shown = [note for note in notes if note and note not in {"needs action", "req-participant"}]
    return f"{said} ({', '.join(shown)})" if shown else said


def _position(prop: Property) -> str:
    numbers = prop.text.removeprefix("geo:").replace(",", ";").split(";")
    return (spot(numbers[0], numbers[1]) if len(numbers) >= 2 else "") or prop.text


def _rule(prop: Property) -> str:
    """A rule of repetition, its frequency in words and the rest as it is written."""
    rules = dict(part.partition("=")[::2] for part in prop.value.strip().upper().split(";"))
    said = _FREQUENCY.get(rules.pop("FREQ", ""), "")
    if "UNTIL" in rules:
        rules["UNTIL"] = Property("UNTIL", rules["UNTIL"]).moment()
    rest = ", ".join(f"{key.lower()} {value}" for key, value in rules.items())
    return f"{said}, {rest}".strip(", ") if said else prop.text
