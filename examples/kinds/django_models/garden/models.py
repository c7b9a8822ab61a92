"""Beds of a community garden, and who looks after them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models


class Gardener(models.Model):
    """Someone who grows things."""

    name = models.CharField(max_length=60)
    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name if self.is_active else f"{self.name} (away)"


class BedQuerySet(models.QuerySet):
    def free(self) -> BedQuerySet:
        return self.filter(gardener__isnull=True)

    def larger_than(self, square_metres: int) -> BedQuerySet:
        return self.filter(size__gt=square_metres).order_by("size")


class Bed(models.Model):
    """A piece of ground."""

    class Sun(models.TextChoices):
        FULL = "full"
        HALF = "half"

    label = models.CharField(max_length=10, unique=True)
    size = models.PositiveIntegerField(default=4)
    sun = models.CharField(max_length=4, choices=Sun.choices, default=Sun.FULL)
    gardener = models.ForeignKey(Gardener, null=True, blank=True, on_delete=models.SET_NULL)

    objects = BedQuerySet.as_manager()

    def clean(self) -> None:
        if self.size > 20 and self.gardener is None:
            raise ValidationError("a large bed needs a gardener")

    @property
    def fee(self) -> int:
        return self.size * (3 if self.sun == self.Sun.FULL else 2)
