"""People and collections, for administrators."""

from typing import Any

from django.contrib import messages
from django.db.models import Max, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donovan.access import people_services
from donovan.access.entry import entry
from donovan.access.forms import CollectionForm, NewPasswordForm, NewPersonForm, PersonForm
from donovan.access.middleware import source_of
from donovan.access.models import Collection, Membership, Role, User
from donovan.access.people_services import NotAllowed, PersonAttributes
from donovan.access.requests import SignedInRequest


@entry(Role.ADMINISTRATOR)
@require_GET
def people(request: SignedInRequest) -> HttpResponse:
    memberships = Membership.objects.select_related("collection").order_by("collection__title")
    everybody = (
        User.objects.annotate(last_active=Max("open_sessions__last_active_at"))
        .prefetch_related(Prefetch("memberships", queryset=memberships))
        .order_by("-is_active", "username")
    )
    context = {
        "people": everybody,
        "collections": Collection.objects.prefetch_related("memberships").order_by("title"),
        "collection_form": CollectionForm(),
    }
    return render(request, "access/people.html", context)


@entry(Role.ADMINISTRATOR)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def new_person(request: SignedInRequest) -> HttpResponse:
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = people_services.create_person(
            request.user,
            form.cleaned_data["username"],
            form.cleaned_data["password"],
            _attributes(form.cleaned_data),
            source=source_of(request),
        )
        messages.success(request, f"{made} can now sign in as {made.username}.")
        return redirect("access:people")
    status = 422 if request.method == "POST" else 200
    return render(request, "access/person.html", {"form": form, "person": None}, status=status)


@entry(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def person(request: SignedInRequest, person_id: int) -> HttpResponse:
    somebody = get_object_or_404(User, pk=person_id)
    form = PersonForm(request.POST or None, instance=somebody)
    if request.method == "POST" and form.is_valid():
        # The form has already written into its own copy, so the change starts from the record.
        current = User.objects.get(pk=person_id)
        try:
            people_services.change_person(
                request.user, current, _attributes(form.cleaned_data), source=source_of(request)
            )
        except NotAllowed as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, f"{current} is changed. It holds from their next click on.")
            return redirect("access:people")
    context = {
        "form": form,
        "person": somebody,
        "password_form": NewPasswordForm(),
        "sessions": somebody.open_sessions.all()[:5],
    }
    return render(request, "access/person.html", context, status=422 if form.errors else 200)


@entry(Role.ADMINISTRATOR)
@require_POST
def set_active(request: SignedInRequest, person_id: int) -> HttpResponse:
    somebody = get_object_or_404(User, pk=person_id)
    is_active = request.POST.get("active") == "yes"
    try:
        people_services.set_active(request.user, somebody, is_active, source=source_of(request))
    except NotAllowed as refusal:
        messages.error(request, refusal.sentence)
    else:
        done = "may sign in again" if is_active else "is disabled, and every session of theirs has ended"
        messages.success(request, f"{somebody} {done}.")
    return redirect("access:people")


@entry(Role.ADMINISTRATOR)
@sensitive_post_parameters("password")
@require_POST
def reset_password(request: SignedInRequest, person_id: int) -> HttpResponse:
    somebody = get_object_or_404(User, pk=person_id)
    form = NewPasswordForm(request.POST)
    if form.is_valid():
        people_services.reset_password(
            request.user, somebody, form.cleaned_data["password"], source=source_of(request)
        )
        messages.success(request, f"{somebody} signs in with the new password and then chooses another.")
    else:
        messages.error(request, " ".join(str(error) for error in form.errors["password"]))
    return redirect("access:person", person_id=person_id)


@entry(Role.ADMINISTRATOR)
@require_POST
def collections(request: SignedInRequest) -> HttpResponse:
    form = CollectionForm(request.POST)
    if form.is_valid():
        cleaned = form.cleaned_data
        people_services.create_collection(
            request.user, cleaned["slug"], cleaned["title"], cleaned["description"], source=source_of(request)
        )
        messages.success(
            request, f"The collection {cleaned['title']} is made. Give people membership of it next."
        )
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("access:people")


def _attributes(cleaned: dict[str, Any]) -> PersonAttributes:
    return PersonAttributes(
        first_name=cleaned["first_name"],
        last_name=cleaned["last_name"],
        role=cleaned["role"],
        clearance=cleaned["clearance"],
        compartments=tuple(cleaned["compartments"]),
        nationality=cleaned["nationality"],
        affiliation=cleaned["affiliation"],
        may_read_controlled=cleaned["may_read_controlled"],
        collections=frozenset(row.slug for row in cleaned["collections"]),
        uploads_to=frozenset(row.slug for row in cleaned["uploads_to"]),
    )
