"""A lending library, as a small JSON service."""

from __future__ import annotations

from flask import Flask, abort, jsonify, redirect, request

from loans import loans

app = Flask(__name__)
app.register_blueprint(loans)

BOOKS = {1: {"title": "Emma", "year": 1815}, 2: {"title": "Ulysses", "year": 1922}}


@app.get("/")
def index():
    return redirect("/books")


@app.get("/books")
def list_books():
    since = request.args.get("since", type=int)
    titles = [book["title"] for book in BOOKS.values() if since is None or book["year"] >= since]
    if request.args.get("order") == "title":
        titles.sort()
    elif request.args.get("order") == "-title":
        titles.sort(reverse=True)
    return jsonify(titles=titles, count=len(titles))


@app.get("/books/<int:number>")
def show_book(number):
    if number not in BOOKS:
        abort(404, description="no such book")
    return BOOKS[number]


@app.post("/books")
def add_book():
    data = request.get_json()
    if "title" not in data:
        return {"error": "a book has a title"}, 400
    if len(data["title"]) > 40:
        return {"error": "the title is too long"}, 400
    number = max(BOOKS) + 1
    BOOKS[number] = {"title": data["title"], "year": data.get("year", 2024)}
    return {"number": number}, 201
