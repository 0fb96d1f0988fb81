from django.urls import path

from donovan.access import people_views, views

app_name = "access"
urlpatterns = [
    path("sign-in/", views.sign_in_page, name="sign-in"),
    path("sign-out/", views.sign_out_page, name="sign-out"),
    path("account/", views.account, name="account"),
    path("account/password/", views.password, name="password"),
    path("account/presence/", views.presence, name="presence"),
    path("people/", people_views.people, name="people"),
    path("people/new/", people_views.new_person, name="new-person"),
    path("people/<int:person_id>/", people_views.person, name="person"),
    path("people/<int:person_id>/active/", people_views.set_active, name="person-active"),
    path("people/<int:person_id>/password/", people_views.reset_password, name="person-password"),
    path("people/collections/", people_views.collections, name="collections"),
]
