"""Addresses of the progress of insight."""

from django.urls import path

from donovan.insight.processing import views

app_name = "processing"
urlpatterns = [
    path("", views.progress, name="progress"),
    path("<uuid:document_id>/", views.steps, name="steps"),
]
