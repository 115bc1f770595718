# A server with a bug: it treats each read as one whole message, a 4-byte length and a text.
# It sends each message back. Run: python3 testdata/oneread.py PORT
import socket, struct, sys

server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening on 127.0.0.1:%d" % server.getsockname()[1], flush=True)
while True:
    conn, _ = server.accept()
    with conn:
        while data := conn.recv(4096):
            text = data[4:]  # the bug: data may hold a part of a message, or several
            conn.sendall(struct.pack(">I", len(text)) + text)
