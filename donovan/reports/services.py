"""Starting and changing reports: permission, change and audit record in one transaction."""

import uuid
from collections.abc import Mapping

from django.db import transaction

from donovan.access.clearance import clearance_of
from donovan.access.markings import MarkingError, parse_marking
from donovan.access.models import Collection
from donovan.audit import services as audit
from donovan.library.callers import Caller
from donovan.library.errors import NotFoundHere
from donovan.reports.changes import one_change, record_change
from donovan.reports.declassifying import prefilled
from donovan.reports.errors import ReportError
from donovan.reports.models import Report, Section
from donovan.reports.resting import labels_of
from donovan.reports.sections import kind_named
from donovan.reports.selectors import banner_of, own_design, readable_report
from donovan.reports.templates_library import TEMPLATES, Template, TemplateSection, filled, parameters_in
from donovan.reports.work import SECTION
from ingest.work.services import again, enqueue, is_free, job_of

LONGEST_TITLE = 200
_OWN = "own:"


def template_named(caller: Caller, key: str) -> Template:
    """A built-in template by its key, or a design of the caller by "own:" and its id.

    Raises ReportError for a key that is neither, and NotFoundHere for a design of somebody else.
    """
    if key in TEMPLATES:
        return TEMPLATES[key]
    if not key.startswith(_OWN):
        known = ", ".join(sorted(TEMPLATES))
        raise ReportError(f"There is no template “{key[:60]}”. Use one of: {known}.")
    design = own_design(caller.user, key.removeprefix(_OWN))
    sections = tuple(
        TemplateSection(row["key"], row["kind"], row["heading"], row["settings"]) for row in design.sections
    )
    asked = parameters_in(row.settings for row in sections)
    return Template(key, design.version, design.name, design.purpose, sections, asked)


def start_report(
    caller: Caller,
    template_key: str,
    *,
    collection: str | None = None,
    title: str = "",
    parameters: Mapping[str, str] | None = None,
) -> Report:
    """A draft whose sections wait to be made; a worker is called once the transaction commits.

    `collection` (slug) narrows what it is made from; it never widens anything. Raises ReportError with the
    sentence for a template, collection, title or parameter that cannot be used.
    """
    template = template_named(caller, template_key)
    slug = _own_collection(caller, collection or "")
    told = checked_parameters(template, parameters or {})
    sections = planned(template, told)
    subject = told.get("subject", "")
    with transaction.atomic():
        report = Report.objects.create(
            author=caller.user,
            title=_checked_title(title) or " ".join(part for part in (template.name, subject) if part),
            subject=subject,
            template=template.key,
            template_name=template.name,
            template_version=template.version,
            collection=slug,
            parameters=told,
            declassification=prefilled(caller.user),
        )
        Section.objects.bulk_create(
            Section(report=report, ordinal=number, key=key, kind=kind, heading=heading, settings=settings)
            for number, (key, kind, heading, settings) in enumerate(sections, start=1)
        )
        record_change(caller, report, "start", template=template.key, collection=slug)
        for section in report.sections.order_by("ordinal"):
            enqueue(SECTION, section.pk, asked_by=caller.name)
    return report


def open_report(caller: Caller, report_id: uuid.UUID) -> Report:
    """A report that the caller may open, with the opening on record.

    Raises NotFoundHere, with the same denial on record, when there is none and when they may not.
    """
    try:
        report = readable_report(caller.user, caller.scope, report_id)
    except NotFoundHere:
        audit.record(
            caller.name, "denial", "refused", source=caller.source, detail={"report": str(report_id)}
        )
        raise
    with transaction.atomic():
        audit.record(
            caller.name,
            "view",
            source=caller.source,
            labels=labels_of([report])[report.pk],
            detail={"report": str(report.pk)},
        )
    return report


def rename(caller: Caller, report: Report, *, title: str) -> None:
    """Give a draft another title."""
    title = _checked_title(title)
    if not title:
        raise ReportError("A report needs a title. Write one.")
    with one_change(caller, report) as current:
        current.title = title
        current.save(update_fields=["title", "updated_at"])
        record_change(caller, current, "rename")


def make_again(caller: Caller, report: Report, section_id: int) -> Section:
    """Let one section of a draft be made anew. What it was, and the edits to it, are kept as an earlier
    making.
    """
    return _set_waiting(caller, report, section_id, "make again", work={})


def try_again(caller: Caller, report: Report, section_id: int) -> Section:
    """Let a section that could not be made be tried once more; what it had finished before is not done twice.

    Raises ReportError for a section that did not fail.
    """
    if section_of(report, section_id).state != Section.State.FAILED:
        raise ReportError("This section did not fail. To have it made anew, choose “Make again”.")
    return _set_waiting(caller, report, section_id, "try again")


def _set_waiting(caller: Caller, report: Report, section_id: int, change: str, **more: object) -> Section:
    with one_change(caller, report) as current:
        section = section_of(current, section_id)
        job = job_of(SECTION, section.pk)
        if job is not None and job.state == job.State.RUNNING and not is_free(job):
            raise ReportError("This section is being made at this moment. Wait until it is done.")
        if more:
            Section.objects.filter(pk=section.pk).update(**more)
        again(SECTION, section.pk, asked_by=caller.name)
        record_change(caller, current, change, section=section.key)
    section.refresh_from_db()
    return section


def raise_banner(caller: Caller, report: Report, marking: str) -> None:
    """Ask for a banner above what was used; empty asks for none. It can never be lowered below what was used.

    Raises ReportError when the marking cannot be read, lies below the banner, or is closed to the author.
    """
    with one_change(caller, report) as current:
        if not marking.strip():
            current.raised_marking = ""
        else:
            try:
                wanted = parse_marking(marking)
            except MarkingError as error:
                raise ReportError(error.sentence) from error
            current.raised_marking = ""
            least = banner_of(current, labels_of([current])[current.pk])
            if not wanted.dominates(least):
                raise ReportError(
                    f"{wanted.canonical} does not protect all that was used, which is {least.canonical}. "
                    "A banner can be raised and never lowered."
                )
            clearance = clearance_of(caller.user)
            if clearance is None or not clearance.permits(wanted):
                raise ReportError(f"You may not read {wanted.canonical}, so you cannot mark a report so.")
            current.raised_marking = wanted.canonical
        current.save(update_fields=["raised_marking", "updated_at"])
        record_change(caller, current, "banner", marking=current.raised_marking)


def section_of(report: Report, section_id: int) -> Section:
    """A section of this report. Raises ReportError when it has none of that id."""
    section = Section.objects.filter(report=report, pk=section_id).first()
    if section is None:
        raise ReportError("This report has no such section. Load the page again.")
    return section


def planned(template: Template, told: Mapping[str, str]) -> list[tuple[str, str, str, dict[str, str]]]:
    """Key, kind, heading and settings of each section of a template with these parameters.

    Raises ReportError for what cannot be used.
    """
    planned = []
    for section in template.sections:
        kind = kind_named(section.kind)
        settings = kind.checked(filled(section.settings, told))
        heading = filled({"": section.heading}, told)[""] or section.heading
        planned.append((section.key, section.kind, heading[:200], settings))
    if not planned:
        raise ReportError("This template has no sections. Add one in the designer.")
    return planned


def _own_collection(caller: Caller, slug: str) -> str:
    if slug and not Collection.objects.filter(slug=slug, memberships__user=caller.user).exists():
        raise ReportError("There is no such collection among yours. Choose one of the list, or none.")
    return slug


def _checked_title(title: str) -> str:
    title = " ".join(title.replace("\x00", " ").split())
    if len(title) > LONGEST_TITLE:
        raise ReportError(f"A title has at most {LONGEST_TITLE} characters; this one has {len(title)}.")
    return title


def checked_parameters(template: Template, parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameters as the template takes them. Raises ReportError for one that it cannot take."""
    known = {asked.name: asked for asked in template.parameters}
    unknown = set(parameters) - set(known)
    if unknown:
        names = ", ".join(known) or "none"
        raise ReportError(
            f"{template.name} does not ask for “{min(unknown)[:40]}”. What it asks for: {names}."
        )
    told: dict[str, str] = {}
    for name, asked in known.items():
        value = str(parameters.get(name, "") or asked.default).replace("\x00", "").strip()
        if asked.kind not in ("lines", "documents"):
            value = " ".join(value.split())
        if asked.is_required and not value:
            raise ReportError(f"“{asked.title}” is empty. {template.name} needs it.")
        if len(value) > 4000:
            raise ReportError(f"“{asked.title}” is longer than 4,000 characters. Shorten it.")
        told[name] = value
    return told
