"""``greenline lsp``."""

from __future__ import annotations

import click

_LAST_PORT = 65_535


def _address(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, int] | None:
    """Read ``HOST:PORT``; an IPv6 host stands in brackets. Raises click.BadParameter."""
    if value is None:
        return None
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or int(port) > _LAST_PORT:
        raise click.BadParameter(f"{value!r} is not HOST:PORT, such as 127.0.0.1:2087", ctx, param)
    return host.removeprefix("[").removesuffix("]"), int(port)


@click.command("lsp")
@click.option("--tcp", metavar="HOST:PORT", callback=_address, help="Listen there, not on stdin and stdout.")
@click.pass_context
def command(ctx: click.Context, tcp: tuple[str, int] | None) -> None:
    """Run the language server. Editors start this; see docs/ for VS Code, Neovim and others."""
    from greenline.lsp import server  # noqa: PLC0415 - only this command needs LSP's types

    ctx.exit(server.serve_tcp(*tcp) if tcp else server.serve_stdio())
