"""The addresses of label projects."""

from django.urls import path

from donovan.feedback.projects.views import judging, lists, overview, quality, queue, setup

app_name = "projects"
urlpatterns = [
    path("", lists.projects, name="projects"),
    path("new/", lists.new, name="new"),
    path("waiting/", lists.waiting, name="waiting"),
    path("items/<uuid:item_id>/", judging.item, name="item"),
    path("items/<uuid:item_id>/<slug:mode>/", judging.decide, name="decide"),
    path("<uuid:project_id>/", overview.project, name="project"),
    path("<uuid:project_id>/setup/", setup.setup, name="setup"),
    path("<uuid:project_id>/setup/<slug:part>/", setup.change, name="change"),
    path("<uuid:project_id>/items/", overview.items, name="items"),
    path("<uuid:project_id>/step/", overview.step, name="step"),
    path("<uuid:project_id>/people/", overview.member, name="member"),
    path("<uuid:project_id>/label/", queue.queue, name="queue"),
    path("<uuid:project_id>/label/<uuid:slot_id>/", queue.answer, name="answer"),
    path("<uuid:project_id>/undo/", queue.undo, name="undo"),
    path("<uuid:project_id>/decide/", judging.adjudicate, name="adjudicate"),
    path("<uuid:project_id>/review/", judging.review, name="review"),
    path("<uuid:project_id>/calibration/", quality.calibration, name="calibration"),
    path("<uuid:project_id>/quality/", quality.quality, name="quality"),
    path("<uuid:project_id>/quality/agreement/", quality.agreement_part, name="agreement"),
]
