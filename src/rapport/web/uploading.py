"""A file on its way in: written to the store's disk while it arrives, never held in memory.

What breaks off leaves nothing: the file has no name that stays until it is whole.
"""

from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from django.template.defaultfilters import filesizeformat

from rapport.kernel.errors import InputError

# Sent after the file: where it is missing, the file did not arrive whole.
LAST_FIELD = "whole"
_CHUNK_BYTES = 1024**2


class _Bounded(TemporaryFileUploadHandler):
    """Stops what is larger than the settings allow."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.is_too_large = False
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write a part down."""
        self._size += len(raw_data)
        if self._size > settings.UPLOAD_BYTES_MAX:
            self.is_too_large = True
            raise StopUpload
        super().receive_data_chunk(raw_data, start)
        return None


def take_files_to_disk(request: HttpRequest) -> None:
    """Let the files of a request go to the store's disk; before anything reads its body."""
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(exist_ok=True, mode=0o700)
    request.upload_handlers = [_Bounded(request)]


def streamed(request: HttpRequest) -> Path:
    """Where a file lies that came as the whole body of a request.

    Raises:
        InputError: not all of it came, or too much.
    """
    Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, delete=False) as file:
        path = Path(file.name)
        try:
            _write_body(request, file)
        except InputError:
            path.unlink()
            raise
    return path


def _write_body(request: HttpRequest, file: IO[bytes]) -> None:
    try:
        for chunk in iter(partial(request.read, _CHUNK_BYTES), b""):
            file.write(chunk)
            if file.tell() > settings.UPLOAD_BYTES_MAX:
                raise too_large()
    except UnreadablePostError:
        raise InputError("The file did not arrive whole", hint="Send it again.") from None
    promised = request.headers.get("Content-Length", "")
    if not promised.isdecimal() or file.tell() != int(promised):
        raise InputError("The file did not arrive whole", hint="Send it with a Content-Length.")


def too_large() -> InputError:
    """The error for a file that is larger than the settings allow."""
    return InputError(
        "The file is too large",
        expected=f"at most {filesizeformat(settings.UPLOAD_BYTES_MAX)}",
        hint="Pack it with gzip or zip, or import it on the server with `rapport import`.",
    )


def arrived(request: HttpRequest, name: str) -> tuple[Path, str]:
    """Where the file of a field lies, and the name it came by.

    Raises:
        InputError: none came, not all of it, or too much.
    """
    handler: Any = request.upload_handlers[0]
    if handler.is_too_large:
        raise too_large()
    try:
        found = request.FILES.get(name)
    except UnreadablePostError:
        found = None
    if LAST_FIELD not in request.POST:
        raise InputError("The file did not arrive whole", hint="Bring it again.")
    if not isinstance(found, TemporaryUploadedFile):
        raise InputError("Choose a file first", expected="CSV, XLSX, JSON Lines, Parquet or XES")
    return Path(found.temporary_file_path()), found.name or "file"
