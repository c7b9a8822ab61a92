from notices.visitors import address_of, language_of, robots


def test_language_of(rf):
    assert language_of(rf.get("/")) == "en"


def test_language_of_when_asked_in_languages(rf):
    assert language_of(rf.get("/?lang=fr")) == "fr"


def test_language_of_gives_fr(rf):
    assert language_of(rf.get("/", headers={"Accept-Language": "fr"})) == "fr"


def test_language_of_2(rf):
    assert language_of(rf.get("/", headers={"Accept-Language": "frn"})) == "fr"


def test_address_of(rf):
    assert address_of(rf.get("/")) == "127.0.0.1"


def test_address_of_gives_192_0_2_7(rf):
    assert (
        address_of(rf.get("/", HTTP_X_FORWARDED_FOR="192.0.2.7, 10.0.0.1"))
        == "192.0.2.7"
    )


def test_address_of_2(rf):
    assert address_of(rf.get("/", HTTP_X_FORWARDED_FOR=" 192.0.2.7")) == "192.0.2.7"


def test_robots(rf):
    response = robots(rf.get("/"))
    assert response.status_code == 200
    assert response.content.decode() == "User-agent: *"


def test_robots_when_method_is_not_get(rf):
    response = robots(rf.post("/"))
    assert response.status_code == 405
