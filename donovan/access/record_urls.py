from django.urls import path

from donovan.access import record_views

app_name = "audit"
urlpatterns = [
    path("", record_views.records, name="records"),
    path("verify/", record_views.verify, name="verify"),
]
