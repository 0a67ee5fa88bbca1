"""Runs `moto_server`, with the list of AWS's services read once for the process, and with writes to DynamoDB one at a time.

botocore reads that list, some 420 folders, for each service's first call: most of the time of a stack's first calls.

moto serves each request in a thread of its own and reads an item, checks the condition and writes the item in three steps:
of two conditional writes at once both could pass, which DynamoDB rules out and the services rely on.
"""
from threading import Lock

from botocore.loaders import Loader
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.server import main

read = Loader.list_available_services
known = {}


def list_available_services(loader, type_name):
    key = (type_name, *loader.search_paths)
    if key not in known:
        known[key] = read(loader, type_name)
    return known[key]


WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
writing = Lock()
answer = DomainDispatcherApplication.__call__


def one_write_at_a_time(application, environ, start_response):
    version, _, action = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
    if not version.startswith("DynamoDB_") or action not in WRITES:
        return answer(application, environ, start_response)
    with writing:
        return answer(application, environ, start_response)


Loader.list_available_services = list_available_services
DomainDispatcherApplication.__call__ = one_write_at_a_time
main()
