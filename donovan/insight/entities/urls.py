"""Addresses of this room."""

from django.urls import URLPattern

app_name = "entities"
urlpatterns: list[URLPattern] = []
