"""A client of HTTP/2 on the library `h2`: runs one scenario against 127.0.0.1:PORT, and prints what it saw as JSON."""

import json
import socket
import sys

import h2.config
import h2.connection
import h2.events

port, scenario = int(sys.argv[1]), sys.argv[2]
connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="latin1"))
sock = socket.create_connection(("127.0.0.1", port))
sock.settimeout(20)
connection.initiate_connection()
seen = {}


def entry(stream):
    return seen.setdefault(stream, {"status": None, "body": "", "trailers": {}, "interim": [], "end": None})


def begin(path, method="GET", end=True, more=()):
    stream = connection.get_next_available_stream_id()
    head = [(":method", method), (":scheme", "http"), (":authority", "a"), (":path", path), *more]
    connection.send_headers(stream, head, end_stream=end)
    entry(stream)
    flush()
    return stream


def flush():
    sock.sendall(connection.data_to_send())


def read_until(is_enough):
    while not is_enough():
        data = sock.recv(65536)
        if not data:
            break
        for event in connection.receive_data(data):
            take(event)
        flush()


def take(event):
    if isinstance(event, h2.events.ResponseReceived):
        entry(event.stream_id)["status"] = int(dict(event.headers)[":status"])
    elif isinstance(event, h2.events.InformationalResponseReceived):
        entry(event.stream_id)["interim"].append(int(dict(event.headers)[":status"]))
    elif isinstance(event, h2.events.DataReceived):
        entry(event.stream_id)["body"] += event.data.decode("latin1")
        connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
    elif isinstance(event, h2.events.TrailersReceived):
        entry(event.stream_id)["trailers"] = dict(event.headers)
    elif isinstance(event, h2.events.StreamEnded):
        entry(event.stream_id)["end"] = "end"
    elif isinstance(event, h2.events.StreamReset):
        entry(event.stream_id)["end"] = f"reset {int(event.error_code)}"
    elif isinstance(event, h2.events.ConnectionTerminated):
        seen["goaway"] = [int(event.error_code), event.last_stream_id]


def ended(*streams):
    return lambda: all(entry(stream)["end"] is not None for stream in streams)


def send_all(stream, body):
    while body:
        room = min(connection.local_flow_control_window(stream), connection.max_outbound_frame_size, len(body))
        if room == 0:
            before = connection.local_flow_control_window(stream)
            read_until(lambda: connection.local_flow_control_window(stream) > before or entry(stream)["end"] is not None)
            continue
        connection.send_data(stream, body[:room])
        body = body[room:]
        flush()


if scenario == "many":
    streams = [begin(f"/{number}") for number in range(50)]
    read_until(ended(*streams))
elif scenario == "trailers":
    stream = begin("/trailers", "POST", end=False)
    connection.send_data(stream, b"hello")
    connection.send_headers(stream, [("x-sum", "5")], end_stream=True)
    flush()
    read_until(ended(stream))
elif scenario == "large":
    stream = begin("/echo", "POST", end=False)
    send_all(stream, b"abcdefghij" * 100_000)
    connection.end_stream(stream)
    flush()
    read_until(ended(stream))
    seen[stream]["body"] = len(seen[stream]["body"])
elif scenario == "continue":
    stream = begin("/trailers", "POST", end=False, more=[("expect", "100-continue")])
    read_until(lambda: entry(stream)["interim"] != [])
    connection.send_data(stream, b"hello", end_stream=True)
    flush()
    read_until(ended(stream))
elif scenario == "reset":
    held = begin("/held")
    read_until(lambda: entry(held)["status"] is not None)
    connection.reset_stream(held, 8)
    other = begin("/after")
    read_until(ended(other))
elif scenario == "cut":
    stream = begin("/cut")
    other = begin("/after")
    read_until(ended(stream, other))
elif scenario == "settings":
    connection.update_settings({4: 10, 1: 0})
    stream = begin("/after")
    read_until(ended(stream))
elif scenario == "ping":
    connection.ping(b"12345678")
    other = begin("/after")
    read_until(ended(other))
connection.close_connection()
flush()
print(json.dumps(seen))
