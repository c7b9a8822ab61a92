"""``greenline demo``."""

from __future__ import annotations

import asyncio

import click

from greenline.cli import interrupt


@click.command("demo")
@click.pass_context
def command(ctx: click.Context) -> None:
    """See it work: an example project, the real language server, a test that turns red lines green.

    The project is copied to a temporary folder and stays there, so that you can open it in your editor afterwards.
    """
    from greenline.cli.console import err, out  # noqa: PLC0415 - loads with the demo
    from greenline.cli.demo import Demo, DemoProblem  # noqa: PLC0415 - as above

    try:
        ctx.exit(0 if interrupt.run(Demo(out()).run()) else 1)
    except DemoProblem as problem:
        err().print(str(problem), markup=False, soft_wrap=True)
        ctx.exit(1)
    except (asyncio.CancelledError, KeyboardInterrupt):
        err().print("Cancelled.")
        ctx.exit(interrupt.CANCELLED)
