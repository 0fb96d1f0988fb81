"""Search from the command line, within what one person may read."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date

from donovan.access.labels import split_label
from donovan.audit.services import AuditUnavailable
from donovan.library.callers import Caller
from donovan.library.console import caller_named, check_collection, wrong
from donovan.library.errors import LibraryError, NotFoundHere
from donovan.library.finding import MOST_HITS, Asked, search_on_record
from donovan.library.media import KINDS
from donovan.library.querying import Understood
from donovan.library.similar import read_like, similar_on_record
from donovan.library.snippets import snippet
from retrieval.search import Hit, SearchResult


class Command(BaseCommand):
    help = (
        "The passages nearest to a query, or like a document, among those that a person may read. "
        "A query may use “phrases”, "
        "AND OR NOT, parentheses, NEAR/n, * and ?, fuzzy~, and the fields title: from: to: date: type: lang: "
        "marking: collection: entity: page:."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("query", metavar="QUERY", nargs="?", default="")
        parser.add_argument(
            "--like",
            default="",
            metavar="DOCUMENT[:PASSAGE]",
            help="instead of a query: what is like this document, or like one of its passages counted from 0",
        )
        parser.add_argument(
            "--as", dest="username", required=True, metavar="USER", help="search as this person"
        )
        parser.add_argument("--collection", default="", metavar="SLUG", help="only in this collection")
        parser.add_argument("-k", type=int, default=10, dest="limit", help="how many passages (default 10)")
        kinds = [kind.key for kind in KINDS]
        parser.add_argument(
            "--type", action="append", default=[], choices=kinds, dest="kinds", help="only this type"
        )
        parser.add_argument(
            "--language", action="append", default=[], metavar="CODE", help="only this language"
        )
        parser.add_argument("--from", dest="date_from", metavar="DATE", help="dated on this day or later")
        parser.add_argument("--to", dest="date_to", metavar="DATE", help="dated on this day or before")
        parser.add_argument(
            "--terms",
            action="store_true",
            help="also the words that set what was found apart from the rest of what the person may read",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        caller = caller_named(options["username"])
        if options["collection"]:
            check_collection(options["collection"], caller)
        if not 1 <= options["limit"] <= MOST_HITS:
            raise wrong(f"-k is a number from 1 to {MOST_HITS}.")
        days = {}
        for name in ("date_from", "date_to"):
            days[name] = _day(options[name])
        asked = Asked(
            query=options["query"],
            collection=options["collection"],
            kinds=frozenset(options["kinds"]),
            languages=frozenset(options["language"]),
            date_from=days["date_from"],
            date_to=days["date_to"],
        )
        if bool(options["like"]) == bool(options["query"].strip()):
            raise wrong("Give either a query or --like with the id of a document.")
        if options["like"]:
            self._like(caller, options["like"], asked, options["limit"], is_json=options["json"])
            return
        try:
            most_counted = sys.maxsize if options["terms"] else 0
            found = search_on_record(caller, asked, limit=options["limit"], most_counted=most_counted)
        except LibraryError as error:
            raise wrong(error.sentence) from error
        except AuditUnavailable as error:
            raise CommandError(error.sentence) from error
        result, understood = found.result, found.understood
        if not options["json"] and understood:
            self.stdout.write(f"Read as: {understood.said}")
        more: dict[str, Any] = {"reading": understood.said} if understood else {}
        if result.significant:
            terms = result.significant.terms
            more["terms"] = [
                {"word": term.word, "inside": term.inside, "outside": term.outside} for term in terms
            ]
        self._show(result, asked.query, understood, more, is_json=options["json"])

    def _like(self, caller: Caller, given: str, asked: Asked, limit: int, *, is_json: bool) -> None:
        try:
            found = similar_on_record(caller, read_like(given), asked, limit=limit)
        except NotFoundHere as error:
            raise wrong(f"{error} Give the id of a document, or ID:4 for its fifth passage.") from error
        except LibraryError as error:
            raise wrong(error.sentence) from error
        except AuditUnavailable as error:
            raise CommandError(error.sentence) from error
        similar = found.similar
        by = [*(["its meaning"] if similar.is_by_meaning else []), *similar.words]
        if not is_json:
            self.stdout.write(f"Like {found.document}, compared by {', '.join(by) or 'nothing'}")
        compared = {
            "document": str(found.document.pk),
            "meaning": similar.is_by_meaning,
            "words": list(similar.words),
        }
        if found.passage:
            compared["passage"] = found.passage.ordinal
        words = " ".join(similar.words)
        self._show(similar.result, words, None, {"compared": compared}, is_json=is_json)

    def _show(
        self,
        result: SearchResult,
        words: str,
        understood: Understood | None,
        more: dict[str, Any],
        *,
        is_json: bool,
    ) -> None:
        """Print what was found; `words` are marked where the query was not one of the language."""
        for notice in result.notices:
            self.stderr.write(notice)
        if is_json:
            answer: dict[str, Any] = {
                "hits": [_as_data(hit) for hit in result.hits],
                "searched": result.documents_searched,
                "seconds": round(result.seconds, 4),
            }
            self.stdout.write(json.dumps(answer | more, ensure_ascii=False))
            return
        for hit in result.hits:
            marks = understood.marks(hit.text, hit.language) if understood else None
            data = _as_data(hit)
            self.stdout.write(f"{data['score']:.4f}  {data['title']}, page {hit.page}  [{data['marking']}]")
            self.stdout.write(
                "        " + " ".join("".join(p.text for p in snippet(hit.text, words, marks)).split())
            )
        for term in more.get("terms", ()):
            self.stdout.write(f"{term['word']}: {term['inside']} here, {term['outside']} elsewhere")
        counts = f"{len(result.hits)} passages from {result.documents_searched} documents"
        self.stdout.write(f"{counts} in {result.seconds:.2f} s")


def _day(given: str | None) -> Any:
    if not given:
        return None
    try:
        found = parse_date(given)
    except ValueError:
        found = None
    if found is None:
        raise wrong(f"“{given[:40]}” is not a date. Write it as 2026-05-31.")
    return found


def _as_data(hit: Hit) -> dict[str, Any]:
    return {
        "document": str(hit.document_id),
        "title": hit.title or hit.name,
        "page": hit.page,
        "start": hit.start,
        "end": hit.end,
        "text": hit.text,
        "score": hit.score,
        "marking": split_label(hit.label)[1].canonical,
    }
