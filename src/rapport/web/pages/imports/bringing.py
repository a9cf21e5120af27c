"""Bringing a file: it is kept, looked at, mapped, tried, and imported by the worker."""

from collections.abc import Iterable
from typing import Any
from zlib import crc32

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from rapport.kernel.errors import ChangedError, InputError, RapportError
from rapport.kernel.scales import SCALES
from rapport.ledger.api import find_import, known_kinds
from rapport.listening.api import (
    RECORDS,
    Upload,
    cancel_upload,
    choices,
    choose,
    drop_upload,
    find_upload,
    keep_upload,
    map_upload,
    parse_mapping,
    peek,
    start_upload,
    suggest,
    try_mapping,
)
from rapport.web.access import actor_of, allowed
from rapport.web.pages.imports.history import RECORDS as RECORD_TITLES
from rapport.web.saying import said
from rapport.web.shaping import preview
from rapport.web.store import ledger
from rapport.web.uploading import LAST_FIELD, arrived, take_files_to_disk

_FIRST_FIELDS = ("occurred_at", "kind", "customer", "key")


@allowed("import_file")
@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Choose or drop a file."""
    # The check of the form reads the whole body, so where files go must be said before.
    take_files_to_disk(request)
    return _bring(request)


@csrf_protect
def _bring(request: HttpRequest) -> HttpResponse:
    like = _like(request)
    trouble = None
    if request.method == "POST":
        try:
            return redirect("upload", _kept(request, like.mapping if like else ""))
        except InputError as error:
            trouble = error
    told = {"like": like, "trouble": trouble, "last_field": LAST_FIELD}
    return render(request, "web/imports/new.html", told, status=400 if trouble else 200)


def _like(request: HttpRequest) -> Any:
    """The import whose mapping a further file goes through."""
    number = request.GET.get("like", "")
    if not number.isdecimal() or len(number) > 17:
        return None
    return find_import(ledger().database, int(number))


def _kept(request: HttpRequest, mapping: str) -> int:
    """The number of the file that came, with a mapping: a known one, or one that is proposed."""
    path, name = arrived(request, "file")
    actor = actor_of(request)
    number = keep_upload(ledger(), path, name, actor=actor, mapping=mapping)
    if not mapping:
        try:
            proposed = suggest(find_upload(ledger(), number, actor=actor).path)
            map_upload(ledger(), number, proposed.text, actor=actor)
        except InputError:
            drop_upload(ledger(), number, actor=actor)
            raise
        _tell(request, proposed.notes)
    return number


@allowed("import_file")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload_page(request: HttpRequest, number: int) -> HttpResponse:
    """What a file holds, how it is read, and what to do with it."""
    upload = find_upload(ledger(), number, actor=actor_of(request))
    if request.method != "POST":
        return _shown(request, upload)
    step = _STEPS.get(request.POST.get("do", ""))
    if step is None:
        raise InputError("There is no such step", got=request.POST.get("do", ""))
    try:
        return step(request, upload)
    except InputError as error:
        return _shown(request, upload, error)


@allowed("import_file")
@never_cache
@require_safe
def progress(request: HttpRequest, number: int) -> HttpResponse:
    """How far the worker is, as a part of the page; at the end the whole page comes anew."""
    upload = find_upload(ledger(), number, actor=actor_of(request))
    answer = render(request, "web/imports/progress.html", {"upload": upload})
    if not upload.is_busy:
        answer["HX-Refresh"] = "true"
    return answer


def _shown(request: HttpRequest, upload: Upload, trouble: InputError | None = None) -> HttpResponse:
    if upload.state == "done":
        return redirect("import", upload.import_id)
    told: dict[str, Any] = {"upload": upload, "trouble": trouble}
    if not upload.is_busy:
        told |= _mapped(upload)
        # What was typed is kept by the browser for as long as nobody changes what it was typed on.
        told["version"] = f"{crc32(upload.mapping.encode()):x}"
        told["text"] = request.POST.get("mapping", upload.mapping) if trouble else upload.mapping
    status = 409 if isinstance(trouble, ChangedError) else 400 if trouble else 200
    return render(request, "web/imports/upload.html", told, status=status)


def _mapped(upload: Upload) -> dict[str, Any]:
    """How the file is read: its columns, the fields with their choices, the first rows."""
    told: dict[str, Any] = {"records": [(name, RECORD_TITLES[name]) for name in RECORDS]}
    try:
        mapping = parse_mapping(upload.mapping)
        told["record"] = mapping.record
        said = choices(upload.mapping)
        told["fields"] = [c for c in said if c.said or c.field in _FIRST_FIELDS]
        told["more"] = [c for c in said if not c.said and c.field not in _FIRST_FIELDS]
        told["rules"] = mapping.rules
        told["columns"] = peek(upload.path, mapping.file)
        told["kinds"], told["scales"] = sorted(known_kinds()), sorted(SCALES)
        trial = try_mapping(upload.path, mapping, ledger().settings)
        told["trial"], told["preview"] = trial, preview(trial.made, ledger().settings.zone)
    except (RapportError, FileNotFoundError) as error:
        told["unreadable"] = error
    return told


def _propose(request: HttpRequest, upload: Upload) -> HttpResponse:
    record = request.POST.get("record", "")
    if record not in RECORDS:
        raise InputError("There is no such record", got=record, expected=", ".join(RECORDS))
    proposed = suggest(upload.path, record)
    map_upload(ledger(), upload.id, proposed.text, actor=actor_of(request))
    _tell(request, proposed.notes)
    return redirect("upload", upload.id)


def _tell(request: HttpRequest, notes: Iterable[str]) -> None:
    for note in notes:
        messages.warning(request, said(note))


def _choose(request: HttpRequest, upload: Upload) -> HttpResponse:
    given = request.POST
    wanted = {
        field: (given.get(f"column {field}", ""), given.get(f"value {field}", "").strip())
        for field in (choice.field for choice in choices(upload.mapping))
        if given.get(f"column {field}", "=") != "="
    }
    text = choose(upload.path, upload.mapping, wanted)
    return _written(request, upload, text)


def _write(request: HttpRequest, upload: Upload) -> HttpResponse:
    return _written(request, upload, request.POST.get("mapping", "").replace("\r\n", "\n"))


def _written(request: HttpRequest, upload: Upload, text: str) -> HttpResponse:
    """Keep a mapping, unless somebody changed it since the form was shown."""
    was = request.POST.get("was", "").replace("\r\n", "\n")
    map_upload(ledger(), upload.id, text, actor=actor_of(request), was=was)
    messages.success(request, _("The file is read anew."))
    return redirect("upload", upload.id)


def _try(request: HttpRequest, upload: Upload) -> HttpResponse:
    start_upload(ledger(), upload.id, actor=actor_of(request), trial=True)
    return redirect("upload", upload.id)


def _start(request: HttpRequest, upload: Upload) -> HttpResponse:
    start_upload(ledger(), upload.id, actor=actor_of(request))
    return redirect("upload", upload.id)


def _cancel(request: HttpRequest, upload: Upload) -> HttpResponse:
    cancel_upload(ledger(), upload.id, actor=actor_of(request))
    return redirect("upload", upload.id)


def _drop(request: HttpRequest, upload: Upload) -> HttpResponse:
    drop_upload(ledger(), upload.id, actor=actor_of(request))
    messages.success(request, _("The file is removed."))
    return redirect("imports")


_STEPS = {
    "propose": _propose,
    "choose": _choose,
    "write": _write,
    "try": _try,
    "start": _start,
    "cancel": _cancel,
    "drop": _drop,
}
