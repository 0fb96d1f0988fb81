"""What was learnt from dispositions, rule by rule, and the switch of each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.models import Collection
from donovan.access.requests import SignedInRequest
from donovan.insight.anomalies import selectors, services
from donovan.insight.anomalies.learning import LEAST_DISPOSITIONS, rules_of
from donovan.insight.errors import InsightError
from donovan.library.callers import Caller


@entry()
@require_GET
def rules(request: SignedInRequest) -> HttpResponse:
    found = sorted(
        rules_of(request.scope).values(),
        key=lambda rule: (not rule.is_on, -len(rule.dispositions), rule.key),
    )
    everything = selectors.findings(request.scope)
    changed: dict[tuple[str, str, str], list[selectors.Shown]] = {}
    for shown in everything:
        if shown.rule is not None:
            changed.setdefault(shown.rule.key, []).append(shown)
    titles = dict(Collection.objects.values_list("slug", "title"))
    rows = [
        {
            "rule": rule,
            "title": titles.get(rule.collection, rule.collection),
            "changed": len(changed.get(rule.key, [])),
            "set_aside": sum(shown.state == selectors.SET_ASIDE for shown in changed.get(rule.key, [])),
        }
        for rule in found
    ]
    labels = {item.document.label for rule in found for item in rule.dispositions}
    context = {"rows": rows, "least": LEAST_DISPOSITIONS, "page_marking": marking_of(labels).canonical}
    return render(request, "anomalies/learnt.html", context)


@entry()
@require_POST
def switch(request: SignedInRequest) -> HttpResponse:
    """Turn one rule off or on."""
    is_on = request.POST.get("is_on") == "1"
    try:
        services.switch_rule(
            Caller.of(request),
            collection=request.POST.get("collection", ""),
            kind=request.POST.get("kind", ""),
            column=request.POST.get("column", ""),
            is_on=is_on,
        )
    except InsightError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(
            request, "The rule is on again." if is_on else "The rule is off; nothing it did remains."
        )
    return redirect("anomalies:learnt")
