"""Prints, as JSON, the actions that moto offers of each service that is named, in its own spelling without underscores."""
import json
import sys
from importlib import import_module

from moto.core.responses import BaseResponse


def actions(service):
    module = import_module(f"moto.{service}.responses")
    [offering] = [
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, BaseResponse) and each.__module__ == module.__name__
    ]
    ours = set(dir(offering)) - set(dir(BaseResponse))
    return sorted(name.replace("_", "") for name in ours if not name.startswith("_") and callable(getattr(offering, name)))


print(json.dumps({service: actions(service) for service in sys.argv[1:]}))
