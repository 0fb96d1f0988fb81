"""Addresses of this room."""

from django.urls import path

from donovan.insight.anomalies.views import findings, learnt, tables

app_name = "anomalies"

urlpatterns = [
    path("", findings.anomalies, name="anomalies"),
    path("learnt/", learnt.rules, name="learnt"),
    path("learnt/switch/", learnt.switch, name="switch"),
    path("tables/<uuid:table_id>/", tables.table, name="table"),
    path("tables/<uuid:table_id>/examine/", tables.examine, name="examine"),
    path("tables/<uuid:table_id>/progress/", tables.progress, name="progress"),
    path("<uuid:finding_id>/", findings.anomaly, name="anomaly"),
    path("<uuid:finding_id>/disposition/", findings.dispose, name="dispose"),
]
