"""Who has borrowed what."""

from __future__ import annotations

from flask import Blueprint, request

loans = Blueprint("loans", __name__, url_prefix="/loans")

MOST_DAYS = 28


@loans.post("/")
def lend():
    reader = request.form.get("reader", "")
    days = request.form.get("days", type=int, default=14)
    if not reader:
        return "who borrows it?", 400
    if days > MOST_DAYS:
        return f"at most {MOST_DAYS} days", 400
    return f"{reader} has it for {days} days", 201


@loans.get("/<reader>/fine")
def fine(reader):
    if request.headers.get("X-Desk") != "front":
        return {"error": "ask at the front desk"}, 403
    late = int(request.args.get("late", 0))
    return {"reader": reader, "fine": 0 if late <= 3 else late * 20}
