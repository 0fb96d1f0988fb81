"""Handing files in: many at once, each with its own outcome."""

from dataclasses import asdict, dataclass

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.library import services
from donovan.library.callers import Caller
from donovan.library.errors import LibraryError
from donovan.library.offered_markings import known_markings
from donovan.library.selectors import collections_open_for_upload
from donovan.library.uploads import most_bytes, too_large_sentence

LONGEST_NAME = 200


@dataclass(frozen=True)
class Outcome:
    """What became of one file: `outcome` is received, duplicate or refused."""

    name: str
    outcome: str
    sentence: str
    address: str = ""


@entry(body_megabytes=settings.MAX_FORM_MB)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("passwords")
def upload(request: SignedInRequest) -> HttpResponse:
    """The form; and, sent with files, the outcome of each, as JSON for a program that asks for it."""
    caller = Caller.of(request)
    collection = (request.POST.get("collection") or request.GET.get("collection") or "")[:LONGEST_NAME]
    marking = request.POST.get("marking", "")
    outcomes: list[Outcome] = []
    problem = ""
    if request.method == "POST":
        files = request.FILES.getlist("files")
        if files:
            passwords = tuple(request.POST.get("passwords", "").split("\n"))
            outcomes = [_take(caller, file, collection, marking, passwords) for file in files]
        else:
            problem = "No file came with the form. Choose one or more files and send it again."
    refused = bool(problem) or any(outcome.outcome == "refused" for outcome in outcomes)
    status = 400 if refused and not any(outcome.outcome != "refused" for outcome in outcomes) else 200
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse(
            {"problem": problem, "files": [asdict(outcome) for outcome in outcomes]}, status=status
        )
    return render(
        request,
        "library/upload.html",
        {
            "page_marking": "UNCLASSIFIED",
            "collections": collections_open_for_upload(caller.user),
            "markings": known_markings(caller),
            "collection": collection,
            "marking": marking[: services.LONGEST_MARKING],
            "outcomes": outcomes,
            "problem": problem,
            "most_bytes": most_bytes(),
        },
        status=status,
    )


def _take(
    caller: Caller,
    file: "UploadedFile[bytes]",
    collection: str,
    marking: str,
    passwords: tuple[str, ...],
) -> Outcome:
    """Hand one file in. Whatever is wrong with it stops nothing else."""
    name = file.name or "file without a name"
    if getattr(file, "is_too_large", False):
        return Outcome(name, "refused", too_large_sentence())
    try:
        submission = services.upload(
            caller,
            file,  # type: ignore[arg-type]
            name=name,
            collection=collection,
            marking=marking,
            passwords=passwords,
        )
    except LibraryError as error:
        return Outcome(name, "refused", error.sentence)
    address = reverse("library:document", args=[submission.document_id])
    if submission.is_duplicate:
        sentence = "The same file is already here under this marking."
        if any(word.strip() for word in passwords):
            sentence += " If it could not be opened for want of a password, it is tried again with these."
        return Outcome(name, "duplicate", sentence, address)
    return Outcome(name, "received", "Kept. It is being read now.", address)
