"""Jobs on one document: summarise it, translate it or a passage of it. Each becomes an answer of its kind."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from donovan.access.entry import entry
from donovan.access.requests import SignedInRequest
from donovan.assistant import document_services
from donovan.assistant.services import QuestionRefused
from donovan.library.selectors import readable_document

LONGEST_NUMBER = 9


@entry()
@require_POST
def summarize(request: SignedInRequest) -> HttpResponse:
    document = readable_document(request.scope, request.POST.get("document", ""))
    try:
        started = document_services.start_summary(request.user, document, focus=request.POST.get("focus", ""))
    except QuestionRefused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("library:document", document.pk)
    return redirect("assistant:answer", answer_id=started.pk)


@entry()
@require_POST
def translate(request: SignedInRequest) -> HttpResponse:
    """Translate the document, or only `page`, `start` to `end` of it when these are given."""
    document = readable_document(request.scope, request.POST.get("document", ""))
    span = {
        name: int(value)
        for name in ("page", "start", "end")
        if (value := request.POST.get(name, "")[:LONGEST_NUMBER]).isdecimal()
    }
    try:
        started = document_services.start_translation(
            request.user,
            document,
            target=request.POST.get("to", "") or "en",
            engine=request.POST.get("engine", ""),
            span=span,
        )
    except QuestionRefused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("library:document", document.pk)
    return redirect("assistant:answer", answer_id=started.pk)
