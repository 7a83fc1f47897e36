import { createPublicKey, type KeyObject } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { ConnectedApp } from './app.ts'

/** What was given is no certificate of an RSA key; the message says what it is instead. */
export class CertificateError extends RangeError {
  override readonly name = 'CertificateError'
}

/**
 * The key that assertions are checked with, from a certificate or a public key in PEM. Whether a certificate is over is
 * not asked: Salesforce refuses one only when it is uploaded.
 * @throws CertificateError
 */
export function certifiedKey(pem: string): KeyObject {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem))
    throw new CertificateError(
      'the certificate is a private key: give the one made with it, and keep the key for yourself',
    )
  const key = publicKey(pem)
  if (key === null)
    throw new CertificateError(
      'the certificate is neither one nor a public key, in PEM (-----BEGIN CERTIFICATE-----)',
    )
  if (key.asymmetricKeyType !== 'rsa')
    throw new CertificateError(
      `the certificate is of an ${key.asymmetricKeyType} key, but assertions are signed with RSA (RS256)`,
    )
  return key
}

function publicKey(pem: string): KeyObject | null {
  try {
    return createPublicKey(pem)
  } catch {
    return null
  }
}

const wish = z.strictObject({ certificate: z.string() })

/** The certificate of the connected app, as an administrator uploads it: below /_twin. */
export function certificateRoutes(app: FastifyInstance, connectedApp: ConnectedApp): void {
  const path = '/_twin/certificate'
  app.get(path, () => connectedApp.certified())
  app.put(path, (request, reply) => {
    const given = wish.safeParse(request.body)
    if (!given.success)
      return reply.code(400).send({ error: 'give {"certificate": "-----BEGIN CERTIFICATE-----…"}' })
    try {
      connectedApp.certify(certifiedKey(given.data.certificate))
      return connectedApp.certified()
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error
      return reply.code(400).send({ error: error.message })
    }
  })
  app.delete(path, () => {
    connectedApp.certify(null)
    return connectedApp.certified()
  })
}
