"""Addresses of this room."""

from django.urls import path

from donovan.insight.tables.views import asking, export, listing, table

app_name = "tables"
urlpatterns = [
    path("", listing.tables, name="tables"),
    path("<uuid:table_id>/", table.table, name="table"),
    path("<uuid:table_id>/profile/", table.profile, name="profile"),
    path("<uuid:table_id>/ask/", asking.asking, name="ask"),
    path("<uuid:table_id>/export/", export.export, name="export"),
]
