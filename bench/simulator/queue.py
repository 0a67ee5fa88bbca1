"""M/M/c in SimPy, as its documentation writes such a queue: jobs, arrivals a second, servers, seed."""

import json
import random
import sys
import time

import simpy

jobs, arrivals, servers, seed = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
chance = random.Random(seed)
env = simpy.Environment()
station = simpy.Resource(env, capacity=servers)
waited = 0.0


def job():
    global waited
    arrived = env.now
    with station.request() as turn:
        yield turn
        waited += env.now - arrived
        yield env.timeout(chance.expovariate(1.0))


def source():
    for _ in range(jobs):
        yield env.timeout(chance.expovariate(arrivals))
        env.process(job())


begun = time.perf_counter()
env.process(source())
env.run()
spent = time.perf_counter() - begun
print(json.dumps({"wait": waited / jobs, "jobsPerSecond": jobs / spent}))
