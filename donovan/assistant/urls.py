from django.urls import path

from donovan.assistant import views
from donovan.assistant.views import documents, streams

app_name = "assistant"
urlpatterns = [
    path("", views.home, name="home"),
    path("start/", views.start, name="start"),
    path("recent/", views.recent, name="recent"),
    path("threads/<uuid:thread_id>/", views.thread, name="thread"),
    path("threads/<uuid:thread_id>/archive/", views.archive, name="archive"),
    path("answers/<uuid:answer_id>/", views.answer, name="answer"),
    path("answers/<uuid:answer_id>/again/", views.again, name="again"),
    path("answers/<uuid:answer_id>/events/", streams.events, name="events"),
    path("answers/<uuid:answer_id>/cancel/", streams.cancel, name="cancel"),
    path("summarize/", documents.summarize, name="summarize"),
    path("translate/", documents.translate, name="translate"),
]
