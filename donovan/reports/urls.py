"""Addresses of this room."""

from django.urls import path

from donovan.reports.views import actions, designs, export, lists, report, schedules

app_name = "reports"
urlpatterns = [
    path("", lists.reports, name="reports"),
    path("rows/", lists.rows, name="rows"),
    path("waiting/", lists.waiting, name="waiting"),
    path("new/", lists.new, name="new"),
    path("designs/", designs.designs, name="designs"),
    path("designs/<uuid:design_id>/", designs.design, name="design"),
    path("<uuid:report_id>/", report.report, name="report"),
    path("<uuid:report_id>/export/", export.export, name="export"),
    path("schedules/", schedules.schedules, name="schedules"),
    path("schedules/new/", schedules.new, name="new-schedule"),
    path("schedules/<uuid:schedule_id>/", schedules.schedule, name="schedule"),
    path("<uuid:report_id>/progress/", report.progress, name="progress"),
    path("<uuid:report_id>/settings/", actions.change_settings, name="settings"),
    path("<uuid:report_id>/step/", actions.step, name="step"),
    path("<uuid:report_id>/comments/", actions.comment, name="comment"),
    path("<uuid:report_id>/comments/<int:comment_id>/settle/", actions.settle, name="settle"),
    path("<uuid:report_id>/sections/<int:section_id>/again/", actions.make_again, name="make-again"),
    path("<uuid:report_id>/sections/<int:section_id>/try/", actions.try_again, name="try-again"),
    path("<uuid:report_id>/sections/<int:section_id>/add/", actions.add, name="add"),
    path("<uuid:report_id>/statements/<int:statement_id>/edit/", actions.edit, name="edit"),
    path("<uuid:report_id>/statements/<int:statement_id>/take-out/", actions.take_out, name="take-out"),
    path("<uuid:report_id>/statements/<int:statement_id>/bring-back/", actions.bring_back, name="bring-back"),
]
