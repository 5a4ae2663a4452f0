// Writes sign-ins whose keys are calculated by a client of Amazon's, amazon-cognito-identity-js.
//
//   npm install --prefix /tmp/client amazon-cognito-identity-js@6
//   node make.mjs /tmp/client >vectors.jsonl
import crypto from 'node:crypto'
import { createRequire } from 'node:module'

const require = createRequire(process.argv[2] + '/node_modules/')
const Helper = require('amazon-cognito-identity-js/lib/AuthenticationHelper.js').default
const BigInteger = require('amazon-cognito-identity-js/lib/BigInteger.js').default

const sha256 = (...parts) => parts.reduce((h, part) => h.update(part), crypto.createHash('sha256')).digest()
const number = (bytes) => BigInt('0x' + bytes.toString('hex'))

function pad(n) {
  let hex = n.toString(16)
  if (hex.length % 2) hex = '0' + hex
  return Buffer.from(hex >= '8' ? '00' + hex : hex, 'hex')
}

function power(base, exponent, modulus) {
  let result = 1n
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % modulus
    base = (base * base) % modulus
  }
  return result
}

const N = BigInt('0x' + new Helper('x').N.toString(16))
const k = number(sha256(pad(N), Buffer.from([2])))

// The service's side, from its definition.
function publicB({ pool, user, password, salt, b }) {
  const x = number(sha256(pad(BigInt('0x' + salt)), sha256(pool, user, ':', password)))
  return (k * power(2n, x, N) + power(2n, BigInt('0x' + b), N)) % N
}

const publicA = (a) => power(2n, BigInt('0x' + a), N)

function clientKey({ pool, user, password, salt, a, srpB }) {
  const helper = new Helper(pool)
  // The constructor has a random secret and its public value already.
  helper.smallAValue = new BigInteger(a, 16)
  helper.largeAValue = undefined
  return new Promise((resolve, reject) => helper.getLargeAValue((err, A) => err ? reject(err) :
    helper.getPasswordAuthenticationKey(user, password, new BigInteger(srpB, 16), new BigInteger(salt, 16), (err, key) =>
      err ? reject(err) : resolve({ srpA: A.toString(16), key: Buffer.from(key).toString('hex') }))))
}

// secret returns the first secret of a sequence that a condition takes.
function secret(label, condition = () => true) {
  for (let i = 0; ; i++) {
    const s = sha256(label + i).toString('hex')
    if (condition(s)) return s
  }
}

const passwords = ['P@ssw0rd!', '', 'pässwörd', 'пароль', '密码🔑', ' spaces around ', 'with:colon', 'x'.repeat(256)]
const salts = ['00', '0000', '0f', '7f', '80', 'ff', '01', '']
const short = (n) => n >> 3064n === 0n

for (let i = 0; i < 20; i++) {
  const v = { pool: 'abcDEF' + i, user: i % 3 ? 'user-' + i : 'üser@example.com', password: passwords[i % passwords.length] }
  v.salt = (salts[i % salts.length] + sha256('salt ' + i).toString('hex')).slice(0, 32)
  v.a = secret(`a ${i} `, (a) => i !== 1 || short(publicA(a)))
  v.b = secret(`b ${i} `, (b) => i !== 2 || short(publicB({ ...v, b })))
  v.srpB = publicB(v).toString(16)
  console.log(JSON.stringify({ ...v, ...await clientKey(v) }))
}
