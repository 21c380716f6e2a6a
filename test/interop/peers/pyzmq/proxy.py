"""A network of pub/sub that sends on to all, the sender included, whatever one sends: zmq.proxy.

Arguments: the address that it publishes at, as HOST:PORT, and those of the publishers it listens to.
"""

import os
import sys
import threading

import zmq

from exchange import say

publish_at, *publishers = sys.argv[1:]
context = zmq.Context()
outwards = context.socket(zmq.XPUB)
outwards.bind(f"tcp://{publish_at}")
inwards = context.socket(zmq.XSUB)
for publisher in publishers:
    inwards.connect(f"tcp://{publisher}")
threading.Thread(target=zmq.proxy, args=(inwards, outwards), daemon=True).start()
say("listening")
# It is told nothing, so what comes is the end.
sys.stdin.buffer.readline()
os._exit(0)
