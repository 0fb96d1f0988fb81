"""Every address of the site, room by room. A view that does not declare who may enter is closed to everyone."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
