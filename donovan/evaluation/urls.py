"""Addresses of this room."""

from django.urls import path

from donovan.evaluation.views import attacks, own, runs, suites

app_name = "evaluation"
urlpatterns = [
    path("", suites.suites, name="suites"),
    path("start/", suites.start, name="start"),
    path("schedules/<int:schedule_id>/end/", suites.end_schedule, name="end-schedule"),
    path("runs/<uuid:run_id>/", runs.run, name="run"),
    path("runs/<uuid:run_id>/progress/", runs.progress, name="progress"),
    path("runs/<uuid:run_id>/stop/", runs.stop, name="stop"),
    path("runs/<uuid:run_id>/resume/", runs.resume, name="resume"),
    path("compare/", runs.comparison, name="compare"),
    path("attacks/", attacks.attacks, name="attacks"),
    path("attacks/<uuid:attack_id>/switch/", attacks.switch, name="switch-attack"),
    path("attacks/export/", attacks.export, name="export-attacks"),
    path("attacks/import/", attacks.take_in, name="import-attacks"),
    path("own/", own.own, name="own"),
    path("own/add/<uuid:answer_id>/", own.add, name="own-add"),
    path("own/questions/<int:question_id>/remove/", own.remove, name="own-remove"),
    path("own/<slug:slug>/", own.own_suite, name="own-suite"),
]
