from django.urls import path

from donovan.access import work_views

app_name = "work"
urlpatterns = [
    path("", work_views.work, name="work"),
    path("<uuid:job_id>/cancel/", work_views.cancel, name="cancel"),
    path("<uuid:job_id>/retry/", work_views.retry, name="retry"),
]
