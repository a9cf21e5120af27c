"""Personal data is declared on every model of ours."""

import pytest
from django.apps import apps
from django.db import models

from rapport.customers.tables import TABLES as CUSTOMER_TABLES
from rapport.office.api import TABLES as OFFICE_TABLES
from rapport.office.api import Table

OURS = [model for app in ("office", "customers") for model in apps.get_app_config(app).get_models()]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_model_declares_its_personal_data(model: type[models.Model]) -> None:
    declared = model.__dict__["PERSONAL"]
    assert declared.keys() <= {field.name for field in model._meta.get_fields()}
    assert all(";" in words for words in declared.values()), "say why, and how it is erased"


def test_there_are_models_in_both_rooms() -> None:
    assert {model._meta.app_label for model in OURS} == {"office", "customers"}


@pytest.mark.parametrize("table", [*OFFICE_TABLES, *CUSTOMER_TABLES], ids=lambda table: table.name)
def test_what_verbs_write_is_what_the_model_has(table: Table) -> None:
    (model,) = (model for model in OURS if model._meta.db_table == table.name)
    automatic = {"id"} & {field.column for field in model._meta.fields}
    assert set(table.columns) == {field.column for field in model._meta.fields} - automatic
