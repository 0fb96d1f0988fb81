"""What those fields of a query mean that retrieval cannot tell: markings, collections, types, languages.

A room above registers what it can tell (`register`), as the application starts. Each resolver is handed the
scope of the caller, and what it answers is the same whether or not there is anything outside of it.
"""

import re
from collections.abc import Iterable, Mapping

from donovan.access.labels import split_label
from donovan.access.markings import Level, MarkingError
from donovan.access.models import Collection
from donovan.library.media import KINDS, UNIDENTIFIED, language_code, language_name
from retrieval.querying.resolving import Resolver
from retrieval.querying.tree import Asked, InLanguages, Labelled, Node, OfTypes, wrong_at
from retrieval.scope import AccessScope

_ENDINGS = {
    "docx": "word",
    "pptx": "powerpoint",
    "slides": "powerpoint",
    "odt": "opendocument",
    "ods": "opendocument",
    "odp": "opendocument",
    "doc": "word",
    "ppt": "powerpoint",
    "wpd": "wordperfect",
    "msg": "mail",
    "xlsx": "excel",
    "xls": "excel",
    "tsv": "csv",
    "table": "csv",
    "email": "mail",
    "eml": "mail",
    "png": "image",
    "jpg": "image",
    "jpeg": "image",
    "tiff": "image",
    "scan": "image",
    "htm": "html",
    "md": "markdown",
    "txt": "text",
}
"""What people call a kind of file besides its name."""

_resolvers: dict[str, Resolver] = {}


def register(field: str, resolver: Resolver) -> None:
    """Make known to this process what a field of a query means; the same field again replaces it."""
    _resolvers[field] = resolver


def resolvers() -> Mapping[str, Resolver]:
    return _resolvers


def _type(asked: Asked, scope: AccessScope) -> Node:
    named = asked.value.casefold().lstrip(".")
    kinds = [kind for kind in KINDS if kind.key != UNIDENTIFIED]
    for kind in kinds:
        if named in (kind.key, kind.title.casefold()) or _ENDINGS.get(named) == kind.key:
            return OfTypes(kind.media_types, f"in files of the type {kind.title}")
    raise wrong_at(
        asked.at,
        asked.value,
        f"that is not a type of file. Types are {', '.join(kind.key for kind in kinds)}.",
    )


def _language(asked: Asked, scope: AccessScope) -> Node:
    code = language_code(asked.value)
    if not code:
        raise wrong_at(
            asked.at, asked.value, "that is not a language. Write its code or its English name: ru, Russian."
        )
    return InLanguages(frozenset({code}), f"in {language_name(code)}")


def _collection(asked: Asked, scope: AccessScope) -> Node:
    """By the name in addresses or the title, among collections of which the caller may read anything."""
    mine = {split_label(label)[0] for label in _readable(scope)}
    named = asked.value.casefold()
    titles = Collection.objects.filter(slug__in=mine).values_list("slug", "title")
    slugs = {slug for slug, title in titles if named in (slug.casefold(), title.casefold())}
    labels = frozenset(label for label in _readable(scope) if split_label(label)[0] in slugs)
    return Labelled(labels, f"in the collection “{asked.value}”")


def _marking(asked: Asked, scope: AccessScope) -> Node:
    """By its parts: SECRET is in SECRET//NOFORN, and TOP SECRET is another level."""
    wanted = _parts(asked.value)
    labels = frozenset(
        label for label in _readable(scope) if wanted and wanted <= _parts(split_label(label)[1].canonical)
    )
    return Labelled(labels, f"marked {asked.value.upper()}")


def _readable(scope: AccessScope) -> Iterable[str]:
    """The labels of the scope that can be read as such."""
    for label in scope.labels:
        try:
            split_label(label)
        except MarkingError:
            continue
        yield label


_PORTIONS = {level.portion: level.words for level in Level} | {"NF": "NOFORN"}


def _parts(marking: str) -> frozenset[str]:
    parts = (" ".join(part.split()).upper() for part in re.split(r"/+", marking.strip("() ")))
    return frozenset(_PORTIONS.get(part, part) for part in parts if part)


register("type", _type)
register("lang", _language)
register("collection", _collection)
register("marking", _marking)
