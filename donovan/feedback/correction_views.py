"""Corrections in place: a translated sentence beside its original, the lines of a scanned page."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.feedback import correcting
from donovan.feedback.models import Annotation
from donovan.feedback.scans import ScanLine, lines_of_page
from donovan.feedback.services import FeedbackRefused
from donovan.feedback.targets import TargetNotFound
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.library.services import open_document
from ingest.models import Document, Page


@entry()
@require_POST
def translation(request: SignedInRequest) -> HttpResponse:
    """Keep the right translation of one sentence; the form comes back as it stands now."""
    answer_id, place = request.POST.get("answer", ""), request.POST.get("segment", "")
    text, quality, error = request.POST.get("text", ""), request.POST.get("quality", ""), ""
    segment = int(place) if place.isascii() and place.isdecimal() and len(place) < 7 else -1
    try:
        correcting.correct_translation(
            user=request.user,
            scope=request.scope,
            answer_id=answer_id,
            segment=segment,
            text=text.replace("\r\n", "\n"),
            quality=int(quality) if quality in ("1", "2", "3", "4", "5") else None,
        )
    except (FeedbackRefused, TargetNotFound) as refusal:
        error = refusal.sentence
    if not request.htmx:
        if error:
            messages.error(request, error)
        else:
            messages.success(request, "Your translation is kept beside the machine’s.")
        back = request.headers.get("Referer", "")
        is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        return redirect(back if is_ours else "feedback:labels")
    context = {
        "target_id": answer_id,
        "segment": segment,
        "draft": text,
        "typed": text if error else "",
        "fix_error": error,
        "is_kept": not error,
    }
    return render(request, "feedback/_translation_fix.html", context)


@entry()
@require_http_methods(["GET", "POST"])
def scan(request: SignedInRequest, document_id: UUID, number: int) -> HttpResponse:
    """The lines of one page beside its image, each with what was read and what should have been."""
    caller = Caller.of(request)
    document = open_document(caller, document_id, detail={"page": number, "correcting": True})
    page = Page.objects.filter(document=document, number=number).first()
    if page is None:
        raise NotFoundHere
    lines = lines_of_page(page)
    if request.method == "POST":
        return _keep_line(request, document, page, lines)
    kept = _corrected(request, document, page)
    context = {
        "document": document,
        "page": page,
        "lines": [(line, kept.get(_key(line))) for line in lines],
        "doubtful": sum(line.is_doubtful for line in lines),
        "corrected": len(kept),
        "page_marking": marking_of([document.label]).canonical,
    }
    return render(request, "feedback/scan.html", context)


def _keep_line(
    request: SignedInRequest, document: Document, page: Page, lines: list[ScanLine]
) -> HttpResponse:
    asked, text = request.POST.get("line", ""), request.POST.get("text", "").replace("\r\n", "\n")
    line = next((line for line in lines if str(line.number) == asked), None)
    error = "" if line else "That line is not on the page any more. Load the page again."
    if line is not None:
        try:
            correcting.correct_transcription(
                user=request.user,
                scope=request.scope,
                document_id=document.pk,
                page=page.number,
                box=line.box,
                text=text,
                is_blank="blank" in request.POST,
            )
        except (FeedbackRefused, TargetNotFound) as refusal:
            error = refusal.sentence
    if request.htmx and line is not None:
        context = {
            "document": document,
            "page": page,
            "line": line,
            "fixed": text.strip(),
            "is_fixed": not error,
            "error": error,
        }
        return render(request, "feedback/_scan_line.html", context)
    if error:
        messages.error(request, error)
    else:
        messages.success(request, f"Line {asked} is kept as you typed it.")
    return redirect(f"{reverse('feedback:scan', args=[document.pk, page.number])}#line-{asked}")


def _corrected(request: SignedInRequest, document: Document, page: Page) -> dict[str, str]:
    """The reader's own standing corrections of the page, by the box of the line."""
    rows = Annotation.objects.filter(
        author=request.user,
        task="transcription",
        target=Annotation.Target.SCAN,
        target_id__startswith=f"{document.pk}:{page.number}:",
        withdrawn_at__isnull=True,
    )
    return {row.target_id.rsplit(":", 1)[1]: str(row.value.get("text", "")) for row in rows}


def _key(line: ScanLine) -> str:
    return ",".join(f"{round(edge, 5):.4f}" for edge in line.box)
