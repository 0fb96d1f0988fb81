"""Addresses of this room."""

from django.urls import path

from donovan.insight.trends import views

app_name = "trends"
urlpatterns = [
    path("", views.trends, name="trends"),
    path("chart/", views.chart, name="chart"),
    path("point/", views.point, name="point"),
]
