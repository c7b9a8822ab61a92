from __future__ import annotations

from pathlib import Path

import pytest

from greenline.domain.asking.kinds_of_code import kinds_of_code

EXAMPLES = Path(__file__).parents[3] / "examples" / "kinds"


@pytest.mark.parametrize(
    ("module", "kinds"),
    [
        ("aiohttp_client/stations.py", ("async", "http")),
        ("argparse_commands/tally.py", ("cli",)),
        ("click_commands/shelf.py", ("cli",)),
        ("data_classes/money.py", ("plain",)),
        ("django_models/garden/models.py", ("orm",)),
        ("django_views/notices/views.py", ("web",)),
        ("fastapi_routes/orders.py", ("web",)),
        ("flask_routes/library.py", ("web",)),
        ("httpx_client/forecast.py", ("async", "http")),
        ("language_model/triage.py", ("model", "async")),
        ("requests_client/releases.py", ("http",)),
        ("sqlalchemy_models/library/desk.py", ("orm",)),
        ("state_machine/order_states.py", ("plain",)),
        ("typer_commands/trips.py", ("cli",)),
        ("workers/workers.py", ("async",)),
    ],
)
def test_the_examples_are_taken_for_what_they_are(module: str, kinds: tuple[str, ...]) -> None:
    assert kinds_of_code((EXAMPLES / module).read_text(encoding="utf-8")) == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        pytest.param("", ("plain",), id="empty"),
        pytest.param("def (", ("plain",), id="broken"),
        pytest.param("import openai, fastapi, sqlalchemy, click\n", ("model", "web", "orm"), id="three-at-most"),
        pytest.param(
            'from .app import app\n\n@app.get("/x")\nasync def x(): ...\n', ("web",), id="route-of-another-app"
        ),
        pytest.param('@cache.get("x")\ndef x(): ...\n', ("plain",), id="no-address"),
        pytest.param(
            "from .main import cli\n\n@cli.command()\ndef x(): ...\n", ("cli",), id="command-of-another-group"
        ),
        pytest.param("class A:\n    async def x(self): ...\n", ("async",), id="a-coroutine-method"),
        pytest.param("from .models import Plot\n\ndef x():\n    Plot.objects.all()\n", ("orm",), id="rows-of-a-model"),
        pytest.param("from aiohttp import web\nimport aiohttp.web\n", ("web",), id="aiohttp-that-serves"),
        pytest.param("x = 'import flask'\n", ("plain",), id="words-in-a-text"),
    ],
)
def test_what_a_module_says_of_itself_decides(text: str, kinds: tuple[str, ...]) -> None:
    assert kinds_of_code(text) == kinds
