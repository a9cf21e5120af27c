"""Addresses with a key in them: keys are what a source calls something, and can be any text."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class Key(StringConverter):
    """A key with slashes and line breaks; Django's own `path` knows no line breaks."""

    regex = r"(?s:.+)"


register_converter(Key, "key")
