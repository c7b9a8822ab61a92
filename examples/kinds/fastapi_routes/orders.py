"""Orders of a small bakery, as a service."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, Field

from ovens import ovens

app = FastAPI()
app.include_router(ovens, prefix="/v1")

ORDERS = {1: {"bread": "rye", "loaves": 2}, 2: {"bread": "white", "loaves": 1}}
PRICES = {"rye": 4.5, "white": 3.0, "spelt": 5.5}


class Order(BaseModel):
    bread: str
    loaves: int = Field(ge=1)
    is_gift: bool = False


def current_user() -> str:
    return "guest"


@app.get("/orders/{number}")
def show_order(number: int):
    if number not in ORDERS:
        raise HTTPException(status_code=404, detail="no such order")
    return ORDERS[number]


@app.get("/prices")
async def list_prices(below: float | None = None, order: str = "name"):
    found = {bread: price for bread, price in PRICES.items() if below is None or price < below}
    if order == "price":
        return sorted(found, key=found.__getitem__)
    return sorted(found)


@app.post("/orders", status_code=201)
def add_order(order: Order):
    if order.bread not in PRICES:
        raise HTTPException(status_code=400, detail=f"no {order.bread} today")
    price = PRICES[order.bread] * order.loaves
    if order.loaves >= 10:
        price = price * 0.9
    if order.is_gift:
        price = price + 1
    return {"bread": order.bread, "price": round(price, 2)}


@app.delete("/orders/{number}")
def cancel_order(number: int, user: Annotated[str, Depends(current_user)]):
    if user != "baker":
        raise HTTPException(status_code=403, detail="only the baker cancels orders")
    return {"cancelled": number in ORDERS}
