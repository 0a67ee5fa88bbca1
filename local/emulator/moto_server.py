"""Runs `moto_server`, with the list of AWS's services read once for the process.

botocore reads it, some 420 folders, for each service's first call: most of the time of a stack's first calls.
"""
from botocore.loaders import Loader
from moto.server import main

read = Loader.list_available_services
known = {}


def list_available_services(loader, type_name):
    key = (type_name, *loader.search_paths)
    if key not in known:
        known[key] = read(loader, type_name)
    return known[key]


Loader.list_available_services = list_available_services
main()
