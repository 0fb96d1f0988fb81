"""Making a version: from labels by a recipe, or from a file."""

import re
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.request import QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.models import Role
from donovan.access.requests import SignedInRequest
from donovan.feedback.datasets import builds, permissions
from donovan.feedback.datasets.collecting import usable_projects
from donovan.feedback.datasets.errors import DatasetError
from donovan.feedback.datasets.formats import FORMATS
from donovan.feedback.datasets.formats.examples import example_of
from donovan.feedback.datasets.importing import Wanted, import_version
from donovan.feedback.datasets.publishing import NAME_RULE, check_name
from donovan.feedback.datasets.recipes import Recipe, as_form, read_recipe
from donovan.feedback.datasets.services import preview
from donovan.feedback.datasets.splitting import read_shares
from donovan.feedback.datasets.uploads import laid_down
from donovan.feedback.datasets.views.lists import UNMARKED
from donovan.feedback.models import Annotation
from donovan.feedback.shapes import TASKS
from donovan.library.callers import Caller
from donovan.library.offered_markings import known_markings
from donovan.library.selectors import collections_of, collections_open_for_upload

_TEXTS = ("since", "until", "agreement", "people", "split", "seed", "decided", "readable", "bind")
_DIGITS = re.compile("[0-9]{1,9}")
_MANY = ("projects", "origins", "collections")


@entry(Role.MODEL_OWNER)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Choose what a version is made of, see what that gives, and have it built."""
    caller = Caller.of(request)
    told = request.POST if request.method == "POST" else _carried(caller, request.GET)
    is_wish = request.method == "POST" and "see" not in told
    problem, name_problem, seen = "", "", None
    if told.get("task"):
        name = told.get("name", "")
        name_problem = _name_problem(name) if is_wish or name.strip() else ""
        try:
            recipe = _recipe(told)
            if is_wish and not name_problem:
                build = builds.ask_for_build(caller, name, recipe)
                return redirect("datasets:build", build.pk)
            seen = preview(caller, recipe)
        except DatasetError as error:
            problem = error.sentence
    context = {
        **_form(caller, told, seen.labels if seen else frozenset()),
        "problem": problem,
        "name_problem": name_problem,
        "name_rule": NAME_RULE,
        "preview": seen,
    }
    return render(request, "datasets/new.html", context, status=400 if problem or name_problem else 200)


@entry(Role.MODEL_OWNER, is_background=True)
@require_GET
def build(request: SignedInRequest, build_id: UUID) -> HttpResponse:
    """How far a build has come; a built version is opened by itself."""
    found = permissions.build_of(Caller.of(request), build_id)
    version = found.version
    if version is not None and not request.htmx:
        if found.notice:
            messages.info(request, found.notice)
        return redirect("datasets:version", version.dataset_id, version.number)
    context = {"build": found, "page_marking": UNMARKED}
    if not request.htmx:
        return render(request, "datasets/build.html", context)
    response = render(request, "datasets/_build.html", context)
    if version is not None:
        response["HX-Refresh"] = "true"
    return response


@entry(Role.MODEL_OWNER, body_megabytes=settings.MAX_FORM_MB)
@require_http_methods(["GET", "POST"])
def import_file(request: SignedInRequest) -> HttpResponse:
    """A version from a file; what is wrong with it is said with its line, and then nothing was imported."""
    caller = Caller.of(request)
    problem = ""
    if request.method == "POST":
        try:
            return _imported(request, caller)
        except DatasetError as error:
            problem = error.sentence
    context = {
        "told": request.POST,
        "name_rule": NAME_RULE,
        "problem": problem,
        "formats": FORMATS.values(),
        "examples": _examples(),
        "tasks": TASKS.items(),
        "collections": collections_open_for_upload(caller.user),
        "markings": known_markings(caller),
        "page_marking": UNMARKED,
    }
    return render(request, "datasets/import.html", context, status=400 if problem else 200)


def _examples() -> list[tuple[str, list[tuple[str, str]]]]:
    """What a file of each format looks like: its title, and a line for each task where they differ."""
    own = [(words, example_of("jsonl", task)) for task, words in TASKS.items()]
    others = [(each.title, [("", example_of(each.key))]) for each in FORMATS.values() if each.key != "jsonl"]
    return [(FORMATS["jsonl"].title, own), *others]


def _imported(request: SignedInRequest, caller: Caller) -> HttpResponse:
    told, upload = request.POST, request.FILES.get("file")
    if upload is None:
        raise DatasetError("No file came with the form. Choose one and send it again.")
    limit = told.get("limit", "").strip()
    if limit and not (_DIGITS.fullmatch(limit) and int(limit)):
        raise DatasetError("The most rows for training is a whole number, 1 or more, or empty.")
    split = told.get("split", "").strip()
    wanted = Wanted(
        form=told.get("form", ""),
        collection=told.get("collection", ""),
        marking=told.get("marking", ""),
        task=told.get("task", ""),
        shares=read_shares(split) if split else None,
        limit=int(limit) if limit else None,
        language=told.get("language", "").strip()[:16],
    )
    with laid_down(upload) as path:
        done = import_version(caller, told.get("name", ""), path, wanted)
    if done.is_new:
        messages.success(request, f"{done.version.total:,} rows were imported.")
    else:
        messages.info(request, "The same rows are there already as this version, so no new one was made.")
    return redirect("datasets:version", done.version.dataset_id, done.version.number)


def _carried(caller: Caller, given: QueryDict) -> QueryDict:
    """What the form begins with: the recipe of the newest version of a data set (`again`) or of one's own
    build (`build`), so that only what shall differ need be changed; else what the address says.
    """
    if again := given.get("again"):
        found = permissions.dataset_of(caller, again)
        newest = found.versions.first()
        name, recipe = found.name, {**(newest.recipe if newest else {}), "task": found.task}
    elif asked := given.get("build"):
        build = permissions.build_of(caller, asked)
        name, recipe = build.name, build.recipe
    else:
        return given
    told = QueryDict(mutable=True)
    told["name"] = name
    # An imported version has no recipe that labels could be collected by.
    form = as_form(Recipe.of_data(recipe)) if "origins" in recipe else {"task": [str(recipe["task"])]}
    for field, values in form.items():
        told.setlist(field, values)
    return told


def _name_problem(name: str) -> str:
    try:
        check_name(name)
    except DatasetError as error:
        return error.sentence
    return ""


def _recipe(told: QueryDict) -> Recipe:
    given = {name: told.get(name, "") for name in _TEXTS}
    given |= {name: ",".join(told.getlist(name)) for name in _MANY}
    return read_recipe(told.get("task", ""), given)


def _form(caller: Caller, told: QueryDict, shown_beside: frozenset[str]) -> dict[str, Any]:
    task = told.get("task", "")
    projects = [project for project in usable_projects(caller.scope) if not task or project.task == task]
    labels = shown_beside | {label for project in projects for label in project.text_labels}
    shown = marking_of(labels).canonical if labels else UNMARKED
    return {
        "told": told,
        "tasks": TASKS.items(),
        "projects": projects,
        "chosen": {name: told.getlist(name) for name in _MANY},
        "origins": Annotation.Origin.choices,
        "collections": collections_of(caller.user),
        "page_marking": shown,
    }
