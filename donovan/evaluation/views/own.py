"""Own questions: making one of an answer, one's suites, and running them."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donovan.access.entry import entry
from donovan.access.labels import marking_of
from donovan.access.requests import SignedInRequest
from donovan.evaluation import own_questions, proposals
from donovan.evaluation.errors import UnusableData
from donovan.evaluation.expected import expected, recent_runs
from donovan.evaluation.measuring import FULL
from donovan.evaluation.run_access import readable_runs
from donovan.evaluation.runs import request_run
from donovan.evaluation.subjects import subject_of
from retrieval.model_folders import ModelTampered

RUNS_SHOWN = 20


@entry()
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest, answer_id: uuid.UUID) -> HttpResponse:
    """Make a question of one's own answer: confirm or change what is expected, and choose the suite."""
    proposal = proposals.proposal_of(request.user, request.scope, answer_id)
    error = ""
    chosen = list(proposal.expected)
    documents = [document.id for document in proposal.documents if document.is_chosen]
    if request.method == "POST":
        chosen, documents = request.POST.getlist("expected"), request.POST.getlist("documents")
        try:
            question = own_questions.add_question(
                user=request.user,
                scope=request.scope,
                answer_id=answer_id,
                title=request.POST.get("title", ""),
                expected=[*chosen, *request.POST.get("also", "").splitlines()],
                documents=documents,
                must_refuse=request.POST.get("must_refuse") == "1",
            )
        except UnusableData as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"The question is in “{question.suite.title}” now.")
            return redirect("evaluation:own-suite", question.suite.slug)
    titles = [
        row.suite.title
        for row in own_questions.readable_suites(request.user, request.scope)
        if row.suite.owner_id == request.user.pk
    ]
    context = {
        "proposal": proposal,
        "texts": [(offered, offered.text in chosen) for offered in proposal.texts],
        "documents": [(document, document.id in documents) for document in proposal.documents],
        "also": request.POST.get("also", ""),
        "must_refuse": request.POST.get("must_refuse") == "1"
        or (request.method == "GET" and proposal.answer.refused),
        "error": error,
        "title": request.POST.get("title") or next(iter(titles), "My questions"),
        "titles": titles,
        "page_marking": proposal.answer.marking,
    }
    return render(request, "evaluation/own_add.html", context, status=400 if error else 200)


@entry()
@require_GET
def own(request: SignedInRequest) -> HttpResponse:
    """The suites of own questions that one may see."""
    rows = own_questions.readable_suites(request.user, request.scope)
    labels = {label for row in rows for question in row.questions for label in question.labels}
    context = {"rows": rows, "page_marking": marking_of(labels).canonical if labels else ""}
    return render(request, "evaluation/own.html", context)


@entry()
@require_http_methods(["GET", "POST"])
def own_suite(request: SignedInRequest, slug: str) -> HttpResponse:
    """One suite of own questions; a post runs it on what serves."""
    row = own_questions.readable_suite(request.user, request.scope, slug)
    if request.method == "POST":
        try:
            run = request_run(row.suite.suite, subject_of(), user=request.user, size=FULL)
        except (UnusableData, ModelTampered) as error:
            messages.error(request, error.sentence)
            return redirect("evaluation:own-suite", slug)
        return redirect("evaluation:run", run.pk)
    labels = {label for question in row.questions for label in question.labels}
    context = {
        "row": row,
        "is_own": row.suite.owner_id == request.user.pk,
        "expected": expected(row.suite.suite, FULL, recent_runs(request.user), questions=len(row.questions)),
        "runs": readable_runs(request.user, row.suite.suite)[:RUNS_SHOWN],
        "page_marking": marking_of(labels).canonical if labels else "",
    }
    return render(request, "evaluation/own_suite.html", context)


@entry()
@require_POST
def remove(request: SignedInRequest, question_id: int) -> HttpResponse:
    """Take a question out of one's suite."""
    question = own_questions.own_question(request.user, request.scope, question_id)
    own_questions.remove_question(question, user=request.user)
    messages.success(request, "The question is asked no more.")
    return redirect("evaluation:own-suite", question.suite.slug)
