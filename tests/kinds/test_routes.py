"""Routes are tested by the test client of their app: by status, body and where a response leads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kinds.generated import Generated


def test_a_flask_view_is_asked_by_the_apps_test_client(generate: Callable[[str], Generated]) -> None:
    code = generate("flask_routes").code
    assert "\n@pytest.fixture\ndef client():\n    return app.test_client()\n" in code
    assert '(client):\n    response = client.get("/")\n\n' in code
    assert '    assert response.status_code == 302\n    assert response.location == "/books"\n' in code
    assert '"/books?order=-title"' in code
    assert 'assert "no such book" in response.text' in code


def test_a_flask_view_gets_json_forms_and_headers_and_leaves_the_module_as_it_was(
    generate: Callable[[str], Generated],
) -> None:
    code = generate("flask_routes").code
    assert 'client.post("/books", json=' in code
    assert '{"title": "A title"}' in code
    assert 'monkeypatch.setattr(library, "BOOKS", copy.deepcopy(library.BOOKS))' in code
    assert 'client.post("/loans/", data=form)' in code
    assert 'headers={"X-Desk": "front"}' in code


def test_a_fastapi_endpoint_gets_what_its_model_takes_and_what_it_refuses(
    generate: Callable[[str], Generated],
) -> None:
    code = generate("fastapi_routes").code
    assert "\n@pytest.fixture\ndef client():\n    return TestClient(app)\n" in code
    assert '(client):\n    response = client.get("/orders/2")\n\n' in code
    assert '{"bread": "rye", "loaves": 10, "is_gift": True}' in code
    assert 'json={"bread": "rye", "loaves": 0})\n\n    assert response.status_code == 422\n' in code


def test_an_endpoint_of_an_included_router_is_asked_at_its_whole_address(generate: Callable[[str], Generated]) -> None:
    code = generate("fastapi_routes").code
    assert '"/v1/ovens/stone' in code
    assert '{"detail": "no such oven"}' in code


def test_what_an_endpoint_depends_on_is_overridden_and_put_back(generate: Callable[[str], Generated]) -> None:
    code = generate("fastapi_routes").code
    assert 'monkeypatch.setitem(app.dependency_overrides, current_user, lambda: "baker")' in code


def test_a_django_view_is_asked_at_the_address_that_the_urls_give_it(generate: Callable[[str], Generated]) -> None:
    code = generate("django_views").code
    assert "(client):\n" in code
    assert 'client.get("/notices/2/")' in code
    assert re.search(r'client\.get\("/archive/202[34]/"\)', code)
    assert 'client.post("/post/", data=form)' in code
    assert 'assert response.url == "/notices/1/"' in code
    assert "from django.test" not in code


def test_what_takes_a_request_and_has_no_address_gets_one_that_is_made(generate: Callable[[str], Generated]) -> None:
    code = generate("django_views").code
    assert '    assert language_of(rf.get("/?lang=fr")) == "fr"\n' in code
    assert 'rf.get("/", HTTP_X_FORWARDED_FOR="192.0.2.7, 10.0.0.1")' in code
    assert 'robots(rf.post("/"))' in code
