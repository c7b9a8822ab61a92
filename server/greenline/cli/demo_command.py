"""``greenline demo``."""

from __future__ import annotations

from pathlib import Path

import click

from greenline.cli import interrupt
from greenline.cli.wiring import services_for
from greenline.settings import Settings


@click.command("demo")
@click.option(
    "--interpreter",
    metavar="PATH",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A Python 3.10 or newer that has pytest. Default: Greenline's own, else that of this folder.",
)
@click.pass_context
def command(ctx: click.Context, /, interpreter: Path | None) -> None:
    """See it work: an example project, the real language server, a test that turns red lines green.

    The project is copied to a temporary folder and stays there, so that you can open it in your editor afterwards.
    """
    from greenline.cli.console import err, out  # noqa: PLC0415 - loads with the demo
    from greenline.cli.demo import Demo, DemoProblem  # noqa: PLC0415 - as above

    try:
        python = interpreter.absolute() if interpreter else interrupt.run(_python())
        ctx.exit(0 if interrupt.run(Demo(out(), python).run()) else 1)
    except DemoProblem as problem:
        err().print(str(problem), markup=False, soft_wrap=True)
        ctx.exit(1)
    except KeyboardInterrupt:
        err().print("Cancelled.")
        ctx.exit(interrupt.CANCELLED)


async def _python() -> Path:
    from greenline.cli.demo import python_for_the_demo  # noqa: PLC0415 - as above

    services = services_for(Settings())
    return await python_for_the_demo(services.interpreters, services.projects.project_of(Path.cwd() / "any.py"))
