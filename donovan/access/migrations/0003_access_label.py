"""What protects is an access label; what people say is an annotation."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0002_model_owner")]

    operations = [migrations.RenameModel("Label", "AccessLabel")]
