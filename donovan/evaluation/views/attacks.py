"""The library of attacks: what is in it, adding, switching on and off, taking in and giving out."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donovan.access.entry import entry
from donovan.access.markings import least_upper_bound, parse_marking
from donovan.access.models import Role
from donovan.access.requests import SignedInRequest
from donovan.evaluation import attacks as library
from donovan.evaluation.attack_material import built_in_attacks
from donovan.evaluation.errors import EvaluationRefused
from donovan.evaluation.models import Attack

ATTACKS_A_PAGE = 25
MOST_BYTES = 2 * 1024 * 1024


@entry(Role.REVIEWER, Role.MODEL_OWNER)
@require_http_methods(["GET", "POST"])
def attacks(request: SignedInRequest) -> HttpResponse:
    """What people added, and the built-in library; a post adds one."""
    error = ""
    if request.method == "POST":
        try:
            added = library.add_attack(user=request.user, said=request.POST.dict())
        except EvaluationRefused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"“{added.title}” is used by the next run of the red team.")
            return redirect("evaluation:attacks")
    page = Paginator(library.readable_attacks(request.user), ATTACKS_A_PAGE).get_page(request.GET.get("page"))
    markings = {attack.marking for attack in page}
    context = {
        "page": page,
        "built_in": built_in_attacks(),
        "kinds": Attack.Kind.choices,
        "wheres": Attack.Where.choices,
        "told": request.POST,
        "error": error,
        "page_marking": least_upper_bound(parse_marking(m) for m in markings).canonical if markings else "",
    }
    return render(request, "evaluation/attacks.html", context, status=400 if error else 200)


@entry(Role.REVIEWER, Role.MODEL_OWNER)
@require_POST
def switch(request: SignedInRequest, attack_id: uuid.UUID) -> HttpResponse:
    """Use an attack, or no more."""
    attack = library.readable_attack(request.user, attack_id)
    library.set_attack_active(attack, user=request.user, is_active=request.POST.get("is_active") == "1")
    return redirect("evaluation:attacks")


@entry(Role.REVIEWER, Role.MODEL_OWNER)
@require_GET
def export(request: SignedInRequest) -> HttpResponse:
    """The attacks that people added, as JSON."""
    response = HttpResponse(library.export_attacks(user=request.user), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="attacks.json"'
    return response


@entry(Role.REVIEWER, Role.MODEL_OWNER, body_megabytes=4)
@require_POST
def take_in(request: SignedInRequest) -> HttpResponse:
    """Add the attacks of a JSON file."""
    file = request.FILES.get("file")
    try:
        if file is None or file.size is None or file.size > MOST_BYTES:
            raise EvaluationRefused("Choose a JSON file of at most 2 megabytes.")
        count = library.import_attacks(file.read(), user=request.user)
        messages.success(request, f"{count} attacks were added.")
    except EvaluationRefused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("evaluation:attacks")
