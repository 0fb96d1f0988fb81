from django.urls import path

from donovan.feedback import views

app_name = "feedback"
urlpatterns = [
    path("", views.labels, name="labels"),
    path("give/", views.give, name="give"),
    path("withdraw/", views.withdraw, name="withdraw"),
    path("export/", views.export, name="export"),
]
