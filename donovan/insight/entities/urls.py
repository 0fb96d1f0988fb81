"""Addresses of this room."""

from django.urls import path

from donovan.insight.entities.views import decisions, graph, listing, places, profile, timeline

app_name = "entities"
urlpatterns = [
    path("", listing.entities, name="entities"),
    path("graph/", graph.graph, name="graph"),
    path("together/", graph.together, name="together"),
    path("timeline/", timeline.timeline, name="timeline"),
    path("map/", places.places, name="map"),
    path("merge/", decisions.merge, name="merge"),
    path("decisions/<uuid:decision_id>/undo/", decisions.undo, name="undo"),
    path("<uuid:entity_id>/", profile.entity, name="entity"),
    path("<uuid:entity_id>/split/", decisions.split, name="split"),
    path("<uuid:entity_id>/separate/", decisions.separate, name="separate"),
    path("<uuid:entity_id>/reject/", decisions.reject, name="reject"),
]
