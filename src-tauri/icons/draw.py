#!/usr/bin/env python3
"""Draws every icon of the app, with nothing but Python: shapes as distances, sampled four by four a pixel.

Run it in this folder after a change; what it writes is committed. The mark: two devices, as rings that hold each
other. In the tray: a disc, whose colour and sign both tell the state, with a light rim and a dark
hairline, so that it can be seen on light and dark panels.
"""

import math
import os
import struct
import zlib

SAMPLES = 4


def line(x, y, ax, ay, bx, by, width):
    dx, dy = bx - ax, by - ay
    along = max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
    return math.hypot(x - ax - along * dx, y - ay - along * dy) - width / 2


def path(x, y, points, width):
    return min(line(x, y, *a, *b, width) for a, b in zip(points, points[1:]))


def disc(x, y, cx, cy, r):
    return math.hypot(x - cx, y - cy) - r


def ring(x, y, cx, cy, r, width):
    return abs(math.hypot(x - cx, y - cy) - r) - width / 2


def rounded(x, y, half, r):
    qx, qy = abs(x) - half + r, abs(y) - half + r
    return math.hypot(max(qx, 0), max(qy, 0)) + min(max(qx, qy), 0) - r


def arc(x, y, r, width, start, end):
    angle = math.atan2(y, x) % math.tau
    if (angle - start) % math.tau <= (end - start) % math.tau:
        return ring(x, y, 0, 0, r, width)
    ends = [(r * math.cos(a), r * math.sin(a)) for a in (start, end)]
    return min(disc(x, y, cx, cy, width / 2) for cx, cy in ends)


def triangle(x, y, a, b, c):
    def side(p, q):
        length = math.hypot(q[0] - p[0], q[1] - p[1])
        return ((x - p[0]) * (q[1] - p[1]) - (y - p[1]) * (q[0] - p[0])) / length

    turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    sign = -1 if turn < 0 else 1
    return max(sign * side(a, b), sign * side(b, c), sign * side(c, a)) if turn else 1


def tick(x, y):
    return path(x, y, [(-0.36, 0.02), (-0.1, 0.28), (0.4, -0.28)], 0.2)


def arrows(x, y):
    d = 1.0
    for turn in (0.0, math.pi):
        start, end = turn + 0.35, turn + math.pi - 0.55
        d = min(d, arc(x, y, 0.42, 0.15, start, end))
        tip, out = end + 0.5, [(0.42 + s * 0.24) for s in (-1, 1)]
        a = (0.42 * math.cos(tip), 0.42 * math.sin(tip))
        b, c = [(r * math.cos(end), r * math.sin(end)) for r in out]
        d = min(d, triangle(x, y, a, b, c), triangle(x, y, a, c, b))
    return d


def dots(x, y):
    return min(disc(x, y, cx, 0.0, 0.13) for cx in (-0.4, 0.0, 0.4))


def bars(x, y):
    return min(line(x, y, cx, -0.3, cx, 0.3, 0.2) for cx in (-0.2, 0.2))


def exclamation(x, y):
    return min(line(x, y, 0, -0.42, 0, 0.1, 0.2), disc(x, y, 0, 0.42, 0.13))


def question(x, y):
    hook = arc(x, y + 0.2, 0.25, 0.17, math.pi, math.pi * 2.5)
    return min(hook, line(x, y, 0, 0.05, 0, 0.13, 0.17), disc(x, y, 0, 0.45, 0.12))


def tray(colour, sign):
    def at(x, y):
        d = disc(x, y, 0, 0, 0.96)
        if d > 0:
            return None
        if d > -0.06:
            return (24, 30, 40)
        if d > -0.15 or sign(x * 1.12, y * 1.12) <= 0:
            return (255, 255, 255)
        return colour

    return at


def mark(x, y):
    if rounded(x, y, 0.96, 0.42) > 0:
        return None
    shade = (y + 1) / 2
    ground = tuple(round(a + (b - a) * shade) for a, b in zip((22, 122, 110), (13, 74, 92)))
    left, right = ring(x, y, -0.26, 0, 0.42, 0.15), ring(x, y, 0.26, 0, 0.42, 0.15)
    # One ring goes over the other above, and under it below.
    over, under = (left, right) if y < 0 else (right, left)
    if over <= 0:
        return (255, 255, 255) if over is left else (158, 230, 214)
    if under <= 0 and over > 0.05:
        return (158, 230, 214) if under is right else (255, 255, 255)
    return ground


def render(at, size):
    rows = bytearray()
    for py in range(size):
        rows.append(0)
        for px in range(size):
            total, hits = [0, 0, 0], 0
            for sy in range(SAMPLES):
                for sx in range(SAMPLES):
                    x = (px + (sx + 0.5) / SAMPLES) / size * 2 - 1
                    y = (py + (sy + 0.5) / SAMPLES) / size * 2 - 1
                    colour = at(x, y)
                    if colour:
                        hits += 1
                        total = [a + b for a, b in zip(total, colour)]
            rows += bytes(round(c / hits) if hits else 0 for c in total)
            rows.append(round(255 * hits / SAMPLES**2))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + chunk(b"IEND", b"")


def ico(images):
    head, body = struct.pack("<HHH", 0, 1, len(images)), b""
    at = len(head) + 16 * len(images)
    for size, png in images:
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(png), at + len(body))
        body += png
    return head + body


def icns(images):
    body = b"".join(kind + struct.pack(">I", len(png) + 8) + png for kind, png in images)
    return b"icns" + struct.pack(">I", len(body) + 8) + body


# On Android the system cuts the icon to a shape of its own and moves its layers, so there they are vectors: 108 wide, of which
# the middle 66 are always seen. A single-coloured layer is for themed icons, the same rings alone for notifications.
UNIT, MIDDLE = 38, 54


def half_ring(side, start, end):
    """One stroke along a ring, in degrees against the clock, of the left (-1) or the right (1) one."""

    def point(angle):
        turn = math.radians(angle)
        x, y = side * 0.26 + 0.42 * math.cos(turn), -0.42 * math.sin(turn)
        return f"{MIDDLE + UNIT * x:.2f},{MIDDLE + UNIT * y:.2f}"

    r = f"{UNIT * 0.42:.2f}"
    return f"M{point(start)}A{r},{r} 0 0 0 {point(end)}"


def rings(left, right):
    # Below the other ring a half is cut away, from where the other's rim and a hairline around it begin.
    def cut(distance):
        cosine = (distance**2 - 0.52**2 - 0.42**2) / (2 * 0.52 * 0.42)
        return math.degrees(math.acos(cosine))

    near, far = cut(0.42 + 0.075 + 0.05), cut(0.42 - 0.075 - 0.05)
    strokes = [
        (right, [(1, 0, near), (1, far, 180), (1, 180, 360)]),
        (left, [(-1, 180, 180 + near), (-1, 180 + far, 360), (-1, 0, 180)]),
    ]
    path = """    <path
        android:pathData="%s"
        android:strokeColor="%s"
        android:strokeWidth="%.1f" />
"""
    return "".join(path % (half_ring(*part), colour, UNIT * 0.15) for colour, parts in strokes for part in parts)


def vector(paths, size, cut=0):
    if cut:
        indented = "".join(f"    {row}\n" for row in paths.splitlines())
        paths = f'    <group android:translateX="-{cut}" android:translateY="-{cut}">\n{indented}    </group>\n'
    wide = 2 * MIDDLE - 2 * cut
    return f"""<?xml version="1.0" encoding="utf-8"?>
<!-- Drawn by icons/draw.py. -->
<vector xmlns:android="http://schemas.android.com/apk/res/android"
    android:width="{size}dp"
    android:height="{size}dp"
    android:viewportWidth="{wide}"
    android:viewportHeight="{wide}">
{paths}</vector>
""".encode()


def write(path, data):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def write_android():
    app = "../gen/android/app/src/main/res"
    white, mint = "#FFFFFF", "#9EE6D6"
    write(f"{app}/drawable/ic_launcher_foreground.xml", vector(rings(white, mint), 108))
    write(f"{app}/drawable/ic_launcher_monochrome.xml", vector(rings(white, white), 108))
    write("../plugins/nearby/android/src/main/res/drawable/ic_nearby.xml", vector(rings(white, white), 24, cut=21))
    # Android 7 knows pictures only.
    for name, size in [("mdpi", 48), ("hdpi", 72), ("xhdpi", 96), ("xxhdpi", 144), ("xxxhdpi", 192)]:
        write(f"{app}/mipmap-{name}/ic_launcher.png", render(mark, size))


if __name__ == "__main__":
    drawn = {size: render(mark, size) for size in (16, 32, 48, 128, 256, 512)}
    for name, size in [("32x32", 32), ("128x128", 128), ("128x128@2x", 256), ("icon", 512)]:
        write(f"{name}.png", drawn[size])
    write("icon.ico", ico([(size, drawn[size]) for size in (32, 16, 48, 256)]))
    write("icon.icns", icns([(b"ic07", drawn[128]), (b"ic08", drawn[256]), (b"ic09", drawn[512])]))
    for name, colour, sign in [
        ("up_to_date", (24, 138, 74), tick),
        ("syncing", (24, 103, 192), arrows),
        ("waiting", (96, 108, 122), dots),
        ("needs_review", (178, 98, 0), question),
        ("paused", (104, 82, 160), bars),
        ("problem", (196, 38, 46), exclamation),
    ]:
        write(f"tray/{name}.png", render(tray(colour, sign), 32))
    write_android()
