import pytest

from library.shelves import Book, Level, Loan, Member


@pytest.mark.parametrize(
    "email",
    [
        "ada@example.com",
        "Ada@Example.Com",
        pytest.param(" ada@example.com ", id="ada-example-com-padded"),
    ],
)
def test_member_check_email(email):
    assert Member(email=email).email == "ada@example.com"


def test_member_check_email_raises_value_error_without_at_in_value():
    with pytest.raises(ValueError, match="an address has an @"):
        Member(email="other")


def test_member_may_borrow_is_true_with_email_level_and_loans():
    member = Member(
        email="ada@example.com",
        level=Level.ADULT,
        loans=[
            Loan(book=Book(isbn="isbn", title="A title", copies=1)) for _ in range(2)
        ],
    )
    assert member.may_borrow is True


def test_member_may_borrow_is_false_with_email_level_and_loans():
    member = Member(
        email="ada@example.com",
        level=Level.ADULT,
        loans=[
            Loan(book=Book(isbn="isbn", title="A title", copies=1)) for _ in range(5)
        ],
    )
    assert member.may_borrow is False


@pytest.mark.parametrize(
    ("book", "expected"),
    [
        pytest.param(
            Book(isbn="isbn", title="A title", copies=1),
            "A title",
            id="isbn-isbn-title-a-title-copies-1",
        ),
        pytest.param(
            Book(isbn="isbn", title="A title", copies=1, author="Ada Lovelace"),
            "A title (Ada Lovelace)",
            id="isbn-isbn-title-a-title-copies-1-author",
        ),
    ],
)
def test_book_label(book, expected):
    assert book.label() == expected
