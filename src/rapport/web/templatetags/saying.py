"""Filters of templates for sentences of the rooms below."""

from django import template

from rapport.web.kinds import field_title
from rapport.web.saying import counted, said, said_all, said_word

register = template.Library()
register.filter("said", said)
register.filter("said_all", said_all)
register.filter("counted", counted)
register.filter("said_word", said_word)
register.filter("field_title", field_title)
