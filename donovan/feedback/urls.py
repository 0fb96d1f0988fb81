from django.urls import path

from donovan.feedback import correction_views, views

app_name = "feedback"
urlpatterns = [
    path("", views.labels, name="labels"),
    path("give/", views.give, name="give"),
    path("withdraw/", views.withdraw, name="withdraw"),
    path("export/", views.export, name="export"),
    path("translation/", correction_views.translation, name="translation"),
    path("scan/<uuid:document_id>/<int:number>/", correction_views.scan, name="scan"),
]
