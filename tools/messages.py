"""Words of the pages in other languages: gathers them, and makes what the program reads.

`python -m tools.messages`: finds all translatable words in `src/rapport/web`, brings each catalogue
up to them (translations are kept, what is not said any more goes) and compiles it. What lacks a
translation is listed; a test refuses it.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from rapport.ledger.api import Reason
from rapport.measures.api import all_measures, all_parameters
from rapport.office.api import SIGHTS, VERBS
from tools.sayings import sayings

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "rapport" / "web"
LOCALE = SOURCE / "locale"
LANGUAGES = ("de",)
_KEYWORDS = {**DEFAULT_KEYWORDS, "gettext_lazy": None, "ngettext_lazy": (1, 2)}
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
_HEADER = "# Words of Rapport's pages; `python -m tools.messages` keeps them."


def main() -> int:
    """Bring all catalogues up to the words of the program; 1 where something is not translated."""
    missing = 0
    for language in LANGUAGES:
        catalogue = updated(language)
        path = po(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalogue))
        path.with_suffix(".mo").write_bytes(as_mo(catalogue))
        for words in untranslated(catalogue):
            missing += 1
            sys.stderr.write(f"{language}: not translated: {words}\n")
    return 1 if missing else 0


def po(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def updated(language: str) -> Catalog:
    """The catalogue of a language with the words of the program, and no others."""
    kept = read(language)
    fresh = Catalog(
        locale=language, project="Rapport", fuzzy=False, charset="utf-8", header_comment=_HEADER
    )
    for words in sorted(set(extracted()), key=str):
        old = kept.get(words[0] if isinstance(words, tuple) else words) if kept else None
        # The library knows only lists of plural forms.
        fresh.add(list(words) if isinstance(words, tuple) else words, old.string if old else None)
    return fresh


def read(language: str) -> Catalog | None:
    """The catalogue as it lies there; None where there is none yet."""
    if not po(language).exists():
        return None
    with po(language).open("rb") as file:
        return read_po(file, locale=language)


def extracted() -> Iterator[str | tuple[str, ...]]:
    """All translatable words: one text, or singular and plural; those of measures too."""
    for measure in all_measures().values():
        yield from (measure.title, measure.question, measure.observation, measure.unit)
        yield from (measure.interval, *measure.caveats)
        yield from (one.meaning for one in all_parameters(measure))
    verbs = [verb.replace("_", " ") for verb in VERBS | SIGHTS]
    yield from (*verbs, *(verb.removeprefix("see ") for verb in verbs))
    yield from (reason.value.replace("_", " ") for reason in Reason)
    yield from sayings()
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in (".py", ".html", ".txt") or "node_modules" in path.parts:
            continue
        text = path.read_text("utf-8")
        source = text if path.suffix == ".py" else _as_python(text, str(path))
        found = extract_python(io.BytesIO(source.encode()), _KEYWORDS, [], {"encoding": "utf-8"})
        for _line, _function, words, _comments in found:
            if isinstance(words, tuple):
                yield tuple(one for one in words if one)
            elif words:
                yield words


def _as_python(template: str, origin: str) -> str:
    """A template's words as calls of gettext, as the framework's own gathering makes them."""
    from django.conf import settings  # noqa: PLC0415 - only templates need the framework

    if not settings.configured:
        settings.configure(USE_I18N=True)
    from django.utils.translation.template import templatize  # noqa: PLC0415 - as above

    return templatize(template, origin=origin)


def untranslated(catalogue: Catalog) -> list[str]:
    """Words without a translation."""
    return [str(one.id) for one in catalogue if one.id and not _whole(one.string)]


def _whole(string: str | tuple[str, ...] | list[str]) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def as_po(catalogue: Catalog) -> bytes:
    """The catalogue as text, without what changes from run to run."""
    sink = io.BytesIO()
    write_po(sink, catalogue, omit_header=False, no_location=True, sort_output=True, width=100)
    lines = sink.getvalue().decode().splitlines(keepends=True)
    passing = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator')
    return "".join(line for line in lines if not line.startswith(passing)).encode()


def as_mo(catalogue: Catalog) -> bytes:
    """The catalogue as the program reads it."""
    sink = io.BytesIO()
    # What passes is not in it either.
    plain = read_po(io.BytesIO(as_po(catalogue)), locale=catalogue.locale)
    plain.creation_date = plain.revision_date = _NO_DATE
    write_mo(sink, plain)
    return sink.getvalue()


if __name__ == "__main__":
    sys.exit(main())
