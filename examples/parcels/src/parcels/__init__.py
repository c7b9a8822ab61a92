"""Tracking numbers, prices and the journey of a parcel."""
