"""Every address of the site, room by room. A view that does not declare who may enter is closed to all."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("donovan.access.urls")),
    path("record/", include("donovan.access.record_urls")),
    path("work/", include("donovan.access.work_urls")),
    path("components/", include("donovan.ui.urls")),
    path("", include("donovan.library.urls")),
    path("ask/", include("donovan.assistant.urls")),
    path("glossary/", include("donovan.assistant.glossary.urls")),
    path("tables/", include("donovan.insight.tables.urls")),
    path("anomalies/", include("donovan.insight.anomalies.urls")),
    path("trends/", include("donovan.insight.trends.urls")),
    path("entities/", include("donovan.insight.entities.urls")),
    path("insight/", include("donovan.insight.processing.urls")),
    path("watch/", include("donovan.insight.watch.urls")),
    path("reports/", include("donovan.reports.urls")),
    path("feedback/", include("donovan.feedback.urls")),
    path("labelling/", include("donovan.feedback.projects.urls")),
    path("datasets/", include("donovan.feedback.datasets.urls")),
    path("evaluation/", include("donovan.evaluation.urls")),
    path("training/", include("donovan.training.urls")),
]

handler400 = "donovan.ui.errors.bad_request"
handler403 = "donovan.ui.errors.forbidden"
handler404 = "donovan.ui.errors.not_found"
handler500 = "donovan.ui.errors.failed"
