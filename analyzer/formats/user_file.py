"""Read a small file that the user named on the command line."""

from pathlib import Path

from analyzer.model.errors import UserFileError


def read_user_file(path: Path, *, option: str, limit_bytes: int) -> bytes:
    """Return a file's bytes.

    Args:
        path: As the user named it.
        option: How it was named, ``--waivers``; for the advice.
        limit_bytes: The largest file of its kind.

    Raises:
        UserFileError: No such file, not readable, or larger than the limit.
    """
    if not path.is_file():  # a named pipe would block for ever
        raise UserFileError(
            str(path), "not a file that exists", advice=f"Name a file with {option}."
        )
    try:
        with path.open("rb") as file:
            data = file.read(limit_bytes + 1)
    except OSError as error:
        raise UserFileError(
            str(path), f"cannot be read: {error.strerror}", advice=f"Check {option}."
        ) from error
    if len(data) > limit_bytes:
        raise UserFileError(
            str(path),
            f"larger than {limit_bytes} bytes",
            advice=f"Check that {option} names the right file.",
        )
    return data
