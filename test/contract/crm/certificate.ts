import { generateKeyPairSync, sign } from 'node:crypto'

/** DER: a tag, the length of what it holds, and that. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const held = Buffer.concat(parts)
  if (held.length < 0x80) return Buffer.concat([Buffer.of(tag, held.length), held])
  const size = Buffer.from(held.length.toString(16).padStart(4, '0'), 'hex')
  return Buffer.concat([Buffer.of(tag, 0x82), size, held])
}

const [SEQUENCE, SET, CONTEXT_0, CONTEXT_3] = [0x30, 0x31, 0xa0, 0xa3]
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))
const ECDSA_SHA256 = der(SEQUENCE, oid('2a8648ce3d040302'))
const text = (tag: number, value: string) => der(tag, Buffer.from(value, 'latin1'))
const named = (name: string) => der(SEQUENCE, der(SET, der(SEQUENCE, oid('550403'), text(0x0c, name))))
/** UTCTime: `260131120000Z`. */
const time = (at: number) => text(0x17, `${new Date(at).toISOString().replace(/\D/g, '').slice(2, 14)}Z`)

/** Other names than this one are none of its (subjectAltName). */
const onlyFor = (name: string) =>
  der(CONTEXT_3, der(SEQUENCE, der(SEQUENCE, oid('551d11'), der(0x04, der(SEQUENCE, text(0x82, name))))))

/** A certificate (RFC 5280, version 3, P-256) that its own key has signed, for one DNS name between two instants. */
export function selfSigned(name: string, from: number, until: number): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const body = der(
    SEQUENCE,
    ...[der(CONTEXT_0, der(0x02, Buffer.of(2))), der(0x02, Buffer.of(1)), ECDSA_SHA256, named(name)],
    ...[der(SEQUENCE, time(from), time(until)), named(name)],
    ...[publicKey.export({ type: 'spki', format: 'der' }), onlyFor(name)],
  )
  const signature = der(0x03, Buffer.of(0), sign('sha256', body, privateKey))
  const base64 = der(SEQUENCE, body, ECDSA_SHA256, signature).toString('base64')
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)!.join('\n')}\n-----END CERTIFICATE-----\n`,
  }
}
