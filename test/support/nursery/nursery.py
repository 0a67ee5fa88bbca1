"""Emulators without their start: this process has read everything that a moto server reads, and each emulator is a fork of it.

    nursery.py <moto_server.py> <socket> <environment as JSON>

A connection to the socket, and on it one line of JSON ({"arguments", "log"}), makes an emulator, which lives as long as the connection:
it ends when the other side closes it or dies, and closes it when it ends by itself. The end of standard input ends the nursery.
"""
import json
import os
import signal
import socket
import sys
import threading

server, address, environment = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
os.environ.update(environment)
sys.path.insert(0, os.path.dirname(server))

import moto_server  # noqa: E402
from moto.backends import get_backend  # noqa: E402

for service in "acm autoscaling cloudwatch dynamodb ec2 elbv2 glacier iam logs route53 s3 sesv2 sns sqs ssm sts".split():
    get_backend(service)


def end_with(connection):
    connection.recv(1)
    os._exit(0)


def be_emulator(connection, request):
    os.setsid()
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    silence = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, silence), (1, log), (2, log)):
        os.dup2(source, target)
    threading.Thread(target=end_with, args=(connection,), daemon=True).start()
    moto_server.main(request["arguments"])


def end_with_input():
    sys.stdin.read()
    os._exit(0)


signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: their connections tell
listening = socket.socket(socket.AF_UNIX)
listening.bind(address)
listening.listen(64)
print("ready", flush=True)
# The one thread beside this one only waits in a system call, and holds no lock when the process is forked.
threading.Thread(target=end_with_input, daemon=True).start()
while True:
    connection, _ = listening.accept()
    line = connection.makefile("rb").readline()
    if line and os.fork() == 0:
        try:
            listening.close()
            be_emulator(connection, json.loads(line))
        finally:
            os._exit(1)
    connection.close()
