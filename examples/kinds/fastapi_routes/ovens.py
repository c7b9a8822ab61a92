"""The ovens of the bakery."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException

ovens = APIRouter(prefix="/ovens")

HOTTEST = {"stone": 300, "small": 250}


@ovens.get("/{name}")
def heat_oven(name: str, degrees: int = 220):
    if name not in HOTTEST:
        raise HTTPException(status_code=404, detail="no such oven")
    return {"oven": name, "degrees": min(degrees, HOTTEST[name])}
