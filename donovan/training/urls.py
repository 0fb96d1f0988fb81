"""Addresses of this room."""

from django.urls import path

from donovan.training import prelabelling  # noqa: F401 - pages of label projects ask the trained models
from donovan.training.views import candidates, jobs, models_page

app_name = "training"
urlpatterns = [
    path("", models_page.models, name="models"),
    path("waiting/", models_page.waiting, name="waiting"),
    path("start/", models_page.start, name="start"),
    path("rollback/<slug:role>/", models_page.rollback, name="rollback"),
    path("jobs/<uuid:job_id>/", jobs.job, name="job"),
    path("jobs/<uuid:job_id>/progress/", jobs.progress, name="job-progress"),
    path("jobs/<uuid:job_id>/stop/", jobs.stop, name="stop"),
    path("jobs/<uuid:job_id>/go-on/", jobs.go_on, name="go-on"),
    path("candidates/<uuid:candidate_id>/", candidates.candidate, name="candidate"),
    path("candidates/<uuid:candidate_id>/progress/", candidates.progress, name="candidate-progress"),
    path("candidates/<uuid:candidate_id>/check/", candidates.check, name="check"),
    path("candidates/<uuid:candidate_id>/evaluate/", candidates.evaluate, name="evaluate"),
    path("candidates/<uuid:candidate_id>/say/", candidates.say, name="say"),
    path("candidates/<uuid:candidate_id>/promote/", candidates.promote, name="promote"),
]
