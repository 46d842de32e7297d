"""How every command line of the project ends: well, or with one line and an exit code."""

import sys

import click

from catalogue.errors import one_line_errors


def run(cli: click.Command, name: str) -> None:
    """Run a command as `name`. What click itself finds wrong is its usual message and exit code 2."""
    with one_line_errors():
        try:
            cli(prog_name=name, standalone_mode=False)
        except click.Abort:  # what click makes of Ctrl-C
            raise KeyboardInterrupt from None
        except click.ClickException as error:
            error.show()
            sys.exit(error.exit_code)
