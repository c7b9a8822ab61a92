"""Addresses: what a label needs before a parcel may leave."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Address:
    """Where a parcel goes."""

    name: str
    street: str
    postcode: str
    city: str
    country: str = "NL"


def tidy_postcode(postcode: str) -> str:
    """Return a Dutch postcode as ``1234 AB``. Raises ValueError when it cannot be one."""
    compact = "".join(postcode.split()).upper()
    if len(compact) != 6:
        raise ValueError("a postcode has four digits and two letters")
    digits, letters = compact[:4], compact[4:]
    if not digits.isdigit() or digits[0] == "0":
        raise ValueError(f"{digits} is not the number of a postcode")
    if not letters.isalpha() or letters in {"SA", "SD", "SS"}:
        raise ValueError(f"{letters} is not the letters of a postcode")
    return f"{digits} {letters}"


def problems_of(address: Address) -> list[str]:
    """Return what is wrong with an address, one sentence for each; an empty list means that it can be printed."""
    problems = []
    if not address.name.strip():
        problems.append("the name is missing")
    if not any(character.isdigit() for character in address.street):
        problems.append("the street has no house number")
    if address.country == "NL":
        try:
            tidy_postcode(address.postcode)
        except ValueError as error:
            problems.append(str(error))
    elif len(address.country) != 2:
        problems.append("the country is not a two-letter code")
    return problems


def initials(name: str) -> str:
    """Return the initials for the sorting label, at most three: ``Ada King Lovelace`` gives ``AKL``."""
    letters = [part[0].upper() for part in name.split()]
    if len(letters) > 3:
        letters = [letters[0], letters[1], letters[-1]]
    return "".join(letters)
