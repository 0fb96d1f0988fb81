"""The projects of a person, and beginning a new one."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.models import Role as PersonRole
from donovan.access.requests import SignedInRequest
from donovan.feedback.projects import figures, selectors, services
from donovan.feedback.projects.access import OWNER
from donovan.feedback.projects.errors import ProjectError
from donovan.feedback.projects.models import LabelProject, ProjectMember
from donovan.feedback.projects.templates_of_tasks import TEMPLATES
from donovan.feedback.projects.waiting import Waiting, waiting_for, waiting_in_each
from donovan.library.callers import Caller

PAGE_SIZE = 30
Role = ProjectMember.Role


@dataclass(frozen=True)
class ProjectRow:
    """One project as a line: what waits for the reader in it, and how far it is."""

    project: LabelProject
    roles: frozenset[str]
    marking: str
    waiting: Waiting
    done: int
    progress: selectors.Progress
    agreement: float | None

    @property
    def is_owner(self) -> bool:
        return OWNER in self.roles


@entry(PersonRole.ANALYST, PersonRole.REVIEWER, PersonRole.MODEL_OWNER)
@require_GET
def projects(request: SignedInRequest) -> HttpResponse:
    """What waits for me first, then what I own, then the rest."""
    caller = Caller.of(request)
    found = selectors.projects_of(caller)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = _rows(caller, list(page))
    waiting = [row for row in rows if row.waiting]
    mine = [row for row in rows if row.is_owner]
    others = [row for row in rows if not row.waiting and not row.is_owner]
    markings = {label for row in rows for label in row.project.text_labels}
    context = {
        "waiting": waiting,
        "mine": mine,
        "others": others,
        "page": page,
        "page_marking": marking_of(markings).canonical if markings else "UNCLASSIFIED",
    }
    return render(request, "projects/projects.html", context)


@entry(PersonRole.ANALYST, PersonRole.REVIEWER, PersonRole.MODEL_OWNER, is_background=True)
@require_GET
def waiting(request: SignedInRequest) -> HttpResponse:
    """What waits for this person, as a part of the home page: each row carries its own marking."""
    return render(request, "projects/_waiting.html", {"waiting": waiting_for(Caller.of(request))})


def _rows(caller: Caller, projects: list[LabelProject]) -> list[ProjectRow]:
    if not projects:
        return []
    roles = selectors.roles_in_each(caller, projects)
    waiting = waiting_in_each(caller, projects, roles)
    progress = selectors.progress_of_each(caller, projects)
    labelled = [project for project in projects if Role.LABELLER in roles[project.pk]]
    own = selectors.own_progress_in_each(caller, labelled)
    alike = figures.alike_in_each(caller, [one for one in projects if OWNER in roles[one.pk]])
    return [
        ProjectRow(
            project=project,
            roles=roles[project.pk],
            marking=waiting[project.pk].marking,
            waiting=waiting[project.pk],
            done=own[project.pk].done if project.pk in own else 0,
            progress=progress[project.pk],
            agreement=alike.get(project.pk),
        )
        for project in projects
    ]


@entry(PersonRole.ANALYST, PersonRole.REVIEWER, PersonRole.MODEL_OWNER)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """A title and a template; everything else comes on the page of steps."""
    caller = Caller.of(request)
    key, title = request.POST.get("template", ""), request.POST.get("title", "")
    error = ""
    if request.method == "POST":
        try:
            if key not in TEMPLATES:
                raise ProjectError("Choose what is to be labelled.")
            project = services.create_project(
                caller, template=key, title=title, text_labels=chosen_labels(request)
            )
            return redirect("projects:setup", project_id=project.pk)
        except ProjectError as refusal:
            error = refusal.sentence
    context = {
        "templates": list(TEMPLATES.values()),
        "chosen": key,
        "title": title,
        "error": error,
        "labels": sorted(caller.scope.labels),
        "text_labels": chosen_labels(request),
    }
    return render(request, "projects/new.html", context, status=400 if error else 200)


def chosen_labels(request: SignedInRequest) -> list[str]:
    """The access labels that a form names for the words of a project."""
    return [label for label in request.POST.getlist("text_labels") if label]
