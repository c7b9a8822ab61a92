"""A local HTTP server that speaks the Messages API: scripted answers and faults, and every request as it came."""

from model_server.requests import Recorded
from model_server.scripts import Gate
from model_server.server import ModelServer

__all__ = ["Gate", "ModelServer", "Recorded"]
