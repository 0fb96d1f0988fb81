"""The living page of components: what the one style sheet offers, with the words that pages use."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from donovan.access.entry import entry
from donovan.access.models import Role

MARKINGS = (
    "UNCLASSIFIED",
    "CUI",
    "CONFIDENTIAL",
    "SECRET//NOFORN",
    "TOP SECRET//REL TO USA, GBR",
    "TOP SECRET//SI/TK//NOFORN",
)


@entry(Role.ADMINISTRATOR)
@require_GET
def components(request: HttpRequest) -> HttpResponse:
    return render(
        request, "ui/components.html", {"markings": MARKINGS, "page_marking": request.GET.get("marking", "")}
    )
