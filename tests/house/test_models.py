"""Personal data are declared where they are kept."""

import pytest
from django.apps import apps
from django.db import models

OURS = sorted(
    (model for model in apps.get_models() if model.__module__.startswith("rapport.")),
    key=lambda model: model._meta.label,
)


@pytest.mark.parametrize("model", OURS, ids=lambda model: str(model._meta.label))
def test_a_model_says_which_personal_data_it_holds(model: type[models.Model]) -> None:
    declared = vars(model).get("PERSONAL")
    assert isinstance(declared, dict), f"{model._meta.label}: declare PERSONAL, {{}} for none"
    # What refers to it from other tables is not kept in it.
    fields = {field.name for field in model._meta.fields}
    assert set(declared) <= fields, "PERSONAL names a field that is not there"
    rest = vars(model).get("IMPERSONAL", ())
    assert not set(declared) & set(rest), "a field points to a person, or it does not"
    assert set(declared) | set(rest) == fields, "say of each field whether it points to a person"
    unexplained = [name for name, why in declared.items() if len(str(why).split()) < 4]
    assert not unexplained, "say why it is kept and how it goes"


@pytest.mark.parametrize("model", OURS, ids=lambda model: str(model._meta.label))
def test_no_reverse_way_leads_upwards(model: type[models.Model]) -> None:
    upwards = [
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and field.related_model._meta.app_label != model._meta.app_label
        and not field.remote_field.hidden
    ]
    assert not upwards, 'a key to another room\'s model takes related_name="+"'
