"""Addresses of watches."""

from django.urls import path

from donovan.insight.watch import views

app_name = "watch"
urlpatterns = [
    path("", views.watches, name="watches"),
    path("new/", views.create, name="create"),
    path("from-search/", views.from_search, name="from-search"),
    path("changes/", views.changes, name="changes"),
    path("look/", views.look_at_all, name="look-at-all"),
    path("<uuid:watch_id>/", views.watch, name="watch"),
    path("<uuid:watch_id>/change/", views.change, name="change"),
    path("<uuid:watch_id>/pause/", views.pause, name="pause"),
    path("<uuid:watch_id>/remove/", views.remove, name="remove"),
    path("<uuid:watch_id>/look/", views.look, name="look"),
]
