"""The addresses of the library."""

from django.urls import path

from donovan.library.views import (
    documents,
    home,
    intakes,
    lookup,
    saved,
    search,
    similar,
    standing_out,
    upload,
    viewer,
)

app_name = "library"

urlpatterns = [
    path("", home.home, name="home"),
    path("documents/", documents.documents, name="documents"),
    path("documents/ledger/", documents.ledger, name="ledger"),
    path("documents/<uuid:document_id>/", viewer.document, name="document"),
    path("documents/<uuid:document_id>/pages/<int:number>/image/", viewer.page_image, name="page-image"),
    path("documents/<uuid:document_id>/passages/", viewer.passages, name="passages"),
    path("documents/<uuid:document_id>/original/", viewer.original, name="original"),
    path("documents/<uuid:document_id>/retry/", documents.retry, name="retry"),
    path("documents/<uuid:document_id>/remove/", documents.remove, name="remove"),
    path("documents/<uuid:document_id>/relabel/", documents.relabel, name="relabel"),
    path("upload/", upload.upload, name="upload"),
    path("intakes/", intakes.intakes, name="intakes"),
    path("intakes/<uuid:intake_id>/", intakes.intake, name="intake"),
    path("watched/", intakes.watched, name="watched"),
    path("watched/<uuid:intake_id>/stop/", intakes.stop, name="watched-stop"),
    path("search/", search.search, name="search"),
    path("search/saved/", saved.saved, name="saved"),
    path("search/saved/new/", saved.save, name="save"),
    path("search/saved/<uuid:search_id>/rename/", saved.rename, name="saved-rename"),
    path("search/saved/<uuid:search_id>/remove/", saved.remove, name="saved-remove"),
    path("search/text/", lookup.lookup, name="lookup"),
    path("search/standing-out/", standing_out.standing_out, name="standing-out"),
    path("search/similar/", similar.similar, name="similar"),
]
