#!/usr/bin/python3
"""Writes vectors.jsonl: passwords and their hashes, made by programs other than Go.

Run it as: ./make.py >vectors.jsonl

On Debian it needs: apt-get install apache2-utils argon2 nodejs npm perl python3-argon2 python3-bcrypt python3-passlib
It installs bcryptjs and @noble/hashes from npm into a temporary directory. Everything but htpasswd takes its salt from
here, so only the lines of htpasswd differ from run to run.
"""

import base64
import hashlib
import json
import subprocess
import tempfile

import argon2.low_level
import bcrypt
from passlib.hash import pbkdf2_sha256

SHORT = ["", "a", "P@ssw0rd!", "correct horse battery staple", " spaces around "]
UNICODE = ["pässwörd", "пароль", "密码🔑", "e\u0301", "ÿÿ"]
ODD = ["quote\"'\\$,", "tab\tand\nnewline"]
LONG = ["x" * 71, "y" * 72, "z" * 73, "ü" * 36, "ü" * 37, "a" * 71 + "ü", "0123456789" * 12]
NUL = ["nul\0inside", "\0", "nul at the end\0"]

made = []


def add(algorithm, by, password, hash):
    made.append({"algorithm": algorithm, "by": by, "password": password, "hash": hash})


def salt(length):
    """A salt of its own for each vector."""
    return hashlib.shake_128(b"salt %d" % len(made)).digest(length)


def run(args, stdin):
    return subprocess.run(args, input=stdin, capture_output=True, check=True).stdout


def node(directory, source, *args):
    return json.loads(run(["node", "--input-type=module", "-e", source.replace("DIR", directory)], json.dumps(args).encode()))


READ = "import fs from 'node:fs'; const args = JSON.parse(fs.readFileSync(0));"
BCRYPTJS = READ + "import b from 'DIR/node_modules/bcryptjs/index.js'; console.log(JSON.stringify(b.hashSync(...args)))"
NOBLE = """
import { argon2id } from 'DIR/node_modules/@noble/hashes/argon2.js'
import { scrypt } from 'DIR/node_modules/@noble/hashes/scrypt.js'
import { pbkdf2 } from 'DIR/node_modules/@noble/hashes/pbkdf2.js'
import { sha256 } from 'DIR/node_modules/@noble/hashes/sha2.js'
""" + READ + """
const [name, password, salt, options] = args
const f = { argon2id, scrypt, pbkdf2: (...a) => pbkdf2(sha256, ...a) }[name]
console.log(JSON.stringify(Buffer.from(f(Buffer.from(password), Buffer.from(salt, 'hex'), options)).toString('hex')))
"""
NODE = READ + """
import c from 'node:crypto'
const [name, password, salt, ...rest] = args
console.log(JSON.stringify(c[name](password, Buffer.from(salt, 'hex'), ...rest).toString('hex')))
"""


def noble(directory, name, password, salt, **options):
    return bytes.fromhex(node(directory, NOBLE, name, password, salt.hex(), options))


def b64(data, padded=False):
    text = base64.b64encode(data).decode()
    return text if padded else text.rstrip("=")


def ab64(data):
    """The base64 of passlib, which has a dot for a plus."""
    return b64(data).replace("+", ".")


def bcrypt_salt(version, cost):
    """A salt in the alphabet of bcrypt, by the library of OpenBSD's code."""
    standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    own = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return f"$2{version}${cost:02}$" + b64(salt(16)).translate(str.maketrans(standard, own))


def make_bcrypt(directory):
    for i, password in enumerate(SHORT + UNICODE + ODD + LONG):
        version, cost = "ab"[i % 2], 4 + (i % 10 == 0)
        hash = bcrypt.hashpw(password.encode(), bcrypt_salt(version, cost).encode()).decode()
        add("BCRYPT", "bcrypt of Python", password, hash)
    # The C library of Debian has all four versions, and the bug of 2x: a character that is not ASCII counts as negative.
    for version in "abxy":
        for password in ["P@ssw0rd!", *UNICODE, LONG[2], LONG[5]]:
            script = "binmode STDIN; local $/; my ($salt, $p) = split /\\n/, <STDIN>, 2; print crypt($p, $salt)"
            setting = bcrypt_salt(version, 4)
            add("BCRYPT", "libxcrypt", password, run(["perl", "-e", script], (setting + "\n" + password).encode()).decode())
    for cost, password in (4, ""), (4, "pässwörd"), (5, "P@ssw0rd!"), (4, " spaces around "):
        line = run(["htpasswd", "-nbBC", str(cost), "user", password], b"").decode()
        add("BCRYPT", "htpasswd", password, line.strip().removeprefix("user:"))
    for password in [*NUL, "密码🔑", LONG[2], LONG[5]]:
        add("BCRYPT", "bcryptjs", password, node(directory, BCRYPTJS, password, bcrypt_salt("b", 4)))
    for cost in 8, 10, 12:
        hash = bcrypt.hashpw(b"P@ssw0rd!", bcrypt_salt("b", cost).encode()).decode()
        add("BCRYPT", "bcrypt of Python", "P@ssw0rd!", hash)


def make_scrypt(directory):
    def line(n, r, p, salt, hash):
        return f"{n}${r}${p}${salt.hex()}${hash.hex()}"

    for i, password in enumerate(SHORT + UNICODE + ODD + LONG + NUL):
        n, r, s = 2 ** (4 + i % 7), 1 + i % 8, salt([1, 8, 16, 32][i % 4])
        length = [32, 64, 16, 20][i % 4]
        hash = hashlib.scrypt(password.encode(), salt=s, n=n, r=r, p=1, dklen=length, maxmem=2**27)
        text = line(n, r, 1, s, hash)
        add("SCRYPT", "hashlib of Python", password, text.upper() if i % 5 == 0 else text)
    for password in ["P@ssw0rd!", "密码🔑", *NUL]:
        s = salt(16)
        hash = node(directory, NODE, "scryptSync", password, s.hex(), 64, {"N": 1024, "r": 8, "p": 1})
        add("SCRYPT", "Node.js", password, line(1024, 8, 1, s, bytes.fromhex(hash)))
        s = salt(16)
        add("SCRYPT", "@noble/hashes", password, line(512, 8, 1, s, noble(directory, "scrypt", password, s, N=512, r=8, p=1, dkLen=32)))
    for n in 2, 16384, 65536:
        s = salt(16)
        hash = hashlib.scrypt(b"P@ssw0rd!", salt=s, n=n, r=8, p=1, dklen=64, maxmem=2**27)
        add("SCRYPT", "hashlib of Python", "P@ssw0rd!", line(n, 8, 1, s, hash))


def make_argon2id(directory):
    def secret(password, m, t, length, salt_length):
        hash = argon2.low_level.hash_secret(
            password.encode(), salt(salt_length), t, m, 1, length, argon2.low_level.Type.ID, 19)
        add("ARGON2ID", "argon2-cffi", password, hash.decode())

    for i, password in enumerate(SHORT + UNICODE + ODD + LONG + NUL):
        secret(password, [8, 9, 15, 64, 100, 256, 1024][i % 7], 1 + i % 2, [32, 16, 64, 4, 100][i % 5], [16, 8, 32][i % 3])
    for m, t in (19456, 2), (19456, 1), (9216, 2), (19455, 1):
        secret("P@ssw0rd!", m, t, 32, 16)
    # The command refuses an empty password.
    for password in ["a", "P@ssw0rd!", "密码🔑", LONG[6]]:
        args = ["argon2", salt(8).hex(), "-id", "-t", "2", "-k", "128", "-p", "1", "-l", "24", "-e"]
        add("ARGON2ID", "argon2", password, run(args, password.encode()).decode().strip())
    for password in ["P@ssw0rd!", "密码🔑", *NUL]:
        s = salt(16)
        hash = noble(directory, "argon2id", password, s, t=2, m=64, p=1, dkLen=32)
        add("ARGON2ID", "@noble/hashes", password, f"$argon2id$v=19$m=64,t=2,p=1${b64(s)}${b64(hash)}")


def make_pbkdf2(directory):
    def line(iterations, salt, hash):
        return f"$pbkdf2-sha256${iterations}${salt}${hash}"

    for i, password in enumerate(SHORT + UNICODE + ODD + LONG + NUL):
        iterations, s = [1, 2, 10, 1000, 4096][i % 5], salt([16, 1, 8, 32, 17][i % 5])
        hash = hashlib.pbkdf2_hmac("sha256", password.encode(), s, iterations, [32, 20, 64, 33][i % 4])
        padded = i % 3 == 0
        add("PBKDF2_SHA256", "hashlib of Python", password, line(iterations, b64(s, padded), b64(hash, padded)))
    # passlib refuses NUL.
    for password in SHORT + UNICODE + LONG:
        add("PBKDF2_SHA256", "passlib", password, pbkdf2_sha256.using(rounds=29, salt=salt(16)).hash(password))
    for password in ["P@ssw0rd!", "密码🔑", *NUL]:
        s = salt(16)
        hash = node(directory, NODE, "pbkdf2Sync", password, s.hex(), 100, 32, "sha256")
        add("PBKDF2_SHA256", "Node.js", password, line(100, ab64(s), ab64(bytes.fromhex(hash))))
        s = salt(16)
        add("PBKDF2_SHA256", "@noble/hashes", password, line(50, b64(s), b64(noble(directory, "pbkdf2", password, s, c=50, dkLen=40))))
    for iterations in 29000, 310000, 600000:
        s = salt(16)
        hash = hashlib.pbkdf2_hmac("sha256", b"P@ssw0rd!", s, iterations)
        add("PBKDF2_SHA256", "hashlib of Python", "P@ssw0rd!", line(iterations, ab64(s), ab64(hash)))


with tempfile.TemporaryDirectory() as directory:
    run(["npm", "install", "--silent", "--prefix", directory, "bcryptjs@3", "@noble/hashes@2"], b"")
    make_bcrypt(directory)
    make_scrypt(directory)
    make_argon2id(directory)
    make_pbkdf2(directory)
for vector in made:
    print(json.dumps(vector))
