"""Addresses of the glossary."""

from django.urls import path

from donovan.assistant.glossary import views

app_name = "glossary"
urlpatterns = [
    path("", views.terms, name="terms"),
    path("add/", views.add, name="add"),
    path("import/", views.take_in, name="import"),
    path("export/", views.export, name="export"),
    path("<uuid:term_id>/change/", views.change, name="change"),
    path("<uuid:term_id>/delete/", views.delete, name="delete"),
]
