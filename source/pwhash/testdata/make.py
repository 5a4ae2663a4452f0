#!/usr/bin/python3
"""Writes hashes.json: passwords as other systems store them.

Where a library or program of the system itself is installed, it makes the hash ("made_by": "the system"). The others
are computed from their documented layout with hashlib ("made_by": "layout").

On Debian 12, as root:

    apt-get install python3-django python3-passlib python3-werkzeug python3-argon2 python3-bcrypt php-cli ruby-bcrypt \\
        apache2-utils whois argon2 slapd slapd-contrib 389-ds-base wordpress nodejs npm
    npm install @phc/pbkdf2 bcryptjs firebase-scrypt       # in the folder that NODE_PATH names, below its node_modules
    NODE_PATH=.../node_modules DS_CONFIG=/etc/dirsrv/slapd-NAME python3 make.py

pwdhash of 389ds reads the configuration of a directory server: DS_CONFIG names its folder.
"""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import secrets
import struct
import subprocess
import sys

import argon2
import argon2.low_level
import bcrypt
import django
import passlib
import passlib.hash as pl
import werkzeug
import werkzeug.security
from django.conf import settings

settings.configure(PASSWORD_HASHERS=[
    "django.contrib.auth.hashers." + h for h in (
        "PBKDF2PasswordHasher", "PBKDF2SHA1PasswordHasher", "Argon2PasswordHasher", "BCryptSHA256PasswordHasher",
        "BCryptPasswordHasher", "SHA1PasswordHasher", "MD5PasswordHasher", "UnsaltedMD5PasswordHasher")])
django.setup()
from django.contrib.auth import hashers as django_hashers  # noqa: E402

PASSWORDS = ["Tr0ub4dor&3", "grüße 日本 ☃", "correct horse battery staple", "x"]
out = []


def add(system, scheme, password, stored=None, algorithm="", reason="", made_by="the system", function="Convert", **extra):
    row = {"system": system, "made_by": made_by, "scheme": scheme, "password": password, "function": function}
    if stored is not None:
        row["stored"] = stored
    if algorithm:
        row["algorithm"] = algorithm
    if reason:
        row["reason"] = reason
    row.update(extra)
    out.append(row)


def run(*args, stdin=None):
    return subprocess.run(args, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout.strip()


def b64(b, strip=False):
    s = base64.b64encode(b).decode()
    return s.rstrip("=") if strip else s


def ab64(b):
    return b64(b, True).replace("+", ".")


def pbkdf2(password, salt, iterations, length=32, prf="sha256"):
    return hashlib.pbkdf2_hmac(prf, password.encode(), salt, iterations, length)


def scrypt(password, salt, n, r, p, length=64):
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, dklen=length, maxmem=256 << 20)


def text(n):
    chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(secrets.choice(chars) for _ in range(n))


BC, SC, AR, PB = "bcrypt", "scrypt", "Argon2id", "PBKDF2-SHA256"
BCRYPT, SCRYPT, ARGON2ID, PBKDF2 = "BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256"


def django_():
    system = "Django " + django.get_version()
    for p in PASSWORDS:
        add(system, PB, p, django_hashers.make_password(p, hasher="pbkdf2_sha256"), PBKDF2)
    add(system, BC, PASSWORDS[0], django_hashers.make_password(PASSWORDS[0], hasher="bcrypt"), BCRYPT)
    add(system, AR, PASSWORDS[0], django_hashers.make_password(PASSWORDS[0], hasher="argon2"), reason="over_limit")
    light = django_hashers.Argon2PasswordHasher()
    light.memory_cost, light.time_cost, light.parallelism = 16384, 2, 1
    light.params = lambda: argon2.Parameters(type=argon2.low_level.Type.ID, version=19, salt_len=16, hash_len=32, time_cost=2,
                                             memory_cost=16384, parallelism=1)
    add(system, AR, PASSWORDS[1], light.encode(PASSWORDS[1], light.salt()), ARGON2ID)
    for hasher, scheme in (("bcrypt_sha256", "bcrypt of a SHA-256 digest"), ("pbkdf2_sha1", "PBKDF2-SHA1"), ("sha1", "MD5 or SHA digest"),
                           ("md5", "MD5 or SHA digest"), ("unsalted_md5", "MD5 or SHA digest")):
        add(system, scheme, PASSWORDS[0], django_hashers.make_password(PASSWORDS[0], hasher=hasher), reason="unsupported")
    add(system, "no password", "", django_hashers.make_password(None))
    many = django_hashers.PBKDF2PasswordHasher()
    for iterations, reason in ((600000, ""), (720000, "over_limit")):
        stored = many.encode(PASSWORDS[0], text(22), iterations)
        add(system, PB, PASSWORDS[0], stored, "" if reason else PBKDF2, reason)
    for n, r, p, reason in ((16384, 8, 1, ""), (16384, 8, 5, "over_limit")):
        salt = text(22)
        key = b64(scrypt(PASSWORDS[1], salt.encode(), n, r, p))
        add("Django 4.0 to 5.1", SC, PASSWORDS[1], f"scrypt${n}${salt}${r}${p}${key}", "" if reason else SCRYPT, reason, "layout")


def passlib_():
    system = "passlib " + passlib.__version__
    for p in PASSWORDS:
        add(system, PB, p, pl.pbkdf2_sha256.hash(p), PBKDF2)
    dotted = "x"
    while "." not in dotted.split("$")[-1] or "." not in dotted.split("$")[-2]:  # a "." in the salt and in the key
        stored = dotted = pl.pbkdf2_sha256.using(rounds=1000).hash(PASSWORDS[0]) if dotted else ""
    add(system, PB, PASSWORDS[0], stored, PBKDF2)
    add(system, PB, PASSWORDS[0], pl.ldap_pbkdf2_sha256.hash(PASSWORDS[0]), PBKDF2)
    add(system, SC, PASSWORDS[0], pl.scrypt.using(rounds=14).hash(PASSWORDS[0]), SCRYPT)
    add(system, SC, PASSWORDS[0], pl.scrypt.using(rounds=17).hash(PASSWORDS[0]), reason="over_limit")
    add(system, BC, PASSWORDS[1], pl.bcrypt.using(rounds=12).hash(PASSWORDS[1]), BCRYPT)
    add(system, BC, PASSWORDS[1], pl.bcrypt.using(rounds=13).hash(PASSWORDS[1]), reason="over_limit")
    add(system, BC, PASSWORDS[1], pl.ldap_bcrypt.using(rounds=5).hash(PASSWORDS[1]), BCRYPT)
    for h, scheme in ((pl.bcrypt_sha256.using(rounds=5), "bcrypt of a SHA-256 digest"), (pl.phpass.using(rounds=8), "phpass"),
                      (pl.pbkdf2_sha1, "PBKDF2-SHA1"), (pl.pbkdf2_sha512, "PBKDF2-SHA512"), (pl.ldap_pbkdf2_sha1, "PBKDF2-SHA1"),
                      (pl.ldap_pbkdf2_sha512, "PBKDF2-SHA512"), (pl.atlassian_pbkdf2_sha1, "PBKDF2-SHA1"),
                      (pl.ldap_salted_sha1, "MD5 or SHA digest"), (pl.ldap_sha1, "MD5 or SHA digest"), (pl.ldap_md5, "MD5 or SHA digest"),
                      (pl.ldap_salted_md5, "MD5 or SHA digest"), (pl.ldap_salted_sha256, "MD5 or SHA digest"),
                      (pl.ldap_salted_sha512, "MD5 or SHA digest"), (pl.mysql41, "MD5 or SHA digest"), (pl.nthash, "MD5 or SHA digest"),
                      (pl.hex_sha1, "MD5 or SHA digest"), (pl.hex_sha256, "MD5 or SHA digest"), (pl.hex_sha512, "MD5 or SHA digest"),
                      (pl.md5_crypt, "crypt(3)"), (pl.apr_md5_crypt, "crypt(3)"), (pl.sha256_crypt, "crypt(3)"),
                      (pl.ldap_sha512_crypt, "crypt(3)"), (pl.ldap_des_crypt, "crypt(3)"), (pl.sha1_crypt, "crypt(3)")):
        add(system, scheme, PASSWORDS[0], h.hash(PASSWORDS[0]), reason="unsupported")
    add(system, "plain text", PASSWORDS[0], "{CLEARTEXT}" + PASSWORDS[0], reason="not_hashed")


def werkzeug_():
    system = "Werkzeug " + werkzeug.__version__
    for p in PASSWORDS[:2]:
        add(system, PB, p, werkzeug.security.generate_password_hash(p), PBKDF2)
    add(system, PB, PASSWORDS[0], werkzeug.security.generate_password_hash(PASSWORDS[0], "pbkdf2:sha256:600001"), reason="over_limit")
    for method, scheme in (("pbkdf2:sha1", "PBKDF2-SHA1"), ("pbkdf2:sha512", "PBKDF2-SHA512"), ("sha256", "MD5 or SHA digest")):
        add(system, scheme, PASSWORDS[0], werkzeug.security.generate_password_hash(PASSWORDS[0], method), reason="unsupported")
    salt = text(16)
    add("Werkzeug 3", SC, PASSWORDS[1], f"scrypt:32768:8:1${salt}${scrypt(PASSWORDS[1], salt.encode(), 32768, 8, 1).hex()}", SCRYPT,
        made_by="layout")


def argon2_():
    system = "argon2-cffi " + argon2.__version__
    for p in PASSWORDS:
        add(system, AR, p, argon2.PasswordHasher(2, 19456, 1, 32, 16).hash(p), ARGON2ID)
    add(system, AR, PASSWORDS[0], argon2.PasswordHasher(1, 1024, 1, 64, 24).hash(PASSWORDS[0]), ARGON2ID)
    add(system, AR, PASSWORDS[0], argon2.PasswordHasher().hash(PASSWORDS[0]), reason="over_limit")
    add(system, "Argon2d", PASSWORDS[0], argon2.PasswordHasher(1, 1024, 1, 32, 16, type=argon2.low_level.Type.D).hash(PASSWORDS[0]), reason="unsupported")
    program = "argon2 of Debian 0~20171227"
    salt = text(16)
    add(program, AR, PASSWORDS[2], run("argon2", salt, "-id", "-e", "-t", "2", "-k", "16384", "-p", "1", "-v", "13", stdin=PASSWORDS[2]), ARGON2ID)
    add(program, AR, PASSWORDS[2], run("argon2", salt, "-id", "-e", "-t", "2", "-k", "16384", "-p", "1", "-v", "10", stdin=PASSWORDS[2]), ARGON2ID,
        version_10=True)
    add(program, AR, PASSWORDS[2], run("argon2", salt, "-id", "-e", "-t", "3", "-k", "4096", "-p", "1", stdin=PASSWORDS[2]), reason="over_limit")
    add(program, "Argon2i", PASSWORDS[2], run("argon2", salt, "-i", "-e", "-t", "1", "-k", "1024", "-p", "1", stdin=PASSWORDS[2]), reason="unsupported")


def programs():
    php = "PHP " + run("php", "-r", "echo PHP_VERSION;")
    for p in PASSWORDS:
        add(php, BC, p, run("php", "-r", "echo password_hash($argv[1], PASSWORD_BCRYPT);", p), BCRYPT)
    add(php, AR, PASSWORDS[0], run("php", "-r", "echo password_hash($argv[1], PASSWORD_ARGON2ID);", PASSWORDS[0]), reason="over_limit")
    add(php, AR, PASSWORDS[0], run("php", "-r", "echo password_hash($argv[1], PASSWORD_ARGON2ID, ['memory_cost' => 16384, 'time_cost' => 2]);",
                                   PASSWORDS[0]), ARGON2ID)
    add(php, "Argon2i", PASSWORDS[0], run("php", "-r", "echo password_hash($argv[1], PASSWORD_ARGON2I);", PASSWORDS[0]), reason="unsupported")
    phpass = os.environ.get("PHPASS", "/usr/share/wordpress/wp-includes/class-phpass.php")
    add("WordPress 6.1.9", "phpass", PASSWORDS[0], run("php", "-r", f"require '{phpass}'; echo (new PasswordHash(8, true))->HashPassword($argv[1]);",
                                                      PASSWORDS[0]), reason="unsupported")
    key = b64(hmac.new(b"wp-sha384", PASSWORDS[0].encode(), "sha384").digest())
    add("WordPress 6.8", "WordPress bcrypt of an HMAC", PASSWORDS[0], "$wp" + bcrypt.hashpw(key.encode(), bcrypt.gensalt(5)).decode().replace("$2b$", "$2y$"),
        reason="unsupported", made_by="layout")

    ruby = "Ruby bcrypt " + run("ruby", "-e", "require 'bcrypt'; puts Gem.loaded_specs['bcrypt'].version")
    for p in PASSWORDS[:2]:
        add(ruby, BC, p, run("ruby", "-e", "require 'bcrypt'; puts BCrypt::Password.create(ARGV[0], cost: 11)", p), BCRYPT)
    add(ruby, BC, PASSWORDS[0], run("ruby", "-e", "require 'bcrypt'; puts BCrypt::Password.create(ARGV[0] + 'pepper', cost: 5)", PASSWORDS[0]),
        reason="peppered", peppered=True)

    for p in PASSWORDS[:2]:
        add("Apache htpasswd 2.4", BC, p, run("htpasswd", "-niB", "-C", "6", "u", stdin=p).partition(":")[2], BCRYPT)
    for method in ("yescrypt", "gost-yescrypt", "scrypt", "sha512crypt", "sha256crypt", "md5crypt", "sunmd5"):
        add("mkpasswd of whois 5.5.17", "crypt(3)", PASSWORDS[0], run("mkpasswd", "-s", "-m", method, stdin=PASSWORDS[0]), reason="unsupported")

    node = "const p = process.argv[1]; "
    add("bcryptjs 3.0.3", BC, PASSWORDS[1], run("node", "-e", node + "console.log(require('bcryptjs').hashSync(p, 10))", PASSWORDS[1]), BCRYPT)
    add("@phc/pbkdf2 1.1.14", PB, PASSWORDS[1], run("node", "-e", node + "require('@phc/pbkdf2').hash(p, {digest: 'sha256', iterations: 25000}).then(console.log)",
                                                   PASSWORDS[1]), PBKDF2)
    add("firebase-scrypt 2.2.0", "Firebase scrypt", PASSWORDS[1], run("node", "-e", node +
        "const {FirebaseScrypt} = require('firebase-scrypt'); new FirebaseScrypt({memCost: 14, rounds: 8, saltSeparator: 'Bw==', "
        "signerKey: Buffer.alloc(64, 7).toString('base64')}).hash(p, Buffer.alloc(10, 9).toString('base64')).then(console.log)", PASSWORDS[1]),
        function="Firebase", reason="unsupported")
    better = run("node", "-e", node + "const c = require('crypto'), s = c.randomBytes(16).toString('hex'); "
                 "console.log(s + ':' + c.scryptSync(p.normalize('NFKC'), s, 64, {N: 16384, r: 16, p: 1, maxmem: 1 << 26}).toString('hex'))", PASSWORDS[1])
    add("Better Auth", SC, PASSWORDS[1], better, reason="over_limit", made_by="layout")


def ldap():
    def slap(scheme, p):
        module = "argon2" if scheme == "{ARGON2}" else "pw-pbkdf2"
        return run("slappasswd", "-o", "module-load=" + module, "-h", scheme, "-s", p)

    for p in PASSWORDS[:3]:
        add("OpenLDAP 2.5.13", PB, p, slap("{PBKDF2-SHA256}", p), PBKDF2)
    for scheme, name in (("{PBKDF2}", "PBKDF2-SHA1"), ("{PBKDF2-SHA1}", "PBKDF2-SHA1"), ("{PBKDF2-SHA512}", "PBKDF2-SHA512"),
                         ("{SSHA}", "MD5 or SHA digest"), ("{SMD5}", "MD5 or SHA digest"), ("{ARGON2}", "Argon2i")):
        add("OpenLDAP 2.5.13", name, PASSWORDS[0], slap(scheme, PASSWORDS[0]), reason="unsupported")
    config = ["-D", os.environ["DS_CONFIG"]] if "DS_CONFIG" in os.environ else []
    for scheme in ("PBKDF2_SHA256", "PBKDF2-SHA256"):
        for p in PASSWORDS[:3]:
            add("389 Directory Server 2.3.1", PB, p, run("pwdhash", *config, "-s", scheme, p), PBKDF2)
    for scheme in ("PBKDF2", "PBKDF2-SHA1"):
        add("389 Directory Server 2.3.1", "PBKDF2-SHA1", PASSWORDS[0], run("pwdhash", *config, "-s", scheme, PASSWORDS[0]), reason="unsupported")


def keycloak():
    def credential(algorithm, iterations, salt, value, **parameters):
        return {"credentialData": json.dumps({"hashIterations": iterations, "algorithm": algorithm,
                                              "additionalParameters": {k: [v] for k, v in parameters.items()}}),
                "secretData": json.dumps({"value": b64(value), "salt": b64(salt), "additionalParameters": {}})}

    for system, iterations, length, password in (("Keycloak 20", 27500, 64, PASSWORDS[1]), ("Keycloak 23", 27500, 32, PASSWORDS[0]),
                                                 ("Keycloak 24", 600000, 32, PASSWORDS[2])):
        salt = secrets.token_bytes(16)
        add(system, PB, password, None, PBKDF2, made_by="layout", function="Keycloak",
            **credential("pbkdf2-sha256", iterations, salt, pbkdf2(password, salt, iterations, length)))
    for algorithm, scheme in (("pbkdf2", "PBKDF2-SHA1"), ("pbkdf2-sha512", "PBKDF2-SHA512")):
        add("Keycloak 24", scheme, PASSWORDS[0], None, reason="unsupported", made_by="layout", function="Keycloak",
            **credential(algorithm, 1000, b"0" * 16, b"1" * 64))

    def raw(t, kind, version=19):
        salt = secrets.token_bytes(16)
        return salt, argon2.low_level.hash_secret_raw(PASSWORDS[1].encode(), salt, t, 7168, 1, 32, kind, version)

    for t, name, kind, version, scheme, reason in ((5, "id", argon2.low_level.Type.ID, "1.3", AR, "over_limit"),
                                                  (2, "id", argon2.low_level.Type.ID, "1.3", AR, ""),
                                                  (2, "i", argon2.low_level.Type.I, "1.3", "Argon2i", "unsupported"),
                                                  (2, "d", argon2.low_level.Type.D, "1.3", "Argon2d", "unsupported")):
        salt, value = raw(t, kind)
        add("Keycloak 25", scheme, PASSWORDS[1], None, "" if reason else ARGON2ID, reason, "layout", "Keycloak",
            **credential("argon2", t, salt, value, hashLength="32", memory="7168", type=name, version=version, parallelism="1"))
    add("Keycloak with an extension", BC, PASSWORDS[0], None, BCRYPT, made_by="layout", function="Keycloak",
        credentialData=json.dumps({"hashIterations": 10, "algorithm": "bcrypt", "additionalParameters": {}}),
        secretData=json.dumps({"value": bcrypt.hashpw(PASSWORDS[0].encode(), bcrypt.gensalt(5)).decode(), "salt": ""}))


def asp_net():
    def v3(prf, name, iterations, length=32):
        salt = secrets.token_bytes(16)
        return b64(struct.pack(">BIII", 1, prf, iterations, len(salt)) + salt + pbkdf2(PASSWORDS[1], salt, iterations, length, name))

    add("ASP.NET Core Identity 3 to 6", PB, PASSWORDS[1], v3(1, "sha256", 10000), PBKDF2, made_by="layout")
    add("ASP.NET Core Identity, SHA-256", PB, PASSWORDS[1], v3(1, "sha256", 700000), reason="over_limit", made_by="layout")
    add("ASP.NET Core Identity 7", "PBKDF2-SHA512", PASSWORDS[1], v3(2, "sha512", 100000), reason="unsupported", made_by="layout")
    add("ASP.NET Core Identity, SHA-1", "PBKDF2-SHA1", PASSWORDS[1], v3(0, "sha1", 10000), reason="unsupported", made_by="layout")
    salt = secrets.token_bytes(16)
    add("ASP.NET Identity 2", "PBKDF2-SHA1", PASSWORDS[1], b64(b"\0" + salt + pbkdf2(PASSWORDS[1], salt, 1000, 32, "sha1")), reason="unsupported",
        made_by="layout")


def spring():
    p = PASSWORDS[1]
    salt = secrets.token_bytes(16)
    system = "Spring Security 5.8"
    name = "{pbkdf2@SpringSecurity_v5_8}"
    add(system, PB, p, name + (salt + pbkdf2(p, salt, 310000)).hex(), PBKDF2, made_by="layout")
    add(system, PB, p, name + (salt + pbkdf2(p, salt, 20000)).hex(), PBKDF2, made_by="layout", spring_iterations=20000)
    add(system, PB, p, name + (salt + pbkdf2(p, salt + "s3cret ☃".encode(), 310000)).hex(), PBKDF2, made_by="layout", spring_secret="s3cret ☃")
    add("Spring Security 5.5", "PBKDF2-SHA1", p, "{pbkdf2}" + (salt[:8] + pbkdf2(p, salt[:8], 1000, 32, "sha1")).hex(), reason="unsupported", made_by="layout")
    for prefix, log, n, length in (("{scrypt}", 14, 16384, 64), ("{scrypt@SpringSecurity_v5_8}", 16, 65536, 16), ("", 16, 65536, 16)):
        salt = secrets.token_bytes(length)
        packed = format(log << 16 | 8 << 8 | 1, "x")
        add(system, SC, p, f"{prefix}${packed}${b64(salt)}${b64(scrypt(p, salt, n, 8, 1, 32))}", SCRYPT, made_by="layout")
    add(system, AR, p, "{argon2@SpringSecurity_v5_8}" + argon2.PasswordHasher(2, 16384, 1, 32, 16).hash(p), ARGON2ID, made_by="layout")
    add("Spring Security 5.5", AR, p, "{argon2}" + argon2.PasswordHasher(3, 4096, 1, 32, 16).hash(p), reason="over_limit", made_by="layout")
    add(system, BC, p, "{bcrypt}" + bcrypt.hashpw(p.encode(), bcrypt.gensalt(10, b"2a")).decode(), BCRYPT, made_by="layout")
    add(system, "plain text", p, "{noop}" + p, reason="not_hashed", made_by="layout")
    add(system, "MD5 or SHA digest", p, "{ldap}" + pl.ldap_salted_sha1.hash(p), reason="unsupported", made_by="layout")
    add(system, "MD5 or SHA digest", p, "{sha256}" + secrets.token_hex(40), reason="unsupported", made_by="layout")


def others():
    p = PASSWORDS[1]
    salt = secrets.token_bytes(32)
    add("Auth0", PB, p, f"$pbkdf2-sha256$i=100000,l=64${b64(salt, True)}${b64(pbkdf2(p, salt, 100000, 64), True)}", PBKDF2, made_by="layout")
    add("Kratos", PB, p, f"$pbkdf2-sha256$i=100000,l=32${b64(salt, True)}${b64(pbkdf2(p, salt, 100000), True)}", PBKDF2, made_by="layout")
    add("Kratos", SC, p, f"$scrypt$ln=16384,r=8,p=1${b64(salt)}${b64(scrypt(p, salt, 16384, 8, 1, 32))}", SCRYPT, made_by="layout")
    add("Kratos", SC, p, f"$scrypt$ln=131072,r=8,p=1${b64(salt)}${b64(b'1' * 32)}", reason="over_limit", made_by="layout")
    add("Kratos", "Firebase scrypt", p, f"$firescrypt$ln=14,r=8,p=1${b64(salt)}${b64(salt)}$Bw==${b64(salt)}", reason="unsupported", made_by="layout")
    add("Supabase", "Firebase scrypt", p, f"$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk={b64(salt)}${b64(salt)}${b64(salt)}", reason="unsupported", made_by="layout")
    add("SuperTokens", "Firebase scrypt", p, f"$f_scrypt${b64(salt)}${b64(salt)}$m=14$r=8$s=Bw==", reason="unsupported", made_by="layout")
    add("passwords of 1997", "bcrypt with the prefix $2$", p, "$2$" + bcrypt.hashpw(p.encode(), bcrypt.gensalt(5)).decode()[4:], reason="unsupported",
        made_by="layout")
    short = pbkdf2(p, salt, 1000, 20)
    add("PBKDF2 of 20 bytes", PB, p, f"$pbkdf2-sha256$i=1000,l=20${b64(salt, True)}${b64(short, True)}", reason="short_key", made_by="layout")

    for scheme, length in (("salted-pbkdf2-hmac-sha256", 32), ("salted-pbkdf2-hmac-sha256-512", 64)):
        add("FusionAuth", PB, p, None, PBKDF2, made_by="layout", function="FusionAuth", encryptionScheme=scheme, factor=24000, salt=b64(salt),
            hash=b64(pbkdf2(p, salt, 24000, length)))
    mcf = bcrypt.hashpw(p.encode(), bcrypt.gensalt(10, b"2a")).decode()
    add("FusionAuth", BC, p, None, BCRYPT, made_by="layout", function="FusionAuth", encryptionScheme="bcrypt", factor=10, salt=mcf[7:29], hash=mcf[29:])
    for scheme, name in (("salted-md5", "MD5 or SHA digest"), ("phpass-md5", "phpass"), ("salted-pbkdf2-hmac-sha512-512", "PBKDF2-SHA512")):
        add("FusionAuth", name, p, None, reason="unsupported", made_by="layout", function="FusionAuth", encryptionScheme=scheme, factor=1, salt=b64(salt),
            hash=b64(salt))
    add("Okta's API", BC, p, None, BCRYPT, made_by="layout", function="SplitBcrypt", factor=10, salt=mcf[7:29], hash=mcf[29:])

    add("Clerk", PB, p, f"pbkdf2_sha256$20000${b64(salt[:16])}${b64(pbkdf2(p, salt[:16], 20000))}", PBKDF2, made_by="layout", function="Clerk",
        hasher="pbkdf2_sha256")
    add("Clerk", PB, p, django_hashers.make_password(p, hasher="pbkdf2_sha256"), PBKDF2, function="Clerk", hasher="pbkdf2_sha256_django")
    add("Clerk", BC, p, mcf, BCRYPT, function="Clerk", hasher="bcrypt", made_by="layout")
    add("Clerk", BC, p, mcf, reason="peppered", function="Clerk", hasher="bcrypt_peppered", made_by="layout")
    add("Clerk", SC, p, [r for r in out if r["system"] == "Werkzeug 3"][0]["stored"], SCRYPT, function="Clerk", hasher="scrypt_werkzeug", made_by="layout")


for make in (django_, passlib_, werkzeug_, argon2_, programs, ldap, keycloak, asp_net, spring, others):
    make()
path = pathlib.Path(__file__).with_name("hashes.json")
path.write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in out) + "\n]\n", encoding="utf-8")
print(len(out), "hashes", file=sys.stderr)
