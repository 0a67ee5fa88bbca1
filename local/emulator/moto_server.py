"""Runs `moto_server`, with three changes.

The list of AWS's services is read once for the process: botocore reads it, some 420 folders, for each service's first call,
most of the time of a stack's first calls.

Writes to DynamoDB come one at a time: moto serves each request in a thread of its own and reads an item, checks the
condition and writes the item in three steps. Of two conditional writes at once both could pass, which DynamoDB rules out and
the services rely on.

Bucket policies are kept and not judged: moto would judge them for everybody and without their conditions, so that "deny what
is not TLS" would deny all. The gateway judges them, which knows callers and conditions.
"""
from threading import Lock

from botocore.loaders import Loader
from moto.iam.access_control import PermissionResult
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.s3.models import FakeBucket
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
FakeBucket.get_permission = lambda *_: PermissionResult.NEUTRAL
main()
