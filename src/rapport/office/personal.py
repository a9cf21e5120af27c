"""Which columns of models point to people, as the models of an app declare it."""

from django.apps import apps


def personal_columns(app: str = "office") -> tuple[str, ...]:
    """`table.column` of each field that the PERSONAL of a model of the app names."""
    return tuple(
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.fields
        if field.name in model.__dict__["PERSONAL"]
    )
