"""The command's arguments. What is done with them stands in the modules beside this one.

It exits with 0 when all is well, 1 for what is wrong with a file or its data, 2 for what is wrong
with the arguments, 130 when it was interrupted. Whatever is wrong is one line on stderr.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from neophys.cli import averaging, catalogue, overview
from neophys.cli.status import status_of

__all__ = ["app", "run"]

app = typer.Typer(
    name="neophys",
    help="Read electrophysiology recordings of any make.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _command(work: Callable[..., None]) -> Callable[..., None]:
    """A command whose errors become our line and status, before typer makes of some what it likes.

    (It takes every EOFError for a closed terminal.)
    """

    @app.command()
    @functools.wraps(work)
    def guarded(**arguments: Any) -> None:
        status = status_of(lambda: work(**arguments))
        if status:
            raise typer.Exit(status)

    return guarded


File = Annotated[str, typer.Argument(metavar="FILE", help="A recording: its file or folder.")]
FormatName = Annotated[
    str | None,
    typer.Option("--format", metavar="NAME", help="Its format, where that is not plain to see."),
]

# Options that are spelled alike in every command.
EventsName = Annotated[str, typer.Option("--events", metavar="NAME", help="The event channel.")]
ChannelNames = Annotated[
    list[str] | None,
    typer.Option("--channel", metavar="NAME", help="Only this channel; repeatable."),
]
SignalName = Annotated[
    str | None,
    typer.Option("--signal", metavar="NAME", help="Which signal, where there are several."),
]
Labels = Annotated[
    list[str] | None,
    typer.Option("--label", metavar="TEXT", help="Only events of this label; repeatable."),
]
From = Annotated[
    str | None, typer.Option("--from", metavar="TIME", help="Only events from then on.")
]
To = Annotated[str | None, typer.Option("--to", metavar="TIME", help="Only events before then.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"neophys {version('neophys')}")
        raise typer.Exit


@app.callback()
def _neophys(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say which it is."),
    ] = False,
) -> None:
    """Read electrophysiology recordings of any make."""


@_command
def info(
    file: File,
    json: Annotated[bool, typer.Option("--json", help="For programs, with nothing cut.")] = False,
    subject: Annotated[
        bool, typer.Option("--subject", help="Tell who was recorded, too; else nothing does.")
    ] = False,
    format: FormatName = None,
) -> None:
    """Say what is inside, and what is wrong with it."""
    overview.show(file, format=format, as_json=json, subject=subject)


@_command
def average(
    file: File,
    events: EventsName,
    before: Annotated[
        str, typer.Option("--before", metavar="TIME", help="From so long before each event ...")
    ],
    after: Annotated[str, typer.Option("--after", metavar="TIME", help="... to so long after it.")],
    out: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="OUT", help="Ends in .png, .csv or .npy."),
    ],
    channel: ChannelNames = None,
    signal: SignalName = None,
    label: Labels = None,
    from_: From = None,
    to: To = None,
    format: FormatName = None,
) -> None:
    """Average around events, and write the mean.

    As a picture or as numbers, by what the output's name ends in. TIME is a number of seconds, or
    like 20ms, 1.5s, 5min, 1:02:03.5; for --from and --to also a date.
    """
    wish = averaging.Wish(
        events=events,
        before=before,
        after=after,
        channels=tuple(channel or ()),
        signal=signal,
        labels=tuple(label or ()),
        start=from_,
        stop=to,
    )
    averaging.write(file, wish, out, format=format)


@_command
def formats(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="One format, in more detail.")
    ] = None,
    fields: Annotated[
        bool, typer.Option("--fields", help="All fields of its headers, as they are read.")
    ] = False,
) -> None:
    """List the formats that can be read."""
    if name is not None:
        catalogue.show_format(name, fields=fields)
    elif fields:
        raise typer.BadParameter("say of which format: neophys formats NAME --fields")
    else:
        catalogue.show_formats()


@_command
def identify(file: File) -> None:
    """Say which format a file or folder is of."""
    catalogue.show_identity(file)


@_command
def sample(
    out: Annotated[Path, typer.Argument(metavar="OUT.TRC", help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that exists.")] = False,
) -> None:
    """Write a small recording to try things on."""
    catalogue.write_sample(out, force=force)


def run(arguments: list[str] | None = None) -> int:
    """Run the command on `arguments`, those of the process where None; its exit status."""
    return status_of(lambda: app(args=arguments, prog_name="neophys"))
