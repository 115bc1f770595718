# Servers that send each message back. Each has one classic fault in how it puts messages together, and is
# named by it; some are correct.
#
#   python3 receivers.py              list them: name, and the flags to probe it with
#   python3 receivers.py NAME PORT    run one; port 0 is a free one
import os, socket, sys, threading

RECEIVERS = {}


def receiver(flags="-f u32be"):
    def add(serve):
        RECEIVERS[serve.__name__.replace("_", "-")] = flags, serve
        return serve

    return add


def frame(payload):
    return len(payload).to_bytes(4, "big") + payload


def exactly(conn, n):
    """Reads n bytes; fewer only at the end."""
    data = b""
    while len(data) < n and (more := conn.recv(n - len(data))):
        data += more
    return data


def size(data):
    """Returns the size of the frame at the start; 0 if it is not complete."""
    n = 4 + int.from_bytes(data[:4], "big")
    return n if 4 <= n <= len(data) and len(data) >= 4 else 0


def collect(conn, use):
    """Calls use with all that has arrived. It returns how many bytes it used. Returns what is left."""
    data = b""
    while more := conn.recv(65536):
        data += more
        data = data[use(data) :]
    return data


def echo(conn, data):
    """Sends back all complete frames."""
    used = 0
    while n := size(data[used:]):
        conn.sendall(data[used : used + n])
        used += n
    return used


@receiver()
def correct_collects(conn):
    collect(conn, lambda data: echo(conn, data))


@receiver()
def correct_reads_exactly(conn):
    while len(head := exactly(conn, 4)) == 4:
        n = int.from_bytes(head, "big")
        if n > 1 << 20:
            return
        conn.sendall(frame(exactly(conn, n)))


@receiver("-f crlf")
def correct_lines(conn):
    for line in conn.makefile("rb"):
        if line.endswith(b"\r\n"):
            conn.sendall(line)


@receiver("-f varint")
def correct_varints(conn):
    while True:
        n, shift = 0, 0
        while (byte := exactly(conn, 1)) and byte[0] >= 0x80:
            n, shift = n | (byte[0] & 0x7F) << shift, shift + 7
        if not byte or (n := n | byte[0] << shift) > 1 << 20:
            return
        send_varint(conn, exactly(conn, n))


def send_varint(conn, payload):
    n, head = len(payload), b""
    while n >= 0x80:
        head, n = head + bytes([n & 0x7F | 0x80]), n >> 7
    conn.sendall(head + bytes([n]) + payload)


@receiver()
def correct_greets(conn):
    conn.sendall(frame(b"welcome"))
    collect(conn, lambda data: echo(conn, data))


@receiver()
def one_read_is_one_message(conn):
    while data := conn.recv(65536):
        conn.sendall(frame(data[4:]))


@receiver()
def no_loop_after_the_first_frame(conn):
    def use(data):
        n = size(data)
        conn.sendall(data[:n])
        return n

    collect(conn, use)


@receiver()
def header_assumed_whole(conn):
    while head := conn.recv(4):
        n = int.from_bytes(head, "big")
        if n > 1 << 20:
            return
        conn.sendall(frame(exactly(conn, n)))


@receiver()
def payload_assumed_whole(conn):
    while len(head := exactly(conn, 4)) == 4:
        n = int.from_bytes(head, "big")
        if n > 1 << 20:
            return
        conn.sendall(frame(conn.recv(n) if n else b""))


@receiver()
def rest_dropped(conn):
    def use(data):
        n = size(data)
        conn.sendall(data[:n])
        return len(data) if n else 0

    collect(conn, use)


@receiver()
def greeting_glued_to_the_first_request_lost(conn):
    greeted = False

    def use(data):
        nonlocal greeted
        if greeted:
            return echo(conn, data)
        n = size(data)
        greeted = n > 0
        conn.sendall(data[:n])
        return len(data) if greeted else 0  # all that came with the first frame

    collect(conn, use)


@receiver("-f varint")
def varint_restarted(conn):
    data, n = b"", None
    while more := conn.recv(65536):
        data += more
        while data:
            if n is None:
                value = 0
                for at, byte in enumerate(data):
                    value |= (byte & 0x7F) << 7 * at
                    if byte < 0x80:
                        data, n = data[at + 1 :], value
                        break
                else:
                    data = b""  # the next byte begins a new number
                    break
            if len(data) < n:
                break
            send_varint(conn, data[:n])
            data, n = data[n:], None
        if n == 0:
            send_varint(conn, b"")
            n = None


@receiver("-f crlf")
def delimiter_cut_in_two(conn):
    line = b""
    while data := conn.recv(65536):
        *lines, rest = data.split(b"\r\n")
        for end in lines:
            conn.sendall(line + end + b"\r\n")
            line = b""
        line += rest


@receiver()
def utf8_decoded_by_chunk(conn):
    while len(head := exactly(conn, 4)) == 4:
        left, text = int.from_bytes(head, "big"), ""
        while left and (data := conn.recv(min(left, 65536))):
            left -= len(data)
            text += data.decode(errors="replace")
        if left:
            return
        conn.sendall(frame(text.encode()))


@receiver()
def length_counted_in_characters(conn):
    def use(data):
        used = 0
        while len(data) >= used + 4:
            n = int.from_bytes(data[used : used + 4], "big")
            text = data[used + 4 :].decode(errors="replace")[:n]
            if len(text) < n:
                break
            conn.sendall(frame(text.encode()))
            used += 4 + len(text.encode())
        return used

    collect(conn, use)


@receiver()
def second_byte_at_a_wrong_place(conn):
    def use(data):
        used = 0
        while len(data) >= used + 4:
            n = data[used + 3] | data[used + 2] << 16
            if len(data) < used + 4 + n:
                break
            conn.sendall(data[used : used + 4 + n])
            used += 4 + n
        return used

    collect(conn, use)


# One case only: memory that is not free again yet would hide that it grows in the next.
@receiver("-f u32be --malformed --only length/max")
def announced_length_allocated(conn):
    while len(head := exactly(conn, 4)) == 4:
        data = bytearray(b"\1") * min(int.from_bytes(head, "big"), 64 << 20)  # touches each page
        for at in range(len(data)):
            if not (byte := conn.recv(1)):
                return
            data[at] = byte[0]
        conn.sendall(frame(data))


@receiver()
def dies_when_cut_inside_a_frame(conn):
    if collect(conn, lambda data: echo(conn, data)):
        os._exit(1)


@receiver()
def hangs_when_cut_inside_a_frame(conn):
    if collect(conn, lambda data: len(data) if LOCK.locked() else echo(conn, data)):
        LOCK.acquire(blocking=False)  # from now on, nothing is answered


@receiver()
def blocks_all_others_inside_a_frame(conn):
    mine = False

    def use(data):
        nonlocal mine
        if not mine:
            LOCK.acquire()
        used = echo(conn, data)
        mine = used < len(data)
        if not mine:
            LOCK.release()
        return used

    try:
        collect(conn, use)
    finally:
        if mine:
            LOCK.release()


LOCK = threading.Lock()


def serve(run, conn):
    with conn:
        try:
            run(conn)
        except OSError:
            pass


if len(sys.argv) == 1:
    for name, (flags, _) in RECEIVERS.items():
        print(name, flags)
else:
    run = RECEIVERS[sys.argv[1]][1]
    server = socket.create_server(("127.0.0.1", int(sys.argv[2])))
    print("listening on 127.0.0.1:%d" % server.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=serve, args=(run, server.accept()[0]), daemon=True).start()
