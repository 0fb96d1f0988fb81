from django.urls import path

from donovan.feedback.datasets.views import lists, making, version

app_name = "datasets"
urlpatterns = [
    path("", lists.datasets, name="datasets"),
    path("new/", making.new, name="new"),
    path("import/", making.import_file, name="import"),
    path("builds/<uuid:build_id>/", making.build, name="build"),
    path("<uuid:dataset_id>/", lists.dataset, name="dataset"),
    path("<uuid:dataset_id>/v<int:number>/", version.version, name="version"),
    path("<uuid:dataset_id>/v<int:number>/rows/", version.rows, name="rows"),
    path("<uuid:dataset_id>/v<int:number>/suspects/", version.suspects, name="suspects"),
    path("<uuid:dataset_id>/v<int:number>/looked/", version.looked, name="looked"),
    path("<uuid:dataset_id>/v<int:number>/look/", version.look, name="look"),
    path("<uuid:dataset_id>/v<int:number>/send/", version.send, name="send"),
    path("<uuid:dataset_id>/v<int:number>/export/", version.export, name="export"),
]
