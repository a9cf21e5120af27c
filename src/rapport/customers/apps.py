"""The room as a Django app."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Who our customers are."""

    name = "rapport.customers"
    label = "customers"
    verbose_name = "Customers"
